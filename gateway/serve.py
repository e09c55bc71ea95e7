"""The web and live servers: granian, told what suits the database, tied to the supervisor.

``python -m gateway.serve web|live``. Where granian forks several workers, the application is imported before.
"""

import argparse
import gc
import importlib
import multiprocessing
import os

from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.log import LogLevels
from granian.server.mp import MPServer

from gateway.core.logging import configure
from gateway.core.tether import Lifeline, tie
from gateway.settings import Settings

THREADS = 32
"""Requests in work at once, per web process: they wait together for one commit."""
BACKPRESSURE = 128
BACKLOG = 2048
STOP_SECONDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m gateway.serve", description=__doc__)
    parser.add_argument("server", choices=sorted(SERVERS))
    parser.add_argument("--tethered", action="store_true", help="end when the standard input closes")
    options = parser.parse_args()
    settings = Settings.from_env()
    configure(settings.log_level, private=not settings.log_message_text)
    if options.tethered:
        tie()
    multiprocessing.set_start_method("fork")
    os.register_at_fork(after_in_child=Lifeline().hold)
    server = SERVERS[options.server](settings)
    gc.collect()
    gc.freeze()
    server.serve()


def web(settings: Settings) -> MPServer:
    """SQLite has one writing process (two contend for its lock and stall); PostgreSQL two, which share the imports."""
    if not settings.is_sqlite:
        importlib.import_module("gateway.app")
    return _granian("wsgi:app", Interfaces.WSGI, settings.web_host, settings.web_port, 1 if settings.is_sqlite else 2)


def live(settings: Settings) -> MPServer:
    """One process: each holds every open page's stream and follows the log itself."""
    return _granian("gateway.live.app:app", Interfaces.ASGI, settings.web_host, settings.live_port, 1)


SERVERS = {"web": web, "live": live}


def _granian(target: str, interface: Interfaces, host: str, port: int, workers: int) -> MPServer:
    return MPServer(
        target,
        address=host,
        port=port,
        interface=interface,
        workers=workers,
        blocking_threads=THREADS if interface is Interfaces.WSGI else 1,
        backlog=BACKLOG,
        backpressure=BACKPRESSURE if interface is Interfaces.WSGI else BACKLOG,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        websockets=False,
        runtime_mode=RuntimeModes.st,
        http=HTTPModes.http1,
        log_level=LogLevels.error,
        factory=False,
    )


if __name__ == "__main__":
    main()
