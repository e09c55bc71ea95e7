"""A few words around what was found, with the found ones marked: pieces of text, never markup."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.core.folding import LONGEST, folded
from gateway.core.searching import Phrase, Query, Term, is_of_word

BEFORE, AROUND = 40, 140
"""Characters kept before the first hit, and in all."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a text; ``found``: it is what was looked for."""

    text: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    begin: int
    end: int


def snippet(text: str, query: Query) -> Sequence[Piece]:
    """The neighbourhood of the first hit; the beginning of the text if there is none."""
    text = text[:LONGEST]
    words = list(_words(text))
    hits = sorted({hit for term in query.terms for hit in _hits(words, term)})
    first = hits[0][0] if hits else 0
    begin = 0 if first <= BEFORE else text.rfind(" ", 0, first - BEFORE // 2) + 1
    if first - begin > BEFORE:
        begin = first - BEFORE // 2
    end = min(len(text), begin + AROUND)
    pieces = list(_pieces(text, hits, begin, end))
    before = [Piece("… ")] if begin else []
    return [*before, *pieces, *([Piece(" …")] if end < len(text) else [])]


def _pieces(text: str, hits: Sequence[tuple[int, int]], begin: int, end: int) -> Iterator[Piece]:
    at = begin
    for start, stop in hits:
        if start < at or start >= end:
            continue
        if start > at:
            yield Piece(text[at:start])
        yield Piece(text[start:stop], found=True)
        at = stop
    if at < end:
        yield Piece(text[at:end])


def _words(text: str) -> Iterator[_Word]:
    """Folded words and where they stand in the text as written."""
    word, begin, end = "", 0, 0
    for at, character in enumerate(text):
        for plain in folded(character) or "":
            if not is_of_word(plain):
                if word:
                    yield _Word(word, begin, end)
                word = ""
                continue
            begin = begin if word else at
            word += plain
        if word:
            end = at + 1
    if word:
        yield _Word(word, begin, end)


def _hits(words: Sequence[_Word], term: Term) -> Iterator[tuple[int, int]]:
    for at, word in enumerate(words):
        for phrase in term.phrases:
            found = words[at : at + len(phrase)]
            if word.text.startswith(phrase[0]) and _is_phrase(found, phrase, term.is_prefix):
                yield word.begin, found[-1].end
                break


def _is_phrase(words: Sequence[_Word], phrase: Phrase, is_prefix: bool) -> bool:
    if len(words) < len(phrase) or any(word.text != wanted for word, wanted in zip(words, phrase[:-1], strict=False)):
        return False
    last = words[len(phrase) - 1].text
    return last.startswith(phrase[-1]) if is_prefix else last == phrase[-1]
