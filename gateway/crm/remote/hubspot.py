"""HubSpot: contacts, orders with line items, invoices, tickets, tied by associations, which no mapping describes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.core.crm import CrmUnavailable
from gateway.crm import base
from gateway.crm.base import Key
from gateway.crm.records import Customer, Invoice, Line, Order
from gateway.crm.remote import reading
from gateway.crm.remote.connection import Talk
from gateway.crm.remote.mapping import Auth, Busy, Limits
from gateway.crm.remote.reading import BY_ID
from gateway.crm.remote.shelf import Case, NewCase, Note
from gateway.crm.remote.spellings import spellings
from gateway.crm.remote.values import Field, as_text, compact, dig

NAME = "hubspot"
BASE_URL = "https://api.hubapi.com"
AUTH = Auth("bearer", secret="HUBSPOT_TOKEN")  # noqa: S106  # the name of a variable
LIMITS = Limits(
    requests_per_second=4.0,  # searching allows five
    busy=(
        Busy(429, "policyName", ("DAILY",), rest_seconds=900.0),
        Busy(429, rest_seconds=10.0),
        Busy(503, rest_seconds=15.0),
    ),
)
CUSTOMER = {
    "id": "hs_object_id", "number": "customer_number", "first_name": "firstname", "last_name": "lastname",
    "email": "email", "phone": "phone", "phone_2": "mobilephone", "phone_3": "hs_whatsapp_phone_number",
    "bsuid": "whatsapp_bsuid", "tier": "customer_tier", "since": "customer_since", "city": "city",
}  # fmt: skip
ORDER = {
    "id": "hs_object_id", "number": "hs_external_order_id", "status": "hs_fulfillment_status",
    "placed_on": "hs_external_created_date", "promised_on": "promised_on", "shipped_on": "shipped_on",
    "delivered_on": "delivered_on", "carrier": "carrier", "tracking_number": "hs_shipping_tracking_number",
    "tracking_url": "tracking_url", "total": "hs_total_price", "currency": "hs_currency_code", "payment": "payment",
    "payment_link": "payment_link", "address": "hs_shipping_address_street", "city": "hs_shipping_address_city",
    "refund": "refund",
}  # fmt: skip
INVOICE = {
    "number": "hs_number", "order": "order_number", "issued_on": "hs_invoice_date", "due_on": "hs_due_date",
    "total": "hs_amount_billed", "currency": "hs_currency", "status": "hs_invoice_status", "url": "hs_invoice_link",
}  # fmt: skip
CASE = {
    "reference": "hs_object_id", "kind": "rabta_kind", "key": "rabta_key", "open": "hs_pipeline_stage",
    "detail": "rabta_detail",
}  # fmt: skip
"""Our fields by their properties; docs/crm.md lists those that the business has to make."""
STAGES = {False: "1", True: "4"}
"""Of the support pipeline that every account has: new, closed."""
TRANSLATED: Mapping[str, Field] = {
    "customer_tier": Field("", values={"gold": "gold", "silver": "silver"}, default="standard"),
    "hs_fulfillment_status": Field("", values={
        "placed": "placed", "confirmed": "confirmed", "packed": "packed", "Packing": "packed", "shipped": "shipped",
        "Shipped": "shipped", "out_for_delivery": "out_for_delivery", "delivered": "delivered",
        "Delivered": "delivered", "delivery_failed": "delivery_failed", "cancelled": "cancelled",
        "Cancelled": "cancelled", "returned": "returned",
    }),
    "hs_invoice_status": Field("", values={"open": "open", "paid": "paid", "overdue": "overdue", "draft": "open"}),
    "hs_pipeline_stage": Field("", values={STAGES[True]: "false"}, default="true"),
}  # fmt: skip
CHANGEABLE = ("status", "refund", "address", "city")
MOST = 50


class HubSpotShelf:
    """A ``RemoteShelf`` over HubSpot's objects."""

    offers = frozenset({"customer", "order", "invoice"})
    changeable = frozenset(CHANGEABLE)

    def __init__(self, talk: Talk, country: str | None) -> None:
        self._talk, self._country = talk, country
        self._known: dict[str, Customer] = {}
        """By number: orders name their contact by an association alone."""

    def customers_at(self, keys: Sequence[Key]) -> Sequence[Customer]:
        groups = [_group(name, "IN", values) for key in keys for name, values in _places(key)]
        found = self._customers(*groups) if groups else []
        return [one for one in found if set(base.keys_of_customer(one)) & set(keys)]

    def customer(self, number: str) -> Customer | None:
        if number not in self._known:
            by_id = number.startswith(BY_ID)
            name, value = ("hs_object_id", number.removeprefix(BY_ID)) if by_id else ("customer_number", number)
            self._customers(_group(name, "EQ", value))
        return self._known.get(number)

    def order(self, number_key: str) -> Order | None:
        rows = self._search("orders", ORDER.values(), [_group(ORDER["number"], "EQ", number_key)])
        found = [one for one in map(_order, rows) if base.key_of(one.number) == number_key][:1]
        owners = self._associated("orders", "contacts", [one.id for one in found])
        ids = [contact for contacts in owners.values() for contact in contacts]
        people = {one.id: one.number for one in (self._customers(_group("hs_object_id", "IN", ids)) if ids else ())}
        owned = [replace(one, customer=_first(owners, one.id, people)) for one in found]
        return next(iter(self._whole(owned)), None)

    def orders_of(self, customers: Sequence[str], statuses: Collection[str]) -> Sequence[Order]:
        found: dict[str, Order] = {}
        for number in customers[:5]:
            owner = self.customer(number)
            if owner is not None:
                group = _group("associations.contact", "EQ", owner.id)
                rows = self._search("orders", ORDER.values(), [group], newest="hs_external_created_date")
                found |= {one.number: replace(one, customer=number) for one in map(_order, rows)}
        theirs = sorted((one for one in found.values() if one.status in statuses), key=_placed, reverse=True)
        return self._whole(theirs[: base.MOST_ORDERS])

    def invoice(self, number_key: str) -> Invoice | None:
        groups = [_group("number_key", "EQ", number_key)]
        found = map(_invoice, self._search("invoices", (*INVOICE.values(), "number_key"), groups))
        return next((one for one in found if base.key_of(one.number) == number_key), None)

    def cases_of(self, order: Order, key: str) -> Sequence[Case]:
        """By the order, as their search knows it some seconds late, and by the key, which is sure."""
        rows = self._search("tickets", CASE.values(), [_group("rabta_order", "EQ", order.number)])
        body = {"idProperty": "rabta_key", "inputs": [{"id": key}], "properties": list(CASE.values())}
        rows += _results(self._talk.ask("POST", "/crm/v3/objects/tickets/batch/read", body=body))
        fields = _fields(CASE)
        return list({one.key: one for one in (reading.case(row, fields) for row in rows)}.values())

    def open_case(self, case: NewCase) -> str:
        properties = {
            "subject": case.subject,
            "content": case.text,
            "hs_pipeline": "0",
            "hs_pipeline_stage": STAGES[case.done],
            "rabta_order": case.order.number,
            "rabta_kind": case.kind,
            "rabta_detail": compact(case.detail),
        }
        return self._ticket(case.key, properties, case.customer_id)

    def change(self, order: Order, changes: Mapping[str, str]) -> None:
        properties = {ORDER[name]: text for name, text in changes.items() if name in CHANGEABLE}
        if properties:
            self._talk.ask("PATCH", f"/crm/v3/objects/orders/{order.id}", body={"properties": properties})

    def write(self, note: Note) -> str:
        properties = {
            "subject": note.subject,
            "content": note.text,
            "hs_pipeline": "0",
            "hs_pipeline_stage": STAGES[True],
            "rabta_kind": "conversation",
            "rabta_disposition": note.disposition,
        }
        return self._ticket(note.key, properties, note.customer_id)

    def check(self) -> None:
        self._talk.ask("GET", "/crm/v3/objects/contacts", {"limit": "1"})

    def _ticket(self, key: str, properties: Mapping[str, str], customer_id: str) -> str:
        """Made or found by its key, then tied to its contact; both may be done again without harm."""
        inputs = [{"idProperty": "rabta_key", "id": key, "properties": {"rabta_key": key, **properties}}]
        answer = self._talk.ask("POST", "/crm/v3/objects/tickets/batch/upsert", body={"inputs": inputs})
        made = as_text(dig(answer, "results.0.id"))
        if not made:
            raise CrmUnavailable("it made no ticket")
        if customer_id:
            self._talk.ask("PUT", f"/crm/v4/objects/tickets/{made}/associations/default/contacts/{customer_id}")
        return made

    def _customers(self, *groups: Mapping[str, Any]) -> list[Customer]:
        """Five groups are the most that a search takes."""
        fields = _fields(CUSTOMER)
        parts = [groups[at : at + 5] for at in range(0, len(groups), 5)]
        rows = [row for part in parts for row in self._search("contacts", CUSTOMER.values(), part)]
        found = {one.number: one for one in (reading.customer(row, fields, self._country) for row in rows)}
        self._known |= found
        return list(found.values())

    def _search(
        self, kind: str, properties: Collection[str], groups: Sequence[Mapping[str, Any]], newest: str = ""
    ) -> list[Any]:
        body: dict[str, Any] = {"filterGroups": list(groups), "properties": list(properties), "limit": MOST}
        body |= {"sorts": [{"propertyName": newest, "direction": "DESCENDING"}]} if newest else {}
        return _results(self._talk.ask("POST", f"/crm/v3/objects/{kind}/search", body=body))

    def _associated(self, kind: str, to: str, ids: Sequence[str]) -> dict[str, list[str]]:
        """Ids of ``to`` by each id."""
        if not ids:
            return {}
        body = {"inputs": [{"id": one} for one in ids]}
        rows = _results(self._talk.ask("POST", f"/crm/v4/associations/{kind}/{to}/batch/read", body=body))
        return {
            as_text(dig(row, "from.id")): [as_text(dig(one, "toObjectId")) for one in dig(row, "to") or ()]
            for row in rows
        }

    def _whole(self, orders: Sequence[Order]) -> list[Order]:
        """With their lines and the number of their newest invoice."""
        if not orders:
            return []
        lines = self._lines([one.id for one in orders])
        groups = [_group("order_number", "IN", [one.number for one in orders])]
        bills = sorted(map(_invoice, self._search("invoices", INVOICE.values(), groups)), key=_issued)
        newest = {bill.order: bill.number for bill in bills}
        return [replace(one, lines=tuple(lines.get(one.id, ())), invoice=newest.get(one.number, "")) for one in orders]

    def _lines(self, ids: Sequence[str]) -> dict[str, list[Line]]:
        items = self._associated("orders", "line_items", ids)
        wanted = [item for some in items.values() for item in some][:100]
        if not wanted:
            return {}
        body = {"inputs": [{"id": one} for one in wanted], "properties": ["name", "quantity"]}
        rows = _results(self._talk.ask("POST", "/crm/v3/objects/line_items/batch/read", body=body))
        known = {as_text(dig(row, "id")): _line(row) for row in rows}
        return {one: [known[item] for item in some if item in known] for one, some in items.items()}


