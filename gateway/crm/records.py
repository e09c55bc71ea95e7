"""Customers, orders and invoices as plain values, the same from the database and from CSV files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class OrderStatus(StrEnum):
    PLACED = "placed"
    CONFIRMED = "confirmed"
    PACKED = "packed"
    SHIPPED = "shipped"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    DELIVERY_FAILED = "delivery_failed"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class Payment(StrEnum):
    PAID = "paid"
    PENDING = "pending"
    FAILED = "failed"
    REFUNDED = "refunded"
    CASH_ON_DELIVERY = "cash_on_delivery"


class Refund(StrEnum):
    NONE = "none"
    REQUESTED = "requested"
    APPROVED = "approved"
    PAID = "paid"


class InvoiceStatus(StrEnum):
    PAID = "paid"
    OPEN = "open"
    OVERDUE = "overdue"


class Tier(StrEnum):
    STANDARD = "standard"
    SILVER = "silver"
    GOLD = "gold"


class CaseKind(StrEnum):
    """What a customer asked for."""

    CANCEL = "cancel"
    ADDRESS = "address"
    REFUND = "refund"
    DAMAGE = "damage"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Customer:
    number: str
    name: str
    email: str = ""
    tier: str = Tier.STANDARD
    since: date | None = None
    city: str = ""
    addresses: tuple[tuple[str, str], ...] = ()
    """(kind, value), as contacts have them."""
    id: str = ""
    """Its key in the system that it comes from, where that is not the number."""


@dataclass(frozen=True, slots=True)
class Line:
    product: str
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Order:
    number: str
    customer: str
    status: str
    placed_on: date
    total: Decimal
    currency: str
    promised_on: date | None = None
    shipped_on: date | None = None
    delivered_on: date | None = None
    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    payment: str = Payment.PENDING
    payment_link: str = ""
    address: str = ""
    city: str = ""
    refund: str = Refund.NONE
    lines: tuple[Line, ...] = ()
    invoice: str = ""
    """Number of its newest invoice."""
    cases: Mapping[str, str] | None = None
    """Open cases: kind → reference (``R-1042``)."""
    id: str = ""
    """Its key in the system that it comes from."""


@dataclass(frozen=True, slots=True)
class Invoice:
    number: str
    order: str
    issued_on: date
    total: Decimal
    currency: str
    due_on: date | None = None
    status: str = InvoiceStatus.OPEN
    url: str = ""
