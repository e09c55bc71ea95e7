"""Moments at which something is looked at again: rows, claimed in the transaction that does the work."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, insert, literal_column, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import Conflict, NotFound
from gateway.models.contact import Contact
from gateway.models.tables import metadata
from gateway.models.timer import Timer
from gateway.models.wakes import wakes_of

TRIES = 5
REST_SECONDS = (5, 30, 120, 600)
PENDING_OF_ONE = 50
"""Of one kind and contact: more is a loop somewhere."""

timers, contacts = metadata.tables[Timer.__tablename__], metadata.tables[Contact.__tablename__]
WAITS = timers.c.state == literal_column("'pending'")
"""As the partial index spells it."""
INSERT = insert(timers).returning(timers.c.id)
DUE = select(timers.c.id).where(WAITS, timers.c.due_at <= bindparam("now")).order_by(timers.c.due_at, timers.c.id)
WHOSE = select(timers.c.contact_id).where(timers.c.id == bindparam("timer"))
LOCK = select(contacts.c.id).where(contacts.c.id == bindparam("contact")).with_for_update(key_share=True)


class TimerKind(StrEnum):
    LADDER_STEP = "ladder_step"
    PARKED_LATE = "parked_late"
    """The provider said that the window is shut: the customer is to be told that a reply waits."""
    PARKED_EXPIRY = "parked_expiry"
    FOLLOW_UP = "follow_up"
    """A promise to ask again; dropped if the contact writes first."""
    FLOW_WAIT = "flow_wait"
    """A flow goes on then, if it still waits."""
    SEND_LATER = "send_later"
    """Put off by quiet hours."""
    SNOOZE_END = "snooze_end"
    SLA = "sla"
    """What was promised is about to be broken, or is."""
    SLA_LOOK = "sla_look"
    """The owner or the state changed where nobody knew the promises: clocks are begun, or go on."""


@dataclass(frozen=True, slots=True)
class Fired:
    """A timer that this transaction alone has."""

    id: int
    kind: str
    contact_id: int
    conversation_id: int | None
    message_id: int | None
    data: Mapping[str, Any]
    due_at: datetime
    created_at: datetime
    created_by: int | None
    attempts: int


CLAIM = (
    update(timers)
    .where(timers.c.id == bindparam("timer"), WAITS, timers.c.due_at <= bindparam("now"))
    .values(state="fired", settled_at=bindparam("now"))
    .returning(*(timers.c[name] for name in Fired.__slots__))
)


def row_of(
    kind: TimerKind,
    contact_id: int,
    due_at: datetime,
    *,
    conversation_id: int | None = None,
    message_id: int | None = None,
    data: Mapping[str, Any] | None = None,
    created_by: int | None = None,
) -> dict[str, Any]:
    """A timer to set, for ``set_all``."""
    about = {"contact_id": contact_id, "conversation_id": conversation_id, "message_id": message_id}
    rest = {"kind": kind.value, "due_at": due_at, "data": dict(data or {}), "created_by": created_by}
    return about | rest | {"state": "pending", "outcome": "", "attempts": 0, "created_at": clock.now()}


def set_one(session: Session, row: Mapping[str, Any]) -> int:
    """Set a timer; returns its id.

    Raises:
        Conflict: the contact has too many of this kind.
    """
    theirs = select(timers.c.id).where(timers.c.contact_id == row["contact_id"], timers.c.kind == row["kind"], WAITS)
    if len(session.execute(theirs.limit(PENDING_OF_ONE)).all()) >= PENDING_OF_ONE:
        raise Conflict(f"{PENDING_OF_ONE} of these wait for this contact already")
    made: int = session.execute(INSERT, dict(row)).scalar_one()
    return made


def set_all(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Set timers of different contacts at once."""
    if rows:
        session.execute(insert(timers), [dict(row) for row in rows])


def due(session: Session, most: int = 64) -> list[int]:
    """Timers whose moment has come, the most overdue first."""
    return list(session.execute(DUE.limit(most), {"now": clock.now()}).scalars())