def _places(key: Key) -> list[tuple[str, list[str]]]:
    """Properties that may hold an address, with its forms."""
    kind, value = key
    if kind == "phone":
        return [(CUSTOMER[name], spellings(value)) for name in reading.PHONES]
    return [(CUSTOMER[kind], [value])] if kind in ("email", "bsuid") else []


def _group(name: str, operator: str, value: str | Sequence[str]) -> dict[str, Any]:
    given = {"value": value} if isinstance(value, str) else {"values": list(value)}
    return {"filters": [{"propertyName": name, "operator": operator, **given}]}


def _results(answer: Any) -> list[Any]:
    found = dig(answer, "results")
    if not isinstance(found, list):
        raise CrmUnavailable("its answer has no results")
    return found


def _fields(names: Mapping[str, str]) -> dict[str, Field]:
    return {
        ours: replace(TRANSLATED.get(theirs, Field("")), path=f"properties.{theirs}") for ours, theirs in names.items()
    }


def _order(row: Any) -> Order:
    return reading.order(row, _fields(ORDER), None)


def _invoice(row: Any) -> Invoice:
    return reading.invoice(row, _fields(INVOICE))


def _line(row: Any) -> Line:
    return reading.line(as_text(dig(row, "properties.name")), as_text(dig(row, "properties.quantity")))


def _first(owners: Mapping[str, Sequence[str]], order_id: str, people: Mapping[str, str]) -> str:
    return next((people[one] for one in owners.get(order_id, ()) if one in people), "")


def _placed(order: Order) -> Any:
    return order.placed_on


def _issued(invoice: Invoice) -> Any:
    return invoice.issued_on
