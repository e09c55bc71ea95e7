"""Messages, their media, and deliveries (one attempt to hand one part of a message to a channel)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.models.base import Base, BigId

UNFINISHED = text("state IN ('queued', 'sending', 'unconfirmed')")
OF_CAMPAIGN = text("campaign_id IS NOT NULL")
BEGUN = text("purpose <> 'reply'")
HOLDING = text("holds_until IS NOT NULL")
PREPARING = text("prepare_at IS NOT NULL AND state = 'queued'")


class Message(Base):
    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("account", "external_id"),
        UniqueConstraint("client_key"),
        Index("ix_messages_conversation", "conversation_id", "id"),
        Index("ix_messages_contact", "contact_id", "id"),
        Index("ix_messages_external_id", "external_id"),
        Index("ix_messages_campaign", "campaign_id", "status", postgresql_where=OF_CAMPAIGN, sqlite_where=OF_CAMPAIGN),
        Index("ix_messages_begun", "channel_id", "created_at", postgresql_where=BEGUN, sqlite_where=BEGUN),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account: Mapped[str | None] = mapped_column(String(64))
    external_id: Mapped[str | None] = mapped_column(String(80))
    """The provider's id; for an outbound message, that of its first part, set when accepted."""
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    address_id: Mapped[int | None] = mapped_column(ForeignKey("addresses.id"))
    address: Mapped[str] = mapped_column(String(160))
    """The contact's address as it stood on this message."""
    channel_id: Mapped[str] = mapped_column(String(64))
    channel_type: Mapped[str] = mapped_column(String(20))
    direction: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By kind: location, selection, flow_response, contacts, reaction_to, referral, options, extra."""
    reply_to: Mapped[str | None] = mapped_column(String(80))
    forwarded: Mapped[bool] = mapped_column(default=False)
    frequently_forwarded: Mapped[bool] = mapped_column(default=False)
    profile_name: Mapped[str | None] = mapped_column(String(200))
    author: Mapped[str] = mapped_column(String(10))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    epoch: Mapped[int | None]
    """Bot replies carry the conversation's epoch they were decided in; null: never fenced."""
    language: Mapped[str | None] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(12))
    error_code: Mapped[str | None] = mapped_column(String(20))
    error_text: Mapped[str | None] = mapped_column(Text)
    client_key: Mapped[str | None] = mapped_column(String(80))
    """The sender's own key: the same key twice is one message."""
    event_id: Mapped[int | None] = mapped_column(BigId)
    """The inbound event this came from, or answers to."""
    purpose: Mapped[str] = mapped_column(String(16), default="reply", server_default="reply")
    """A ``Purpose``: why we say it."""
    template: Mapped[str | None] = mapped_column(String(80))
    """Name of the template it was made from."""
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    ladder: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """``Rung``s that are left, in order, as dictionaries: where it goes if the channel before fails."""
    created_at: Mapped[datetime]

    media: Mapped[list["Media"]] = relationship(order_by="Media.position", viewonly=True)
    deliveries: Mapped[list["Delivery"]] = relationship(order_by="Delivery.id", viewonly=True)


