"""One spelling for what people type: letters, digits and marks that mean the same become the same."""

import re
import unicodedata
from functools import lru_cache

LONGEST = 2000
"""Characters looked at: a text beyond it is matched by its beginning."""

_SAME = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ئ": "ی", "ك": "ک", "ه": "ہ", "ة": "ہ", "ۃ": "ہ", "ۂ": "ہ", "ۀ": "ہ", "أ": "ا", "إ": "ا",
        "آ": "ا", "ٱ": "ا", "ؤ": "و", "ۓ": "ے", "ـ": None, "\u200c": " ", "\u200d": None, "'": None, "’": None,
        "‘": None, "`": None, "ß": "ss", "ı": "i", "ø": "o",
    }
)  # fmt: skip
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_LATIN_WORD = re.compile(r"[a-z]+")


@lru_cache(maxsize=8192)
def normal(text: str) -> str:
    """Lower-case words parted by single spaces: no punctuation, accents, vowel marks, emoji or stretched letters."""
    shown = unicodedata.normalize("NFKD", text[:LONGEST]).casefold().translate(_SAME)
    kept = "".join(_plain(character) for character in shown)
    return " ".join(_STRETCHED.sub(r"\1", unicodedata.normalize("NFC", kept).translate(_SAME)).split())


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category[0] == "L" or (category == "Mc"):
        return character
    if category in ("Mn", "Me", "Cf"):
        return character if "\u0900" <= character <= "\u0dff" else ""  # Indic vowel signs are letters in all but name
    return " "


_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ee|ea|ie|ey|ei|ai|ay|y", "i"),
        (r"oo|ou|ow|au|o", "u"),
        (r"aa+", "a"),
        (r"ph", "f"),
        (r"[wv]", "v"),
        (r"[qk]h?|c(?=[^hiey])|ck", "k"),
        (r"gh", "g"),
        (r"([bdjt])h", r"\1"),
        (r"x", "ks"),
        (r"z|zh", "z"),
        (r"([a-z])\1+", r"\1"),
        (r"(?<=[a-z])[hn]?$", ""),
        (r"(?<=[a-z]{2})[aeiu]$", ""),
        (r"e", "i"),
    )
)


@lru_cache(maxsize=16384)
def sound(word: str) -> str:
    """A Latin word by its sound, so that Roman Urdu spellings meet (``nahi``, ``nahin``, ``nahee``); else the word."""
    if not _LATIN_WORD.fullmatch(word):
        return word
    for pattern, replacement in _SOUNDS:
        word = pattern.sub(replacement, word)
    return word
