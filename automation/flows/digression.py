"""Tells a question from a statement, where both could answer what a flow asks."""

from functools import cache

from automation.normal import normal

MARKS = frozenset("?؟¿")
LONGEST_WORDS = 30
_STARTS = """
what when where which who why how do does did is are can could will would should have has
kya kia kab kahan kaha kidhar kaise kese kitna kitne kitni kyun kyon kaun kon
کیا کب کہاں کدھر کیسے کتنا کتنے کتنی کیوں کون
qué que cuándo cuando dónde donde cómo como cuánto cuanto cuál quién puedo
هل متى أين كيف كم لماذا ماذا
"""


def is_question(text: str) -> bool:
    """A question mark at its end or beginning, or a first word that asks; long stories are none."""
    words = normal(text).split()
    if not words or len(words) > LONGEST_WORDS:
        return False
    shown = text.strip()
    return shown[-1] in MARKS or shown[0] in MARKS or words[0] in _starts()


@cache
def _starts() -> frozenset[str]:
    return frozenset(normal(word) for word in _STARTS.split())