class Media(Base):
    __tablename__ = "media"
    __table_args__ = (
        Index(
            "ix_media_pending",
            "due_at",
            postgresql_where=text("state = 'pending'"),
            sqlite_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    """Null: uploaded at the desk, not yet sent."""
    position: Mapped[int] = mapped_column(default=0)
    source_url: Mapped[str | None] = mapped_column(Text)
    claimed_type: Mapped[str] = mapped_column(String(100), default="")
    content_type: Mapped[str | None] = mapped_column(String(100))
    """As sniffed; null until stored."""
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    filename: Mapped[str | None] = mapped_column(String(240))
    width: Mapped[int | None]
    height: Mapped[int | None]
    storage_key: Mapped[str | None] = mapped_column(String(200))
    thumbnail_key: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="pending")
    error: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(String(200))
    """Why it went out other than as it was handed in: converted, or as a link."""
    created_at: Mapped[datetime]


class Variant(Base):
    """A file as a channel takes it, made once for all files of the same bytes; without a key: it cannot be made."""

    __tablename__ = "variants"
    __table_args__ = (UniqueConstraint("sha256", "recipe"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the file it was made from."""
    recipe: Mapped[str] = mapped_column(String(60))
    """What was wanted: content type and most bytes."""
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int | None]
    storage_key: Mapped[str | None] = mapped_column(String(200))
    why: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime]


class Delivery(Base):
    """One attempt on one channel for one part of a message. ``state`` is a ``Status``."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("token"),
        Index("ix_deliveries_provider_id", "provider_id"),
        Index("ix_deliveries_unfinished", "contact_id", "id", postgresql_where=UNFINISHED, sqlite_where=UNFINISHED),
        Index("ix_deliveries_due", "due_at", "id", postgresql_where=UNFINISHED, sqlite_where=UNFINISHED),
        Index("ix_deliveries_holding", "contact_id", postgresql_where=HOLDING, sqlite_where=HOLDING),
        Index("ix_deliveries_preparing", "prepare_at", postgresql_where=PREPARING, sqlite_where=PREPARING),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    """The lane out: a contact's deliveries go one after another, by id."""
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    part: Mapped[int] = mapped_column(default=0)
    rung: Mapped[int] = mapped_column(default=0)
    """Step of the delivery ladder; 0: the first channel."""
    token: Mapped[str] = mapped_column(String(40))
    """Ours, in the callback URL: finds the row even before the provider's id is known."""
    account: Mapped[str] = mapped_column(String(64))
    channel_id: Mapped[str] = mapped_column(String(64))
    channel_type: Mapped[str] = mapped_column(String(20))
    sender: Mapped[str] = mapped_column(String(160))
    """Our address, as the provider writes it."""
    to: Mapped[str] = mapped_column(String(160))
    """The contact's address, as the provider writes it."""
    body: Mapped[str] = mapped_column(Text, default="")
    media: Mapped[list[Any]] = mapped_column(default=list)
    """``OutMedia`` as dictionaries."""
    content_hash: Mapped[str | None] = mapped_column(String(64))
    """Shape that must exist at the provider before the claim."""
    content_sid: Mapped[str | None] = mapped_column(String(40))
    """The provider's id of the template it is sent as."""
    content_variables: Mapped[dict[str, Any] | None]
    author: Mapped[str] = mapped_column(String(10), default="system")
    """The message's: an agent's words need not wait behind a bot's that are stuck."""
    epoch: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    looks: Mapped[int] = mapped_column(default=0)
    """How often an unknown outcome was looked up at the provider."""
    late: Mapped[bool] = mapped_column(default=False)
    """Went out of order: it waited for its forerunner longer than the bound."""
    due_at: Mapped[datetime]
    prepare_at: Mapped[datetime | None]
    """Its files must be made ready first, from then on; ``due_at`` is how long that may take."""
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    claimed_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    holds_until: Mapped[datetime | None]
    """A file was accepted: text that follows waits until then, or until the file was sent."""
    settled_at: Mapped[datetime | None]
    provider_id: Mapped[str | None] = mapped_column(String(80))
    error_code: Mapped[str | None] = mapped_column(String(20))
    error_text: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]


class HeldStatus(Base):
    """A callback that came before our own commit, or for an id that is not ours: kept, joined or counted."""

    __tablename__ = "held_statuses"
    __table_args__ = (Index("ix_held_statuses_external_id", "external_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    external_id: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(20))
    error_code: Mapped[str | None] = mapped_column(String(20))
    error_text: Mapped[str | None] = mapped_column(Text)
    verdict: Mapped[dict[str, Any] | None]
    """What the error means for us, as the adapter said when it read the callback."""
    received_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]


class Content(Base):
    """A provider-side content resource made for a shape of options; unused ones are deleted after 7 days."""

    __tablename__ = "contents"
    __table_args__ = (UniqueConstraint("account", "hash"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    shape: Mapped[dict[str, Any]]
    external_id: Mapped[str | None] = mapped_column(String(80))
    """Null: wanted, not yet made."""
    error: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
