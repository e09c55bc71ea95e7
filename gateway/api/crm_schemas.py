"""Customers, orders and imports as the API's documentation shows them."""

from typing import Any

from marshmallow import Schema, fields

from gateway.api.schemas import AddressSchema, id_, maybe_text, moment, text, word
from gateway.crm.columns import Table
from gateway.crm.records import CaseKind, InvoiceStatus, OrderStatus, Payment, Refund, Tier

PLACED = {"example": "2026-11-17"}


def day(**kwargs: Any) -> fields.Date:
    return fields.Date(required=True, metadata=PLACED, **kwargs)


def maybe_day() -> fields.Date:
    return day(allow_none=True)


def truth() -> fields.Boolean:
    return fields.Boolean(required=True)


class MoneySchema(Schema):
    """An amount as a text, exact, with as many places as its currency has."""

    amount = text(metadata={"example": "4500.00"})
    currency = text(metadata={"example": "PKR"})


def money(**kwargs: Any) -> fields.Nested:
    return fields.Nested(MoneySchema, required=True, **kwargs)


class CustomerAddressSchema(AddressSchema):
    class Meta:
        fields = ("kind", "value")


class CustomerSchema(Schema):
    """Somebody who buys; the contact with one of these addresses is the same person."""

    number = text()
    name = text()
    email = text()
    tier = word(Tier, required=True)
    since = maybe_day()
    city = text()
    addresses = fields.List(fields.Nested(CustomerAddressSchema), required=True)


class OrderLineSchema(Schema):
    line = id_()
    sku = text()
    product = text()
    quantity = id_()
    price = money(allow_none=True)


class InvoiceSchema(Schema):
    number = text()
    issued_on = day()
    due_on = maybe_day()
    total = money()
    status = word(InvoiceStatus, required=True)
    url = text()


class OrderCaseSchema(Schema):
    """What the customer asked for."""

    reference = text(metadata={"example": "R-1042"})
    kind = word(CaseKind, required=True)
    state = fields.String(required=True, metadata={"description": "`open`: people have to do something; `done`."})
    reason = text(metadata={"description": "In the customer's words."})
    detail = fields.Dict(required=True, metadata={"description": "`method`, `media`; `before`: what the order said."})
    created_at = moment()


class CustomerRefSchema(Schema):
    number = text()
    name = text()


class OrderSchema(Schema):
    """An order with its lines, invoices, and what may be done with it today."""

    number = text()
    customer = fields.Nested(CustomerRefSchema, required=True)
    status = word(OrderStatus, required=True)
    placed_on = day()
    promised_on = maybe_day()
    shipped_on = maybe_day()
    delivered_on = maybe_day()
    late = truth()
    days_late = id_()
    carrier = text()
    tracking_number = text()
    tracking_url = text()
    total = money()
    payment = word(Payment, required=True)
    payment_link = text()
    address = text()
    city = text()
    refund = word(Refund, required=True)
    cancellable = truth()
    address_changeable = truth()
    refundable = truth()
    warranty_until = maybe_day()
    lines = fields.List(fields.Nested(OrderLineSchema), required=True)
    invoices = fields.List(fields.Nested(InvoiceSchema), required=True)
    cases = fields.List(fields.Nested(OrderCaseSchema), required=True)


class ImportedSchema(Schema):
    """What became of one file."""

    table = word(Table, required=True)
    new = id_()
    changed = id_()
    unchanged = id_()
    bad = id_(metadata={"description": "Rows that did not go in."})


class BadRowSchema(Schema):
    table = word(Table, required=True)
    line = id_(metadata={"description": "From 1; the header is line 1."})
    column = text(metadata={"description": "Empty: the row as a whole."})
    reason = text()
    value = maybe_text(metadata={"description": "The cell, shortened."})


class ImportSchema(Schema):
    """One import."""

    dry_run = truth()
    files = fields.List(fields.Nested(ImportedSchema), required=True)
    bad_rows = fields.List(fields.Nested(BadRowSchema), required=True)
    bad_rows_left_out = id_(metadata={"description": "How many more cells were wrong than `bad_rows` has."})
