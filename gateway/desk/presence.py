"""Who is at the desk: what people say, how long ago they were seen, and how much each has in hand.

Whoever was not seen for 90 seconds is not there, whatever they said last; a page that is open is seen every 30.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.words import Author, ConversationState, Owner, PresenceState
from gateway.desk import dialect, log
from gateway.models.conversation import Conversation
from gateway.models.tables import metadata
from gateway.models.user import Presence, User
from gateway.models.wakes import wakes_of

UNSEEN = timedelta(seconds=90)
"""After so long without a sign they are not there."""
THERE = (PresenceState.ONLINE, PresenceState.BUSY, PresenceState.AWAY)
"""Who is one of these keeps what they have."""

presence, users, conversations = (metadata.tables[model.__tablename__] for model in (Presence, User, Conversation))
FIRST = dialect.both(presence, lambda statement: statement.on_conflict_do_nothing().returning(presence.c.user_id))
THEIRS = select(presence).where(presence.c.user_id == bindparam("user"))
LOCKED = THEIRS.with_for_update()
IN_HAND = (
    select(conversations.c.assignee_id, func.count().label("load"))
    .where(
        conversations.c.assignee_id.is_not(None),
        conversations.c.owner == Owner.AGENT,
        conversations.c.state == ConversationState.OPEN,
    )
    .group_by(conversations.c.assignee_id)
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here, as they stand at this moment."""

    id: int
    name: str
    state: str
    since: datetime | None
    seen_at: datetime | None
    load: int
    """Open conversations that are theirs; snoozed ones do not count."""
    capacity: int | None
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    assigned_at: datetime | None


def say(session: Session, user_id: int, state: PresenceState) -> str:
    """Somebody says where they are, and is seen; returns the state they were in before."""
    now = clock.now()
    before = _row(session, user_id, now)
    was = state_of(before, now)
    changed = {"state": state, "seen_at": now, "vanished_at": None}
    session.execute(
        update(presence).where(presence.c.user_id == user_id).values(changed | ({} if was == state else {"since": now}))
    )
    if was != state:
        _tell(session, user_id, was, state, "said")
    return was


def seen(session: Session, user_id: int) -> None:
    """A sign of life; the first one of all makes them online, and one after they had vanished brings them back."""
    now = clock.now()
    row = session.execute(THEIRS, {"user": user_id}).first()
    if row is None:
        say(session, user_id, PresenceState.ONLINE)
        return
    returns = row.vanished_at is not None
    values: dict[str, Any] = {"seen_at": now} | ({"vanished_at": None, "since": now} if returns else {})
    session.execute(update(presence).where(presence.c.user_id == user_id).values(values))
    if returns:
        _tell(session, user_id, PresenceState.OFFLINE, row.state, "returned")


def lock(session: Session, user_id: int) -> str:
    """Where somebody is, held until the end of the transaction; offline where they never said."""
    row = session.execute(LOCKED, {"user": user_id}).first()
    return state_of(row, clock.now()) if row else PresenceState.OFFLINE


def state_now(session: Session, user_id: int) -> str | None:
    """Where somebody is; None: they never said."""
    row = session.execute(THEIRS, {"user": user_id}).first()
    return state_of(row, clock.now()) if row else None


def load_of(session: Session, user_id: int) -> int:
    """Open conversations that are theirs."""
    row = session.execute(IN_HAND.where(conversations.c.assignee_id == user_id)).first()
    return row.load if row else 0


def given(session: Session, user_id: int) -> None:
    """They were given a conversation just now."""
    session.execute(update(presence).where(presence.c.user_id == user_id).values(assigned_at=clock.now()))


def people(session: Session, *, online: bool = False) -> Sequence[Person]:
    """The active users by name, with what they have in hand; ``online``: only those who can be given something."""
    now, load = clock.now(), IN_HAND.subquery()
    statement = (
        select(users, *(presence.c[name] for name in ("state", "since", "seen_at", "assigned_at")), load.c.load)
        .outerjoin(presence, presence.c.user_id == users.c.id)
        .outerjoin(load, load.c.assignee_id == users.c.id)
        .where(users.c.active)
        .order_by(users.c.name, users.c.id)
    )
    if online:
        statement = statement.where(is_online(now))
    return [_person(row, now) for row in session.execute(statement)]


def any_vanished(session: Session) -> bool:
    """Whether somebody has not been seen for too long, and nobody has noticed yet."""
    return session.execute(_gone(clock.now()).limit(1)).first() is not None


def notice_vanished(session: Session) -> list[int]:
    """Mark who is not there any more without having said so; returns their ids."""
    now = clock.now()
    gone = session.execute(_gone(now).with_for_update(skip_locked=True)).all()
    for row in gone:
        values = {"vanished_at": now, "since": now}
        session.execute(update(presence).where(presence.c.user_id == row.user_id).values(values))
        _tell(session, row.user_id, row.state, PresenceState.OFFLINE, "vanished")
    return [row.user_id for row in gone]


def anybody_ever(session: Session) -> bool:
    """Whether anybody ever said where they are: a desk elsewhere does not."""
    return session.execute(select(presence.c.user_id).limit(1)).first() is not None


def is_online(now: datetime) -> Any:
    """The condition on ``presence`` of those who can be given something."""
    return (presence.c.state == PresenceState.ONLINE) & (presence.c.seen_at > now - UNSEEN)


def not_there(now: datetime) -> Any:
    """The condition on ``presence`` of those who keep nobody waiting for them."""
    return or_(presence.c.state.not_in(THERE), presence.c.seen_at <= now - UNSEEN)


def state_of(row: Any, now: datetime) -> str:
    """Where the person of a row is, as far as they were seen."""
    if row.seen_at is None or row.seen_at <= now - UNSEEN:
        return PresenceState.OFFLINE.value
    return PresenceState(row.state).value


def _gone(now: datetime) -> Any:
    said = presence.c.state.in_(THERE)
    return select(presence.c.user_id, presence.c.state).where(
        presence.c.seen_at <= now - UNSEEN, presence.c.vanished_at.is_(None), said
    )


def _row(session: Session, user_id: int, now: datetime) -> Any:
    """Their row, locked; made where there is none, as of somebody who was offline."""
    long_ago = {"user_id": user_id, "state": PresenceState.OFFLINE, "since": now, "seen_at": now}
    session.execute(FIRST[dialect.name_of(session)], long_ago)
    return session.execute(LOCKED, {"user": user_id}).one()


def _person(row: Any, now: datetime) -> Person:
    state = state_of(row, now)
    works = (tuple(row.skills), tuple(row.languages))
    return Person(row.id, row.name, state, row.since, row.seen_at, row.load or 0, row.capacity, *works, row.assigned_at)


def _tell(session: Session, user_id: int, was: str, now: str, how: str) -> None:
    data = {"user_id": user_id, "from": str(was), "to": str(now), "how": how}
    log.write(session, "presence_changed", actor=Author.AGENT, actor_id=user_id, data=data)
    wakes_of(session).routing = True
