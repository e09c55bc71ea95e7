"""What our own clients share: who may see what, which order is meant; the rows come from a shelf of each client's."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from gateway.core.crm import (
    ACTIONS,
    LOOK_UPS,
    MOST_CANDIDATES,
    Asker,
    Candidate,
    CrmAmbiguous,
    CrmSettings,
    Record,
)  # fmt: skip
from gateway.core.errors import InvalidPayload
from gateway.core.events import SeenAddress
from gateway.core.matching import match_key
from gateway.core.recipients import read_recipient
from gateway.core.words import AddressKind
from gateway.crm import decisions, shown
from gateway.crm.decisions import Decided
from gateway.crm.records import CaseKind, Customer, Invoice, Order, OrderStatus

OPEN = frozenset(OrderStatus) - decisions.ENDED
ANY = frozenset(OrderStatus)
MOST_ORDERS = 50
"""Of one asker's, newest first; older ones are found by their number."""
ALSO_ASKED_BY = {CaseKind.REFUND: CaseKind.CANCEL, CaseKind.CANCEL: CaseKind.REFUND}
"""Who cancels what is paid asks for the money as well."""
FIRST_CASE = 1000
PROOFS = ("email", "phone")
EMAIL = "email"
"""A kind of address that no message comes from, by which people look customers up."""
Key = tuple[str, str]
"""Kind of an address and what its variants have in common."""


class Shelf(Protocol):
    """Where rows stand; numbers are looked for by ``key_of``."""

    def customers_at(self, keys: Sequence[Key]) -> Sequence[Customer]: ...

    def customer(self, number: str) -> Customer | None: ...

    def order(self, number_key: str) -> Order | None: ...

    def orders_of(self, customers: Sequence[str], statuses: Collection[str]) -> Sequence[Order]:
        """At most ``MOST_ORDERS``, the one placed last first."""
        ...

    def invoice(self, number_key: str) -> Invoice | None: ...


def look_up(shelf: Shelf, what: str, by: Mapping[str, str], asker: Asker, settings: CrmSettings) -> Record | None:
    """What a client answers to ``look_up``: nothing where the asker has no right to it.

    Raises:
        ValueError: there is no such look-up.
        CrmAmbiguous: several customers share the asker's address, and nothing names one of them.
    """
    if what not in LOOK_UPS:
        raise ValueError(f"nothing is looked up as {what!r}; there are: {', '.join(LOOK_UPS)}")
    given = {name: value.strip() for name, value in clean(by).items() if name in LOOK_UPS[what] and value.strip()}
    desk = _Desk(shelf, given, asker, settings)
    return {"order": desk.order, "customer": desk.customer, "invoice": desk.invoice}[what]()


def order_to_change(
    shelf: Shelf, action: str, fields: Mapping[str, str], asker: Asker, settings: CrmSettings
) -> Order | None:
    """The order an action is about; None: there is none, or it is somebody else's.

    Raises:
        ValueError: there is no such action.
    """
    if action not in ACTIONS:
        raise ValueError(f"nothing is done as {action!r}; there are: {', '.join(ACTIONS)}")
    proofs = {name: fields.get(name, "").strip() for name in PROOFS if name in ACTIONS[action]}
    return _Desk(shelf, proofs, asker, settings).owned(fields.get("order", ""))


def candidates(shelf: Shelf, asker: Asker) -> Sequence[Candidate]:
    """Customers with an address of the asker's."""
    return _candidates(shelf.customers_at(keys_of(asker.addresses)))


def clean(fields: Mapping[str, str]) -> dict[str, str]:
    """A customer's words without what no database keeps: NUL, half characters."""
    return {name: text.replace("\0", "").encode("utf-8", "replace").decode() for name, text in fields.items()}


def key_of(number: str) -> str:
    """Letters and digits in capitals, digits of any script: ``#g 204-171`` and ``G۲۰۴۱۷۱`` are ``G204171``."""
    plain = (str(unicodedata.digit(sign, sign)) for sign in number if sign.isalnum())
    return "".join(plain).upper()[:64]


def reference(case_id: int) -> str:
    """How people call a case."""
    return f"R-{FIRST_CASE + case_id}"


def with_case(record: Record, order: Order, decided: Decided) -> Record:
    """The record of a refused action; what was asked for already has its case."""
    cases = order.cases or {}
    known = cases.get(decided.kind) or cases.get(ALSO_ASKED_BY.get(decided.kind, ""))
    return {**record, "case": known} if known else record


