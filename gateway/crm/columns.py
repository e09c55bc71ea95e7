"""The columns of each CSV file: which there are, which must be filled, and how a cell is read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from gateway.core.errors import InvalidPayload
from gateway.core.recipients import read_recipient
from gateway.core.words import AddressKind
from gateway.crm.records import InvoiceStatus, OrderStatus, Payment, Refund, Tier

EARLIEST, LATEST = date(1970, 1, 1), date(2200, 1, 1)
MOST_DAYS = 36_500
LARGEST = Decimal("999999999999.999")
MOST_PIECES = 1_000_000
RELATIVE = re.compile(r"today(?:\s*([+-])\s*(\d{1,6}))?")
DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?")
THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
CURRENCY = re.compile(r"[A-Z]{3}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
AS_TEXT = re.compile(r'="([^"]*)"')
"""How some programs keep a spreadsheet from rounding: ``="0300…"``."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell is read by."""

    today: date
    country: str | None
    decimal_comma: bool = False


Read = Callable[[str, Reading], Any]


@dataclass(frozen=True, slots=True)
class Column:
    read: Read
    default: Any = ""
    """Of a new row without this cell; ``NEEDED``: there must be one."""


NEEDED = object()


class Table(StrEnum):
    """What can be imported, in the order in which one needs the other."""

    CUSTOMERS = "customers"
    ORDERS = "orders"
    ORDER_LINES = "order_lines"
    INVOICES = "invoices"


def read_cell(column: Column, text: str, by: Reading) -> Any:
    """The value of a cell; the column's default for an empty one.

    Raises:
        InvalidPayload: it cannot be read so, in words for whoever made the file.
    """
    if "\0" in text or "\ufffd" in text:
        raise InvalidPayload("has characters that cannot be read: save the file as CSV UTF-8")
    if wrapped := AS_TEXT.fullmatch(text):
        text = wrapped[1].strip()
    if text:
        return column.read(text, by)
    if column.default is NEEDED:
        raise InvalidPayload("is empty")
    return column.default


def _text(longest: int) -> Read:
    def read(text: str, _: Reading) -> str:
        if len(text) > 1 and text.startswith(FORMULA):
            raise InvalidPayload(f"begins with {text[0]!r} like a formula")
        if len(text) > longest:
            raise InvalidPayload(f"has {len(text):,} characters, at most {longest} fit")
        return " ".join(text.split())

    return read


def _number(text: str, by: Reading) -> str:
    """A business's own number of something."""
    found: str = _text(64)(text, by)
    if not any(map(str.isalnum, found)):
        raise InvalidPayload("has neither letters nor digits")
    return found


def _one_of(words: type[StrEnum]) -> Read:
    known = {word.value for word in words}

    def read(text: str, _: Reading) -> str:
        found = "_".join(text.casefold().replace("-", " ").split())
        if found not in known:
            raise InvalidPayload(f"{text[:40]!r} is none of {', '.join(word.value for word in words)}")
        return found

    return read


def _day(text: str, by: Reading) -> date:
    if relative := RELATIVE.fullmatch(text.casefold()):
        sign, days = relative.groups()
        return by.today + timedelta(days=min(int(days or 0), MOST_DAYS) * (-1 if sign == "-" else 1))
    if not (written := DAY.fullmatch(text)):
        raise InvalidPayload(f"{text[:40]!r} is no date: write it as 2026-11-22")
    try:
        found = datetime.strptime(written[1], "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no time zone)
    except ValueError:
        raise InvalidPayload(f"there is no {written[1]}") from None
    if not EARLIEST <= found <= LATEST:
        raise InvalidPayload(f"{found} is no day we would believe")
    return found


def _amount(text: str, by: Reading) -> Decimal:
    plain = text.replace("\u00a0", "").replace(" ", "")
    if by.decimal_comma and "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    elif THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        raise InvalidPayload(f"{text[:40]!r} is no amount: write it as 4500.00") from None
    if not found.is_finite() or not 0 <= found <= LARGEST:
        raise InvalidPayload(f"{text[:40]!r} is no amount from 0 to {LARGEST:,}")
    if found != round(found, 3):
        raise InvalidPayload(f"{text[:40]!r} has more than three decimals")
    return round(found, 3)


def _whole(text: str, _: Reading) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:10]) <= MOST_PIECES:
        raise InvalidPayload(f"{text[:40]!r} is no whole number from 1 to {MOST_PIECES:,}")
    return int(text)


