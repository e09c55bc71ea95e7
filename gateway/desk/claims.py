"""Which deliveries may go now: the heads of contacts' lanes, fenced by the epoch, taken by one statement each time.

A delivery waits for earlier unfinished ones of its contact, three minutes at most. The claim is committed before
the call, so that a crash leaves ``sending`` behind and never a second call (docs/adr/0004).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, exists, literal_column, not_, or_, select, text, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.words import Author, Status
from gateway.desk import log, mirror
from gateway.desk.parts import Part, columns_of
from gateway.models.base import UtcDateTime
from gateway.models.conversation import Conversation
from gateway.models.message import Delivery
from gateway.models.tables import metadata

HOLDS_FOLLOWERS = timedelta(minutes=3)
CALL_LASTS = timedelta(seconds=15)
"""Longer than any call may take: one in flight always comes before its follower."""
ROUNDS = 3
"""Looks for what waited behind canceled replies; a change of owner in the middle may call for another."""

deliveries, conversations = (metadata.tables[model.__tablename__] for model in (Delivery, Conversation))


@dataclass(frozen=True, slots=True)
class Claimed(Part):
    """A delivery that this process alone may send now."""

    media: list[dict[str, Any]]
    content_hash: str | None
    content_sid: str | None
    content_variables: dict[str, str] | None
    attempts: int
    state: str
    claimed_at: datetime


COLUMNS = columns_of(Claimed)

# Words as literals, as the partial indexes spell them: the planner must see them to use an index.
QUEUED: Any = literal_column(f"'{Status.QUEUED.value}'")
SENDING: Any = literal_column(f"'{Status.SENDING.value}'")
UNCONFIRMED: Any = literal_column(f"'{Status.UNCONFIRMED.value}'")
ONE: Any = literal_column("1")
OWNER_CHANGED = "owner_changed"


def _moment(name: str) -> Any:
    return bindparam(name, type_=UtcDateTime())


def _unfinished(table: Any) -> Any:
    return table.c.state.in_([QUEUED, SENDING, UNCONFIRMED])


def _forerunner(before: Any, row: Any) -> Any:
    return and_(before.c.contact_id == row.c.contact_id, before.c.id < row.c.id, _unfinished(before))


def _waits(row: Any) -> Any:
    """An earlier one of the contact is young, in flight, or about to go; an agent need not wait for a stuck bot."""
    before = deliveries.alias("before")
    in_flight = and_(before.c.state == SENDING, before.c.claimed_at > _moment("calls_since"))
    about_to_go = and_(before.c.state == QUEUED, before.c.due_at <= _moment("now"))
    holds = or_(before.c.created_at > _moment("young_since"), in_flight, about_to_go)
    stuck = or_(
        before.c.state == UNCONFIRMED,
        and_(before.c.state == QUEUED, before.c.attempts > 0),
        and_(before.c.state == SENDING, not_(in_flight)),
    )
    overtakes = and_(row.c.author == Author.AGENT.value, before.c.author != Author.AGENT.value, stuck)
    return exists(select(ONE).where(_forerunner(before, row), holds, not_(overtakes)))


def _follows_a_file(row: Any) -> Any:
    """Text after a file waits until the file was sent, or a few seconds: files arrive slower than words."""
    file = deliveries.alias("file")
    holds = and_(text("file.holds_until IS NOT NULL"), file.c.holds_until > _moment("now"))
    earlier = and_(file.c.contact_id == row.c.contact_id, file.c.id < row.c.id)
    return and_(row.c.body != "", exists(select(ONE).where(earlier, holds)))


def _may_go(row: Any) -> Any:
    return and_(row.c.state == QUEUED, row.c.due_at <= _moment("now"), not_(_waits(row)), not_(_follows_a_file(row)))


def _passed(row: Any) -> Any:
    """Decided in an epoch that is over."""
    epoch = select(conversations.c.epoch).where(conversations.c.id == row.c.conversation_id).scalar_subquery()
    return and_(row.c.epoch.is_not(None), row.c.epoch != epoch)


def _canceling() -> Any:
    """All that these contacts' bots said in epochs that are over, at once: it may be a mountain."""
    row = deliveries.alias("behind")
    passed = (
        select(row.c.id)
        .where(row.c.contact_id.in_(bindparam("contacts", expanding=True)), row.c.state == QUEUED, _passed(row))
        .with_for_update(of=row, skip_locked=True)
        .cte("passed")
    )
    ended = {"state": Status.CANCELED.value, "settled_at": _moment("now"), "error_code": OWNER_CHANGED}
    chosen = deliveries.c.id.in_(select(passed.c.id))
    return update(deliveries).where(chosen).values(ended).returning(*COLUMNS)


