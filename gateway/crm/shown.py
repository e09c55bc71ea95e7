"""Orders, customers and invoices as flows see them: texts, numbers and truths; what is unknown is left out."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision

from gateway.core.crm import Record, Terms
from gateway.crm import decisions
from gateway.crm.records import Customer, Invoice, InvoiceStatus, Order

MOST_ITEMS = 10
MOST_NUMBERS = 10


def order(found: Order, terms: Terms, today: date) -> Record:
    """One order, with what may be done with it today."""
    late = decisions.days_late(found, today)
    return _known(
        {
            **_texts(found, "number", "status", "carrier", "tracking_number", "tracking_url"),
            **_days(found, "placed_on", "promised_on", "shipped_on", "delivered_on"),
            "late": late > 0,
            "days_late": late,
            "item_count": sum(line.quantity for line in found.lines),
            "items": _items(found),
            "total": money(found.total, found.currency),
            **_texts(found, "payment", "payment_link", "address", "city", "refund", "invoice"),
            "cancellable": decisions.cancellable(found, terms),
            "address_changeable": decisions.address_changeable(found, terms),
            "refundable": decisions.refundable(found, terms, today),
            "warranty_until": _day(decisions.warranty_until(found, terms)),
            "under_warranty": decisions.under_warranty(found, terms, today),
        }
    )


def among(chosen: Record, orders: Sequence[Order]) -> Record:
    """An order that nobody named, with the others that it could have been."""
    some = orders[:MOST_NUMBERS]
    return {
        **chosen,
        "count": len(orders),
        "numbers": ", ".join(one.number for one in some),
        "orders": [{"number": one.number, "items": _items(one)} for one in some],
    }


def customer(found: Customer, open_orders: int) -> Record:
    return _known(
        {
            **_texts(found, "number", "name", "email", "tier", "city"),
            "first_name": found.name.split()[0] if found.name.split() else "",
            "since": _day(found.since),
            "open_orders": open_orders,
        }
    )


def invoice(found: Invoice, today: date) -> Record:
    return _known(
        {
            **_texts(found, "number", "order", "url"),
            **_days(found, "issued_on", "due_on"),
            "total": money(found.total, found.currency),
            "status": invoice_status(found.status, found.due_on, today),
        }
    )


def invoice_status(status: str, due_on: date | None, today: date) -> str:
    """An open invoice becomes overdue by itself."""
    overdue = status == InvoiceStatus.OPEN and due_on is not None and due_on < today
    return InvoiceStatus.OVERDUE.value if overdue else str(status)


def money(amount: Decimal, currency: str) -> dict[str, str]:
    """An amount with as many places as its currency has."""
    step = Decimal(1).scaleb(-get_currency_precision(currency))
    return {"amount": str(amount.quantize(step, ROUND_HALF_UP)), "currency": currency}


def _items(found: Order) -> str:
    lines = [f"{line.quantity} × {line.product}" for line in found.lines]
    return ", ".join(lines[:MOST_ITEMS]) + (" …" if len(lines) > MOST_ITEMS else "")


def _texts(found: object, *names: str) -> Mapping[str, str]:
    return {name: str(getattr(found, name)) for name in names}


def _days(found: object, *names: str) -> Mapping[str, str]:
    return {name: _day(getattr(found, name)) for name in names}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _known(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value != ""}
