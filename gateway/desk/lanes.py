"""Lanes in the database: who drains which address's stream, and which of its events are still to do.

A claim is a hint to keep order and spare work; ``take`` alone makes an event's effects happen once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, case, exists, literal, or_, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.words import EventState
from gateway.desk import dialect, log
from gateway.models.inbound import InboundEvent, Lane, RawRequest
from gateway.models.tables import metadata
from gateway.models.wakes import wakes_of

CLAIM_FOR = timedelta(seconds=30)
MOST_ATTEMPTS = 5
ERROR_LENGTH = 2000

lanes, events, requests = (metadata.tables[model.__tablename__] for model in (Lane, InboundEvent, RawRequest))

PENDING = events.c.state == EventState.PENDING
FREE = or_(lanes.c.claimed_until.is_(None), lanes.c.claimed_until <= bindparam("now"))
DUE = (lanes.c.due_at <= bindparam("now")) & FREE


def _earliest(statement: dialect.Insert) -> Any:
    new = statement.excluded.due_at
    earliest = case((lanes.c.due_at < new, lanes.c.due_at), else_=new)
    return statement.on_conflict_do_update(index_elements=[lanes.c.key], set_={"due_at": earliest})


def _claiming(candidates: Select[tuple[str]]) -> Any:
    chosen = candidates.order_by(lanes.c.due_at).limit(bindparam("most")).with_for_update(skip_locked=True)
    values: dict[str, Any] = {"claimed_until": bindparam("until"), "claimed_by": bindparam("who")}
    return update(lanes).where(lanes.c.key.in_(chosen)).values(values).returning(lanes.c.key)


CLAIM_ANY = _claiming(select(lanes.c.key).where(DUE))
CLAIM_NAMED = _claiming(select(lanes.c.key).where(DUE, lanes.c.key.in_(bindparam("keys", expanding=True))))
NOT_DONE = (
    select(
        *(
            events.c[name]
            for name in ("id", "account", "key", "lane", "kind", "payload", "attempts", "received_at", "processed_at")
        ),
        *(requests.c[name] for name in ("provider", "route", "method", "path", "query", "headers", "body")),
    )
    .outerjoin(requests, requests.c.id == events.c.request_id)
    .where(PENDING, events.c.lane.in_(bindparam("keys", expanding=True)))
    .order_by(events.c.id)
    .limit(bindparam("most"))
)
TAKE = (
    update(events)
    .where(events.c.id == bindparam("event"), PENDING)
    .values(state=EventState.DONE, processed_at=bindparam("now"), error=None)
)
TAKE_ALL = (
    update(events)
    .where(events.c.id.in_(bindparam("these", expanding=True)), PENDING)
    .values(state=EventState.DONE, processed_at=bindparam("now"), error=None)
    .returning(events.c.id)
)
HOLD = (
    select(lanes.c.key)
    .where(lanes.c.key.in_(bindparam("keys", expanding=True)), lanes.c.claimed_by == bindparam("who"))
    .order_by(lanes.c.key)
    .with_for_update()
)
LEFT = exists(select(literal(1)).where(PENDING, events.c.lane == lanes.c.key))
RELEASE = (
    update(lanes)
    .where(lanes.c.key.in_(bindparam("held", expanding=True)))
    .values(due_at=case((LEFT, bindparam("now")), else_=None), claimed_until=None, claimed_by=None)
)

WAKE = dialect.both(lanes, _earliest)


def claim(session: Session, who: str, *, keys: Sequence[str] | None = None, most: int = 16) -> list[str]:
    """Lanes that are due and free, now held by ``who`` for 30 s; only among ``keys`` if given."""
    now = clock.now()
    values = {"now": now, "until": now + CLAIM_FOR, "who": who, "most": most}
    statement, extra = (CLAIM_ANY, {}) if keys is None else (CLAIM_NAMED, {"keys": list(keys)})
    return list(session.execute(statement, values | extra).scalars())


def due(session: Session, most: int = 16, overdue: timedelta = timedelta(0)) -> list[str]:
    """Lanes that nobody holds and that have been due for ``overdue`` at least."""
    now = clock.now()
    statement = select(lanes.c.key).where(lanes.c.due_at <= now - overdue, FREE).order_by(lanes.c.due_at).limit(most)
    return list(session.execute(statement, {"now": now}).scalars())


def pending(session: Session, keys: Sequence[str], most: int) -> Sequence[Any]:
    """The oldest events to do in these lanes, with the raw request each came in (nulls for events of our own)."""
    return session.execute(NOT_DONE, {"keys": list(keys), "most": most}).all()


def take(session: Session, event_id: int) -> bool:
    """Make this transaction the one that does the event; False: it is done already. The first statement of all."""
    result: Any = session.execute(TAKE, {"event": event_id, "now": clock.now()})
    return bool(result.rowcount)


def take_all(session: Session, event_ids: Sequence[int]) -> set[int]:
    """``take`` for several; returns those that this transaction does."""
    return set(session.execute(TAKE_ALL, {"these": list(event_ids), "now": clock.now()}).scalars())


def release(session: Session, keys: Sequence[str], who: str) -> None:
    """Give lanes back: asleep where nothing is left, due again where something came meanwhile.

    The rows are locked first, in order, so that the second statement sees every event whose recorder has committed,
    and a recorder that comes later finds the lane asleep and wakes it.
    """
    held = list(session.execute(HOLD, {"keys": list(keys), "who": who}).scalars())
    if held:
        session.execute(RELEASE, {"held": held, "now": clock.now()})


def fail(session: Session, event_id: int, lane: str, error: str, *, final: bool = False) -> bool:
    """Note a failed try; True: it was the last and the event is set aside. Else the lane rests for a while."""
    row = session.execute(
        update(events)
        .where(events.c.id == event_id, PENDING)
        .values(attempts=events.c.attempts + 1, error=error[:ERROR_LENGTH])
        .returning(events.c.attempts, events.c.kind)
    ).first()
    if row is None:
        return False
    if final or row.attempts >= MOST_ATTEMPTS:
        _set_aside(session, event_id, row.kind, row.attempts)
        return True
    _rest(session, lane, clock.now() + backoff(row.attempts))
    return False


def rest(session: Session, lane: str, seconds: float) -> None:
    """Let a lane be for a moment: its event could not be tried, so no try is counted."""
    _rest(session, lane, clock.now() + timedelta(seconds=seconds))


def free(session: Session, who: str) -> list[str]:
    """Take their lanes from all drainers whose name begins with ``who``: they are dead. Returns the lanes."""
    theirs = select(lanes.c.key).where(lanes.c.claimed_by.startswith(who, autoescape=True))
    held = session.execute(theirs.order_by(lanes.c.key).with_for_update()).scalars().all()
    if held:
        session.execute(update(lanes).where(lanes.c.key.in_(held)).values(claimed_until=None, claimed_by=None))
    return list(held)


def backoff(attempts: int) -> timedelta:
    """How long a lane rests after its event failed ``attempts`` times (from 1): 1, 3, 9, 27 s."""
    return timedelta(seconds=3 ** (attempts - 1))


def replay(session: Session, event_ids: Sequence[int] | None = None) -> list[int]:
    """Make events pending again and wake their lanes: those named (unless pending), or all that were set aside."""
    chosen = events.c.state == EventState.FAILED if event_ids is None else events.c.id.in_(event_ids) & ~PENDING
    again = {"state": EventState.PENDING, "attempts": 0, "error": None}  # processed_at stays: it was done once
    statement = update(events).where(chosen).values(again).returning(events.c.id, events.c.lane)
    rows = session.execute(statement).all()
    for lane in sorted({row.lane for row in rows}):
        wake(session, lane)
    return sorted(row.id for row in rows)


def wake(session: Session, lane: str) -> None:
    """Make a lane due now, and note the wake."""
    session.execute(WAKE[dialect.name_of(session)], {"key": lane, "due_at": clock.now()})
    wakes_of(session).lanes.add(lane)


def _set_aside(session: Session, event_id: int, kind: str, attempts: int) -> None:
    session.execute(update(events).where(events.c.id == event_id).values(state=EventState.FAILED))
    data = {"event_id": event_id, "event_kind": kind, "attempts": attempts}
    log.write(session, "event_set_aside", actor="system", data=data)


def _rest(session: Session, lane: str, until: datetime) -> None:
    """Nobody can claim the lane before ``until``, not even when new events make it due earlier."""
    resting = {"due_at": until, "claimed_until": until, "claimed_by": None}
    session.execute(update(lanes).where(lanes.c.key == lane).values(resting))
