"""What waits and what went wrong, counted in the database: for readiness, metrics and the operator."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from gateway.core import clock
from gateway.core.words import ConversationState, EventState, MediaState, Owner, Status
from gateway.models.conversation import Conversation
from gateway.models.inbound import InboundEvent
from gateway.models.log_entry import LogEntry
from gateway.models.message import UNFINISHED, Delivery, HeldStatus, Media
from gateway.models.request import Request

FAILED_WINDOW = timedelta(minutes=5)
UNFINISHED_STATES = (Status.QUEUED, Status.SENDING, Status.UNCONFIRMED)


@dataclass(frozen=True, slots=True)
class Figures:
    events_pending: int
    oldest_pending_seconds: float
    events_set_aside: int
    deliveries: dict[str, int]
    """Unfinished ones by state."""
    oldest_queued_seconds: float
    deliveries_failed: int
    """In the last 5 minutes."""
    statuses_held: int
    """Callbacks whose message is not known (yet)."""
    media_pending: int
    requests_open: int
    """Asked of other systems, or about to be."""
    waiting: dict[str, int]
    """Conversations that wait for a person, by queue."""


def figures(session: Session) -> Figures:
    """All of them, each from a partial or narrow index: cheap however large the tables grow."""
    pending, oldest = _pending(session)
    return Figures(
        events_pending=pending,
        oldest_pending_seconds=oldest,
        events_set_aside=_count(session, _is(InboundEvent.state, EventState.FAILED)),
        deliveries=_deliveries(session),
        oldest_queued_seconds=_oldest_queued(session),
        deliveries_failed=_failed(session),
        statuses_held=_count(session, HeldStatus.joined_at.is_(None)),
        media_pending=_count(session, _is(Media.state, MediaState.PENDING)),
        requests_open=_count(session, or_(_is(Request.state, "queued"), _is(Request.state, "running"))),
        waiting=_waiting(session),
    )


def oldest_pending_seconds(session: Session) -> float:
    """Age of the oldest event nobody has processed; 0 when there is none."""
    return _pending(session)[1]


def _pending(session: Session) -> tuple[int, float]:
    found = session.execute(
        select(func.count(), func.min(InboundEvent.received_at)).where(_is(InboundEvent.state, EventState.PENDING))
    ).one()
    return found[0], _age(found[1])


def _deliveries(session: Session) -> dict[str, int]:
    counted = session.execute(select(Delivery.state, func.count()).where(UNFINISHED).group_by(Delivery.state))
    return {state.value: 0 for state in UNFINISHED_STATES} | {state: count for state, count in counted}


def _oldest_queued(session: Session) -> float:
    return _age(
        session.scalar(select(func.min(Delivery.created_at)).where(UNFINISHED, Delivery.state == Status.QUEUED))
    )


def _failed(session: Session) -> int:
    return _count(
        session,
        LogEntry.kind == "delivery_changed",
        LogEntry.at > clock.now() - FAILED_WINDOW,
        LogEntry.data["to"].as_string().in_((Status.FAILED, Status.UNDELIVERED)),
    )


def _waiting(session: Session) -> dict[str, int]:
    counted = session.execute(
        select(func.coalesce(Conversation.queue, ""), func.count())
        .where(Conversation.state == ConversationState.OPEN, Conversation.owner == Owner.QUEUE)
        .group_by(Conversation.queue)
    )
    return {queue: count for queue, count in counted}


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0


def _is(column: InstrumentedAttribute[str], value: str) -> ColumnElement[bool]:
    """Spelled into the statement: with a bound value SQLite would not see that a partial index fits."""
    return column == literal(str(value), literal_execute=True)


def _age(since: datetime | None) -> float:
    return 0.0 if since is None else max(0.0, (clock.now() - since).total_seconds())
