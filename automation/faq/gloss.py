"""Urdu (in either script) and Arabic, word by word in English: rough, but enough for models that know them little."""

from functools import cache, lru_cache
from pathlib import Path

from automation.faq.skeleton import skeleton
from automation.normal import normal, sound

DATA = Path(__file__).parents[1] / "data"

LISTS = {"ur": "urdu.txt", "ur-Latn": "urdu.txt", "hi": "urdu.txt", "ar": "arabic.txt"}
"""The list that knows a language's words; Hindi's by their consonants."""

LONG_ENOUGH = 3
"""Letters of a sound, a skeleton or a stem from which it stands for one word only."""

_FILLERS = frozenset(
    normal(word) for word in "raha rahi rahe rha rhi rhe ne wala wali wale نے رہا رہی رہے والا والی والے".split()
)
_JOINED = tuple(normal(part) for part in ("وال", "بال", "لل", "ال", "و", "ب", "ل", "ف", "ه"))
_ENDS = tuple(normal(part) for part in ("تكم", "كم", "نا", "ها", "ات", "ين", "ون", "ني", "ي", "ه", "ك", "ت"))


def gloss(text: str, language: str | None) -> str:
    """The normal form of ``text``, with what the lists know in English; other languages stay as they are."""
    words = normal(text).split()
    if language not in LISTS:
        return " ".join(words)
    return " ".join(found for word in words if (found := _english(word, LISTS[language])))


@lru_cache(maxsize=8192)
def _english(word: str, file: str) -> str:
    if word in _FILLERS:
        return ""
    exact, sounds, skeletons = _lists(file)
    if file == LISTS["ar"]:
        return next((exact[stem] for stem in _stems(word) if stem in exact), word)
    by_sound = sounds.get(sound(word)) if word.isascii() else None
    return exact.get(word) or by_sound or skeletons.get(skeleton(word)) or word


def _stems(word: str) -> list[str]:
    """The Arabic word, and what is left without what may be written with it, longest first."""
    found = [word]
    found += [word.removeprefix(part) for part in _JOINED if word.startswith(part)]
    found += [stem.removesuffix(end) for stem in tuple(found) for end in _ENDS if stem.endswith(end)]
    return [stem for stem in found if len(stem) >= LONG_ENOUGH or stem == word]


@cache
def _lists(file: str) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """English by the word itself, by its sound, by its skeleton; what stands first in the file wins."""
    exact: dict[str, str] = {}
    sounds: dict[str, str] = {}
    skeletons: dict[str, str] = {}
    for english, form in _forms(file):
        exact.setdefault(form, english)
        if form.isascii() and len(sound(form)) >= LONG_ENOUGH:
            sounds.setdefault(sound(form), english)
        if len(skeleton(form)) >= LONG_ENOUGH:
            skeletons.setdefault(skeleton(form), english)
    return exact, sounds, skeletons


def _forms(file: str) -> list[tuple[str, str]]:
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    pairs = (line.split(":", 1) for line in lines if line and not line.startswith("#"))
    return [(english, normal(form).replace(" ", "")) for english, forms in pairs for form in forms.split()]
