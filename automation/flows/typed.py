"""Reads a typed answer out of what a customer said: text, number, date, email, order number, file, location or place.

Pure; every pattern is bounded, so that no text takes long. A value is what JSON can keep.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from automation.flows.dates import read_date
from automation.flows.heard import Heard
from automation.flows.numbers import read_number
from automation.places import Places

LONGEST_TEXT = 500
LOOKED_AT = 1000
"""Characters of a message in which an answer is looked for."""

ORDER, CODE = "order", "code"
"""An order's number, and that of something else, like an invoice: read alike, but no order is known by a code."""
PLACE = "place"
"""A location, or the name of a town: read with the places of the business (``place``)."""
FILE_KINDS = ("image", "video", "audio", "document")

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_PHONE = re.compile(r"(?<![\w+])(?:\+|00)?\(?\d(?:[\s().-]{0,2}\d){8,14}(?!\w)")
_WORD = re.compile(r"(?<![\w-])#?([A-Za-z0-9]{1,20}(?:[-/][A-Za-z0-9]{1,20}){0,4})(?![\w-])")
_POINT = re.compile(r"(?<![\d.])(-?\d{1,2}\.\d{2,12})\s{0,3}[, ]\s{0,3}(-?\d{1,3}\.\d{2,12})(?![\d.])")
BETWEEN = "-/ "
"""Signs in a form that customers may leave out."""
_GAP = "[-/ ]?"
_MASK = {"#": r"\d", "@": "[A-Za-z]", "*": "[A-Za-z0-9]"}


@dataclass(frozen=True, slots=True)
class Typed:
    """``least`` and ``most`` bound a number, a text's characters or a date's days from today (past: below 0).

    ``like`` are forms of an order number: ``#`` a digit, ``@`` a letter, ``*`` either. ``files``: kinds of files taken.
    """

    kind: str
    least: float | None = None
    most: float | None = None
    whole: bool = False
    like: tuple[str, ...] = ()
    files: frozenset[str] = frozenset(FILE_KINDS)
    here_only: bool = False
    """Never what was told before: it stands in the message itself."""


def read(typed: Typed, heard: Heard, today: date) -> Any:
    """The answer's value; None if there is none in what was heard, or it does not fit."""
    return _READERS[typed.kind](typed, heard, today)


def plain(text: str) -> str:
    """The beginning of a text, digits of every script as 0 to 9, without signs that nobody sees."""
    return "".join(_sign(character) for character in text[:LOOKED_AT]).strip()


def _sign(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category in ("Cf", "Cc", "Cs", "Co", "Cn"):
        return " " if character in "\n\r\t" else ""
    return character


def _text(typed: Typed, heard: Heard, _: date) -> str | None:
    text = " ".join(plain_text(heard.text).split())
    return text if (typed.least or 1) <= len(text) <= (typed.most or LONGEST_TEXT) else None


def plain_text(text: str) -> str:
    """Without control signs and those that turn the direction of writing; joiners stay, Urdu needs them."""
    return "".join(
        " " if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") else character
        for character in text
        if character not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


def _number(typed: Typed, heard: Heard, _: date) -> int | float | None:
    value = read_number(plain(heard.text))
    if value is None or (typed.whole and value != int(value)):
        return None
    if not (typed.least is None or value >= typed.least) or not (typed.most is None or value <= typed.most):
        return None
    return int(value) if value == int(value) else value


def _date(typed: Typed, heard: Heard, today: date) -> str | None:
    def fits(day: date) -> bool:
        distance = (day - today).days
        return (typed.least is None or distance >= typed.least) and (typed.most is None or distance <= typed.most)

    day = read_date(plain(heard.text), today, fits)
    return day.isoformat() if day else None


def _email(_typed: Typed, heard: Heard, _: date) -> str | None:
    found = {match[0].strip(".") for match in _EMAIL.finditer(plain(heard.text))}
    if len(found) != 1:
        return None
    name, _at, domain = found.pop().rpartition("@")
    return f"{name}@{domain.lower()}" if not domain.startswith("-") and ".." not in name else None


def _phone(_typed: Typed, heard: Heard, _: date) -> str | None:
    """The one number of 9 to 15 digits, with the plus that it has."""
    found = {re.sub(r"[^\d+]", "", match[0]) for match in _PHONE.finditer(plain(heard.text))}
    return found.pop() if len(found) == 1 else None


def _order(typed: Typed, heard: Heard, _: date) -> str | None:
    """What has the form of an order number; without a form, the one word that has a digit."""
    text = plain(heard.text)
    if typed.like:
        found = {_spelled(match[0], form) for form in typed.like for match in mask(form).finditer(text)}
    else:
        words = (match[1].upper() for match in _WORD.finditer(text))
        found = {word for word in words if len(word) >= 3 and any(sign.isdigit() for sign in word)}
    return found.pop() if len(found) == 1 else None


@cache
def mask(form: str) -> re.Pattern[str]:
    """A form as a pattern that forgives case, missing hyphens and blanks before digits; it matches in bounded time."""
    pattern = ""
    for before, sign in zip(" " + form, form, strict=False):
        apart = sign == "#" and before not in (*BETWEEN, "#", "*")
        pattern += _GAP if apart or sign in BETWEEN else ""
        pattern += "" if sign in BETWEEN else _MASK.get(sign) or re.escape(sign)
    return re.compile(r"(?<![A-Za-z0-9])" + pattern + r"(?![A-Za-z0-9])", re.IGNORECASE)


def _spelled(written: str, form: str) -> str:
    """The number as its form spells it: ``gc20417`` is GC-20417."""
    signs = iter(sign for sign in written.upper() if sign not in BETWEEN)
    return "".join(sign if sign in BETWEEN else next(signs, "") for sign in form)


def _media(typed: Typed, heard: Heard, _: date) -> dict[str, str] | None:
    for file in heard.files:
        kind = file.content_type.partition("/")[0]
        if (kind if kind in FILE_KINDS else "document") in typed.files:
            filename = plain_text(file.filename or "")[:200]
            return {"message": heard.message, "content_type": file.content_type[:100], "filename": filename}
    return None


def _location(_typed: Typed, heard: Heard, _: date) -> dict[str, Any] | None:
    """A pin, or coordinates as map links have them."""
    if heard.location is not None:
        here = heard.location
        return {
            "latitude": here.latitude,
            "longitude": here.longitude,
            "label": plain_text(here.label or here.address or "")[:200],
        }
    found = _POINT.search(plain(heard.text))
    if found is None or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        return None
    return {"latitude": float(found[1]), "longitude": float(found[2]), "label": ""}


def place(places: Places, heard: Heard) -> dict[str, Any] | None:
    """A pin, coordinates, or the name of a place that is known here."""
    if pin := _location(Typed("place"), heard, date.min):
        return pin
    named = places.find(plain(heard.text))
    if named is None:
        return None
    return {"latitude": named.at.latitude, "longitude": named.at.longitude, "label": named.label, "named": True}


_READERS: dict[str, Callable[[Typed, Heard, date], Any]] = {
    "text": _text,
    "number": _number,
    "date": _date,
    "email": _email,
    "phone": _phone,
    ORDER: _order,
    CODE: _order,
    "media": _media,
    "location": _location,
    PLACE: _location,
}

KINDS = tuple(_READERS)
