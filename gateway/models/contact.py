"""Contacts and the addresses that reach them; merges that can be undone; opt-outs."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.models.base import Base, BigId


class Contact(Base):
    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    """As people at the desk call them; empty: the profile name stands in."""
    profile_name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str | None] = mapped_column(String(16))
    timezone: Mapped[str | None] = mapped_column(String(64))
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    tags: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]

    addresses: Mapped[list["Address"]] = relationship(order_by="Address.id", viewonly=True)


class Address(Base):
    """One way to reach a contact, exactly as the provider writes it."""

    __tablename__ = "addresses"
    __table_args__ = (UniqueConstraint("kind", "value"), Index("ix_addresses_match_key", "match_key"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(160))
    match_key: Mapped[str] = mapped_column(String(160))
    """Equal for the variants of one number (Brazil's ninth digit, Mexico's 1, Argentina's 9): look-up only."""
    last_channel_id: Mapped[str | None] = mapped_column(String(64))
    last_inbound_at: Mapped[datetime | None]
    dead: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """Channel types that cannot reach it, each with code and moment: ``{"sms": {"code": "30006", "at": "…"}}``."""
    created_at: Mapped[datetime]

    windows: Mapped[list["SessionWindow"]] = relationship(order_by="SessionWindow.channel_id", viewonly=True)


class SessionWindow(Base):
    """When an address last wrote to one of our senders: WhatsApp lets us write freely for 24 hours from then."""

    __tablename__ = "session_windows"

    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), primary_key=True)
    channel_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_inbound_at: Mapped[datetime]


class ContactMerge(Base):
    """What a merge moved, so that it can be undone."""

    __tablename__ = "contact_merges"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    moved: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class OptOut(Base):
    """A contact address that must not be begun with by one of our channels."""

    __tablename__ = "opt_outs"
    __table_args__ = (UniqueConstraint("address_id", "channel_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    channel_id: Mapped[str] = mapped_column(String(64))
    channel_type: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class Consent(Base):
    """The ledger of who agreed to hear from us or asked us to stop, how and when; rows are only added."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_contact", "contact_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    channel_id: Mapped[str] = mapped_column(String(64))
    channel_type: Mapped[str] = mapped_column(String(20))
    wish: Mapped[str] = mapped_column(String(10))
    """``opt_in`` or ``opt_out``."""
    source: Mapped[str] = mapped_column(String(20))
    """How we know: ``word``, ``provider_flag``, ``error_code``, ``call_key``, ``api``, ``import``, ``agent``."""
    detail: Mapped[str] = mapped_column(String(80), default="")
    """The error code, the key pressed, who imported."""
    prompt_version: Mapped[str | None] = mapped_column(String(64))
    """Which wording they agreed to."""
    message_id: Mapped[int | None] = mapped_column(BigId)
    call_id: Mapped[int | None] = mapped_column(BigId)
    actor_id: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[datetime]

    address: Mapped[Address] = relationship(viewonly=True)
