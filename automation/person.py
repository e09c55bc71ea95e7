"""Does somebody ask for a person? A wish to talk and a word for people near each other, or a plain refusal of bots."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from rapidfuzz.distance import OSA

from automation.normal import normal, sound

WORDS = Path(__file__).parent / "data" / "person_words.txt"
NEAR, CLOSE = 6, 3
"""Words between the wish and the person, at most; the second for words that mean anybody."""
LONGEST = 60
"""Words looked at."""
SERVICE = tuple(
    f" {normal(words)} "
    for words in (
        "customer service", "customer care", "customer support", "support team", "tech support", "call centre",
        "call center", "خدمة العملاء", "atención al cliente", "servicio al cliente", "atendimento ao cliente",
        "کسٹمر سروس", "کسٹمر کیئر", "کسٹمر سپورٹ", "कस्टमर केयर", "कस्टमर सर्विस",
    )
)  # fmt: skip
"""Names of those who answer: as good as a person."""
SOMEBODY = " representative "
MISSPELT = ("human", "person", "agent", "representative", "operator", "supervisor", "manager")
"""Words that are known with a slip of the pen: one in five letters, two in eleven."""
BY_PHRASES = ("phrase", "sounding", "not")
"""Kinds parted by commas, not by spaces."""


def wants_person(text: str) -> bool:
    """Whether ``text`` asks to be put through to people, in any of the languages that the list has."""
    words = normal(text).split()[:LONGEST]
    if not words:
        return False
    joined = f" {' '.join(words)} "
    if _has(joined, "not"):
        return False
    for name in SERVICE:
        joined = joined.replace(name, SOMEBODY)
    return _has(joined, "phrase") or _sounds_like_it(joined) or _asked_for(joined.split())


def _asked_for(words: list[str]) -> bool:
    people, wishes, talk = _places(words, "person"), _places(words, "wish"), _places(words, "talk")
    if _near(people, wishes, NEAR) or _near(_places(words, "anyone"), talk, CLOSE):
        return True
    alone = {place for place, word in enumerate(words) if word in _list("filler")}
    if people and alone.union(people) == set(range(len(words))):
        return True
    return _no_bot(words, talk)


def _no_bot(words: list[str], talk: list[int]) -> bool:
    """They are fed up with bots; with machines of other kinds only where talk is of talking."""
    refusals, machines = _places(words, "refuse"), _places(words, "machine")
    if _near(_places(words, "bot"), refusals, CLOSE):
        return True
    return _near(machines, refusals, 1) or (_near(machines, refusals, NEAR) and _near(machines, talk, NEAR))


def _near(some: Iterable[int], others: Iterable[int], most: int) -> bool:
    return any(0 < abs(one - other) <= most for one in some for other in others)


def _has(joined: str, kind: str) -> bool:
    return any(f" {phrase} " in joined for phrase in _list(kind))


def _sounds_like_it(joined: str) -> bool:
    if not joined.isascii():
        return False
    heard = f" {_heard(joined)} "
    return any(f" {_heard(phrase)} " in heard for phrase in _list("sounding"))


def _heard(words: str) -> str:
    return " ".join(map(sound, words.split()))


def _places(words: list[str], kind: str) -> list[int]:
    known, sounds = _list(kind), _sounds(kind)
    return [
        place
        for place, word in enumerate(words)
        if word in known or (len(word) > 4 and sound(word) in sounds) or (kind == "person" and _is_misspelt(word))
    ]


@cache
def _is_misspelt(word: str) -> bool:
    if len(word) < 5 or not word.isascii() or word in _list("unlike"):
        return False
    return any(OSA.distance(word, known) <= (2 if len(known) > 10 else 1) for known in MISSPELT if word[0] == known[0])


@cache
def _list(kind: str) -> frozenset[str]:
    """The words of a kind, or its phrases."""
    found: set[str] = set()
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        name, _, rest = line.partition(":")
        if name == kind:
            found.update(normal(part) for part in (rest.split(",") if kind in BY_PHRASES else rest.split()))
    return frozenset(found - {""})


@cache
def _sounds(kind: str) -> frozenset[str]:
    return frozenset(sound(word) for word in _list(kind) if word.isascii() and len(word) > 4)
