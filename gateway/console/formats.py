"""Moments, sizes and addresses in the reader's own words and time zone."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
from babel.dates import format_date, format_datetime
from flask import g

from gateway.core import clock

STEP = 1024


def local(moment: datetime) -> datetime:
    """In the time zone of whoever is signed in."""
    return moment.astimezone(ZoneInfo(g.account.timezone))


def clock_time(moment: datetime) -> str:
    """``21:14``"""
    return format_datetime(local(moment), "HH:mm", locale="en")


def full_time(moment: datetime) -> str:
    """``Monday 16 November 2026, 21:14:05``"""
    return format_datetime(local(moment), "EEEE d MMMM y, HH:mm:ss", locale="en")


def day(moment: datetime) -> str:
    """``2026-11-16``: the day of this moment where the reader is."""
    return local(moment).date().isoformat()


def day_words(iso_day: str) -> str:
    """``Today``, ``Yesterday``, ``Monday 16 November``, with the year when it is another."""
    that, today = date.fromisoformat(iso_day), local(clock.now()).date()
    if that >= today - timedelta(days=1):
        return "Yesterday" if that < today else "Today"
    return format_date(that, "EEEE d MMMM" if that.year == today.year else "EEEE d MMMM y", locale="en")


def brief_time(moment: datetime) -> str:
    """As short as a list wants it: ``21:14`` today, ``Mon`` this week, ``16 Nov``, ``16/11/25``."""
    that, today = local(moment).date(), local(clock.now()).date()
    if that == today:
        return clock_time(moment)
    if today - timedelta(days=7) < that < today:
        return format_date(that, "EEE", locale="en")
    return format_date(that, "d MMM" if that.year == today.year else "dd/MM/yy", locale="en")


def date_words(moment: datetime) -> str:
    """``16 Nov 2026``"""
    return format_date(local(moment).date(), "d MMM y", locale="en")


def span(length: timedelta | None) -> str:
    """``0:48``, ``2:05``, ``1 h 12``, ``3 d``; empty for none."""
    if length is None:
        return ""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02}"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02}" if seconds < 86_400 else f"{seconds // 86_400} d"


def since(moment: datetime | None) -> str:
    """How long ago, as ``span``."""
    return span(clock.now() - moment) if moment else ""


def file_size(size: int | None) -> str:
    """``812 B``, ``64 kB``, ``1.4 MB``"""
    if size is None:
        return ""
    if size < STEP:
        return f"{size} B"
    return f"{round(size / STEP)} kB" if size < STEP * STEP else f"{size / STEP / STEP:.1f} MB"


def file_type(content_type: str | None) -> str:
    """``PDF``, ``JPEG``, ``MP4``: the part of a content type that people know."""
    short = (content_type or "").rpartition("/")[2].split(";")[0].removeprefix("x-")
    return short.upper() if 0 < len(short) <= 5 and short.isalnum() else ""


def address(value: str) -> str:
    """A phone number spaced as its country does; anything else as it is."""
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def initials(name: str) -> str:
    """At most two letters that stand for a name."""
    words = [word for word in name.split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "#"


def tint(name: object) -> int:
    """One of eight quiet colours, always the same for the same contact."""
    return sum(str(name).encode()) % 8


SHOWN = (
    clock_time, full_time, day, day_words, brief_time, date_words, span, since, file_size, file_type, address,
    initials, tint,
)  # fmt: skip
FILTERS: dict[str, Callable[..., object]] = {each.__name__: each for each in SHOWN}
