"""Reads the date in a text: in digits, by a month's name, by a weekday, as "tomorrow" or "in three days"."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache

from babel import Locale

from automation.flows.numbers import read_number
from automation.normal import normal

Fits = Callable[[date], bool]

BABEL_LANGUAGES = ("en", "ur", "es", "ar", "pt", "hi")
MONTHS = """
1 january janwari janvari jan
2 february farwari farvari feb
3 march maarch mar
4 april aprail apr
5 may mai
6 june joon jun
7 july julai jul
8 august agast aug
9 september sitambar sept sep
10 october aktubar oct
11 november nawambar nov
12 december disambar dec
"""
"""Roman Urdu and the short forms people type; full names in other languages come from CLDR."""
WEEKDAYS = """
0 monday peer pir somwar mon
1 tuesday mangal tue tues
2 wednesday budh budhwar wed
3 thursday jumerat jumeraat thu thurs
4 friday juma jumma fri
5 saturday hafta sanichar sat
6 sunday itwar itvar sun
"""
DAYS = """
0 today|aaj|aj|آج|hoy|اليوم|hoje|आज
1 tomorrow|kal|kl|کل|mañana|manana|غدا|amanhã|कल
-1 yesterday|kal|kl|کل|گزشتہ کل|ayer|أمس|ontem|कल
2 day after tomorrow|parson|parso|پرسوں|pasado mañana|بعد غد|depois de amanhã|परसों
-2 day before yesterday|parson|parso|پرسوں|anteayer|أول أمس|anteontem|परसों
7 next week|agle hafte|agle haftay|اگلے ہفتے|la próxima semana
-7 last week|pichle hafte|pichle haftay|پچھلے ہفتے|la semana pasada
"""
"""Days from today and their words; what stands in two rows (kal, کل) means the one that fits."""

_AWAY = re.compile(
    r"(?:in |after |within |dentro de |en |hace |em |daqui a |ha |بعد |قبل )?(\S{1,12}) ?"
    r"(days?|din|دن|dias?|ایام|दिन|weeks?|hafte|haftay|ہفتے|semanas?|हफ्ते)"
    r"(?: (ago|from now|later|baad|bad|pehle|pehlay|pahle|me|mein|بعد|پہلے|میں|बाद|पहले|में))?"
)
_WEEKS = ("week", "haft", "ہفت", "seman", "हफ")
_PAST = ("ago", "pehle", "pehlay", "pahle", "پہلے", "पहले")
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DIGITS = re.compile(r"(?<!\d)(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{4}|\d{2}))?(?!\d)")
_LONGEST = 200


def read_date(text: str, today: date, fits: Fits) -> date | None:
    """The first reading of ``text`` (digits as 0 to 9 already) that ``fits``; day before month, the future first."""
    text = text[:_LONGEST]
    words = normal(text)
    readers = (_iso(text), _in_digits(text, today), _by_month(words, today), _by_word(words, today),
               _away(words, today), _by_weekday(words, today))  # fmt: skip
    return next((day for readings in readers for day in readings if fits(day)), None)


def _iso(text: str) -> Iterator[date]:
    if found := _ISO.search(text):
        yield from _day(int(found[1]), int(found[2]), int(found[3]))


def _in_digits(text: str, today: date) -> Iterator[date]:
    found = None if _ISO.search(text) else _DIGITS.search(text)
    if found is None:
        return
    for day, month in ((found[1], found[2]), (found[2], found[1])):
        yield from _near(int(day), int(month), found[3], today)


def _by_month(words: str, today: date) -> Iterator[date]:
    """``12 march``, ``march 12th 2027``, ``۱۲ مارچ``."""
    parts = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", r"\1", words).split()
    months = [_months()[part] for part in parts if part in _months()]
    numbers = [part for part in parts if part.isdigit()]
    days = [int(number) for number in numbers if len(number) <= 2]
    years = [number for number in numbers if len(number) == 4]
    if len(months) == 1 and len(days) in (1, 2):
        year = years[0] if years else (numbers[1] if len(days) == 2 else None)
        yield from _near(days[0], months[0], year, today)


def _by_word(words: str, today: date) -> Iterator[date]:
    """Longer words first: the day after tomorrow is not tomorrow."""
    said = f" {words} "
    found = [(word, days) for word, days in _days() if f" {word} " in said]
    longest = max((len(word) for word, _ in found), default=0)
    yield from (today + timedelta(days) for word, days in found if len(word) == longest)


def _away(words: str, today: date) -> Iterator[date]:
    found = _AWAY.fullmatch(words)
    count = read_number(found[1]) if found else None
    if found is None or count is None or not 0 <= count <= 1000:
        return
    past = found[3] in _PAST or words.startswith(("hace ", "ha ", "قبل "))
    days = int(count) * (7 if found[2].startswith(_WEEKS) else 1)
    yield today + timedelta(-days if past else days)


def _by_weekday(words: str, today: date) -> Iterator[date]:
    """The next one, today included; for what must have been, the last one."""
    named = {_weekdays()[word] for word in words.split() if word in _weekdays()}
    if len(named) != 1 or len(words.split()) > 6:
        return
    ahead = (named.pop() - today.weekday()) % 7
    yield today + timedelta(ahead)
    yield today + timedelta(ahead - 7)


def _near(day: int, month: int, year: str | None, today: date) -> Iterator[date]:
    """Without a year: the next such day, else the last one."""
    if year is not None:
        yield from _day(int(year) if len(year) == 4 else 2000 + int(year), month, day)
        return
    around = [found for y in (today.year, today.year + 1, today.year - 1) for found in _day(y, month, day)]
    yield from sorted(d for d in around if d >= today)
    yield from sorted((d for d in around if d < today), reverse=True)


def _day(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


@cache
def _months() -> dict[str, int]:
    return _names("months", MONTHS)


@cache
def _weekdays() -> dict[str, int]:
    return _names("days", WEEKDAYS)


def _names(what: str, own: str) -> dict[str, int]:
    """Every name by its normal spelling; CLDR's days count from Monday too."""
    named = [(word, int(number)) for number, *words in map(str.split, own.strip().splitlines()) for word in words]
    for language in BABEL_LANGUAGES:
        names = getattr(Locale.parse(language), what)["format"]["wide"]
        named += [(name, number) for number, name in names.items()]
    return {normal(name): number for name, number in named if " " not in normal(name)}


@cache
def _days() -> tuple[tuple[str, int], ...]:
    lines = (line.partition(" ") for line in DAYS.strip().splitlines())
    return tuple((normal(word), int(number)) for number, _, words in lines for word in words.split("|"))