def claim(session: Session, timer_id: int) -> Fired | None:
    """Take a due timer, its contact locked first as everywhere; None: somebody else did, or it is no longer wanted."""
    contact_id = session.execute(WHOSE, {"timer": timer_id}).scalar()
    if contact_id is None:
        return None
    session.execute(LOCK, {"contact": contact_id})
    row = session.execute(CLAIM, {"timer": timer_id, "now": clock.now()}).first()
    return Fired(*row) if row else None


def settle(session: Session, timer_id: int, outcome: str, *, dropped: bool = False) -> None:
    """Say what came of a claimed timer."""
    state = "dropped" if dropped else "fired"
    session.execute(update(timers).where(timers.c.id == timer_id).values(state=state, outcome=outcome[:80]))


def again(session: Session, timer_id: int, due_at: datetime, data: Mapping[str, Any] | None = None) -> None:
    """Let a claimed timer wait once more."""
    values: dict[str, Any] = {"state": "pending", "due_at": due_at, "settled_at": None}
    values |= {} if data is None else {"data": dict(data)}
    session.execute(update(timers).where(timers.c.id == timer_id).values(values))


def broke(session: Session, timer_id: int, error: str) -> bool:
    """Its handler failed and was taken back: later again, five times at most; True: that was the last."""
    tried: int = session.execute(select(timers.c.attempts).where(timers.c.id == timer_id)).scalar_one() + 1
    values: dict[str, Any] = {"attempts": tried, "outcome": error[:80]}
    if tried < TRIES:
        values |= {"due_at": clock.now() + timedelta(seconds=REST_SECONDS[tried - 1])}
    else:
        values |= {"state": "failed", "settled_at": clock.now()}
    session.execute(update(timers).where(timers.c.id == timer_id, WAITS).values(values))
    return tried >= TRIES


def drop_of_messages(session: Session, message_ids: Collection[int], kind: TimerKind, why: str) -> None:
    """These messages need no such timer any more."""
    theirs = timers.c.message_id.in_(sorted(message_ids)) & (timers.c.kind == kind.value) & WAITS
    ended = {"state": "dropped", "outcome": why[:80], "settled_at": clock.now()}
    session.execute(update(timers).where(theirs).values(ended))


def drop_of_conversation(session: Session, conversation_id: int, kind: TimerKind, why: str) -> None:
    """The conversation needs no such timer any more."""
    theirs = (timers.c.conversation_id == conversation_id) & (timers.c.kind == kind.value) & WAITS
    ended = {"state": "dropped", "outcome": why[:80], "settled_at": clock.now()}
    session.execute(update(timers).where(theirs).values(ended))


def of_conversation(session: Session, conversation_id: int, kind: TimerKind, most: int = 100) -> Sequence[Any]:
    """A conversation's timers of a kind, newest first."""
    theirs = (timers.c.conversation_id == conversation_id) & (timers.c.kind == kind.value)
    return session.execute(select(timers).where(theirs).order_by(timers.c.id.desc()).limit(most)).all()


def drop(session: Session, timer_id: int, conversation_id: int, kind: TimerKind, why: str) -> None:
    """Call off a timer that waits.

    Raises:
        NotFound: the conversation has no such timer.
        Conflict: it does not wait any more.
    """
    found = session.execute(select(timers).where(timers.c.id == timer_id, timers.c.kind == kind.value)).first()
    if found is None or found.conversation_id != conversation_id:
        raise NotFound(f"no timer {timer_id} here")
    ended = {"state": "dropped", "outcome": why[:80], "settled_at": clock.now()}
    mine = update(timers).where(timers.c.id == timer_id, WAITS).values(ended).returning(timers.c.id)
    if session.execute(mine).first() is None:
        raise Conflict(f"it is {found.state} already")


def wake(session: Session) -> None:
    """One is due at once."""
    wakes_of(session).timers = True
