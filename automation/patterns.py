"""Patterns of words in data files, for what must be known for certain rather than guessed by likeness.

A file has sections (``[en]``) with lines ``kind: pattern``. A pattern is made of words, or several parted by ``|``;
``?`` behind one says that it may be missing; ``*`` stands for at most three words; ``^`` and ``$`` are the beginning
and the end. Words are compared as ``normal`` spells them, those under ``[ur-Latn]`` by their sound. Lines ``not: …``
hold phrases that deny all patterns of sections compared alike.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from automation.normal import normal, sound

BY_SOUND = "ur-Latn"
"""Spelled as everybody likes."""
NOT = "not"
LONGEST = 120
"""Words looked at."""
ANY = r"(?:\S+ ){0,3}?"

Spell = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Rules:
    patterns: Sequence[tuple[str, re.Pattern[str]]]
    denials: Sequence[str]

    def kind_of(self, heard: str) -> str:
        found = next((kind for kind, pattern in self.patterns if pattern.search(heard)), "")
        return "" if found and any(denial in f" {heard}" for denial in self.denials) else found


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns of one file."""

    spelled: _Rules
    sounding: _Rules

    def kind_of(self, text: str) -> str:
        """The kind of the first pattern that ``text`` fits, empty for none."""
        words = normal(text).split()[:LONGEST]
        if not words:
            return ""
        written = f"{' '.join(words)} "
        found = self.spelled.kind_of(written)
        return found or (self.sounding.kind_of(f"{_heard(written)} ") if written.isascii() else "")


def read(path: Path) -> Patterns:
    """The patterns of a file, made ready."""
    lines = tuple(_lines(path))
    return Patterns(
        _rules([(kind, rest) for language, kind, rest in lines if language != BY_SOUND], normal),
        _rules([(kind, rest) for language, kind, rest in lines if language == BY_SOUND], _heard),
    )


def _heard(words: str) -> str:
    return " ".join(map(sound, normal(words).split()))


def _rules(lines: Sequence[tuple[str, str]], spell: Spell) -> _Rules:
    denials = chain.from_iterable(rest.split(",") for kind, rest in lines if kind == NOT)
    return _Rules(
        tuple((kind, _pattern(rest, spell)) for kind, rest in lines if kind != NOT),
        tuple(f" {spell(phrase)} " for phrase in denials if spell(phrase)),
    )


def _lines(path: Path) -> Iterator[tuple[str, str, str]]:
    """(language, kind, what stands behind it)."""
    language = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[]")
        elif line and not line.startswith("#"):
            kind, _, rest = line.partition(": ")
            yield language, kind, rest


def _pattern(written: str, spell: Spell) -> re.Pattern[str]:
    """A pattern over words with a space behind each; its time is bounded, for nothing in it nests."""
    return re.compile(r"(?<!\S)" + "".join(_part(part, spell) for part in written.split()))


def _part(part: str, spell: Spell) -> str:
    if part == "*":
        return ANY
    if part in ("^", "$"):
        return part
    words = "|".join(re.escape(spell(word)) for word in part.removesuffix("?").split("|") if spell(word))
    return f"(?:(?:{words}) ){'?' if part.endswith('?') else ''}"
