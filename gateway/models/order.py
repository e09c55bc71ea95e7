"""Orders with their lines and invoices, and what customers asked for about them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.models.base import Base, BigId
from gateway.models.customer import Customer


class Order(Base):
    __tablename__ = "orders"
    __table_args__ = (Index("ix_orders_customer", "customer_id", "placed_on"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(64), unique=True)
    """As the business numbers them: the key of an import."""
    number_key: Mapped[str] = mapped_column(String(64), index=True)
    """Its letters and digits alone, in capitals: customers write ``g 204171``."""
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(20))
    placed_on: Mapped[date]
    promised_on: Mapped[date | None]
    shipped_on: Mapped[date | None]
    delivered_on: Mapped[date | None]
    carrier: Mapped[str] = mapped_column(String(80), default="")
    tracking_number: Mapped[str] = mapped_column(String(80), default="")
    tracking_url: Mapped[str] = mapped_column(String(500), default="")
    total: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3))
    payment: Mapped[str] = mapped_column(String(20), default="pending")
    payment_link: Mapped[str] = mapped_column(String(500), default="")
    address: Mapped[str] = mapped_column(String(500), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    refund: Mapped[str] = mapped_column(String(12), default="none")
    replaced: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What customers changed here: column → what stood there. An import that still says so changes nothing back."""
    created_at: Mapped[datetime]

    customer: Mapped[Customer] = relationship(viewonly=True)
    lines: Mapped[list["OrderLine"]] = relationship(order_by="OrderLine.line", viewonly=True)
    invoices: Mapped[list["Invoice"]] = relationship(order_by="Invoice.issued_on, Invoice.id", viewonly=True)
    cases: Mapped[list["OrderCase"]] = relationship(order_by="OrderCase.id", viewonly=True)


class OrderLine(Base):
    __tablename__ = "order_lines"
    __table_args__ = (UniqueConstraint("order_id", "line"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    line: Mapped[int]
    sku: Mapped[str] = mapped_column(String(64), default="")
    product: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[int] = mapped_column(default=1)
    price: Mapped[Decimal | None]
    """Of one piece, in the order's currency."""


class Invoice(Base):
    __tablename__ = "invoices"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(64), unique=True)
    number_key: Mapped[str] = mapped_column(String(64), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    issued_on: Mapped[date]
    due_on: Mapped[date | None]
    total: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(12), default="open")
    url: Mapped[str] = mapped_column(String(500), default="")

    order: Mapped[Order] = relationship(viewonly=True)


class OrderCase(Base):
    """Something a customer asked for about an order: done at once (``done``), or work for people (``open``)."""

    __tablename__ = "order_cases"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    """``cancel``, ``address``, ``refund``, ``damage``, ``late``."""
    state: Mapped[str] = mapped_column(String(8), default="open")
    reason: Mapped[str] = mapped_column(Text, default="")
    """In the customer's words."""
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What else was said (``method``, ``media``), and what the order said before."""
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    key: Mapped[str] = mapped_column(String(200))
    """Idempotency: the same key again is the same request."""
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the first one was answered."""
    created_at: Mapped[datetime]
