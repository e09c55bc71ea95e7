"""Days that are unlike their weekday: the public holidays of countries, and a business's own list before them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

import holidays

Spans = tuple[tuple[int, int], ...]
"""Opening hours of a day in minutes from its midnight, ``end`` after ``start`` and at most a day later."""

COUNTRY_LANGUAGE = "en_US"


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day with hours of its own; none: closed."""

    name: str
    spans: Spans = ()


@dataclass(frozen=True, slots=True)
class Country:
    """A country's (or its region's) public holidays; ``spans`` are the hours kept on them."""

    code: str
    region: str | None = None
    spans: Spans = ()


@dataclass(frozen=True, eq=False)
class DaysOff:
    """``own`` goes before ``countries``: a public holiday worked through is an own day with hours."""

    own: Mapping[date, DayOff] = field(default_factory=dict)
    countries: Sequence[Country] = ()

    def on(self, day: date) -> DayOff | None:
        """What is special about ``day``; None: nothing."""
        if special := self.own.get(day):
            return special
        for country in self.countries:
            if name := _names(country.code, country.region, day.year).get(day):
                return DayOff(name, country.spans)
        return None

    def within(self, spans: Spans) -> "DaysOff":
        """The same days, each with those of its hours that lie in ``spans``."""
        own = {day: replace(special, spans=_common(special.spans, spans)) for day, special in self.own.items()}
        countries = [replace(country, spans=_common(country.spans, spans)) for country in self.countries]
        return DaysOff(own, tuple(countries))


NO_DAYS_OFF = DaysOff()


@cache
def regions() -> Mapping[str, frozenset[str]]:
    """Codes of all countries whose holidays are known, each with its regions."""
    return {country: frozenset(some) for country, some in holidays.list_supported_countries().items()}


def days_off_of(items: Iterable[Mapping[str, Any]]) -> DaysOff:
    """``holidays`` as a config has them, checked before: each ``{date, name, open}`` or ``{country, region, open}``."""
    items = list(items)
    own = {
        date.fromisoformat(item["date"]): DayOff(item.get("name", ""), spans_of(item.get("open", ())))
        for item in items
        if "date" in item
    }
    countries = [
        Country(item["country"], item.get("region"), spans_of(item.get("open", ())))
        for item in items
        if "country" in item
    ]
    return DaysOff(own, tuple(countries))


def spans_of(written: Iterable[str]) -> Spans:
    """``09:00-13:00`` and the like; one that ends before it begins goes on past midnight."""
    return tuple(sorted(_span(one) for one in written))


def _common(some: Spans, others: Spans) -> Spans:
    both = ((max(a[0], b[0]), min(a[1], b[1])) for a in some for b in others)
    return tuple(sorted(span for span in both if span[0] < span[1]))


def _span(written: str) -> tuple[int, int]:
    start, end = (int(part[:2]) * 60 + int(part[3:]) for part in written.split("-"))
    return start, end if end > start else end + 24 * 60


@cache
def _names(code: str, region: str | None, year: int) -> Mapping[date, str]:
    return dict(holidays.country_holidays(code, subdiv=region, years=year, language=COUNTRY_LANGUAGE))
