"""Where a text may be cut: at the last word that fits, never inside what a reader sees as one character."""

from collections.abc import Iterator
from itertools import accumulate, count

from grapheme import graphemes, safe_split_index

ELLIPSIS = "…"


def split_text(text: str, limit: int) -> list[str]:
    """Parts of at most ``limit`` UTF-16 units that join to ``text`` again; white space stays at a part's end.

    UTF-16 is the strictest way to count characters that a provider may use.
    """
    parts = []
    while units(text) > limit:
        cut = _last_cut(text, _fitting(text, limit))
        parts.append(text[:cut])
        text = text[cut:]
    return [*parts, text] if text else parts


def units(text: str) -> int:
    """Length in UTF-16 units: 1 a character, 2 beyond the basic plane (most emoji)."""
    return len(text) + sum(character > "\uffff" for character in text)


def shorten(text: str, limit: int, tail: str = ELLIPSIS) -> str:
    """``text`` on one line, cut to ``limit`` UTF-16 units with ``tail`` at its end where something was lost."""
    line = " ".join(text.split())
    if units(line) <= limit:
        return line
    return _whole_characters(line, limit - units(tail)).rstrip() + tail


def shorten_all(titles: list[str], limit: int) -> list[str]:
    """Titles cut to ``limit``, still distinct: one that became equal to another ends in a number."""
    short: list[str] = []
    for title in titles:
        short.append(next(cut for cut in _ever_more_different(title, limit) if cut not in short))
    return short


def _ever_more_different(title: str, limit: int) -> Iterator[str]:
    yield shorten(title, limit)
    for number in count(2):
        tail = f" {number}"
        yield shorten(title, limit - units(tail)) + tail


def _fitting(text: str, limit: int) -> int:
    """How many characters from the start stay within ``limit`` UTF-16 units."""
    if text[:limit].isascii():
        return limit
    sizes = accumulate(2 if character > "\uffff" else 1 for character in text[:limit])
    return sum(size <= limit for size in sizes)


def _last_cut(text: str, fits: int) -> int:
    """The best place to cut at or before ``fits``: after white space, else between characters."""
    for cut in range(fits, 0, -1):
        if text[cut - 1].isspace() and not text[cut].isspace() and safe_split_index(text, cut) == cut:
            return cut
    return safe_split_index(text, fits) or fits


def _whole_characters(text: str, limit: int) -> str:
    kept, size = [], 0
    for character in graphemes(text):
        size += units(character)
        if size > limit:
            break
        kept.append(character)
    return "".join(kept)
