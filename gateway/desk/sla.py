"""What customers were promised, as clocks: begun at handoff, met by answers, paused by snoozes, ended by resolving.

Each running clock has a timer that comes at the warning and again at the end (``handlers.timer_fired``).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import bindparam, case, func, insert, or_, select, update
from sqlalchemy.orm import Session

from automation.scheduling.hours import Opening
from automation.sla import (
    ACKNOWLEDGE,
    FIRST,
    NEXT,
    RESOLUTION,
    RESPONSES,
    Moments,
    kept_percent,
    moments,
    resumed,
    span_of,
)
from gateway.core import clock
from gateway.core.business import Business
from gateway.core.words import Author
from gateway.desk import log, timers
from gateway.desk.opened import OpenConversation
from gateway.desk.timers import TimerKind
from gateway.models.conversation import Conversation
from gateway.models.sla import SlaClock
from gateway.models.tables import metadata

ANSWERED = (*RESPONSES, ACKNOWLEDGE)
"""What a person's answer meets."""

clocks, conversations = metadata.tables[SlaClock.__tablename__], metadata.tables[Conversation.__tablename__]
RUNS = clocks.c.ended_at.is_(None)
OF_ONE = (clocks.c.conversation_id == bindparam("conversation")) & RUNS
RUNNING = select(clocks).where(OF_ONE)
BEGIN = insert(clocks).returning(clocks.c.id)


class Config(Protocol):
    """The running config, as far as promises go."""

    @property
    def business(self) -> Business: ...
    def people(self, queue_id: str | None, channel_id: str) -> Opening | None: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """How a promise was kept in a time."""

    policy: str
    kind: str
    met: int
    missed: int
    running: int
    """Neither met nor missed so far."""

    @property
    def percent(self) -> float | None:
        return kept_percent(self.met, self.missed)


def begin(session: Session, conversation: OpenConversation, config: Config) -> None:
    """Somebody waits for people from now on: what their queue promises, as far as it does not run already."""
    _begin(session, conversation, config, (FIRST, RESOLUTION, ACKNOWLEDGE))


def heard(session: Session, conversation: OpenConversation, config: Config) -> None:
    """The customer wrote to people who had answered: the next answer is due, unless one is."""
    _begin(session, conversation, config, (NEXT, ACKNOWLEDGE))


def answered(session: Session, conversation_id: int) -> None:
    """A person wrote to the customer."""
    _meet(session, conversation_id, ANSWERED)


def resolved(session: Session, conversation_id: int) -> None:
    """It is done; an answer that was not needed any more is neither kept nor missed, unless it was late already."""
    _meet(session, conversation_id, (RESOLUTION,))
    dropped(session, conversation_id)


def dropped(session: Session, conversation_id: int) -> None:
    """Nobody waits for people any more."""
    session.execute(update(clocks).where(OF_ONE).values(ended_at=clock.now()), {"conversation": conversation_id})


def paused(session: Session, conversation_id: int) -> None:
    """Snoozed: time stands still."""
    still = OF_ONE & clocks.c.paused_at.is_(None)
    session.execute(update(clocks).where(still).values(paused_at=clock.now()), {"conversation": conversation_id})


def go_on(session: Session, conversation: OpenConversation, config: Config, at: datetime) -> None:
    """Woken ``at``: what was left then is left from then on."""
    for row in session.execute(RUNNING, {"conversation": conversation.id}).all():
        if row.paused_at is None:
            continue
        people = config.people(row.queue, conversation.channel_id)
        left = resumed(Moments(row.warn_at, row.due_at), row.paused_at, at, people)
        values = {"paused_at": None} | ({"warn_at": left.warn_at, "due_at": left.due_at} if left else {"ended_at": at})
        session.execute(update(clocks).where(clocks.c.id == row.id).values(values))
        if left and row.breached_at is None:
            _set_timer(session, conversation, row.id, left.due_at if row.warned_at else left.warn_at)


def running(session: Session, clock_id: int) -> Any:
    """A clock that runs, locked; None: it does not."""
    return session.execute(select(clocks).where(clocks.c.id == clock_id, RUNS).with_for_update()).first()


def warn(session: Session, row: Any, about: OpenConversation) -> None:
    """Soon it will be too late."""
    session.execute(update(clocks).where(clocks.c.id == row.id).values(warned_at=clock.now()))
    _tell(session, "sla_warned", row, about.contact_id)