def keys_of(addresses: Sequence[tuple[str, str]]) -> list[Key]:
    """What addresses are found by; a kind we do not know matches nothing."""
    known = set(AddressKind)
    keys = [(kind, match_key(SeenAddress(AddressKind(kind), value))) for kind, value in addresses if kind in known]
    return keys + [(kind, value.strip().lower()) for kind, value in addresses if kind == EMAIL and value.strip()]


def keys_of_customer(customer: Customer) -> list[Key]:
    """What a customer is found by."""
    return keys_of((*customer.addresses, (EMAIL, customer.email)))


class _Desk:
    """One question of one asker."""

    def __init__(self, shelf: Shelf, by: Mapping[str, str], asker: Asker, settings: CrmSettings) -> None:
        self._shelf, self._by, self._asker, self._settings = shelf, by, asker, settings
        self._may_be = _chosen(shelf, asker) or shelf.customers_at(keys_of(asker.addresses))
        """Who has the asker's address; several share one: a family, an entry made twice."""

    @property
    def _own(self) -> Sequence[Customer]:
        """Who the asker is, for questions that name nothing."""
        if len(self._may_be) > 1:
            raise CrmAmbiguous(_candidates(self._may_be))
        return self._may_be

    def order(self) -> Record | None:
        if number := self._by.get("number"):
            found = self.owned(number)
            return self._shown(found) if found else None
        return self._of_their_own()

    def customer(self) -> Record | None:
        if number := self._by.get("number"):
            named = self._shelf.customer(number)
            found = named if named and self._may_see(named) else None
        else:
            found = next(iter(self._own), None)
        if found is None:
            return None
        return shown.customer(found, len(self._shelf.orders_of([found.number], OPEN)))

    def invoice(self) -> Record | None:
        key = key_of(self._by.get("number") or self._invoice_of_order())
        found = self._shelf.invoice(key) if key else None
        if found is None or not self.owned(found.order):
            return None
        return shown.invoice(found, self._asker.today)

    def owned(self, number: str) -> Order | None:
        """The order with this number, if the asker may see it; without its letters among their own."""
        key = key_of(number)
        found = self._shelf.order(key) if key else None
        if found is not None:
            owner = self._shelf.customer(found.customer)
            return found if owner is not None and self._may_see(owner) else None
        if not key.isdecimal():
            return None
        own = [order for order in self._orders_of(self._may_be, ANY) if re.sub(r"\D", "", order.number) == key]
        return own[0] if len(own) == 1 else None

    def _invoice_of_order(self) -> str:
        if named := self._by.get("order"):
            order = self.owned(named)
            return order.invoice if order else ""
        return next((order.invoice for order in self._their_orders(ANY) if order.invoice), "")

    def _of_their_own(self) -> Record | None:
        """The open order placed last, else the last one; with statuses or payments asked for, the last of these."""
        asked, paid = (frozenset(re.findall(r"\w+", self._by.get(name, ""))) for name in ("status", "payment"))
        orders = self._their_orders(asked & ANY if asked else OPEN)
        orders = [order for order in orders if order.payment in paid] if paid else orders
        chosen = orders[0] if orders else None
        if chosen is None and not asked and not paid:
            chosen = next(iter(self._their_orders(ANY)), None)
        if chosen is None:
            return None
        return shown.among(self._shown(chosen), orders)

    def _their_orders(self, statuses: Collection[str]) -> Sequence[Order]:
        return self._orders_of(self._own, statuses)

    def _orders_of(self, customers: Sequence[Customer], statuses: Collection[str]) -> Sequence[Order]:
        return self._shelf.orders_of([one.number for one in customers], statuses) if customers and statuses else ()

    def _shown(self, order: Order) -> Record:
        return shown.order(order, self._settings.terms, self._asker.today)

    def _may_see(self, owner: Customer) -> bool:
        """Who writes from an address of theirs; who knows their e-mail or telephone beside the number."""
        if any(one.number == owner.number for one in self._may_be):
            return True
        email = self._by.get("email", "")
        return (bool(email) and email.casefold() == owner.email.casefold()) or self._knows_phone(owner)

    def _knows_phone(self, owner: Customer) -> bool:
        try:
            phone = read_recipient(self._by.get("phone", ""), self._settings.country)
        except InvalidPayload:
            return False
        return (phone.kind.value, match_key(phone)) in keys_of(owner.addresses)


def _chosen(shelf: Shelf, asker: Asker) -> Sequence[Customer]:
    """Whom people chose for the asker, if the CRM still has them."""
    found = shelf.customer(asker.customer) if asker.customer else None
    return (found,) if found else ()


def _candidates(customers: Sequence[Customer]) -> Sequence[Candidate]:
    return [Candidate(one.number, one.name, one.city) for one in customers[:MOST_CANDIDATES]]
