"""A timer's moment has come: the next rung, the end of a parked reply, a promise to be kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from sqlalchemy.orm import Session

from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.core.errors import NotFound
from gateway.core.words import Author, ConversationState, Owner
from gateway.desk import conversations, facts, ladder, parked, promises, sla, snoozes, timers
from gateway.desk.timers import Fired, TimerKind
from handlers import promised
from handlers.flow_waited import flow_waited
from handlers.going_on import Published


@dataclass(frozen=True, slots=True)
class Firing:
    """A claimed timer, the transaction to act in, and the config."""

    session: Session
    timer: Fired
    config: RunningConfig
    published: Published = lambda _: None
    """An older version of the config by its number."""


def timer_fired(firing: Firing) -> None:
    """Do what the timer was set for.

    Raises:
        NotFound: nobody knows timers of this kind.
    """
    try:
        act = ACTS[TimerKind(firing.timer.kind)]
    except (ValueError, KeyError):
        raise NotFound(f"no handler for timers of kind {firing.timer.kind!r}") from None
    act(firing)


def _ladder_step(firing: Firing) -> None:
    """Take the next rung, or look again when this one has had its time."""
    timer = firing.timer
    after = timedelta(seconds=timer.data["after_seconds"])
    if timer.message_id is None or timer.created_at < clock.now() - ladder.GIVES_UP:
        timers.settle(firing.session, timer.id, "too late", dropped=True)
        return
    found = ladder.look(firing.session, timer.message_id, timer.data["rung"], after)
    if found.until is not None:
        timers.again(firing.session, timer.id, found.until)
    else:
        timers.settle(firing.session, timer.id, found.step)


def _parked_late(firing: Firing) -> None:
    """The provider said that the window is shut: the customer is told, and the reply ends one day."""
    timer, session = firing.timer, firing.session
    if timer.message_id is None or timer.conversation_id is None:
        return
    rules = facts.rules(session, firing.config, clock.now())
    contact = facts.gather(session, [timer.contact_id])[timer.contact_id]
    parked.expect(session, timer.conversation_id, timer.contact_id, timer.message_id, rules)
    told = parked.announce(session, timer.conversation_id, contact, rules)
    timers.settle(session, timer.id, "told" if told and told.allowed else "not told")


def _parked_expiry(firing: Firing) -> None:
    timer = firing.timer
    if timer.message_id is not None and parked.expire(firing.session, timer.message_id):
        timers.settle(firing.session, timer.id, "expired")


def _promise(firing: Firing) -> None:
    promises.keep(firing.session, firing.timer, firing.config)


def _flow_wait(firing: Firing) -> None:
    flow_waited(firing.session, firing.timer, firing.config, firing.published)


def _snooze_end(firing: Firing) -> None:
    found = conversations.lock(firing.session, cast(int, firing.timer.conversation_id))
    snoozes.wake(firing.session, found, firing.config, actor=Author.SYSTEM)
    timers.settle(firing.session, firing.timer.id, "woken")


def _sla(firing: Firing) -> None:
    promised.look(firing.session, firing.timer, firing.config)


def _sla_look(firing: Firing) -> None:
    """Clocks that stood still go on, or begin where an agent put somebody in line."""
    timer, session = firing.timer, firing.session
    found = conversations.lock(session, cast(int, timer.conversation_id))
    if found.state == ConversationState.OPEN:
        sla.go_on(session, found, firing.config, timer.created_at)
        if found.owner == Owner.QUEUE and timer.data.get("begins"):
            sla.begin(session, found, firing.config)
    timers.settle(session, timer.id, "looked")


ACTS: Mapping[TimerKind, Callable[[Firing], None]] = {
    TimerKind.LADDER_STEP: _ladder_step,
    TimerKind.PARKED_LATE: _parked_late,
    TimerKind.PARKED_EXPIRY: _parked_expiry,
    TimerKind.FOLLOW_UP: _promise,
    TimerKind.SEND_LATER: _promise,
    TimerKind.FLOW_WAIT: _flow_wait,
    TimerKind.SNOOZE_END: _snooze_end,
    TimerKind.SLA: _sla,
    TimerKind.SLA_LOOK: _sla_look,
}
