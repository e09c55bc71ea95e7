"""The environment: defaults, every problem at once, what is made once and kept."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest

from gateway.core.errors import ConfigError
from gateway.settings import Settings, child_environment

SIMULATOR = {"account_sid": "AC" + "a" * 32, "auth_token": "b" * 32}


def settings(tmp_path: Path, **environment: str) -> Settings:
    return Settings.from_env({"VAR_DIR": str(tmp_path), **environment})


def test_everything_has_a_working_default(tmp_path: Path) -> None:
    plain = settings(tmp_path)
    assert plain.database_url == f"sqlite:///{tmp_path}/rabta.db"
    assert plain.redis_url == f"unix://{tmp_path}/redis.sock"
    assert plain.public_url == "http://127.0.0.1:8000"
    assert plain.media_url == f"file://{tmp_path}/media"
    assert (plain.web_host, plain.web_port, plain.simulator_port, plain.live_port) == ("127.0.0.1", 8000, 8001, 8002)
    assert plain.is_sqlite
    assert not plain.simulated


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("WORKERS", "0", "no whole number from 1 to 64"),
        ("WORKERS", "many", "no whole number"),
        ("WEB_PORT", "70000", "no whole number from 1 to 65535"),
        ("PUBLIC_URL", "care.example.com", "no http(s) URL"),
        ("PUBLIC_URL", "ftp://care.example.com", "no http(s) URL"),
        ("TWILIO_API_BASE", "http://", "no http(s) URL"),
        ("LOG_MESSAGE_TEXT", "perhaps", "neither true nor false"),
        ("SQLITE_SYNCHRONOUS", "OFF", "none of NORMAL, FULL"),
        ("TWILIO_SHARED_KEYS", "only-an-id", "must be id:secret"),
    ],
)
def test_unusable_values_are_named(tmp_path: Path, name: str, text: str, reason: str) -> None:
    with pytest.raises(ConfigError) as problem:
        settings(tmp_path, **{name: text})
    assert name in str(problem.value)
    assert reason in str(problem.value)


def test_all_problems_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"WEB_PORT.*; WORKERS.*"):
        settings(tmp_path, WEB_PORT="x", WORKERS="y")


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("TRUSTED_PROXIES", "10.0.0.0/8, ::1", "trusted_proxies", ("10.0.0.0/8", "::1")),
        ("TWILIO_SHARED_KEYS", "k1:s1,k2:s:2", "twilio_shared_keys", (("k1", "s1"), ("k2", "s:2"))),
        ("PUBLIC_URL", "https://care.example.com/base/", "public_url", "https://care.example.com/base"),
        ("LOG_MESSAGE_TEXT", "Yes", "log_message_text", True),
        ("SIMULATED", "true", "simulated", False),
        ("WORKERS", "  3 ", "workers", 3),
    ],
)
def test_values_are_read(tmp_path: Path, name: str, text: str, field: str, value: object) -> None:
    assert getattr(settings(tmp_path, **{name: text}), field) == value


def test_secrets_do_not_show(tmp_path: Path) -> None:
    names = (
        "TWILIO_AUTH_TOKEN",
        "TWILIO_AUTH_TOKEN_SECONDARY",
        "TWILIO_API_SECRET",
        "BOOTSTRAP_API_TOKEN",
        "LANGUAGE_MODEL_KEY",
    )
    shown = repr(settings(tmp_path, SECRET_KEY="hush-key", **dict.fromkeys(names, "hush")))
    assert "hush" not in shown
    assert all(item.name in shown for item in fields(Settings) if item.repr)


def test_one_secret_key_whoever_asks_first(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: settings(tmp_path).secret_key, range(16)))
    assert len(keys) == 1
    assert len(keys.pop()) > 40
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_the_simulators_account_serves_while_no_other_is_named(tmp_path: Path) -> None:
    (tmp_path / "simulator.json").write_text(json.dumps(SIMULATOR))
    ours = settings(tmp_path, SIMULATOR_PORT="9001")
    assert (ours.simulated, ours.twilio_account_sid) == (True, SIMULATOR["account_sid"])
    assert (ours.twilio_auth_token, ours.twilio_api_base) == ("b" * 32, "http://127.0.0.1:9001")
    theirs = settings(tmp_path, TWILIO_ACCOUNT_SID="AC1", TWILIO_AUTH_TOKEN="t")
    assert (theirs.simulated, theirs.twilio_account_sid, theirs.twilio_api_base) == (False, "AC1", "")


def test_children_inherit_the_environment_before_our_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_ARENA_MAX", "7")
    monkeypatch.delenv("RABTA_TEST", raising=False)
    environment = child_environment(MALLOC_ARENA_MAX="2", RABTA_TEST="x")
    assert (environment["MALLOC_ARENA_MAX"], environment["RABTA_TEST"]) == ("7", "x")
    assert "PATH" in environment
