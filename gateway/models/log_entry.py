"""The event log: append-only, written in the transaction of what it tells; every report derives from it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base, BigId


class LogEntry(Base):
    """One fact. No text of a message and no number stands in ``data``, so that a row never needs rewriting."""

    __tablename__ = "event_log"
    __table_args__ = (
        Index("ix_event_log_conversation", "conversation_id", "id"),
        Index("ix_event_log_kind_at", "kind", "at"),
        Index("ix_event_log_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    """Past participle with its noun: ``conversation_started``, ``message_received``, ``owner_changed`` …"""
    actor: Mapped[str] = mapped_column(String(10))
    """``contact``, ``bot``, ``agent`` or ``system``."""
    actor_id: Mapped[int | None] = mapped_column(BigId)
    contact_id: Mapped[int | None] = mapped_column(BigId)
    conversation_id: Mapped[int | None] = mapped_column(BigId)
    message_id: Mapped[int | None] = mapped_column(BigId)
    call_id: Mapped[int | None] = mapped_column(BigId)
    queue: Mapped[str | None] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
