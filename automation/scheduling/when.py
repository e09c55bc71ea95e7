"""A moment as the reader would say it: "today at 2:30 PM", "tomorrow at 10 AM", "on Monday at 10 AM". Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from automation.scheduling.spoken import time_said
from automation.scheduling.spoken_words import TIMES

SAY = Callable[[str], str]
"""Key → the sentence in the reader's language (``automation.sentences``)."""
ROMAN_URDU = "ur-Latn"
ROMAN_DAYS = ("Peer", "Mangal", "Budh", "Jumerat", "Juma", "Hafta", "Itwar")
"""Urdu in Latin letters is a language that no library knows."""
NEAR = timedelta(days=7)


def when(moment: datetime, now: datetime, zone: str, home: str, language: str, say: SAY) -> str:
    """``moment`` by the clock on the wall of somebody in ``zone``, who is told so where ``home`` has another time.

    Whose ``zone`` is not known (empty) is told the time at ``home``, and that it is ours.
    """
    ours, theirs = ZoneInfo(home), ZoneInfo(zone or home)
    at = moment.astimezone(theirs)
    distance = (at.date() - now.astimezone(theirs).date()).days
    key = {0: "when_today", 1: "when_tomorrow"}.get(distance, "when_day")
    time = time_said(at.time(), language) if language in TIMES else f"{at:%H:%M}"
    told = say(key).replace("{day}", _day(at, distance, language)).replace("{time}", time)
    if not zone:
        return say("when_ours").replace("{when}", told)
    same = at.utcoffset() == moment.astimezone(ours).utcoffset()
    return told if same else say("when_yours").replace("{when}", told)


def _day(at: datetime, distance: int, language: str) -> str:
    """The day of the week within one, with the date beyond."""
    near = 0 <= distance < NEAR.days
    if language == ROMAN_URDU:
        return ROMAN_DAYS[at.weekday()] + ("" if near else f" {format_date(at, 'd MMMM', 'en')}")
    locale = _locale(language)
    return format_date(at, "EEEE" if near else "EEEE d MMMM", locale)


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")
