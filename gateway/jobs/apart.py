"""Heavy work beside the work: a process that shares what was imported, and gives all it needs back when it ends."""

import os
import signal
from collections.abc import Callable

import structlog

from gateway.models.database import Database

GENTLE = 10
"""Niceness of such a process: messages go first."""

log = structlog.get_logger(__name__)


def fork(task: Callable[[], None], failure: str, database: Database | None = None) -> int:
    """Run ``task`` in a process of its own; returns its id. Whoever starts it waits for it.

    A ``database`` that the task uses gets connections of its own: one that two processes share would be broken.
    """
    if pid := os.fork():
        return pid
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.nice(GENTLE)
        if database is not None:
            database.engine.dispose(close=False)
        task()
        code = 0
    except Exception:
        log.exception(failure)
    finally:
        os._exit(code)
