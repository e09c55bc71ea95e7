"""What a client of a CRM elsewhere is written as: a shelf of records that also takes cases and changes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from gateway.crm.base import Key, Shelf
from gateway.crm.records import Customer, Invoice, Order
from gateway.crm.remote.cache import Cache

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Case:
    """What a customer asked for about an order, as it stands there."""

    kind: str
    key: str
    reference: str
    open: bool = True
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to open; ``done``: nobody has work with it, it only keeps the key."""

    key: str
    kind: str
    order: Order
    customer_id: str
    subject: str
    text: str
    done: bool
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Note:
    """A conversation that ended, as it is written there."""

    key: str
    subject: str
    text: str
    summary: str
    disposition: str
    customer_id: str
    """Empty: nobody knows for sure whose it was."""
    ended_at: str
    channel: str


class RemoteShelf(Shelf, Protocol):
    """A shelf with a hand: it is made for one question and has its time."""

    offers: frozenset[str]
    """What can be looked up."""
    changeable: frozenset[str]
    """Fields of an order that may be changed there."""

    def cases_of(self, order: Order, key: str) -> Sequence[Case]:
        """All cases of the order, and the one with this key for sure."""
        ...

    def open_case(self, case: NewCase) -> str:
        """Its reference; the same key again opens no second one."""
        ...

    def change(self, order: Order, changes: Mapping[str, str]) -> None: ...

    def write(self, note: Note) -> str:
        """What they call it; the same key again writes no second one.

        Raises:
            CrmUnavailable: no answer.
            CrmNotOffered: it takes no conversations.
        """
        ...

    def check(self) -> None:
        """A cheap question that needs our key."""
        ...


class Remembering:
    """A shelf whose answers are kept for some seconds."""

    def __init__(self, shelf: Shelf, cache: Cache) -> None:
        self._shelf, self._cache = shelf, cache

    def customers_at(self, keys: Sequence[Key]) -> Sequence[Customer]:
        return self._kept("at", tuple(keys), lambda: self._shelf.customers_at(keys))

    def customer(self, number: str) -> Customer | None:
        return self._kept("customer", number, lambda: self._shelf.customer(number))

    def order(self, number_key: str) -> Order | None:
        return self._kept("order", number_key, lambda: self._shelf.order(number_key))

    def orders_of(self, customers: Sequence[str], statuses: Collection[str]) -> Sequence[Order]:
        key = (tuple(customers), frozenset(statuses))
        return self._kept("orders", key, lambda: self._shelf.orders_of(customers, statuses))

    def invoice(self, number_key: str) -> Invoice | None:
        return self._kept("invoice", number_key, lambda: self._shelf.invoice(number_key))

    def _kept(self, what: str, key: object, ask: Callable[[], T]) -> T:
        return self._cache.get((what, key), ask)
