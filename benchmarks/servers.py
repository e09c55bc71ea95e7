"""Starts what is measured: the bare handler and the product's own processes, as ``make run`` starts them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks.signing import ACCOUNT, TOKEN
from gateway import embedded_redis
from tests import postgresql

THREADS = "32"
PYTHON = sys.executable
NO_LOOP_BRAKE = "  replies_per_hour: 0\n  replies_per_minute: 0\n  same_text: 0\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def postgresql_settings() -> dict[str, str]:
    """The settings on which durability rests, to be printed beside the figures."""
    with psycopg.connect(postgresql.URL) as connection:
        fsync, commit = connection.execute(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit')"
        ).fetchall()[0]
    return {"fsync": str(fsync), "synchronous_commit": str(commit)}


@contextmanager
def running(command: list[str], environment: dict[str, str], listens: bool = True) -> Iterator[subprocess.Popen[bytes]]:
    """A process group that (``listens``) answers on WEB_PORT; stopped with everything it started."""
    log = Path(environment["VAR_DIR"]) / "bench.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, env=os.environ | environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        if listens:
            _wait_for(int(environment["WEB_PORT"]), process, log)
        yield process
    finally:
        _stop(process)


@contextmanager
def bare(environment: dict[str, str]) -> Iterator[None]:
    """The yardstick, on the same server with as many workers and threads as ours on PostgreSQL."""
    with running(bare_command(int(environment["WEB_PORT"])), environment):
        yield


@contextmanager
def web_alone(environment: dict[str, str]) -> Iterator[None]:
    """Our web server with a Redis to wake, and nothing that works off what it takes."""
    folder = Path(environment["VAR_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    socket_path = folder / "redis.sock"
    environment = environment | {"REDIS_URL": f"unix://{socket_path}"}
    subprocess.run([PYTHON, "-m", "flask", "--app", "wsgi", "prepare"], env=os.environ | environment, check=True)
    redis = [embedded_redis.find_program(), "--port", "0", "--unixsocket", str(socket_path), "--save", ""]
    with running(redis, environment, listens=False), running([PYTHON, "-m", "gateway.serve", "web"], environment):
        yield


@contextmanager
def everything(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """All of it, as ``make run`` starts it, once its matcher is trained (beside the work, at low priority)."""
    with running([PYTHON, "-m", "gateway.supervisor"], environment) as process:
        _wait_until_trained(Path(environment["VAR_DIR"]))
        yield process


def bare_command(port: int) -> list[str]:
    return [*_granian(port, 2), "benchmarks.bare:app"]


def _granian(port: int, workers: int) -> list[str]:
    return [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", str(workers), "--blocking-threads", THREADS, "--no-access-log",
        "--runtime-mode", "st", "--http", "1", "--no-ws",
    ]  # fmt: skip


def environment(folder: Path, port: int, database_url: str, **more: str) -> dict[str, str]:
    """The product's settings for one measurement: everything in ``folder``, nothing shared."""
    return {
        "CARE_CONFIG": str(_config_without_brakes(folder)),
        "VAR_DIR": str(folder), "WEB_PORT": str(port), "LIVE_PORT": str(free_port()), "DATABASE_URL": database_url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}", "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_BASE": "http://127.0.0.1:9", "LOG_LEVEL": "WARNING", "REDIS_URL": "", "WORKERS": "2",
        "EMBEDDINGS": "off",
    } | more  # fmt: skip


def _config_without_brakes(folder: Path) -> Path:
    """The example business with a sender that may send 1,000 a second, to customers who ask the same a thousand times:
    our own speed is measured, no limit."""
    config = folder / "config"
    if not config.exists():
        shutil.copytree("config", config)
        care = config / "care.yaml"
        faster = care.read_text().replace("rate_per_second: 80", "rate_per_second: 1000")
        care.write_text(faster.replace("\nbot:\n", f"\nbot:\n{NO_LOOP_BRAKE}"))
    return config


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(1.0)
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start:\n" + log.read_text()[-3000:])


def _wait_until_trained(folder: Path) -> None:
    for _ in range(1200):
        if any(path.is_file() for path in (folder / "media").rglob("*")):  # nothing else is stored this early
            return
        time.sleep(0.1)
    raise RuntimeError(f"no matcher was trained:\n{(folder / 'bench.log').read_text()[-3000:]}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    for sign, patience in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, sign)
            process.wait(patience)
        except (subprocess.TimeoutExpired, ProcessLookupError):
            continue
    process.poll()
