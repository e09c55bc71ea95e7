"""Clocks of what customers were promised: one row for each that began, kept for the reports."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base, BigId

RUNS = text("ended_at IS NULL")


class SlaClock(Base):
    __tablename__ = "sla_clocks"
    __table_args__ = (
        Index("ix_sla_clocks_running", "conversation_id", "kind", postgresql_where=RUNS, sqlite_where=RUNS),
        Index("ix_sla_clocks_policy", "policy", "started_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    kind: Mapped[str] = mapped_column(String(20))
    """``first_response``, ``next_response``, ``resolution``, ``acknowledge``."""
    policy: Mapped[str] = mapped_column(String(64))
    """The standard that promised it."""
    queue: Mapped[str] = mapped_column(String(64))
    """Whose hours it counts."""
    started_at: Mapped[datetime]
    warn_at: Mapped[datetime]
    due_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """Since when it runs no more: met, or of no matter any more."""
