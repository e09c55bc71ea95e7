"""Customers as the built-in CRM knows them, and the addresses by which a contact is known to be one."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.models.base import Base, BigId


class Customer(Base):
    """Somebody who buys; a contact is somebody who writes. They meet by an address."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(64), unique=True)
    """As the business numbers them: the key of an import."""
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), default="")
    tier: Mapped[str] = mapped_column(String(20), default="standard")
    """``standard``, ``silver``, ``gold``."""
    since: Mapped[date | None]
    city: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]

    addresses: Mapped[list["CustomerAddress"]] = relationship(order_by="CustomerAddress.id", viewonly=True)


class CustomerAddress(Base):
    """Where a customer can be reached: as contacts' addresses are kept, so that they match."""

    __tablename__ = "customer_addresses"
    __table_args__ = (
        UniqueConstraint("customer_id", "kind", "value"),
        Index("ix_customer_addresses_match_key", "match_key", "kind"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(160))
    match_key: Mapped[str] = mapped_column(String(160))
    """Equal for the variants of one number, as with contacts."""
