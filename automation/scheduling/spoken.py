"""Opening hours in words of the reader's language: whether it is open now, today's hours, the week's. Pure.

Names of days and months, parts of the day and the form of a time come from CLDR through Babel; Roman Urdu, which CLDR
does not know, has its own here.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from babel.dates import format_date, format_skeleton, format_time, get_period_id

from automation.scheduling.days_off import Spans
from automation.scheduling.hours import ONE_DAY, Calendar
from automation.scheduling.spoken_words import DAY_PARTS, DAY_PARTS_LIKE, LOCALES, OWN_WEEKDAYS, TIMES, WORDS
from gateway.core.languages import languages_for

A_DAY = 24 * 60
A_WEEK = 7


def now_said(calendar: Calendar, now: datetime, language: str, default: str = "en") -> str:
    """``Open now until 7 PM``, ``Closed now, opens on Monday at 10 AM``."""
    language = _spoken(language, default)
    words = WORDS[language]
    if calendar.is_open(now):
        closes = calendar.closes_at(now)
        return words["open_until"].format(time=_moment(closes, calendar, language)) if closes else words["open"]
    opens = calendar.opens_at(now)
    if opens is None:
        return words["closed"]
    day = day_said(opens.astimezone(calendar.zone).date(), now.astimezone(calendar.zone).date(), language)
    return words["opens"].format(day=day, time=_moment(opens, calendar, language))


def today_said(calendar: Calendar, now: datetime, language: str, default: str = "en") -> str:
    """``10 AM to 12:45 PM and 2:30 PM to 7 PM``; closed all day: ``closed``."""
    return _hours(calendar.hours_on(now.astimezone(calendar.zone).date()), _spoken(language, default))


def week_said(calendar: Calendar, now: datetime, language: str, default: str = "en") -> str:
    """A line for each run of weekdays with the same hours, then for each day to come that is unlike its weekday."""
    language = _spoken(language, default)
    today = now.astimezone(calendar.zone).date()
    return "\n".join((*_weekdays(calendar, language), *_unlike(calendar, today, language)))


def day_said(day: date, today: date, language: str) -> str:
    """``today``, ``tomorrow``, ``on Monday``, from a week on ``on Monday 8 March``."""
    words, away = WORDS[language], (day - today).days
    if away in (0, 1):
        return words["tomorrow" if away else "today"]
    pattern = words["weekday"] if 0 < away < A_WEEK else words["date"]
    return pattern.format(weekday=_weekday(day, language), date=_day_and_month(day, language))


def time_said(at: time, language: str) -> str:
    """``7 PM``, ``2:30 PM``, ``19:00``, ``شام 7 بجے``, ``sham 7 baje``."""
    whole, exact = TIMES[language]
    written = format_time(at, exact if at.minute else whole, locale=LOCALES.get(language, language))
    if language not in DAY_PARTS:
        return " ".join(written.split())
    part = DAY_PARTS[language][get_period_id(at, locale=DAY_PARTS_LIKE.get(language, language))]
    return f"{part} {written} {WORDS[language]['oclock']}"


def _spoken(language: str, default: str) -> str:
    return next(one for one in languages_for(language, default) if one in WORDS)


def _moment(at: datetime, calendar: Calendar, language: str) -> str:
    return time_said(at.astimezone(calendar.zone).time(), language)


def _weekdays(calendar: Calendar, language: str) -> Iterator[str]:
    """Monday to Sunday, neighbours with the same hours joined."""
    monday, first = date(2026, 1, 5), 0
    for number in range(1, A_WEEK + 1):
        hours = calendar.spans.get(first, ())
        if number < A_WEEK and calendar.spans.get(number, ()) == hours:
            continue
        names = [_weekday(monday + timedelta(at), language) for at in (first, number - 1)]
        days = names[0] if first == number - 1 else WORDS[language]["days"].format(first=names[0], last=names[1])
        yield f"{days[:1].upper()}{days[1:]}: {_hours(hours, language)}"
        first = number


def _unlike(calendar: Calendar, today: date, language: str) -> Iterator[str]:
    for day in (today + away * ONE_DAY for away in range(A_WEEK)):
        hours = calendar.hours_on(day)
        if hours != calendar.spans.get(day.weekday(), ()):
            name = f"{_weekday(day, language)} {_day_and_month(day, language)}"
            yield f"{name[:1].upper()}{name[1:]}: {_hours(hours, language)}"


def _hours(spans: Spans, language: str) -> str:
    words = WORDS[language]
    if not spans:
        return words["off"]
    if spans == ((0, A_DAY),):
        return words["all_day"]
    said = [words["span"].format(start=_clock(start, language), end=_clock(end, language)) for start, end in spans]
    return words["and"].join(said)


def _clock(minutes: int, language: str) -> str:
    return time_said(time(minutes // 60 % 24, minutes % 60), language)


def _weekday(day: date, language: str) -> str:
    own: Mapping[int, str] = OWN_WEEKDAYS.get(language, {})
    return own.get(day.weekday()) or format_date(day, "EEEE", locale=LOCALES.get(language, language))


def _day_and_month(day: date, language: str) -> str:
    """``8 March``, ``8 de marzo``: the day first, as in most countries."""
    if language in LOCALES or language == "en":
        return format_date(day, "d MMMM", locale="en")
    return format_skeleton("MMMMd", day, locale=language)
