"""Words by their consonants alone, so that the scripts of Urdu and Hindi meet (``کہاں``, ``kahan``)."""

import re
from functools import lru_cache

_URDU = str.maketrans(
    {
        **dict.fromkeys("اعءہھحںیےوئ", None),
        **dict.fromkeys("تطٹث", "t"), **dict.fromkeys("سصش", "s"), **dict.fromkeys("دڈ", "d"),
        **dict.fromkeys("ذزضظژج", "j"), **dict.fromkeys("رڑ", "r"), **dict.fromkeys("کقخ", "k"),
        **dict.fromkeys("گغ", "g"), **dict.fromkeys("پف", "p"),
        "ب": "b", "چ": "c", "ل": "l", "م": "m", "ن": "n", "ث": "s",
    }
)  # fmt: skip
_DEVANAGARI = str.maketrans(
    {
        **dict.fromkeys("कखक़ख़", "k"), **dict.fromkeys("गघ", "g"), **dict.fromkeys("चछ", "c"),
        **dict.fromkeys("जझ", "j"),
        **dict.fromkeys("टठतथ", "t"), **dict.fromkeys("डढदध", "d"), **dict.fromkeys("ङञणन", "n"),
        **dict.fromkeys("पफ", "p"), **dict.fromkeys("बभ", "b"), **dict.fromkeys("शषस", "s"),
        "म": "m", "र": "r", "ल": "l", "ं": "n", "ँ": None, "ह": None, "य": None, "व": None, "़": None,
    }
)  # fmt: skip
_FLAPPED = re.compile("[डढ]\u093c")
_NASAL_END = re.compile("[ंँ]$|(?<=...)न$")
_NUN_END = re.compile("(?<=...)ن$")
"""Roman writers leave a nasal out as often as not."""
_LATIN = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"tion$", "s"),
        (r"(?<=[a-z][aeiou])n$", ""),
        (r"ch", "C"),
        (r"([sctkgdbjpr])h", r"\1"),
        (r"c(?=[eiy])", "s"),
        (r"[cqk]", "k"),
        (r"C", "c"),
        (r"x", "ks"),
        (r"z", "j"),
        (r"f", "p"),
        (r"[aeiouyvwh]", ""),
    )
)
_FIRST = {"h": "h", "ہ": "h", "ح": "h", "ह": "h", "w": "v", "v": "v", "و": "v", "व": "v", "y": "y", "ی": "y", "य": "y"}
"""Letters that are consonants at the beginning of a word and too faint to count elsewhere."""
_TWICE = re.compile(r"(.)\1+")
_NEITHER = re.compile(r"[^a-z0-9]")


@lru_cache(maxsize=16384)
def skeleton(word: str) -> str:
    """The consonants of a normal word in Latin letters; empty for one of vowels alone or of another script."""
    first = _FIRST.get(word[:1], "")
    rest = word[1:] if first else word
    bones = _bones(rest)
    return first + _TWICE.sub(r"\1", _NEITHER.sub("", bones))


def _bones(word: str) -> str:
    if any("\u0900" <= character <= "\u097f" for character in word):
        return _NASAL_END.sub("", _FLAPPED.sub("र", word)).translate(_DEVANAGARI)
    if not word.isascii():
        return _NUN_END.sub("", word).translate(_URDU)
    for pattern, plain in _LATIN:
        word = pattern.sub(plain, word)
    return word
