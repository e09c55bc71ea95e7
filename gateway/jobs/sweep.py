"""The clock's look at the database: whatever no wake told of is found and woken, so that losing Redis loses nothing.

Safe from several clocks at once: a sweep only rings, and what it rings for is claimed in the database.
"""

from datetime import timedelta

from gateway.desk import deliveries, lanes, media, preparing, requests, routing, statuses, timers
from gateway.desk.campaigns import claims
from gateway.jobs.write_back import collect
from gateway.models.wakes import Wakes
from gateway.runtime import Runtime
from gateway.signals.wakes import WRITE_BACK

OVERDUE = timedelta(seconds=1)
"""What is due for less is probably being woken for just now."""
MOST = 64


def sweep(runtime: Runtime) -> Wakes:
    """Find what is overdue and ring for it; returns what was found. First of all: nothing else may keep it back."""
    found = _ring_for_overdue(runtime)
    _mark_stale(runtime)
    _join_late(runtime)
    _ring_for_lines(runtime)
    if collect(runtime):
        runtime.waker.chore(WRITE_BACK)
    return found


def _ring_for_overdue(runtime: Runtime) -> Wakes:
    with runtime.database.read() as session:
        found = Wakes(
            lanes=set(lanes.due(session, MOST, OVERDUE)),
            sends=set(deliveries.due(session, MOST, OVERDUE)),
            media=set(media.due(session, MOST)),
            files=set(preparing.due(session, MOST)),
            campaigns=claims.due(session),
            requests=requests.any_due(session, OVERDUE),
            timers=bool(timers.due(session, 1)),
        )
    # A wake may have been lost after it was marked, so the marks of what is overdue do not count.
    runtime.waker.asleep(sorted(found.lanes), sorted(found.sends))
    runtime.waker.ring(found)
    return found


def _mark_stale(runtime: Runtime) -> None:
    """Calls whose process died in the middle: from now on their outcome is unknown."""
    with runtime.database.read() as session:
        stale = deliveries.any_stale(session)
    if stale:
        with runtime.work() as session:
            deliveries.mark_stale(session)


def _join_late(runtime: Runtime) -> None:
    """Callbacks and acceptances that missed each other."""
    with runtime.database.read() as session:
        ids = statuses.held_too_late(session)
    if ids:
        with runtime.work() as session:
            statuses.join_held(session, ids)


def _ring_for_lines(runtime: Runtime) -> None:
    """Somebody waits whom people could take, or waits for somebody who is not there."""
    business = runtime.config().business
    with runtime.database.read() as session:
        to_do = routing.any_to_do(session, business)
    runtime.waker.ring(Wakes(routing=to_do))
