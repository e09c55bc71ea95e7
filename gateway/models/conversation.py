"""Conversations, notes on them, and a contact's place in a flow."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.models.base import Base, BigId
from gateway.models.contact import Contact
from gateway.models.user import User

NOT_RESOLVED = text("state <> 'resolved'")


class Conversation(Base):
    """A case with a contact, over all channels. ``epoch`` rises whenever the owner changes."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index(
            "uq_conversations_open",
            "contact_id",
            unique=True,
            postgresql_where=NOT_RESOLVED,
            sqlite_where=NOT_RESOLVED,
        ),
        Index("ix_conversations_inbox", "state", "owner", "last_message_at"),
        Index("ix_conversations_newest", "state", "last_message_at"),
        Index("ix_conversations_assignee", "assignee_id", "state", "last_message_at"),
        Index("ix_conversations_queue", "queue", "state", "waiting_since"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="open")
    owner: Mapped[str] = mapped_column(String(10), default="bot")
    queue: Mapped[str | None] = mapped_column(String(64))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    epoch: Mapped[int] = mapped_column(default=1)
    channel_id: Mapped[str] = mapped_column(String(64))
    """Where the customer last wrote: replies go there."""
    channel_type: Mapped[str] = mapped_column(String(20))
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    language: Mapped[str | None] = mapped_column(String(16))
    preview: Mapped[str] = mapped_column(String(200), default="")
    """First line of the newest message, for the inbox."""
    preview_kind: Mapped[str] = mapped_column(String(20), default="text")
    unread_count: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime]
    last_inbound_at: Mapped[datetime | None]
    last_message_at: Mapped[datetime]
    waiting_since: Mapped[datetime | None]
    """Since when the customer waits for a person; null when nobody does."""
    resolved_at: Mapped[datetime | None]
    parked_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """Replies that wait until the customer writes again."""
    auto_replies: Mapped[int] = mapped_column(default=0, server_default="0")
    """Answers of the bot in the hour that began at ``auto_since``: the loop brake's budget."""
    auto_since: Mapped[datetime | None]
    burst_replies: Mapped[int] = mapped_column(default=0, server_default="0")
    """The same for the minute that began at ``burst_since``."""
    burst_since: Mapped[datetime | None]
    heard_hash: Mapped[str | None] = mapped_column(String(16))
    """Digest of the customer's last text: the same again and again is a machine."""
    heard_times: Mapped[int] = mapped_column(default=0, server_default="0")
    braked_at: Mapped[datetime | None]
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What the bot asked about its answers: of which it asked whether they helped, and what of that is open."""
    """Since when the bot is silent because it may be talking to a machine."""

    mood: Mapped[str] = mapped_column(String(12), default="neutral", server_default="neutral")
    """How the customer feels over the whole of it: neutral, urgent, angry or distressed."""
    urgency: Mapped[str] = mapped_column(String(10), default="normal", server_default="normal")
    """How soon somebody should look, by what the customer writes: normal, high or urgent."""
    priority: Mapped[str] = mapped_column(String(10), default="normal", server_default="normal")
    """Where it stands in line for people: low, normal, high or urgent; rises with urgency, and never falls by it."""
    feeling: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What mood and urgency are reckoned from (``automation.feeling``)."""
    case: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What it is about (``automation.case``)."""
    closed_until: Mapped[datetime | None]
    """The end of the closure of which the customer was told."""
    snoozed_until: Mapped[datetime | None]
    """When it wakes; null: awake, or asleep until the customer writes."""
    tier: Mapped[str] = mapped_column(String(40), default="", server_default="")
    """What kind of customer it is, lower case; empty: not known, or of no matter here."""

    contact: Mapped[Contact] = relationship(viewonly=True)
    assignee: Mapped[User | None] = relationship(viewonly=True)


class Note(Base):
    """What colleagues tell each other about a conversation; never sent."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    author_name: Mapped[str] = mapped_column(String(100), default="")
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class FlowSession(Base):
    """A contact's place in a flow, or the choices last offered to them; one a contact."""

    __tablename__ = "flow_sessions"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    flow: Mapped[str] = mapped_column(String(64))
    config_version: Mapped[int]
    node: Mapped[str] = mapped_column(String(64))
    slots: Mapped[dict[str, Any]] = mapped_column(default=dict)
    offered: Mapped[list[Any]] = mapped_column(default=list)
    """Options last shown, in order: ``[{"id", "title"}]``, so that "2" or the words pick one."""
    updated_at: Mapped[datetime]
