"""Rows of the built-in CRM in the words of the API."""

from datetime import date
from typing import Any

from gateway.core.crm import Terms
from gateway.crm import decisions, shown
from gateway.crm.base import reference
from gateway.crm.builtin import order_of
from gateway.models.customer import Customer
from gateway.models.order import Invoice, Order, OrderCase, OrderLine

Shape = dict[str, Any]
PLAIN = (
    "number", "status", "placed_on", "promised_on", "shipped_on", "delivered_on", "carrier", "tracking_number",
    "tracking_url", "payment", "payment_link", "address", "city", "refund",
)  # fmt: skip


def customer(row: Customer) -> Shape:
    named = {name: getattr(row, name) for name in ("number", "name", "email", "tier", "since", "city")}
    return {**named, "addresses": [{"kind": one.kind, "value": one.value} for one in row.addresses]}


def order(row: Order, terms: Terms, today: date) -> Shape:
    """An order, with what may be done with it on ``today``."""
    found = order_of(row)
    late = decisions.days_late(found, today)
    return {
        **{name: getattr(row, name) for name in PLAIN},
        "customer": {"number": row.customer.number, "name": row.customer.name},
        "late": late > 0,
        "days_late": late,
        "total": shown.money(row.total, row.currency),
        "cancellable": decisions.cancellable(found, terms),
        "address_changeable": decisions.address_changeable(found, terms),
        "refundable": decisions.refundable(found, terms, today),
        "warranty_until": decisions.warranty_until(found, terms),
        "lines": [_line(line, row.currency) for line in row.lines],
        "invoices": [_invoice(invoice, today) for invoice in row.invoices],
        "cases": [_case(case) for case in row.cases],
    }


def _line(row: OrderLine, currency: str) -> Shape:
    price = None if row.price is None else shown.money(row.price, currency)
    return {"line": row.line, "sku": row.sku, "product": row.product, "quantity": row.quantity, "price": price}


def _invoice(row: Invoice, today: date) -> Shape:
    named = {name: getattr(row, name) for name in ("number", "issued_on", "due_on", "url")}
    status = shown.invoice_status(row.status, row.due_on, today)
    return {**named, "total": shown.money(row.total, row.currency), "status": status}


def _case(row: OrderCase) -> Shape:
    named = {name: getattr(row, name) for name in ("kind", "state", "reason", "detail", "created_at")}
    return {"reference": reference(row.id), **named}