def breach(session: Session, row: Any, about: OpenConversation) -> None:
    """It is too late; an acknowledgement that nobody could give ends with that, the rest runs on."""
    ended = {"ended_at": clock.now()} if row.kind == ACKNOWLEDGE else {}
    session.execute(update(clocks).where(clocks.c.id == row.id).values(breached_at=clock.now(), **ended))
    _tell(session, "sla_breached", row, about.contact_id)


def acknowledged(session: Session, row: Any) -> None:
    """The bot said that the message was seen."""
    _met(session, [row])


def next_due(session: Session, ids: Iterable[int]) -> dict[int, datetime]:
    """By conversation, when the next answer is due at the latest."""
    due = select(clocks.c.conversation_id, func.min(clocks.c.due_at, type_=clocks.c.due_at.type)).where(
        clocks.c.conversation_id.in_(list(ids)), clocks.c.kind.in_(RESPONSES), RUNS, clocks.c.paused_at.is_(None)
    )
    return {row[0]: row[1] for row in session.execute(due.group_by(clocks.c.conversation_id))}


def kept(session: Session, since: datetime, until: datetime, policy: str | None = None) -> Sequence[Kept]:
    """How promises that began in a time were kept, by standard and kind."""
    late = or_(clocks.c.breached_at.is_not(None), clocks.c.met_at > clocks.c.due_at)
    good = clocks.c.met_at.is_not(None) & ~late
    begun = (clocks.c.started_at >= since) & (clocks.c.started_at < until)
    sums = [func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in (good, late, RUNS & ~late)]
    statement = select(clocks.c.policy, clocks.c.kind, *sums).where(begun)
    if policy is not None:
        statement = statement.where(clocks.c.policy == policy)
    grouped = statement.group_by(clocks.c.policy, clocks.c.kind).order_by(clocks.c.policy, clocks.c.kind)
    return [Kept(row[0], row[1], int(row[2]), int(row[3]), int(row[4])) for row in session.execute(grouped)]


def _begin(session: Session, conversation: OpenConversation, config: Config, kinds: Sequence[str]) -> None:
    standard, queue = config.business.standard_of(conversation.queue), conversation.queue
    if standard is None or queue is None:
        return
    now, people = clock.now(), config.people(queue, conversation.channel_id)
    there = {row.kind for row in session.execute(RUNNING, {"conversation": conversation.id})}
    if NEXT in kinds and FIRST in there:
        return
    for kind in kinds:
        span = span_of(standard, kind)
        found = moments(now, span, standard.warn_percent, people) if span and kind not in there else None
        if found is None:
            continue
        row = {"conversation_id": conversation.id, "kind": kind, "policy": standard.id, "queue": queue}
        times = {"started_at": now, "warn_at": found.warn_at, "due_at": found.due_at}
        made = session.execute(BEGIN, row | times).scalar_one()
        _set_timer(session, conversation, made, found.warn_at)


def _set_timer(session: Session, conversation: OpenConversation, clock_id: int, at: datetime) -> None:
    data = {"clock": clock_id}
    row = timers.row_of(TimerKind.SLA, conversation.contact_id, at, conversation_id=conversation.id, data=data)
    timers.set_all(session, [row])


def _meet(session: Session, conversation_id: int, kinds: Sequence[str]) -> None:
    found = session.execute(RUNNING.where(clocks.c.kind.in_(kinds)), {"conversation": conversation_id}).all()
    _met(session, found)


def _met(session: Session, rows: Sequence[Any]) -> None:
    if not rows:
        return
    now, ids = clock.now(), [row.id for row in rows]
    session.execute(update(clocks).where(clocks.c.id.in_(ids), RUNS).values(met_at=now, ended_at=now))
    for row in rows:
        _tell(session, "sla_met", row, None, in_time=row.breached_at is None and now <= row.due_at)


def _tell(session: Session, kind: str, row: Any, contact_id: int | None, **more: Any) -> None:
    data = {"clock": row.kind, "policy": row.policy, "due_at": row.due_at.isoformat(), **more}
    about = {"contact_id": contact_id, "conversation_id": row.conversation_id, "queue": row.queue}
    log.write(session, kind, actor=Author.SYSTEM, data=data, **about)
