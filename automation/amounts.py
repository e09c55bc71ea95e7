"""Numbers, money, dates, times and measures as the reader of a language writes them, by CLDR through Babel.

Pure. What is no amount stays as it is: order numbers, phone numbers and years are texts and whole numbers, and nobody
wants separators in them. Digits are Latin in every language: so CLDR has it for all we speak but for some Arab
countries, so Pakistani shops write prices in Urdu, and a figure copied from a message can be pasted anywhere.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from babel.units import format_unit

LOCALES = {"en": "en_PK", "ur-Latn": "en_PK"}
"""English with day before month and Rs for rupees; Roman Urdu, which CLDR does not know, is written the same way."""
OWN_MONEY = {("ur", "PKR"): "{} روپے"}
"""CLDR has ``Rs4,500`` in Urdu too, a price tag's form; in a sentence shops write the word behind the figure."""
OWN_SPANS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "ur-Latn": {
        "minute": ("minute", "minute"),
        "hour": ("ghanta", "ghante"),
        "day": ("din", "din"),
        "week": ("hafta", "hafte"),
        "month": ("mahina", "mahine"),
    }
}
"""One, and more than one."""

SPANS = {"minutes": "minute", "hours": "hour", "days": "day", "weeks": "week", "months": "month"}
MEASURES = {"m": "length-meter", "km": "length-kilometer"}
NUMBER = "number"
HINTS = (NUMBER, *SPANS, *MEASURES)
"""What a placeholder may ask for: ``{order.days_late:days}`` is "1 day" or "2 days", ``{points:number}`` is 12,500."""

_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800, "month": 2_592_000}
_MOST = 10**15
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?")
_TIME = re.compile(r"\d\d:\d\d(?::\d\d)?")
_MONEY = re.compile(r"(?P<before>[A-Z]{3}) ?(?P<amount>-?\d[\d.]{0,20})|(?P<sum>-?\d[\d.]{0,20}) ?(?P<behind>[A-Z]{3})")


def shown(value: object, language: str, zone: tzinfo | None = None, hint: str = "") -> str | None:
    """The value in words of ``language``; None: it is nothing that is written in different ways, or not readable.

    ``{"amount": "4500.00", "currency": "PKR"}`` is money; texts are looked at as ``shown_text`` does; ``zone`` is the
    one that moments are told in.
    """
    if isinstance(value, Mapping):
        return money(value.get("amount"), str(value.get("currency")), language) if "currency" in value else None
    if hint:
        return _hinted(value, language, hint)
    if isinstance(value, float | Decimal):
        return number(value, language)
    return shown_text(value, language, zone) if isinstance(value, str) else None


def shown_text(text: str, language: str, zone: tzinfo | None = None) -> str | None:
    """A text that is one date, moment, time (as ISO 8601 writes them) or sum (``4500 PKR``) and nothing else."""
    text = text.strip()
    locale = _locale(language)
    if locale is None or not text[:1].isascii():
        return None
    try:
        if _DATE.fullmatch(text):
            return _tidy(format_date(date.fromisoformat(text), "long", locale))
        if _MOMENT.fullmatch(text):
            return moment(datetime.fromisoformat(text), language, zone)
        if _TIME.fullmatch(text):
            return _tidy(format_time(time.fromisoformat(text), "short", locale=locale))
    except ValueError:
        return None
    found = _MONEY.fullmatch(text)
    currency = (found["before"] or found["behind"]) if found else ""
    known = found and currency in get_global("all_currencies")
    return money(found["amount"] or found["sum"], currency, language) if found and known else None


def moment(at: datetime, language: str, zone: tzinfo | None = None) -> str | None:
    """Day and hour, in ``zone`` where the moment says of which one it is."""
    locale = _locale(language)
    if locale is None:
        return None
    here = at.astimezone(zone) if zone is not None and at.tzinfo is not None else at
    day, hour = format_date(here.date(), "long", locale), format_time(here.time(), "short", locale=locale)
    return _tidy(str(locale.datetime_formats["medium"]).format(hour, day))


def money(amount: object, currency: str, language: str) -> str | None:
    """``Rs 4,500``, ``4,500 روپے``, ``4.500 PKR``; pence only where there are any."""
    locale, value = _locale(language), _decimal(amount)
    if locale is None or value is None:
        return None
    if not re.fullmatch(r"[A-Z]{3}", currency):
        return number(value, language)
    own = OWN_MONEY.get((locale.language, currency))
    pattern = "#,##0.00" if own else locale.currency_formats["standard"].pattern
    if value == value.to_integral_value():
        pattern = pattern.replace(".00", "")
    written = format_currency(value, currency, pattern, locale, currency_digits=".00" in pattern)
    return own.format(_tidy(written)) if own else _tidy(_spaced(written, get_currency_symbol(currency, locale)))


def number(value: object, language: str) -> str | None:
    """With the reader's separators: ``12,500.5``, ``12.500,5``, ``1,25,000``."""
    locale, exact = _locale(language), _decimal(value)
    return None if locale is None or exact is None else _tidy(format_decimal(exact, locale=locale))


def _hinted(value: object, language: str, hint: str) -> str | None:
    locale, exact = _locale(language), _decimal(value)
    if locale is None or exact is None or isinstance(value, bool):
        return None
    if hint in SPANS:
        return _tidy(_span(round(exact), SPANS[hint], language, locale)) if abs(exact) < 10**5 else None
    if hint in MEASURES:
        # CLDR's short form: the long one is missing in some languages.
        return _tidy(format_unit(float(round(exact, 1)), MEASURES[hint], "short", locale=locale))
    return number(value, language)


def _span(count: int, unit: str, language: str, locale: Locale) -> str:
    """By ``format_timedelta``, whose words are complete where those of ``format_unit`` lack."""
    if own := OWN_SPANS.get(language, {}).get(unit):
        return f"{count} {own[abs(count) != 1]}"
    length = timedelta(seconds=count * _SECONDS[unit])
    return format_timedelta(length, granularity=unit, threshold=10**9, locale=locale)  # type: ignore[arg-type]


def _spaced(written: str, symbol: str) -> str:
    """CLDR parts a symbol that ends in letters from the figure (``Rs 4,500``); Babel leaves that out."""
    letters = symbol[-1:].isalpha()
    return re.sub(re.escape(symbol) + r"(?=\d)", symbol + " ", written) if letters else written


def _decimal(value: object) -> Decimal | None:
    try:
        exact = Decimal(str(value).strip()[:40])
    except InvalidOperation:
        return None
    return exact if exact.is_finite() and abs(exact) < _MOST and (not exact or exact.adjusted() > -12) else None


def _tidy(text: str) -> str:
    """Plain blanks: the no-break ones of CLDR would double the price of an SMS."""
    return " ".join(text.split())


@cache
def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(LOCALES.get(language, language).replace("-", "_"))
    except (ValueError, TypeError, UnknownLocaleError):
        return None
