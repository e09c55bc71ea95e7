"""``make run``: everything of one host from nothing, until Ctrl-C. Starts, watches and stops all processes.

The supervisor itself imports little and does little: the work is its children's, and they end when it ends.
"""

import argparse
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from gateway import embedded_redis
from gateway.children import Children
from gateway.core.errors import ConfigError
from gateway.settings import Settings, child_environment

READY_SECONDS = 120.0
IMPATIENT_SECONDS = 1.5
HOPELESS = 3
"""Failures of one program, before all is ready, after which trying on makes no sense."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m gateway.supervisor", description=__doc__)
    parser.add_argument("--with-parent", action="store_true", help="stop when the program that started this ends")
    with_parent = parser.parse_args().with_parent
    try:
        settings = Settings.from_env()
        with _alone(settings.var_dir):
            settings = _with_simulator(settings)
            _check_ports(settings)
            Supervisor(settings, os.getppid() if with_parent else None).run()
    except ConfigError as error:
        sys.exit(f"Rabta cannot start: {error}")


class Supervisor:
    """One run, from the first process to the last."""

    def __init__(self, settings: Settings, parent: int | None) -> None:
        self._settings, self._parent = settings, parent
        settings.workers_ready.unlink(missing_ok=True)
        metrics = settings.var_dir / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir(parents=True)
        self._environment = child_environment(
            PROMETHEUS_MULTIPROC_DIR=str(metrics), MALLOC_ARENA_MAX="2", PYTHONUNBUFFERED="1"
        )
        self._children = Children(self._environment)
        self._signalled = 0.0

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._signal)
        try:
            self._prepare()
            self._start()
            while not self._over():
                self._children.look()
        finally:
            self._stop()

    def _stop(self) -> None:
        self._children.say("stopping …")
        try:
            self._children.stop(last="redis")
        except KeyboardInterrupt:
            self._children.stop(patience_seconds=0)

    def _signal(self, number: int, frame: FrameType | None) -> None:
        """The first asks; one that comes later (not the same, passed on by a shell) means at once."""
        if self._signalled and time.monotonic() - self._signalled > IMPATIENT_SECONDS:
            raise KeyboardInterrupt
        self._signalled = self._signalled or time.monotonic()

    def _over(self) -> bool:
        return bool(self._signalled) or (self._parent is not None and os.getppid() != self._parent)

    def _prepare(self) -> None:
        flask = [sys.executable, "-m", "flask", "--app", "wsgi", "prepare"]
        if subprocess.run(flask, env=self._environment, check=False).returncode:
            raise ConfigError("the database could not be prepared (see above)")

    def _start(self) -> None:
        if embedded_redis.is_wanted(self._settings):
            self._children.start("redis", _tied(*embedded_redis.prepare(self._settings)))
        for name, command in commands(self._settings).items():
            self._children.start(name, command)
        if not self._children.wait(self._ready, READY_SECONDS):
            self._children.say("not everything is ready yet; still trying")
        if not self._over():
            print(banner(self._settings), flush=True)

    def _ready(self) -> bool:
        if hopeless := self._children.failing(HOPELESS):
            raise ConfigError(f"{hopeless} will not start (see above)")
        return self._over() or ready(self._settings)


def commands(settings: Settings) -> dict[str, list[str]]:
    """Every program of a host but Redis."""
    python = [sys.executable, "-m"]
    simulator = {"simulator": _tied("-m", "gateway.simulator")} if settings.simulated else {}
    return simulator | {
        "web": [*python, "gateway.serve", "web", "--tethered"],
        "live": [*python, "gateway.serve", "live", "--tethered"],
        "worker": [*python, "gateway.worker", "--tethered"],
    }


def ready(settings: Settings) -> bool:
    """Does everything that listens answer, and is there somebody to do the work?"""
    ports = [settings.live_port] + ([settings.simulator_port] if settings.simulated else [])
    return settings.workers_ready.exists() and _healthy(settings.web_port) and all(_answers(port) for port in ports)


def banner(settings: Settings) -> str:
    """Where to look and how to get in."""
    desk = settings.public_url if "127.0.0.1" not in settings.public_url else f"http://127.0.0.1:{settings.web_port}"
    lines = ["", "  Rabta is running.", "", f"    Agent desk   {desk}/"]
    if settings.simulated:
        lines.append(f"    Phones       http://127.0.0.1:{settings.simulator_port}/   write here as a customer")
    lines += [f"    REST API     {desk}/api/v1/openapi.json", ""]
    lines += [f"    Log in as    {login}" for login in _logins(settings.var_dir / "logins.json")]
    return "\n".join([*lines, "", "  Ctrl-C stops everything; your data stays in " + str(settings.var_dir), ""])


def _logins(path: Path) -> list[str]:
    if not path.exists():
        return ["(users you have made: flask --app wsgi users list)"]
    return [f"{user['email']}  {user['password']}" for user in json.loads(path.read_text())["users"]]


def _with_simulator(settings: Settings) -> Settings:
    """Without a provider's account, one for the simulator: made once and kept."""
    path = settings.var_dir / "simulator.json"
    if not settings.twilio_account_sid:
        account = {"account_sid": "AC" + secrets.token_hex(16), "auth_token": secrets.token_hex(16)}
        path.touch(mode=0o600)
        path.write_text(json.dumps(account | {"public_url": settings.public_url, "senders": []}))
    return Settings.from_env()


def _tied(*command: str) -> list[str]:
    """A program that knows nothing of tethers, tied by ours."""
    return [sys.executable, "-m", "gateway.core.tether", *command]


@contextmanager
def _alone(var_dir: Path) -> Iterator[None]:
    """Hold the folder's lock: two supervisors on one folder would fight over its database and Redis.

    Raises:
        ConfigError: another one runs.
    """
    var_dir.mkdir(parents=True, exist_ok=True)
    with (var_dir / "supervisor.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConfigError(f"another Rabta already runs with {var_dir} (set VAR_DIR for a second one)") from None
        yield


def _check_ports(settings: Settings) -> None:
    wanted = {"WEB_PORT": settings.web_port, "LIVE_PORT": settings.live_port}
    if settings.simulated:
        wanted["SIMULATOR_PORT"] = settings.simulator_port
    taken = [f"port {port} is in use (set {name} to a free one)" for name, port in wanted.items() if not _free(port)]
    if taken:
        raise ConfigError("; ".join(taken))


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _healthy(port: int) -> bool:
    """Spoken by hand: an HTTP library would cost this long-lived process more memory than all the rest of it."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except OSError:
        return False


if __name__ == "__main__":
    main()
