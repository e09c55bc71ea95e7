"""A message shows the state of its deliveries: the worst that failed, else the least advanced."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, case, exists, func, literal_column, or_, select, update
from sqlalchemy.orm import Session

from gateway.core.words import Status
from gateway.models.message import Delivery, Message
from gateway.models.tables import metadata

messages, deliveries = (metadata.tables[model.__tablename__] for model in (Message, Delivery))

WEIGHT = {
    Status.FAILED: 0,
    Status.UNDELIVERED: 0,
    Status.EXPIRED: 0,
    Status.CANCELED: 1,
    Status.UNCONFIRMED: 2,
    Status.QUEUED: 3,
    Status.SENDING: 3,
    Status.ACCEPTED: 4,
    Status.SENT: 5,
    Status.DELIVERED: 6,
    Status.READ: 7,
}
"""The lightest of the newest delivery of each part, on the newest rung, is what the message shows."""


CANCELED: Any = literal_column("'canceled'")


def _literal(words: str) -> Any:
    return literal_column(words)


def _shown(column: str) -> Any:
    """That delivery's column, for the message being updated."""
    shown, other = deliveries.alias(), deliveries.alias()
    replaced = exists(
        select(_literal("1")).where(
            other.c.message_id == shown.c.message_id,
            other.c.state != CANCELED,  # one that was called off counts only where it is the only one
            or_(
                other.c.rung > shown.c.rung,
                and_(other.c.part == shown.c.part, or_(other.c.id > shown.c.id, shown.c.state == CANCELED)),
            ),
        )
    )
    weights: list[Any] = [(shown.c.state == _literal(f"'{state}'"), _literal(str(w))) for state, w in WEIGHT.items()]
    mine = select(shown.c[column]).where(shown.c.message_id == messages.c.id, ~replaced)
    return mine.order_by(case(*weights), shown.c.id).limit(_literal("1")).scalar_subquery()


FOLLOW = (
    update(messages)
    .where(messages.c.id == bindparam("message"), messages.c.status != _literal("'parked'"))
    .values(status=_shown("state"), error_code=_shown("error_code"), error_text=_shown("error_text"))
)
ACCEPTED = (
    update(messages)
    .where(messages.c.id == bindparam("message"), messages.c.status != _literal("'parked'"))
    .values(
        status=_shown("state"),
        error_code=None,
        error_text=None,
        account=func.coalesce(messages.c.account, bindparam("owner")),
        external_id=func.coalesce(messages.c.external_id, bindparam("provider_id")),
    )
)


def follow(session: Session, message_ids: Sequence[int]) -> None:
    """Bring these messages in step with their deliveries."""
    rows = [{"message": message_id} for message_id in sorted(set(message_ids))]
    if rows:
        session.execute(FOLLOW, rows if len(rows) > 1 else rows[0])


def follow_accepted(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same after acceptance (``message``, ``owner``, ``provider_id``): the first part's id names the message."""
    ordered = sorted(rows, key=lambda row: row["message"])
    session.execute(ACCEPTED, ordered if len(ordered) > 1 else ordered[0])
