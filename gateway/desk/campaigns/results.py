"""How a campaign stands: rows by state, refusals by reason, messages by status, and whether it has come to its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Integer, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.words import Status
from gateway.desk.campaigns.drafts import campaigns
from gateway.desk.campaigns.rows import rows
from gateway.models.message import Message
from gateway.models.tables import metadata

messages = metadata.tables[Message.__tablename__]

WAITS_FOR_STATUS = timedelta(hours=4)
"""WhatsApp tries that long; a message of which nothing is heard does not keep a campaign open for ever."""
CANCELED_AT_ONCE = 5_000
UNDECIDED = (Status.QUEUED, Status.SENDING, Status.UNCONFIRMED)
ON_THE_WAY = (*UNDECIDED, Status.ACCEPTED, Status.SENT)

mine: Any = rows.c.campaign_id == bindparam("campaign")
BY_STATE = select(rows.c.state, rows.c.reason, func.count()).where(mine).group_by(rows.c.state, rows.c.reason)
BY_STATUS = (
    select(messages.c.status, func.count())
    .where(messages.c.campaign_id == bindparam("campaign"))
    .group_by(messages.c.status)
)
KEYS = ("channel_type", "how", "language", "cost_class")
PLANNED = tuple(rows.c.plan[key].as_string().label(key) for key in KEYS)
SEGMENTS = func.sum(func.coalesce(rows.c.plan["segments"].as_integer(), 0), type_=Integer)
BY_PLAN = (
    select(*PLANNED, func.count().label("number"), SEGMENTS.label("units"))
    .where(mine, rows.c.state.in_(["ready", "released"]))
    .group_by(*PLANNED)
)
ANY = {state: select(rows.c.id).where(mine, rows.c.state == state).limit(1) for state in ("given", "ready", "released")}
ANY_WITH = select(messages.c.id).where(
    messages.c.campaign_id == bindparam("campaign"), messages.c.status.in_(bindparam("statuses", expanding=True))
)
NEWEST = select(func.max(messages.c.created_at)).where(messages.c.campaign_id == bindparam("campaign"))


@dataclass(frozen=True, slots=True)
class Results:
    rows: Mapping[str, int]
    """By state: given, ready, released, refused, canceled."""
    refused: Mapping[str, int]
    """By reason."""
    messages: Mapping[str, int]
    """By status."""
    ways: list[dict[str, Any]] = field(default_factory=list)
    """How the rows go, or would: channel type, language, cost class, with how many and their SMS segments."""


def of(session: Session, campaign_id: int, *, ways: bool = True) -> Results:
    """One look at everything; ``ways`` reads every row's plan."""
    about = {"campaign": campaign_id}
    by_state = session.execute(BY_STATE, about).all()
    counted: dict[str, int] = {}
    for state, _, number in by_state:
        counted[state] = counted.get(state, 0) + number
    refused = {reason: number for state, reason, number in by_state if state == "refused"}
    statuses = {status: number for status, number in session.execute(BY_STATUS, about)}
    planned = [_way(row) for row in session.execute(BY_PLAN, about)] if ways else []
    return Results(counted, refused, statuses, planned)


def has(session: Session, campaign_id: int, state: str) -> bool:
    """Whether some row is in this state."""
    return session.execute(ANY[state], {"campaign": campaign_id}).first() is not None


def is_over(session: Session, campaign_id: int) -> bool:
    """All rows are settled, and of every message it is known what became of it, or nothing was heard for 4 hours."""
    if has(session, campaign_id, "ready") or _any_with(session, campaign_id, UNDECIDED):
        return False
    if not _any_with(session, campaign_id, ON_THE_WAY):
        return True
    newest = session.execute(NEWEST, {"campaign": campaign_id}).scalar()
    return newest is not None and clock.now() - newest > WAITS_FOR_STATUS


def cancel_rows(session: Session, campaign_id: int) -> int:
    """Call off some rows that were not released yet; returns how many, 0: none is left."""
    chosen = (
        select(rows.c.id)
        .where(rows.c.campaign_id == campaign_id, rows.c.state.in_(["given", "ready"]))
        .limit(CANCELED_AT_ONCE)
    )
    called_off = update(rows).where(rows.c.id.in_(chosen)).values(state="canceled").returning(rows.c.id)
    number = len(session.execute(called_off).all())
    if not number:
        ended = case((campaigns.c.ended_at.is_(None), clock.now()), else_=campaigns.c.ended_at)
        session.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(ended_at=ended))
    return number


def _way(row: Any) -> dict[str, Any]:
    return {**{key: getattr(row, key) for key in KEYS}, "rows": row.number, "segments": row.units}


def _any_with(session: Session, campaign_id: int, statuses: tuple[Status, ...]) -> bool:
    values = {"campaign": campaign_id, "statuses": [status.value for status in statuses]}
    return session.execute(ANY_WITH.limit(1), values).first() is not None
