"""Raw requests, their events, and the lanes that order them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base, BigId


class RawRequest(Base):
    """A verified webhook request as it came; bytes, because PostgreSQL text refuses NUL."""

    __tablename__ = "raw_requests"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(64))
    route: Mapped[str] = mapped_column(String(40))
    method: Mapped[str] = mapped_column(String(8))
    path: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text)
    headers: Mapped[dict[str, Any]]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]


class InboundEvent(Base):
    """One event of a raw request, or one of our own (``payload`` set, ``request_id`` null)."""

    __tablename__ = "inbound_events"
    __table_args__ = (
        UniqueConstraint("account", "key"),
        Index(
            "ix_inbound_events_pending",
            "lane",
            "id",
            postgresql_where=text("state = 'pending'"),
            sqlite_where=text("state = 'pending'"),
        ),
        Index(
            "ix_inbound_events_failed",
            "id",
            postgresql_where=text("state = 'failed'"),
            sqlite_where=text("state = 'failed'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[uuid.UUID | None]
    """The raw request it came in, as long as that is kept; no foreign key, which every message would pay for."""
    account: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(200))
    lane: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(30))
    payload: Mapped[dict[str, Any] | None]
    state: Mapped[str] = mapped_column(String(10), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime]
    processed_at: Mapped[datetime | None]


class Lane(Base):
    """One address's stream. ``due_at`` null: nothing to do; a claim lapses at ``claimed_until``."""

    __tablename__ = "lanes"
    __table_args__ = (
        Index(
            "ix_lanes_due",
            "due_at",
            postgresql_where=text("due_at IS NOT NULL"),
            sqlite_where=text("due_at IS NOT NULL"),
        ),
    )

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    due_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(64))
