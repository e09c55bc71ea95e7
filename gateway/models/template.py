"""Templates as the provider has them: what was approved there, kept here so that a send never waits to ask."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base, BigId


class Template(Base):
    """One language of a template at one account, as last synchronised."""

    __tablename__ = "templates"
    __table_args__ = (UniqueConstraint("account", "external_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    external_id: Mapped[str] = mapped_column(String(80))
    """Twilio: ``HX…``."""
    name: Mapped[str] = mapped_column(String(120), index=True)
    language: Mapped[str] = mapped_column(String(16))
    """Our spelling (``ur-Latn``); the provider's may differ."""
    category: Mapped[str] = mapped_column(String(20), default="")
    """``UTILITY``, ``MARKETING``, ``AUTHENTICATION``; empty: never submitted."""
    approval: Mapped[str] = mapped_column(String(20), default="unsubmitted")
    rejection: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    types: Mapped[list[Any]] = mapped_column(default=list)
    """The provider's content types (``twilio/text``, ``twilio/quick-reply`` …)."""
    variables: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Name → sample."""
    synced_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    """The provider no longer lists it."""