def _claiming() -> Any:
    row, before = deliveries.alias("head"), deliveries.alias("earlier")
    sendable = or_(
        row.c.content_hash.is_(None),
        row.c.content_hash.in_(bindparam("ready", expanding=True)),
        row.c.channel_id.in_(bindparam("gone", expanding=True)),
    )
    resting = row.c.channel_id.in_(bindparam("resting", expanding=True))
    heads = (
        select(row.c.id)
        .where(_may_go(row), sendable, not_(resting))
        .order_by(row.c.due_at, row.c.id)
        .limit(bindparam("most"))
        .with_for_update(of=row, skip_locked=True)
        .cte("heads")
    )
    passed = _passed(deliveries)
    return (
        update(deliveries)
        .where(deliveries.c.id.in_(select(heads.c.id)))
        .values(
            state=case((passed, Status.CANCELED.value), else_=Status.SENDING.value),
            settled_at=case((passed, _moment("now")), else_=None),
            error_code=case((passed, OWNER_CHANGED), else_=deliveries.c.error_code),
            claimed_by=bindparam("who"),
            claimed_at=_moment("now"),
            attempts=deliveries.c.attempts + 1,
            late=exists(select(ONE).where(_forerunner(before, deliveries))),
        )
        .returning(*COLUMNS)
    )


CLAIM = _claiming()
CANCEL_PASSED = _canceling()
HEAD = deliveries.alias("head")
DUE = select(HEAD.c.contact_id).where(_may_go(HEAD)).distinct().limit(bindparam("most"))
WANTED = (
    select(deliveries.c.content_hash, deliveries.c.channel_id)
    .where(deliveries.c.state == QUEUED, deliveries.c.due_at <= _moment("now"))
    .where(deliveries.c.content_hash.not_in(bindparam("ready", expanding=True)))
    .where(deliveries.c.channel_id.not_in(bindparam("gone", expanding=True)))
    .distinct()
    .limit(8)
)
GIVE_BACK = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery"), deliveries.c.state == SENDING)
    .values(state=Status.QUEUED.value, attempts=deliveries.c.attempts - 1, claimed_by=None, late=False)
)


def claim(
    session: Session,
    who: str,
    *,
    most: int,
    ready: Collection[str] = (),
    resting: Collection[str] = (),
    gone: Collection[str] = (),
) -> list[Claimed]:
    """Take up to ``most`` deliveries to send now, at most one a contact; bot replies of a passed epoch are canceled.

    ``ready`` are the content shapes that can be sent, ``resting`` the channels that must not be used just now, and
    ``gone`` those no longer connected: what waits for their content is taken, to fail rather than hold up its lane.
    """
    values = _times() | {"who": who, "ready": list(ready), "resting": list(resting), "gone": list(gone)}
    going: list[Claimed] = []
    for _ in range(ROUNDS):
        rows = [Claimed(*row) for row in session.execute(CLAIM, values | {"most": most}).all()]
        canceled = [row for row in rows if row.state == Status.CANCELED]
        going += [row for row in rows if row.state != Status.CANCELED]
        if not canceled:
            break
        _cancel(session, canceled)
        most = len(canceled)  # what waited behind them
    return sorted(going, key=lambda row: row.id)


def due(session: Session, most: int = 64, overdue: timedelta = timedelta(0)) -> list[int]:
    """Contacts with something that may go and has been due for ``overdue``."""
    times = _times()
    return list(session.execute(DUE, times | {"most": most, "now": times["now"] - overdue}).scalars())


def shapes_wanted(session: Session, ready: Collection[str], gone: Collection[str] = ()) -> dict[str, str]:
    """Content that due deliveries need and that is not ready: hash → a channel that needs it."""
    values = {"ready": list(ready), "gone": list(gone), "now": clock.now()}
    return {row.content_hash: row.channel_id for row in session.execute(WANTED, values) if row.content_hash}


def give_back(session: Session, delivery_ids: Sequence[int]) -> None:
    """Undo claims without a call: still due, so that nothing behind them overtakes, and no try is counted."""
    if delivery_ids:
        session.execute(GIVE_BACK, [{"delivery": delivery_id} for delivery_id in delivery_ids])


def _times() -> dict[str, datetime]:
    now = clock.now()
    return {"now": now, "young_since": now - HOLDS_FOLLOWERS, "calls_since": now - CALL_LASTS}


def _cancel(session: Session, heads: Sequence[Claimed]) -> None:
    """Call off what lies behind these canceled ones too, and tell of all."""
    values = {"contacts": [row.contact_id for row in heads], "now": clock.now()}
    canceled = [*heads, *(Claimed(*row) for row in session.execute(CANCEL_PASSED, values).all())]
    mirror.follow(session, [row.message_id for row in canceled])
    for row in canceled:
        log.write(
            session,
            "delivery_changed",
            actor=Author.SYSTEM,
            contact_id=row.contact_id,
            conversation_id=row.conversation_id,
            message_id=row.message_id,
            data={"delivery_id": row.id, "from": "queued", "to": "canceled", "reason": OWNER_CHANGED},
        )
