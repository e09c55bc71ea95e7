"""What may be done with an order and what that changes: pure, by the business's terms, the same for all our clients."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from gateway.core.crm import Terms
from gateway.crm.records import CaseKind, Order, OrderStatus, Payment, Refund

ENDED = frozenset({OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.RETURNED})
"""Nothing more will arrive."""
WITH_CUSTOMER = frozenset(
    {OrderStatus.SHIPPED, OrderStatus.OUT_FOR_DELIVERY, OrderStatus.DELIVERED, OrderStatus.DELIVERY_FAILED}
)
"""Goods may be in the customer's hands: carriers report late."""
SETTLED = frozenset({OrderStatus.CANCELLED, OrderStatus.RETURNED})
LONGEST_ADDRESS = 500

TOO_LATE, ALREADY_DONE, NOT_ALLOWED = "too_late", "already_done", "not_allowed"


@dataclass(frozen=True, slots=True)
class Decided:
    """``refused`` says why nothing is done; else ``changes`` of the order, and whether people have work with it."""

    kind: CaseKind
    refused: str = ""
    changes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    for_people: bool = False


def decide(action: str, order: Order, fields: Mapping[str, str], terms: Terms, today: date) -> Decided:
    """What ``action`` (one of ``ACTIONS``) does with ``order`` as it stands."""
    return RULES[action](order, fields, terms, today)


def is_open(order: Order) -> bool:
    """Whether something of it is still to come."""
    return order.status not in ENDED


def days_late(order: Order, today: date) -> int:
    """Days past the promise that an open order is; 0: in time, without a promise, or ended."""
    if not is_open(order) or order.promised_on is None:
        return 0
    return max(0, (today - order.promised_on).days)


def cancellable(order: Order, terms: Terms) -> bool:
    return order.status in terms.cancel_while


def address_changeable(order: Order, terms: Terms) -> bool:
    return order.status in terms.address_while


def refundable(order: Order, terms: Terms, today: date) -> bool:
    """Whether money back may be asked for: paid, not asked for yet, and returned, cancelled or delivered lately."""
    if order.refund != Refund.NONE:
        return False
    if order.status in SETTLED:
        return order.payment == Payment.PAID
    return order.status == OrderStatus.DELIVERED and _was_paid(order) and _within(order, terms.return_days, today)


def warranty_until(order: Order, terms: Terms) -> date | None:
    """The last day on which damage can be reported; None: not delivered."""
    if order.delivered_on is None or order.status != OrderStatus.DELIVERED:
        return None
    return order.delivered_on + timedelta(days=terms.warranty_days)


def under_warranty(order: Order, terms: Terms, today: date) -> bool:
    last = warranty_until(order, terms)
    return last is not None and today <= last


def _cancel(order: Order, _: Mapping[str, str], terms: Terms, today: date) -> Decided:
    if order.status == OrderStatus.CANCELLED:
        return Decided(CaseKind.CANCEL, ALREADY_DONE)
    if not cancellable(order, terms):
        return Decided(CaseKind.CANCEL, TOO_LATE)
    changes = {"status": OrderStatus.CANCELLED.value}
    owed = order.payment == Payment.PAID and order.refund == Refund.NONE
    if owed:
        changes["refund"] = Refund.REQUESTED.value
    return Decided(CaseKind.CANCEL, changes=changes, for_people=owed)


def _address(order: Order, fields: Mapping[str, str], terms: Terms, today: date) -> Decided:
    if order.status in ENDED or not address_changeable(order, terms):
        return Decided(CaseKind.ADDRESS, TOO_LATE)
    address = " ".join(fields.get("address", "").split())[:LONGEST_ADDRESS]
    if not address:
        return Decided(CaseKind.ADDRESS, NOT_ALLOWED)
    # The old city may be wrong now: better none than a wrong one.
    return Decided(CaseKind.ADDRESS, changes={"address": address, "city": fields.get("city", "").strip()[:120]})


def _refund(order: Order, _: Mapping[str, str], terms: Terms, today: date) -> Decided:
    if order.refund != Refund.NONE or order.payment == Payment.REFUNDED:
        return Decided(CaseKind.REFUND, ALREADY_DONE)
    if refundable(order, terms, today):
        return Decided(CaseKind.REFUND, changes={"refund": Refund.REQUESTED.value}, for_people=True)
    over = order.status == OrderStatus.DELIVERED and not _within(order, terms.return_days, today)
    return Decided(CaseKind.REFUND, TOO_LATE if over else NOT_ALLOWED)


def _damage(order: Order, _: Mapping[str, str], terms: Terms, today: date) -> Decided:
    if CaseKind.DAMAGE in (order.cases or {}):
        return Decided(CaseKind.DAMAGE, ALREADY_DONE)
    if order.status not in WITH_CUSTOMER:
        return Decided(CaseKind.DAMAGE, NOT_ALLOWED)
    last_day = max(terms.return_days, terms.warranty_days)
    if order.status == OrderStatus.DELIVERED and not _within(order, last_day, today):
        return Decided(CaseKind.DAMAGE, TOO_LATE)
    return Decided(CaseKind.DAMAGE, for_people=True)


def _late(order: Order, _: Mapping[str, str], terms: Terms, today: date) -> Decided:
    if CaseKind.LATE in (order.cases or {}):
        return Decided(CaseKind.LATE, ALREADY_DONE)
    if not days_late(order, today) and order.status != OrderStatus.DELIVERY_FAILED:
        return Decided(CaseKind.LATE, NOT_ALLOWED)
    return Decided(CaseKind.LATE, for_people=True)


def _was_paid(order: Order) -> bool:
    return order.payment in (Payment.PAID, Payment.CASH_ON_DELIVERY)


def _within(order: Order, days: int, today: date) -> bool:
    """At most so many days after delivery; a delivery whose day nobody knows is taken for a recent one."""
    return order.delivered_on is None or (today - order.delivered_on).days <= days


Rule = Callable[[Order, Mapping[str, str], Terms, date], Decided]
RULES: Mapping[str, Rule] = {
    "cancel_order": _cancel,
    "change_address": _address,
    "request_refund": _refund,
    "report_damage": _damage,
    "report_late": _late,
}
