"""Looks after the lines of those who wait for people: what somebody left comes back, what waits too long goes on, and
queues that assign give to whoever has room. Rung by every release, and by the sweep.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog
from prometheus_client import Counter
from sqlalchemy.orm import Session

from automation.routing import plan
from gateway.core import clock
from gateway.core.business import Business, Queue
from gateway.core.errors import Conflict
from gateway.desk import presence, routing
from gateway.runtime import Runtime, current
from gateway.signals.wakes import ROUTE
from handlers.reception import move_on

AT_ONCE = 100
ROUNDS = 20
"""Of a hundred each; what is left then is found by the sweep."""

log = structlog.get_logger(__name__)
routed = Counter("rabta_routed_total", "Conversations given to people or taken from them", ["how"])


def route() -> None:
    """RQ's way in."""
    runtime = current()
    runtime.waker.chore_begun(ROUTE)
    route_all(runtime)


def route_all(runtime: Runtime) -> None:
    """All of it, once."""
    business = runtime.config().business
    with runtime.work() as session:
        presence.notice_vanished(session)
    _give_back(runtime, business)
    if business.desk.return_to_bot_hours is not None:
        _return_to_bot(runtime, business.desk.return_to_bot_hours)
    for queue in business.queues:
        if queue.overflow_after_minutes is not None:
            _move_on(runtime, queue, queue.overflow_after_minutes)
    for queue in business.queues:
        if queue.assigns:
            drain(runtime, queue)


def drain(runtime: Runtime, queue: Queue) -> int:
    """Give what waits in a queue to those who have room; returns how many were given."""
    done = 0
    for _ in range(ROUNDS):
        given = _round(runtime, queue)
        if not given:
            break
        done += given
    return done


def _give_back(runtime: Runtime, business: Business) -> None:
    with runtime.database.read() as session:
        found = routing.left_alone(session)
    for one in found:
        _done(runtime, "given_back", partial(routing.give_back, conversation_id=one, business=business))


def _return_to_bot(runtime: Runtime, hours: float) -> None:
    with runtime.database.read() as session:
        found = routing.quiet_since(session, hours)
    for one in found:
        _done(runtime, "returned_to_bot", partial(routing.return_to_bot, conversation_id=one, hours=hours))


def _move_on(runtime: Runtime, queue: Queue, after_minutes: float) -> None:
    with runtime.database.read() as session:
        found = routing.too_long(session, queue, clock.now() - timedelta(minutes=after_minutes))
    config = runtime.config()
    for one in found:
        _done(runtime, "overflowed", partial(move_on, config=config, conversation_id=one, queue=queue))


def _round(runtime: Runtime, queue: Queue) -> int:
    with runtime.database.read() as session:
        able = routing.agents(session, queue)
        if not any(agent.has_room for agent in able):
            return 0
        line = routing.line(session, queue.id, runtime.config().business.desk.tiers)
    pairs = plan(line, able, queue.skills, clock.now(), AT_ONCE)
    given = (partial(routing.give, conversation_id=w.conversation_id, agent=a, queue=queue) for w, a in pairs)
    return sum(_done(runtime, "assigned", one) for one in given)


def _done(runtime: Runtime, how: str, act: Callable[[Session], bool]) -> bool:
    """One change in its own transaction; who was faster keeps it."""
    try:
        with runtime.work() as session:
            done = act(session)
    except Conflict as conflict:
        log.info("not_routed", how=how, why=str(conflict))
        return False
    if done:
        routed.labels(how).inc()
    return done
