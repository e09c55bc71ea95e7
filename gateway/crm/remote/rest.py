"""Any CRM with a JSON API, by a mapping file: customers, orders and invoices come in, cases go out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.core.crm import CrmNotOffered, CrmUnavailable
from gateway.crm import base
from gateway.crm.base import Key
from gateway.crm.records import Customer, Invoice, Order
from gateway.crm.remote import reading
from gateway.crm.remote.connection import Talk
from gateway.crm.remote.mapping import Ask, Cases, Mapped, Things
from gateway.crm.remote.reading import BY_ID
from gateway.crm.remote.shelf import Case, NewCase, Note
from gateway.crm.remote.spellings import spellings
from gateway.crm.remote.values import QUOTES, Values, as_text, compact, dig, fill_body, fill_path, fill_query

MOST_ROWS = 200
MOST_PAGES = 5
MOST_CUSTOMERS = 5
"""That share one telephone, where each takes a request."""


class RestShelf:
    """A ``RemoteShelf`` by a mapping."""

    def __init__(self, mapped: Mapped, talk: Talk, country: str | None) -> None:
        self._mapped, self._talk, self._country = mapped, talk, country
        orders, invoices = mapped.orders, mapped.invoices
        self.offers = frozenset({"customer", *(["order"] if orders else []), *(["invoice"] if invoices else [])})
        self.changeable = frozenset(orders.changeable if orders else ())

    def customers_at(self, keys: Sequence[Key]) -> Sequence[Customer]:
        """By each of the addresses; what their search finds beside it is left out."""
        find = self._mapped.customers.find
        asked = [(find[f"by_{kind}"], kind, value) for kind, value in keys if f"by_{kind}" in find]
        rows = [row for ask, kind, value in asked for row in self._rows(ask, _address(kind, value))]
        found = {one.number: one for one in map(self._customer, rows)}
        return [one for one in found.values() if set(base.keys_of_customer(one)) & set(keys)]

    def customer(self, number: str) -> Customer | None:
        how, value = ("by_id", number.removeprefix(BY_ID)) if number.startswith(BY_ID) else ("by_number", number)
        ask = self._mapped.customers.find.get(how)
        rows = self._rows(ask, {"number": value, "id": value}) if ask else []
        return next((one for one in map(self._customer, rows) if one.number == number), None)

    def order(self, number_key: str) -> Order | None:
        rows = self._rows(self._orders.find["by_number"], {"number": number_key})
        found = [one for one in map(self._order, rows) if base.key_of(one.number) == number_key]
        return next(iter(self._with_invoices(found[:1])), None)

    def orders_of(self, customers: Sequence[str], statuses: Collection[str]) -> Sequence[Order]:
        if self._mapped.orders is None:
            return ()  # a customer is asked how many are open
        ask = self._orders.find["of_customers"]
        each = customers[:MOST_CUSTOMERS] if "customer" in ask.holes else customers[:1]
        values = [{"customers": list(customers), "customer": one} for one in each]
        rows = [row for one in values for row in self._rows(ask, one)]
        theirs = [one for one in map(self._order, rows) if one.customer in customers and one.status in statuses]
        theirs.sort(key=lambda one: one.placed_on, reverse=True)
        return self._with_invoices(theirs[: base.MOST_ORDERS])

    def invoice(self, number_key: str) -> Invoice | None:
        invoices = self._mapped.invoices
        if invoices is None:
            raise CrmNotOffered("invoices")
        rows = self._rows(invoices.find["by_number"], {"number": number_key})
        found = (reading.invoice(row, invoices.fields) for row in rows)
        return next((one for one in found if base.key_of(one.number) == number_key), None)

    def cases_of(self, order: Order, key: str) -> Sequence[Case]:
        rows = self._rows(self._cases.find, {"order": order.number, "order_id": order.id, "key": key})
        return [reading.case(row, self._cases.fields) for row in rows]

    def open_case(self, case: NewCase) -> str:
        values = {
            "key": case.key,
            "kind": case.kind,
            "order": case.order.number,
            "order_id": case.order.id,
            "customer": case.order.customer,
            "customer_id": case.customer_id,
            "subject": case.subject,
            "text": case.text,
            "detail": compact(case.detail),
            "state": self._cases.states["done" if case.done else "open"],
        }
        called = as_text(dig(self._sent(self._cases.open, values, case.key), self._cases.open.found))
        known = (one.reference for one in self.cases_of(case.order, case.key) if one.key == case.key)
        return next(known, called)

    def change(self, order: Order, changes: Mapping[str, str]) -> None:
        """What of ``changes`` the mapping can change; a text that is empty now becomes null there."""
        fields = self._orders.fields
        theirs = {name: fields[name].theirs(ours) or None for name, ours in changes.items() if name in self.changeable}
        if self._orders.change and theirs:
            self._sent(self._orders.change, {"id": order.id, "number": order.number, **theirs})

    def write(self, note: Note) -> str:
        written = self._mapped.conversations
        if written is None:
            raise CrmNotOffered("conversations")
        values = {name: getattr(note, name) for name in Note.__slots__}
        found = self._rows(written.find, values) if written.find else []
        if found:
            return as_text(dig(found[0], written.reference))
        return as_text(dig(self._sent(written.create, values, note.key), written.create.found))

    def check(self) -> None:
        self._sent(self._mapped.check, {})

    @property
    def _orders(self) -> Things:
        if self._mapped.orders is None:
            raise CrmNotOffered("orders")
        return self._mapped.orders

    @property
    def _cases(self) -> Cases:
        if self._mapped.cases is None:
            raise CrmNotOffered("cases")
        return self._mapped.cases

    def _customer(self, row: Any) -> Customer:
        return reading.customer(row, self._mapped.customers.fields, self._country)

    def _order(self, row: Any) -> Order:
        return reading.order(row, self._orders.fields, self._orders.lines)

    def _with_invoices(self, orders: list[Order]) -> list[Order]:
        """The number of each one's newest invoice, where orders do not know it themselves."""
        invoices = self._mapped.invoices
        if not orders or invoices is None or "of_orders" not in invoices.find:
            return orders
        rows = self._rows(invoices.find["of_orders"], {"orders": [one.number for one in orders]})
        bills = sorted((reading.invoice(row, invoices.fields) for row in rows), key=lambda bill: bill.issued_on)
        newest = {bill.order: bill.number for bill in bills}
        return [replace(one, invoice=newest.get(one.number, "")) for one in orders]

    def _rows(self, ask: Ask, values: Values) -> list[Any]:
        """The rows of all pages, some hundreds at most."""
        answer = self._sent(ask, values)
        rows, pages = _rows_of(answer, ask), 1
        while (further := as_text(dig(answer, ask.next)) if ask.next else "") and len(rows) < MOST_ROWS:
            if pages == MOST_PAGES:
                break
            answer = self._talk.ask("GET", further)
            rows, pages = rows + _rows_of(answer, ask), pages + 1
        return rows[:MOST_ROWS]

    def _sent(self, ask: Ask, values: Values, key: str = "") -> Any:
        return send(self._talk, self._mapped.quote, ask, values, key)


def send(talk: Talk, quote: str, ask: Ask, values: Values, key: str = "") -> Any:
    """One request of a mapping, filled."""
    quoted = QUOTES[quote]
    query = {name: fill_query(text, values, quoted) for name, text in ask.query.items()}
    body = None if ask.body is None else fill_body(ask.body, values)
    return talk.ask(ask.method, fill_path(ask.path, values), query, body, key)


def _address(kind: str, value: str) -> Values:
    forms = spellings(value) if kind == "phone" else [value]
    return {kind: forms[0], f"{kind}s": forms}


def _rows_of(answer: Any, ask: Ask) -> list[Any]:
    found = dig(answer, ask.rows)
    if found is None and ask.rows:
        raise CrmUnavailable(f"its answer has no {ask.rows}")
    return found if isinstance(found, list) else [found]
