"""What ties us to the CRM: who a contact is there, and what is to be written back to it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base, BigId

OPEN = text("state IN ('waiting', 'running')")


class CrmLink(Base):
    """The customer whom people chose for a contact, where addresses leave it open."""

    __tablename__ = "crm_links"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    system: Mapped[str] = mapped_column(String(40), primary_key=True)
    """``builtin``, ``salesforce`` …: a customer's number means something in one system."""
    customer_id: Mapped[str] = mapped_column(String(64))
    """The customer's number there."""
    chosen_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class CrmWrite(Base):
    """A conversation that ended and is to be written back: kept until the CRM has it, or people gave it up."""

    __tablename__ = "crm_writes"
    __table_args__ = (
        Index("ix_crm_writes_due", "due_at", "id", postgresql_where=OPEN, sqlite_where=OPEN),
        Index("ix_crm_writes_conversation", "conversation_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    """By which the CRM knows it again."""
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was so when it ended, and may be otherwise later: who ended it, the disposition."""
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    """``waiting``, ``running`` (somebody writes), ``written``, ``failed`` (nobody tries any more)."""
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    """When it may be taken: at once, after a rest, or when whoever writes now has had their time."""
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    error: Mapped[str] = mapped_column(String(300), default="")
    """Why it is not there yet."""
    reference: Mapped[str] = mapped_column(String(80), default="")
    """What the CRM calls it."""
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
