"""What in a text can be checked against another: numbers, times, days, links and addresses, in any script.

Values are compared, not spellings: ``5,000``, ``۵۰۰۰`` and ``five thousand`` are one number, ``7 pm`` is ``19:00``.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError

from automation.flows.dates import DAYS
from automation.grounded.masking import PLACEHOLDER
from automation.normal import normal

_LINK = re.compile(
    r"https?://\S+|[\w.+%-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w.@])(?:[\w-]+\.)+[^\W\d_]{2,}(?:[/?#:]\S*)?|(?<!\w)@\w{2,}"
)
_AROUND_LINKS = "\"'«»“”‘’()<>{}*_~.,;:!?؟،۔।/"
_TIME = re.compile(r"(?<![\d:])(\d{1,2})(?:[:.](\d\d))? ?([ap])\.? ?m\b\.?|(?<![\d:])(\d{1,2}):(\d\d)(?![\d:])")
_GROUPED = re.compile(
    r"(?<![\d.,])\d{1,3}(?:([.,'’٬])\d{3})(?:\1\d{3})*(?!\d)|(?<![\d.,])\d{1,2}(?:,\d\d)+,\d{3}(?!\d)"
)
_DECIMAL = re.compile(r"\d+[.,٫]\d+")
_ARABIC_AND = "و"
"""Written together with the word it stands before."""
_LONG_WITH_ZERO = 3
"""Digits from which a zero in front belongs to the number: 0300 is no 300."""

NUMBER_WORDS = {
    "en": """2 two 3 three 4 four 5 five 6 six 7 seven 8 eight 9 nine 10 ten 11 eleven 12 twelve dozen 13 thirteen
        14 fourteen 15 fifteen 16 sixteen 17 seventeen 18 eighteen 19 nineteen 20 twenty 30 thirty 40 forty 50 fifty
        60 sixty 70 seventy 80 eighty 90 ninety 100 hundred 1000 thousand 100000 lakh 1000000 million""",
    "ur-Latn": """2 do 3 teen 4 char chaar 5 panch paanch 6 chay chhe chhay 7 saat 8 aath 9 nau 10 das dus 11 gyarah
        12 barah darjan 13 terah 14 chaudah 15 pandrah pandra 20 bees 25 pachees pachis 30 tees 40 chalees chalis
        50 pachas pachaas 70 sattar 90 nabbay 100 sau 1000 hazar hazaar 100000 lakh 10000000 crore karor""",
    "ur": """2 دو دونوں 3 تین 4 چار 5 پانچ 6 چھ چھے 7 سات 8 آٹھ 9 نو 10 دس 11 گیارہ 12 بارہ درجن 13 تیرہ 14 چودہ
        15 پندرہ 20 بیس 25 پچیس 30 تیس 40 چالیس 50 پچاس 60 ساٹھ 70 ستر 90 نوے
        100 سو 1000 ہزار 100000 لاکھ 10000000 کروڑ""",
    "hi": """2 दो 3 तीन 4 चार 5 पाँच पांच 6 छह छः 7 सात 8 आठ 9 नौ 10 दस 11 ग्यारह 12 बारह 15 पंद्रह 20 बीस 25 पच्चीस
        30 तीस 40 चालीस 50 पचास 60 साठ 70 सत्तर 80 अस्सी 90 नब्बे 100 सौ 1000 हज़ार हजार 100000 लाख 10000000 करोड़""",
    "es": """2 dos 3 tres 4 cuatro 5 cinco 6 seis 7 siete 8 ocho 9 nueve 10 diez 11 once 12 doce docena 13 trece
        14 catorce 15 quince 16 dieciséis 17 diecisiete 18 dieciocho 19 diecinueve 20 veinte 30 treinta 40 cuarenta
        50 cincuenta 60 sesenta 70 setenta 80 ochenta 90 noventa 100 cien ciento 200 doscientos doscientas
        300 trescientos trescientas 400 cuatrocientos 500 quinientos quinientas 1000 mil 1000000 millón millones""",
    "pt": """2 dois duas 3 três 4 quatro 5 cinco 6 seis 7 sete 8 oito 9 nove 10 dez 11 onze 12 doze dúzia 13 treze
        14 catorze 15 quinze 20 vinte 30 trinta 40 quarenta 50 cinquenta 60 sessenta 70 setenta 80 oitenta 90 noventa
        100 cem cento 200 duzentos 300 trezentos 500 quinhentos 1000 mil 1000000 milhão milhões""",
    "ar": """2 اثنان اثنين يومين يومان أسبوعين أسبوعان ساعتين ساعتان شهرين شهران 3 ثلاثة ثلاث 4 أربعة أربع 5 خمسة خمس
        6 ستة ست 7 سبعة سبع 8 ثمانية ثماني 9 تسعة تسع 10 عشرة عشر 20 عشرون عشرين 30 ثلاثون ثلاثين 40 أربعون أربعين
        50 خمسون خمسين 60 ستون ستين 70 سبعون سبعين 80 ثمانون ثمانين 90 تسعون تسعين 100 مئة مائة 200 مئتان مئتين
        1000 ألف آلاف 1000000 مليون""",
}  # fmt: skip
"""Numbers in words; "one" is left out, and what is another word more often than a number."""

DAY_LANGUAGES = ("en", "ur", "es", "ar", "hi", "pt")
AMBIGUOUS = frozenset({"may", "march", "mars"})
ELSEWHERE = {"ar": frozenset({normal("کل")})}
"""Words for days in another language that mean something else in this one."""
ROMAN_DAYS = "0 peer pir somwar 1 mangal 2 budh budhwar 3 jumerat jumeraat 4 juma jumma 5 sanichar 6 itwar itvar"


@dataclass(frozen=True, slots=True)
class Claims:
    """``times`` in minutes of the day; ``days``: weekdays, months and days counted from today, by number."""

    numbers: frozenset[str]
    times: frozenset[int]
    days: frozenset[str]
    links: frozenset[str]


def unfounded(answer: str, sources: Sequence[str], language: str) -> str:
    """The kind of thing that ``answer`` claims and no source has (``link``, ``time``, ``number``, ``day``); empty:
    none. Placeholders of what the customer wrote claim nothing."""
    said = claims_of(PLACEHOLDER.sub(" ", answer), language)
    known = claims_of(" \n ".join(sources), language)
    if said.links - known.links:
        return "link"
    hours = {minutes for minutes in said.times - known.times if minutes % 60 or str(minutes // 60) not in known.numbers}
    if hours:
        return "time"
    full_hours = {str(minutes // 60) for minutes in known.times if not minutes % 60}
    if said.numbers - known.numbers - full_hours:
        return "number"
    return "day" if said.days - known.days else ""


def claims_of(text: str, language: str) -> Claims:
    """All that is claimed in ``text``."""
    rest = _readable(text)
    links = frozenset(found for match in _LINK.finditer(rest) if (found := _bare(match[0])))
    rest = _LINK.sub(" ", rest)
    times = frozenset(_minutes(match) for match in _TIME.finditer(rest))
    rest = _TIME.sub(" ", rest)
    rest = _GROUPED.sub(lambda match: re.sub(r"\D", "", match[0]), rest)
    decimals = {_tidy(match[0]) for match in _DECIMAL.finditer(rest)}
    words = normal(_DECIMAL.sub(" ", rest)).split()
    return Claims(
        frozenset(decimals) | frozenset(_numbers(words, language)), times, frozenset(_days(words, language)), links
    )


def _readable(text: str) -> str:
    """One form of letters and digits: wide ones, those of other scripts and what hides between them."""
    shown = unicodedata.normalize("NFKC", text).casefold()
    kept = (character for character in shown if unicodedata.category(character) != "Cf")
    return "".join(str(unicodedata.digit(c)) if unicodedata.category(c) == "Nd" else c for c in kept)


def _bare(link: str) -> str:
    return re.sub(r"^https?://(?:www\.)?|^www\.", "", link.strip(_AROUND_LINKS)).rstrip(_AROUND_LINKS)


def _minutes(match: re.Match[str]) -> int:
    hour, minute = int(match[1] or match[4]), int(match[2] or match[5] or 0)
    if match[3]:
        hour = hour % 12 + (12 if match[3] == "p" else 0)
    return hour * 60 + minute


def _tidy(decimal: str) -> str:
    return format(Decimal(decimal.replace(",", ".").replace("٫", ".")).normalize(), "f")


def _numbers(words: Sequence[str], language: str) -> Iterator[str]:
    """Each run of digits and number words as one value: ``5 hazar`` is 5000, ``twenty five`` 25."""
    known = _number_words(language) | _number_words("en")
    total = current = 0
    running = False
    for word in (*words, ""):
        value = known.get(word, known.get(word.removeprefix(_ARABIC_AND)))
        if value is not None:
            current, total, running = *_added(current, total, value, running), True
            continue
        if running:
            yield str(total + current)
            total, current, running = 0, 0, False
        if digits := re.findall(r"\d+", word):
            yield from (_as_digits(part) for part in digits[:-1])
            if word.isdigit() and _as_digits(word) == str(int(word[:40])):
                current, running = int(word[:40]), True  # a word for thousands may follow
            else:
                yield _as_digits(digits[-1])


def _added(current: int, total: int, value: int, running: bool) -> tuple[int, int]:
    if value < 100 or not running:
        return current + value, total
    if value == 100:
        return max(current, 1) * 100, total
    return 0, total + max(current, 1) * value


def _as_digits(digits: str) -> str:
    return digits if len(digits) >= _LONG_WITH_ZERO and digits[0] == "0" else str(int(digits[:40]))


def _days(words: Sequence[str], language: str) -> Iterator[str]:
    said = f" {' '.join(words)} "
    names = _day_names()
    yield from (names[word] for word in words if word in names)
    others = ELSEWHERE.get(language, frozenset())
    found = [(phrase, day) for phrase, day in _relative_days() if f" {phrase} " in said and phrase not in others]
    longest = max((len(phrase) for phrase, _ in found), default=0)
    yield from (day for phrase, day in found if len(phrase) == longest)


@cache
def _number_words(language: str) -> dict[str, int]:
    known, value = {}, 0
    for word in NUMBER_WORDS.get(language, "").split():
        if word.isdecimal():
            value = int(word)
        else:
            known[normal(word)] = value
    return known


@cache
def _day_names() -> dict[str, str]:
    """Weekdays and months by their full names."""
    names: dict[str, str] = {}
    for language in DAY_LANGUAGES:
        try:
            locale = Locale.parse(language)
        except UnknownLocaleError:
            continue
        for kind in ("days", "months"):
            wide = getattr(locale, kind)["format"]["wide"]
            names |= {normal(name): f"{kind} {number}" for number, name in wide.items()}
    number = ""
    for word in ROMAN_DAYS.split():
        number = word if word.isdecimal() else number
        names |= {} if word.isdecimal() else {word: f"days {number}"}
    return {name: day for name, day in names.items() if name not in AMBIGUOUS and " " not in name}


@cache
def _relative_days() -> tuple[tuple[str, str], ...]:
    lines = (line.partition(" ") for line in DAYS.strip().splitlines())
    return tuple(
        (normal(word), f"from today {abs(int(number))}") for number, _, rest in lines for word in rest.split("|")
    )
