"""Thanks, all right, goodbye and nothing else: nobody needs to come back for that. Pure."""

from functools import cache
from pathlib import Path

from automation.courtesy import is_kind_sign
from automation.normal import normal

WORDS = Path(__file__).parent / "data" / "farewells.txt"
LONGEST = 8
"""Words; whoever writes more than that says something."""


def is_farewell(text: str) -> bool:
    """Whether a whole message is no more than thanks, all right or goodbye, in words or signs."""
    if is_kind_sign(text):
        return True
    words = normal(text).split()
    asks = "?" in text or "؟" in text
    return not asks and 0 < len(words) <= LONGEST and all(word in _known() for word in words)


@cache
def _known() -> frozenset[str]:
    lines = (line for line in WORDS.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return frozenset(part for line in lines for word in line.split(",") for part in normal(word).split())
