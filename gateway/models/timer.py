"""Moments at which something is to be looked at again: rows, so that no restart forgets one."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base, BigId

PENDING = text("state = 'pending'")


class Timer(Base):
    __tablename__ = "timers"
    __table_args__ = (
        Index("ix_timers_due", "due_at", "id", postgresql_where=PENDING, sqlite_where=PENDING),
        Index("ix_timers_contact", "contact_id", "id"),
        Index("ix_timers_message", "message_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    """``follow_up``, ``ladder_step``, ``parked_expiry`` …: which handler is called."""
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    """``pending``, ``fired``, ``dropped`` (no longer wanted), ``failed`` (its handler broke five times)."""
    outcome: Mapped[str] = mapped_column(String(80), default="")
    """What came of it, or why it was dropped."""
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
