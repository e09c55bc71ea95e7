"""Which of the options offered a customer means: by tapping, by number, by its words."""

import re
from collections.abc import Sequence
from functools import cache

from rapidfuzz.distance import Levenshtein

from automation.flows.heard import Heard
from automation.normal import normal
from gateway.core.replies import Option

_NUMBER = re.compile(r"(?:option|number|no|nr|نمبر|opcion|numero)? ?0?(\d{1,2})")
_PLACES = (
    "first 1st pehla pehli pehle پہلا پہلی پہلے primero primera primer",
    "second 2nd doosra doosri dusra dusri دوسرا دوسری segundo segunda",
    "third 3rd teesra teesri tisra تیسرا تیسری tercero tercera tercer",
)
_CLOSE = 0.84
"""Likeness of a typed title that counts as the title: one slip in seven letters."""


def pick(offered: Sequence[Option], heard: Heard) -> str | None:
    """The id of the option meant, None if none is clear."""
    if heard.selection_id is not None:
        return next((o.id for o in offered if o.id == heard.selection_id), None)
    words = normal(heard.text)
    if not words or not offered:
        return None
    return _by_number(offered, words) or _by_place(offered, words) or _by_title(offered, words)


def _by_number(offered: Sequence[Option], words: str) -> str | None:
    found = _NUMBER.fullmatch(words)
    if not found or not 1 <= int(found[1]) <= len(offered):
        return None
    return offered[int(found[1]) - 1].id


def _by_place(offered: Sequence[Option], words: str) -> str | None:
    """The first one, doosra wala."""
    telling = [word for word in words.split() if word not in _fillers()]
    place = _places().get(telling[0]) if len(telling) == 1 else None
    return offered[place - 1].id if place and place <= len(offered) else None


@cache
def _places() -> dict[str, int]:
    return {normal(word): place for place, words in enumerate(_PLACES, 1) for word in words.split()}


@cache
def _fillers() -> frozenset[str]:
    return frozenset(normal(word) for word in "the one wala wali والا والی el la".split())


def _by_title(offered: Sequence[Option], words: str) -> str | None:
    if len(words) > 80:
        return None
    likeness = sorted(((_alike(words, normal(o.title)), o.id) for o in offered), reverse=True)
    best, second = likeness[0], likeness[1] if len(likeness) > 1 else (0.0, "")
    return best[1] if best[0] >= _CLOSE and best[0] > second[0] else None


def _alike(words: str, title: str) -> float:
    return Levenshtein.normalized_similarity(words, title) if title else 0.0
