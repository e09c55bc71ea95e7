"""Fires due timers, each in its own transaction: claimed in the database, so that several hosts may do so at once."""

import time

import structlog
from prometheus_client import Counter

from gateway.desk import timers
from gateway.models.wakes import Wakes
from gateway.runtime import Runtime, current
from gateway.signals.wakes import FIRE_TIMERS
from handlers.timer_fired import Firing, timer_fired

AT_ONCE = 64
SECONDS = 5.0

log = structlog.get_logger(__name__)
fired = Counter("rabta_timers_total", "Timers that came due", ["kind", "outcome"])


def fire_timers() -> None:
    """RQ's way in."""
    runtime = current()
    runtime.waker.chore_begun(FIRE_TIMERS)
    fire_due(runtime)


def fire_due(runtime: Runtime, seconds: float = SECONDS) -> int:
    """Fire what is due until nothing is or the time is up, then ring for the rest; returns how many were fired."""
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until and (found := _due(runtime)):
        for number, timer_id in enumerate(found):
            if number and time.monotonic() >= until:
                runtime.waker.chore_begun(FIRE_TIMERS)
                runtime.waker.ring(Wakes(timers=True))
                return done
            done += _fire(runtime, timer_id)
    return done


def _due(runtime: Runtime) -> list[int]:
    with runtime.database.read() as session:
        return timers.due(session, AT_ONCE)


def _fire(runtime: Runtime, timer_id: int) -> bool:
    """One timer; a failure is taken back, counted and tried again later. False: somebody else had it."""
    kind = "unknown"
    try:
        with runtime.work() as session:
            timer = timers.claim(session, timer_id)
            if timer is None:
                return False
            kind = timer.kind
            timer_fired(Firing(session, timer, runtime.config(), runtime.published))
    except Exception as error:
        _broke(runtime, timer_id, kind, error)
        return True
    fired.labels(kind, "done").inc()
    return True


def _broke(runtime: Runtime, timer_id: int, kind: str, error: Exception) -> None:
    fired.labels(kind, "broke").inc()
    with runtime.work() as session:
        last = timers.broke(session, timer_id, f"{type(error).__name__}: {error}")
    log.error("timer_broke", timer_id=timer_id, kind=kind, last=last, error=repr(error)[:300])
