"""What may be done with an order in each of its states, day by day: tables of cases."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway.core.crm import ACTIONS, Terms
from gateway.crm import decisions, shown
from gateway.crm.decisions import decide
from gateway.crm.records import CaseKind, Line, Order, OrderStatus

TODAY = date(2026, 11, 20)
TERMS = Terms(return_days=14, warranty_days=180)
ORDER = Order("A1", "C1", "placed", TODAY - timedelta(30), Decimal("100"), "PKR", payment="paid")
STATUSES = [str(status) for status in OrderStatus]


def ago(days: int) -> date:
    return TODAY - timedelta(days)


def order(status: str, **more: Any) -> Order:
    return replace(ORDER, status=status, **more)


def outcome(action: str, found: Order, terms: Terms = TERMS, **fields: str) -> str:
    decided = decide(action, found, fields, terms, TODAY)
    return decided.refused or ("work" if decided.for_people else "done")


BY_STATUS = {
    # status:           cancel          address     refund         damage         late (promised yesterday)
    "placed":           ("work",         "done",     "not_allowed", "not_allowed", "work"),
    "confirmed":        ("work",         "done",     "not_allowed", "not_allowed", "work"),
    "packed":           ("too_late",     "done",     "not_allowed", "not_allowed", "work"),
    "shipped":          ("too_late",     "too_late", "not_allowed", "work",        "work"),
    "out_for_delivery": ("too_late",     "too_late", "not_allowed", "work",        "work"),
    "delivered":        ("too_late",     "too_late", "work",        "work",        "not_allowed"),
    "delivery_failed":  ("too_late",     "too_late", "not_allowed", "work",        "work"),
    "cancelled":        ("already_done", "too_late", "work",        "not_allowed", "not_allowed"),
    "returned":         ("too_late",     "too_late", "work",        "not_allowed", "not_allowed"),
}  # fmt: skip


def test_the_table_has_every_status_and_action() -> None:
    assert list(BY_STATUS) == STATUSES
    assert set(decisions.RULES) == set(ACTIONS)


@pytest.mark.parametrize("status", STATUSES)
def test_each_action_by_status(status: str) -> None:
    found = order(status, promised_on=ago(1), delivered_on=ago(3) if status == "delivered" else None)
    assert tuple(outcome(action, found, address="X") for action in ACTIONS) == BY_STATUS[status]
    assert decisions.cancellable(found, TERMS) == (BY_STATUS[status][0] == "work")
    assert decisions.address_changeable(found, TERMS) == (BY_STATUS[status][1] == "done")
    assert decisions.refundable(found, TERMS, TODAY) == (BY_STATUS[status][2] == "work")


@pytest.mark.parametrize(
    ("action", "found", "told"),
    [
        ("cancel_order", order("placed", payment="pending"), "done"),
        ("cancel_order", order("placed", refund="requested"), "done"),
        ("request_refund", order("delivered", delivered_on=ago(14)), "work"),
        ("request_refund", order("delivered", delivered_on=ago(15)), "too_late"),
        ("request_refund", order("delivered"), "work"),  # nobody knows when: taken for lately
        ("request_refund", order("delivered", delivered_on=ago(1), payment="cash_on_delivery"), "work"),
        ("request_refund", order("delivered", delivered_on=ago(1), payment="failed"), "not_allowed"),
        ("request_refund", order("delivered", delivered_on=ago(1), payment="refunded"), "already_done"),
        ("request_refund", order("delivered", delivered_on=ago(1), refund="requested"), "already_done"),
        ("request_refund", order("cancelled", payment="pending"), "not_allowed"),
        ("report_damage", order("delivered", delivered_on=ago(180)), "work"),
        ("report_damage", order("delivered", delivered_on=ago(181)), "too_late"),
        ("report_damage", order("shipped", cases={CaseKind.DAMAGE: "R-1001"}), "already_done"),
        ("report_damage", order("shipped", cases={CaseKind.LATE: "R-1001"}), "work"),
        ("report_late", order("shipped", promised_on=TODAY), "not_allowed"),
        ("report_late", order("shipped"), "not_allowed"),
        ("report_late", order("delivery_failed"), "work"),
        ("report_late", order("shipped", promised_on=ago(1), cases={CaseKind.LATE: "R-1001"}), "already_done"),
        ("change_address", order("placed"), "not_allowed"),
    ],
)
def test_the_odd_ones(action: str, found: Order, told: str) -> None:
    assert outcome(action, found) == told


def test_terms_are_the_businesss() -> None:
    strict = Terms(return_days=0, warranty_days=0, cancel_while=frozenset(), address_while=frozenset())
    for status in ("placed", "confirmed", "packed"):
        assert outcome("cancel_order", order(status), strict) == "too_late"
        assert outcome("change_address", order(status), strict, address="X") == "too_late"
    assert outcome("request_refund", order("delivered", delivered_on=ago(1)), strict) == "too_late"
    assert outcome("report_damage", order("delivered", delivered_on=ago(1)), strict) == "too_late"
    assert outcome("request_refund", order("delivered", delivered_on=TODAY), strict) == "work"


@pytest.mark.parametrize(
    ("found", "days"),
    [
        (order("shipped", promised_on=ago(2)), 2),
        (order("placed", promised_on=ago(1)), 1),
        (order("shipped", promised_on=TODAY), 0),
        (order("shipped", promised_on=ago(-2)), 0),
        (order("shipped"), 0),
        (order("delivered", promised_on=ago(2), delivered_on=ago(0)), 0),
        (order("cancelled", promised_on=ago(2)), 0),
    ],
)
def test_days_late(found: Order, days: int) -> None:
    assert decisions.days_late(found, TODAY) == days


@pytest.mark.parametrize(
    ("status", "due_on", "told"),
    [("open", ago(1), "overdue"), ("open", TODAY, "open"), ("open", None, "open"), ("paid", ago(9), "paid")],
)
def test_an_invoice_becomes_overdue_by_itself(status: str, due_on: date | None, told: str) -> None:
    assert shown.invoice_status(status, due_on, TODAY) == told


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [("4500", "PKR", "4500.00"), ("89.9", "EUR", "89.90"), ("1200.000", "JPY", "1200"), ("1.2345", "KWD", "1.235")],
)
def test_money_has_the_places_of_its_currency(amount: str, currency: str, text: str) -> None:
    assert shown.money(Decimal(amount), currency) == {"amount": text, "currency": currency}


def test_items_are_bounded() -> None:
    many = replace(ORDER, lines=tuple(Line(f"thing {number}", 2) for number in range(12)))
    record = shown.order(many, TERMS, TODAY)
    assert record["item_count"] == 24
    assert str(record["items"]).endswith("2 × thing 9 …")


@pytest.mark.parametrize(
    ("found", "covered"),
    [
        (order("delivered", delivered_on=ago(5)), True),
        (order("delivered", delivered_on=ago(180)), True),
        (order("delivered", delivered_on=ago(181)), False),
        (order("shipped"), False),
        (order("returned", delivered_on=ago(5)), False),
    ],
)
def test_who_is_under_warranty(found: Order, covered: bool) -> None:
    assert decisions.under_warranty(found, TERMS, TODAY) is covered
