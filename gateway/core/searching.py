"""What somebody looks for, read from what they typed; pure, so that every database is asked the same."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.core.folding import folded

LONGEST = 200
"""Characters of a query that are read."""
TERMS = 8
LONGEST_WORD = 40
PREFIX_FROM = 2
"""Characters from which the last word may be the beginning of one."""
NUMBER = range(4, 16)
"""Digits of an order number or a phone number: found with spaces and dashes in it, too."""
PHONE_FROM = 9
"""From here on numbers beside each other are read as one."""
THREE_PARTS_FROM = 9
SHORTEST_PART = 2

QUOTED = re.compile('["“”«»]')
LETTERS_AND_DIGITS = re.compile(r"\d+|\D+")
PHONE = re.compile(r"[+(]?[\d][\d\s().\-/]*")

Phrase = tuple[str, ...]
"""Words that follow each other."""


@dataclass(frozen=True, slots=True)
class Term:
    """Something that must be there: any one of ``phrases``."""

    phrases: tuple[Phrase, ...]
    is_prefix: bool = False
    """The last word of a phrase may go on."""


@dataclass(frozen=True, slots=True)
class Query:
    """All of ``terms`` are wanted; none: there is nothing to look for."""

    terms: tuple[Term, ...] = ()
    number: str = ""
    """Digits, where the whole of it may be a phone number or its end."""


def read(typed: str) -> Query:
    """Words, ``"quoted phrases"`` and numbers; what is no word is passed over, and so is what is too much."""
    typed = typed[:LONGEST]
    terms: list[Term] = []
    for at, piece in enumerate(QUOTED.split(typed)):
        if at % 2:
            terms += [Term((words,))] if (words := tuple(_words(piece))) else []
        else:
            terms += _terms(piece)
    return Query(tuple(_open_ended(terms[:TERMS], typed)), _number(typed))


def _terms(piece: str) -> Iterator[Term]:
    numbers: list[str] = []
    for chunk in piece.split():
        words = tuple(_words(chunk))
        if words and all(word.isdecimal() for word in words):
            numbers += words
            continue
        yield from _numeric(numbers)
        numbers = []
        if words:
            yield Term(_spellings(words))
    yield from _numeric(numbers)


def _numeric(words: Sequence[str]) -> Iterator[Term]:
    """A phone number in pieces is one number; shorter ones stand for themselves."""
    joined = "".join(words)
    if len(words) > 1 and PHONE_FROM <= len(joined) <= NUMBER[-1]:
        yield Term(tuple(dict.fromkeys([tuple(words), *_split(joined)])))
        return
    for word in words:
        yield Term(tuple(_split(word)))


def _spellings(words: Phrase) -> tuple[Phrase, ...]:
    """``GC-4521`` as written, as ``gc4521``, and the other way round."""
    if not any(character.isdecimal() for word in words for character in word):
        return (words,)
    joined = "".join(words)
    if len(words) == 1:
        parts = tuple(LETTERS_AND_DIGITS.findall(joined))
        return (words, parts) if 1 < len(parts) <= 4 else (words,)
    return (words, (joined,)) if len(joined) <= LONGEST_WORD else (words,)


def _split(number: str) -> Iterator[Phrase]:
    """A number as one word, in two pieces and, if it is long, in three."""
    yield (number,)
    size, part = len(number), SHORTEST_PART
    if size not in NUMBER:
        return
    for cut in range(part, size - part + 1):
        yield number[:cut], number[cut:]
    if size < THREE_PARTS_FROM:
        return
    for first in range(part, size - 2 * part + 1):
        for second in range(first + part, size - part + 1):
            yield number[:first], number[first:second], number[second:]


def _open_ended(terms: Sequence[Term], typed: str) -> Iterator[Term]:
    """The last word may still be under way, unless a space or a quotation mark ended it."""
    ended = not typed or typed[-1].isspace() or QUOTED.match(typed[-1]) is not None
    for at, term in enumerate(terms):
        is_last = at == len(terms) - 1
        yield Term(term.phrases, is_last and not ended and len(term.phrases[0][-1]) >= PREFIX_FROM)


def _number(typed: str) -> str:
    plain = "".join(character for character in folded(typed) if character.isdecimal())
    shown = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in typed.strip() if _is_seen(c))
    return plain if len(plain) >= NUMBER[0] and PHONE.fullmatch(shown) else ""


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) != "Cf"


def _words(text: str) -> Iterator[str]:
    shown = "".join(character if is_of_word(character) else " " for character in folded(text))
    return (word[:LONGEST_WORD] for word in shown.split())


def is_of_word(character: str) -> bool:
    """Letters, digits, and the marks that some scripts write their vowels with."""
    return unicodedata.category(character)[0] in "LNM"