def _currency(text: str, _: Reading) -> str:
    if not CURRENCY.fullmatch(text.upper()):
        raise InvalidPayload(f"{text[:40]!r} is no currency like PKR")
    return text.upper()


def _email(text: str, _: Reading) -> str:
    if not EMAIL.fullmatch(text) or len(text) > 254 or text.startswith(FORMULA):
        raise InvalidPayload(f"{text[:40]!r} is no e-mail address")
    return text


def _phone(text: str, by: Reading) -> str:
    found = read_recipient(text, by.country)
    if found.kind is not AddressKind.PHONE:
        raise InvalidPayload("is no phone number")
    return found.value


def _link(text: str, _: Reading) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"']+", text) or len(text) > 500:
        raise InvalidPayload("is no link like https://… of up to 500 characters")
    return text


_key, _date, _maybe_date = Column(_number, NEEDED), Column(_day, NEEDED), Column(_day, None)
_money, _unit = Column(_amount, NEEDED), Column(_currency, NEEDED)

COLUMNS: Mapping[Table, Mapping[str, Column]] = {
    Table.CUSTOMERS: {
        "number": _key,
        "name": Column(_text(200), NEEDED),
        "email": Column(_email),
        "phone": Column(_phone),
        "phone_2": Column(_phone),
        "bsuid": Column(_text(160)),
        "psid": Column(_text(160)),
        "tier": Column(_one_of(Tier), Tier.STANDARD.value),
        "since": _maybe_date,
        "city": Column(_text(120)),
    },
    Table.ORDERS: {
        "number": _key,
        "customer": _key,
        "status": Column(_one_of(OrderStatus), NEEDED),
        "placed_on": _date,
        "promised_on": _maybe_date,
        "shipped_on": _maybe_date,
        "delivered_on": _maybe_date,
        "carrier": Column(_text(80)),
        "tracking_number": Column(_text(80)),
        "tracking_url": Column(_link),
        "total": _money,
        "currency": _unit,
        "payment": Column(_one_of(Payment), Payment.PENDING.value),
        "payment_link": Column(_link),
        "address": Column(_text(500)),
        "city": Column(_text(120)),
        "refund": Column(_one_of(Refund), Refund.NONE.value),
    },
    Table.ORDER_LINES: {
        "order": _key,
        "line": Column(_whole, NEEDED),
        "sku": Column(_text(64)),
        "product": Column(_text(200), NEEDED),
        "quantity": Column(_whole, 1),
        "price": Column(_amount, None),
    },
    Table.INVOICES: {
        "number": _key,
        "order": _key,
        "issued_on": _date,
        "due_on": _maybe_date,
        "total": _money,
        "currency": _unit,
        "status": Column(_one_of(InvoiceStatus), InvoiceStatus.OPEN.value),
        "url": Column(_link),
    },
}
KEYS: Mapping[Table, tuple[str, ...]] = {
    Table.CUSTOMERS: ("number",),
    Table.ORDERS: ("number",),
    Table.ORDER_LINES: ("order", "line"),
    Table.INVOICES: ("number",),
}
"""What a row is known by: the same key again is the same thing."""
ADDRESS_KINDS: Mapping[str, AddressKind] = {
    "phone": AddressKind.PHONE,
    "phone_2": AddressKind.PHONE,
    "bsuid": AddressKind.BSUID,
    "psid": AddressKind.PSID,
}
"""Columns of a customer that are addresses."""


def needed(table: Table) -> list[str]:
    """Columns without which no row can be read."""
    return [name for name, column in COLUMNS[table].items() if column.default is NEEDED]
