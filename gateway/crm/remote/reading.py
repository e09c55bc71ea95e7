"""Their rows as our records, by the fields that a mapping names; what cannot be read is no answer, never a guess."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from gateway.core.crm import CrmUnavailable
from gateway.core.errors import InvalidPayload
from gateway.core.recipients import read_recipient
from gateway.core.words import AddressKind
from gateway.crm.records import Customer, Invoice, InvoiceStatus, Line, Order, Payment, Refund, Tier
from gateway.crm.remote.mapping import Lines
from gateway.crm.remote.shelf import Case
from gateway.crm.remote.values import Field, as_amount, as_date, as_text, dig

PHONES = ("phone", "phone_2", "phone_3")
BY_ID = "id:"
"""Before the id of a customer who has no number there."""
MOST_LINES = 50
SAME = ("carrier", "tracking_number", "tracking_url", "payment_link", "address", "city", "invoice", "id")
DAYS = ("promised_on", "shipped_on", "delivered_on")
LINE = re.compile(r"\s*(?:(\d{1,6})\s*[x×*]\s*)?(.{1,200}?)\s*")
Fields = Mapping[str, Field]
T = TypeVar("T")


def customer(row: Any, fields: Fields, country: str | None) -> Customer:
    text = _texts(row, fields)
    name = text("name") or " ".join(part for part in (text("first_name"), text("last_name")) if part)
    return Customer(
        number=text("number") or f"{BY_ID}{text('id')}",
        name=name,
        email=text("email"),
        tier=text("tier") or Tier.STANDARD.value,
        since=as_date(text("since")),
        city=text("city"),
        addresses=_addresses(text, country),
        id=text("id"),
    )


def order(row: Any, fields: Fields, lines: Lines | None) -> Order:
    text = _texts(row, fields)
    rest: dict[str, Any] = {name: text(name) for name in SAME}
    rest |= {name: as_date(text(name)) for name in DAYS}
    return Order(
        number=_there(text("number"), "an order's number"),
        customer=text("customer"),
        status=_there(text("status"), "an order's status"),
        placed_on=_there(as_date(text("placed_on")), "an order's day"),
        total=as_amount(text("total")),
        currency=_there(text("currency"), "an order's currency"),
        payment=text("payment") or Payment.PENDING.value,
        refund=text("refund") or Refund.NONE.value,
        lines=_lines(dig(row, lines.path), lines) if lines else (),
        **rest,
    )


def invoice(row: Any, fields: Fields) -> Invoice:
    text = _texts(row, fields)
    return Invoice(
        number=_there(text("number"), "an invoice's number"),
        order=text("order"),
        issued_on=_there(as_date(text("issued_on")), "an invoice's day"),
        total=as_amount(text("total")),
        currency=_there(text("currency"), "an invoice's currency"),
        due_on=as_date(text("due_on")),
        status=text("status") or InvoiceStatus.OPEN.value,
        url=text("url"),
    )


def case(row: Any, fields: Fields) -> Case:
    text = _texts(row, fields)
    try:
        detail = json.loads(text("detail") or "{}")
    except ValueError:
        detail = {}
    return Case(
        kind=text("kind"),
        key=text("key"),
        reference=text("reference"),
        open=text("open") != "false",
        detail=detail if isinstance(detail, dict) else {},
    )


def line(product: str, quantity: str | None) -> Line:
    return Line(product, max(1, int(as_amount(quantity or "1"))))


def _texts(row: Any, fields: Fields) -> Callable[[str], str]:
    return lambda name: fields[name].read(row) if name in fields else ""


def _there(value: T | None, what: str) -> T:
    if not value:
        raise CrmUnavailable(f"{what} is missing", again=False)
    return value


def _addresses(text: Callable[[str], str], country: str | None) -> tuple[tuple[str, str], ...]:
    """Telephones as E.164, however their people wrote them; what cannot be a number matches nobody."""
    found = []
    for name in PHONES:
        try:
            seen = read_recipient(text(name), country)
        except InvalidPayload:
            continue
        found.append((seen.kind.value, seen.value))
    ids = ((kind.value, text(kind.value)) for kind in (AddressKind.BSUID, AddressKind.PSID))
    return tuple(dict.fromkeys([*found, *(one for one in ids if one[1])]))


def _lines(found: Any, lines: Lines) -> tuple[Line, ...]:
    if isinstance(found, list):
        rows = ((as_text(dig(row, lines.product)), as_text(dig(row, lines.quantity))) for row in found[:MOST_LINES])
        return tuple(line(product, quantity) for product, quantity in rows if product)
    parts = [LINE.fullmatch(part) for part in re.split(r"[;\n]", as_text(found))[:MOST_LINES] if part.strip()]
    return tuple(line(part[2], part[1]) for part in parts if part)
