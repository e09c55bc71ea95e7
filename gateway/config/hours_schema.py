"""The key ``hours`` of ``care.yaml``: opening hours by weekday, and the days that are unlike theirs."""

import re
from datetime import date as Date
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validate, validates_schema

from automation.scheduling.days_off import regions
from automation.scheduling.hours import DAYS
from automation.schemas import Strict, line, suggestion

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)")


def timezone(value: str) -> None:
    """Refuse what is no time zone."""
    if value not in _timezones():
        close = suggestion(value, sorted(_timezones()))
        raise ValidationError(f"{value!r} is no time zone like Asia/Karachi{close}")


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def _span(value: str) -> None:
    if not _SPAN.fullmatch(value):
        raise ValidationError(f'{value!r} is no span of hours like "09:00-18:00"')
    if value[:5] == value[6:]:
        raise ValidationError(f"{value!r} begins and ends at the same minute")


def _day(value: str) -> None:
    try:
        Date.fromisoformat(value)
    except ValueError:
        raise ValidationError(f"{value!r} is no date like 2027-03-23") from None


def _country(value: str) -> None:
    if value not in regions():
        raise ValidationError(f"{value!r} is no country whose holidays are known; write two letters like PK")


def _spans() -> fields.List[str]:
    return fields.List(fields.String(validate=_span), validate=validate.Length(0, 6))


class HolidaySchema(Strict):
    """A day of the business's own, or all public holidays of a country (or of one of its regions)."""

    date = fields.String(validate=_day)
    country = fields.String(validate=_country)
    region = fields.String()
    name = line(80)
    open = _spans()
    """Shorter hours on that day; closed without."""

    @validates_schema
    def _is_one_of_both(self, data: dict[str, Any], **_: object) -> None:
        if ("date" in data) == ("country" in data):
            raise ValidationError({"date": ["names either a date or a country"]})

    @validates_schema
    def _region_is_known(self, data: dict[str, Any], **_: object) -> None:
        known = regions().get(data.get("country", ""), frozenset())
        if "region" in data and data["region"] not in known:
            there = ", ".join(sorted(known)) or "none"
            raise ValidationError({"region": [f"{data['region']!r} is no region of this country; there is {there}"]})


class HoursSchema(Strict):
    mon, tue, wed, thu, fri, sat, sun = (_spans() for _ in DAYS)
    timezone = fields.String(validate=timezone)
    holidays = fields.List(fields.Nested(HolidaySchema), validate=validate.Length(max=400))
