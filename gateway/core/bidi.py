"""Texts of two directions in order: what a reader sees of Urdu or Arabic with numbers, sums and addresses in it.

Phones lay a line out by its first letter, and signs between a number and a Latin word by the line: "23-C Main Road"
would stand there as "C Main Road-23", "+92 42 111" as "111 42 92+". Isolates keep such a run together, a mark at the
beginning says which way a line goes. Links are left alone: an invisible sign at their end would become part of them.
"""

import re
import unicodedata

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi"})
ISOLATE, END = "\u2068", "\u2069"
LEFT_MARK, RIGHT_MARK = "\u200e", "\u200f"
MARKS = frozenset((ISOLATE, END, LEFT_MARK, RIGHT_MARK))

_LATIN = r"[0-9A-Za-z\u00c0-\u024f]"
_BETWEEN = r"[ \t&'’/.,:+#@·×%()–—-]{1,3}"
_LATIN_RUN = re.compile(rf"(?<!{_LATIN})[+#-]?[0-9](?:{_LATIN}|{_BETWEEN}(?={_LATIN}))*")
_NUMBER = re.compile(r"[0-9]+(?:[.,:/][0-9]+)*")
_LINK = re.compile(r"(\S{0,200}(?:://|www\.|@|[A-Za-z]\.[A-Za-z]{2,10}/)\S{0,2000})")
_RIGHT = r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_RIGHT_RUN = re.compile(rf"{_RIGHT}+(?: {_RIGHT}+)*(?=[^\w\n]{{0,3}}[0-9])")


def in_order(text: str, language: str) -> str:
    """``text`` for readers of ``language``, each line with the marks it needs; most lines need none."""
    if text.isascii() or any(mark in text for mark in MARKS):
        return text
    return "\n".join(_line(line, language) for line in text.split("\n"))


def without_marks(text: str) -> str:
    """The text as it was written."""
    return "".join(character for character in text if character not in MARKS)


def _line(line: str, language: str) -> str:
    directions = [direction for character in line if (direction := _direction(character))]
    right = directions.count("R")
    if not right:
        return line
    if _reads_leftwards(language) or 2 * right > len(directions):
        parts = _LINK.split(line)  # words, link, words …
        words = (part if at % 2 else _LATIN_RUN.sub(_kept_together, part) for at, part in enumerate(parts))
        return _led("".join(words), RIGHT_MARK, directions[0] == "L")
    return _led(_RIGHT_RUN.sub(lambda run: ISOLATE + run[0] + END, line), LEFT_MARK, directions[0] == "R")


def _reads_leftwards(language: str) -> bool:
    return language.partition("-")[0] in RIGHT_TO_LEFT and not language.endswith("-Latn")


def _kept_together(run: re.Match[str]) -> str:
    """A number alone is laid out well everywhere."""
    return run[0] if _NUMBER.fullmatch(run[0]) else ISOLATE + run[0] + END


def _led(line: str, mark: str, needed: bool) -> str:
    return mark + line if needed else line


def _direction(character: str) -> str:
    """``R`` or ``L`` for letters, empty for all that goes with its neighbours."""
    kind = unicodedata.bidirectional(character)
    return "R" if kind in ("R", "AL") else "L" if kind == "L" else ""
