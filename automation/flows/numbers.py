"""Reads the one number in a text: digits with separators of any habit, or a number's word."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from babel.numbers import NumberFormatError, parse_decimal

from automation.normal import normal

_DIGITS = re.compile(r"(?<![\w.,])([-+]?\d{1,15}(?:[.,٫٬' \u00a0]\d{1,15}){0,5})(?![\d])")
_MOST_DIGITS = 15

_WORDS = """
0 zero صفر sifar cero صفر शून्य
1 one ایک aik ek uno واحد um एक
2 two دو do dos اثنان اثنين dois दो
3 three تین teen tin tres ثلاثة três तीन
4 four چار char chaar cuatro أربعة quatro चार
5 five پانچ panch paanch cinco خمسة पाँच पांच
6 six چھ che chay chhe seis ستة छह छः
7 seven سات saat siete سبعة sete सात
8 eight آٹھ aath ath ocho ثمانية oito आठ
9 nine نو nau nueve تسعة nove नौ
10 ten دس das dus diez عشرة dez दस
11 eleven گیارہ gyarah once
12 twelve بارہ barah doce
15 fifteen پندرہ pandrah quince
20 twenty بیس bees veinte عشرون
30 thirty تیس tees treinta ثلاثون
50 fifty پچاس pachas cincuenta خمسون
100 hundred سو sau cien مئة
"""
"""A number and its words in the languages we speak; longer ones are written in digits by everybody."""


def read_number(text: str) -> float | None:
    """The number in ``text`` (digits as 0 to 9 already); None if there is none, or more than one."""
    found = {value for match in _DIGITS.finditer(text) if (value := _value(match[1])) is not None}
    if not found:
        found = set(_in_words(normal(text).split()))
    return found.pop() if len(found) == 1 else None


def _in_words(words: Sequence[str]) -> Iterator[float]:
    """``two``, ``do kameez``, ``about ten``; in longer texts "do" and "no" are other words."""
    if len(words) <= 2 and "not" not in words:
        yield from (_words()[word] for word in words if word in _words())


def _value(written: str) -> float | None:
    """By the habits of English, else of Spanish: ``1,250.50``, ``1.250,50``."""
    if sum(sign.isdigit() for sign in written) > _MOST_DIGITS:
        return None
    tidy = written.translate({ord("٫"): ".", ord("٬"): ",", ord("'"): ",", ord(" "): ",", 0xA0: ","})
    return next(_by_habit(tidy.lstrip("+")), None)


def _by_habit(written: str) -> Iterator[float]:
    for locale in ("en", "es", "hi"):
        try:
            yield float(parse_decimal(written, locale=locale, strict=True))
        except NumberFormatError:
            continue


@cache
def _words() -> dict[str, float]:
    lines = (line.split() for line in _WORDS.strip().splitlines())
    return {normal(word): float(number) for number, *words in lines for word in words}
