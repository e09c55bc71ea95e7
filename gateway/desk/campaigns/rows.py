"""The rows of a campaign, read and written many at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from gateway.desk import bulk
from gateway.models.base import UtcDateTime
from gateway.models.campaign import CampaignRow
from gateway.models.tables import metadata

rows = metadata.tables[CampaignRow.__tablename__]

GIVEN = (
    select(rows.c.id, rows.c.number, rows.c.given, rows.c.contact_id)
    .where(rows.c.campaign_id == bindparam("campaign"), rows.c.state == "given", rows.c.number > bindparam("after"))
    .order_by(rows.c.number)
    .limit(bindparam("most"))
)
DUE = (
    select(rows.c.id, rows.c.number, rows.c.given, rows.c.contact_id)
    .where(rows.c.campaign_id == bindparam("campaign"), rows.c.state == "ready")
    .where(rows.c.due_at <= bindparam("now", type_=UtcDateTime()))
    .order_by(rows.c.due_at, rows.c.id)
    .limit(bindparam("most"))
)
LISTED = (
    select(rows.c.contact_id, func.min(rows.c.number))
    .where(rows.c.campaign_id == bindparam("campaign"), rows.c.state != "refused")
    .where(rows.c.contact_id.in_(bindparam("contacts", expanding=True)))
    .group_by(rows.c.contact_id)
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was given; ``contact_id`` is known for segments, and for lists once they were looked at."""

    id: int
    number: int
    given: dict[str, Any]
    contact_id: int | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a row."""

    id: int
    state: str
    """``ready``, ``refused`` or ``released``."""
    contact_id: int | None = None
    address_id: int | None = None
    reason: str = ""
    detail: str = ""
    due_at: datetime | None = None
    plan: dict[str, Any] = field(default_factory=dict)
    message_id: int | None = None

    def as_row(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__} | {"detail": self.detail[:200]}


def given(session: Session, campaign_id: int, after: int, most: int) -> list[Row]:
    """The next rows that nobody looked at, by line."""
    return [Row(*row) for row in session.execute(GIVEN, {"campaign": campaign_id, "after": after, "most": most})]


def due(session: Session, campaign_id: int, now: datetime, most: int) -> list[Row]:
    """The next rows that may go out."""
    return [Row(*row) for row in session.execute(DUE, {"campaign": campaign_id, "now": now, "most": most})]


def listed(session: Session, campaign_id: int, contact_ids: Sequence[int]) -> dict[int, int]:
    """Which of these contacts the campaign has already: contact → line."""
    found = session.execute(LISTED, {"campaign": campaign_id, "contacts": list(contact_ids)}).all()
    return {contact_id: number for contact_id, number in found}


def decide(session: Session, decided: Sequence[Decided]) -> None:
    """Write down what became of rows."""
    bulk.change(session, rows, [one.as_row() for one in decided])
