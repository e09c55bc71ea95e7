"""The Redis that comes along: found, told how to run, reachable at a path that fits."""

import stat
import subprocess
from pathlib import Path

import pytest
from redis import Redis

from gateway import embedded_redis
from gateway.core.errors import ConfigError
from gateway.settings import LONGEST_SOCKET_PATH, Settings
from tests.platform.processes import until


@pytest.mark.parametrize(
    ("shown", "version"),
    [
        ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64", (7, 0)),
        ("Valkey server v=8.1.1 sha=00000000:0", (8, 1)),
        ("something else", (0, 0)),
        ("", (0, 0)),
    ],
)
def test_versions(tmp_path: Path, shown: str, version: tuple[int, int]) -> None:
    assert embedded_redis.version_of(_program(tmp_path / "redis-server", shown)) == version


def test_missing_program_has_no_version(tmp_path: Path) -> None:
    assert embedded_redis.version_of(str(tmp_path / "none")) == (0, 0)


@pytest.mark.parametrize(("shown", "used"), [("v=6.0.16", False), ("v=6.2.0", True), ("v=8.0.0", True)])
def test_an_old_server_on_the_path_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shown: str, used: bool
) -> None:
    program = _program(tmp_path / "redis-server", shown)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr(embedded_redis.shutil, "which", {"redis-server": program}.get)
    assert (embedded_redis.find_program() == program) is used


def test_a_named_redis_needs_none_of_ours(tmp_path: Path) -> None:
    ours = Settings.from_env({"VAR_DIR": str(tmp_path)})
    theirs = Settings.from_env({"VAR_DIR": str(tmp_path), "REDIS_URL": "redis://redis.example.com"})
    assert (embedded_redis.is_wanted(ours), embedded_redis.is_wanted(theirs)) == (True, False)


@pytest.mark.parametrize("depth", [0, 12])
def test_it_runs_and_answers_however_deep_the_folder(tmp_path: Path, depth: int) -> None:
    folder = tmp_path.joinpath(*["a-long-folder-name"] * depth)
    settings = Settings.from_env({"VAR_DIR": str(folder)})
    assert len(str(settings.redis_socket)) <= LONGEST_SOCKET_PATH
    process = subprocess.Popen(embedded_redis.prepare(settings))
    try:
        assert until(settings.redis_socket.exists)
        client = Redis.from_url(settings.redis_url)
        assert client.ping()
        assert client.config_get("save") == {"save": ""}
        client.close()
        assert stat.S_IMODE(settings.redis_socket.stat().st_mode) == 0o700
    finally:
        process.terminate()
        process.wait(60)


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_redis.os, "getuid", lambda: 4_000_000)
    with pytest.raises(ConfigError, match="belongs to somebody else"):
        embedded_redis.prepare(Settings.from_env({"VAR_DIR": str(tmp_path)}))


def _program(path: Path, shown: str) -> str:
    path.write_text(f"#!/bin/sh\necho '{shown}'\n")
    path.chmod(0o755)
    return str(path)
