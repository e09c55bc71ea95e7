"""Is somebody in danger or despair? Whole patterns in data, few and certain: what they find stops all automation."""

from functools import cache
from pathlib import Path

from automation import patterns

PATTERNS = Path(__file__).parent / "data" / "distress.txt"


def distress_of(text: str) -> str:
    """``self_harm``, ``medical``, ``accident``, ``violence``, ``danger`` or ``threat``; empty for none."""
    return _patterns().kind_of(text)


@cache
def _patterns() -> patterns.Patterns:
    return patterns.read(PATTERNS)
