"""Campaigns: one message to many, each row checked before anything is sent and every refusal kept with its reason."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base, BigId

READY = text("state = 'ready'")
COUNTS = text("state <> 'refused'")


class Campaign(Base):
    __tablename__ = "campaigns"
    __table_args__ = (UniqueConstraint("client_key"), Index("ix_campaigns_state", "state"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    client_key: Mapped[str | None] = mapped_column(String(80))
    """The same key twice is one campaign."""
    template: Mapped[str] = mapped_column(String(80))
    """Name in ``config/templates.yaml``."""
    channel_id: Mapped[str] = mapped_column(String(64))
    """The sender it begins with."""
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Shared variables; whether quiet hours and the ladder apply; a rate and a daily limit below the sender's."""
    source: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Where its rows come from: ``{"csv": name, "rows": n}`` or ``{"segment": {…}}``."""
    state: Mapped[str] = mapped_column(String(12), default="preparing")
    """``preparing``, ``ready``, ``running``, ``paused``, ``done``, ``canceled``."""
    state_reason: Mapped[str] = mapped_column(Text, default="")
    total: Mapped[int] = mapped_column(default=0)
    prepared: Mapped[int] = mapped_column(default=0)
    """Rows looked at so far."""
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    claimed_until: Mapped[datetime | None]
    """One process at a time prepares or releases; its claim lapses if it dies."""
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    starts_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class CampaignRow(Base):
    """One intended recipient: from the list as it was given to the message that went out."""

    __tablename__ = "campaign_rows"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        Index(
            "uq_campaign_rows_contact",
            "campaign_id",
            "contact_id",
            unique=True,
            postgresql_where=COUNTS,
            sqlite_where=COUNTS,
        ),
        Index("ix_campaign_rows_ready", "campaign_id", "due_at", "id", postgresql_where=READY, sqlite_where=READY),
        Index("ix_campaign_rows_state", "campaign_id", "state", "reason"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    number: Mapped[int]
    """Line of the list, from 1."""
    given: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The line as it came: address, language, variables."""
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    address_id: Mapped[int | None] = mapped_column(ForeignKey("addresses.id"))
    plan: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What goes out: language, channel, text or template id with its variables, further rungs."""
    state: Mapped[str] = mapped_column(String(10), default="given")
    """``given`` → ``ready`` or ``refused``; ``ready`` → ``released`` or ``canceled``."""
    reason: Mapped[str] = mapped_column(String(40), default="")
    """Why it was refused: a ``Refusal``."""
    detail: Mapped[str] = mapped_column(String(200), default="")
    due_at: Mapped[datetime | None]
    """Not before: quiet hours of the contact."""
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
