"""One spelling for what is searched: how it is typed must not decide whether it is found.

The index folds inside the database (``gateway.models.search_index``), the query folds here; both by this one table.
Changing it changes what the index holds: it needs a migration that builds the index anew.
"""

import unicodedata

LONGEST = 2000
"""Characters of a text that are searched."""

LETTERS = {
    **dict.fromkeys("يى", "ی"),
    "ك": "ک",
    **dict.fromkeys("هةۃەھ", "ہ"),
    "ٱ": "ا",
    "ı": "i",
    "ø": "o",
    "ł": "l",
    "đ": "d",
}
"""Letters that are typed for each other; those made of a letter and a mark come apart by themselves (آ أ ئ ؤ é ş)."""

DIGITS = {
    digit: str(value)
    for first in (0x0660, 0x06F0, 0x0966)  # Arabic-Indic, Persian and Urdu, Devanagari
    for value, digit in enumerate(chr(first + value) for value in range(10))
}

MARKS = "".join(
    chr(code)
    for first, last in (
        (0x0300, 0x0304), (0x0306, 0x030C), (0x031B, 0x031B), (0x0323, 0x0323), (0x0327, 0x0328),  # Latin accents
        (0x0640, 0x0640), (0x064B, 0x0655), (0x0670, 0x0670),  # Arabic: stretching, vowels, hamza
        (0x00AD, 0x00AD), (0x061C, 0x061C), (0x200B, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069),  # unseen
        (0xFE0F, 0xFE0F), (0xFEFF, 0xFEFF),
    )
    for code in range(first, last + 1)
)  # fmt: skip
"""Left out."""

PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" + "۔،؟؛…–—’‘“”•«»"
"""Parts words. All of it, because PostgreSQL reads addresses, paths and signed numbers out of texts otherwise."""

_TABLE = str.maketrans(LETTERS | DIGITS | dict.fromkeys(PUNCTUATION, " ") | dict.fromkeys(MARKS, ""))


def folded(text: str) -> str:
    """The text as it is searched: at most ``LONGEST`` characters of it."""
    return unicodedata.normalize("NFKD", text[:LONGEST]).lower().translate(_TABLE)
