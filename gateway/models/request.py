"""What a flow asks of another system: a row, so that no restart forgets it, and its answer."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base, BigId, Json

OPEN = text("state IN ('queued', 'running')")


class Request(Base):
    __tablename__ = "requests"
    __table_args__ = (
        Index("ix_requests_due", "due_at", "id", postgresql_where=OPEN, sqlite_where=OPEN),
        Index("ix_requests_contact", "contact_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    """``lookup``, ``act``, ``call`` …: which function asks."""
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    ticket: Mapped[str] = mapped_column(String(40))
    """The place in the flow that waits for the answer."""
    version: Mapped[int]
    """Of the config that the flow began with."""
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    """``queued``, ``running`` (somebody asks), ``answered``, ``failed``, ``dropped`` (nobody waits for it any more)."""
    outcome: Mapped[str] = mapped_column(String(200), default="")
    """How it ended, or why it did not."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How often it was asked, those times left out where it surely did not arrive."""
    due_at: Mapped[datetime]
    """When it may be taken: at once, after a rest, or when whoever asks now has had their time."""
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    answer: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime]
    deadline: Mapped[datetime]
    """After that it has failed."""
    settled_at: Mapped[datetime | None]
