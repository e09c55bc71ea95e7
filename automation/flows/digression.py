"""Tells a question from a statement, where both could answer what a flow asks, and a change of mind from both."""

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
_TAKEN_BACK = """
no wait, wait no, no actually, actually no, no instead, no rather, on second thought, on second thoughts,
changed my mind, i changed my mind, ive changed my mind, no i want, no i would rather, nahi balke, nahin balke, balke,
nahi ruko, ruko nahi, nahi rehne do, irada badal gaya, نہیں بلکہ, بلکہ, نہیں رکیں, رکیں نہیں, نہیں رہنے دیں,
no espera, no espere, espera no, mejor, no mejor, no prefiero, cambié de opinión, he cambiado de opinión,
لا انتظر, لا بل,
नहीं रुको, बल्कि, não espera
"""


def takes_back(text: str) -> bool:
    """Whether it begins as people do who want something else instead of what is open, not beside it."""
    said = f"{normal(text)} "
    return said.startswith(_taken_back())


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


@cache
def _taken_back() -> tuple[str, ...]:
    return tuple(f"{normal(phrase)} " for phrase in _TAKEN_BACK.split(","))
