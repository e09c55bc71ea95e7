"""Does somebody ask whether they talk with a machine? One of their sentences does, and asks nothing else."""

import re
from functools import cache
from pathlib import Path

from automation import patterns
from automation.normal import normal

PATTERNS = Path(__file__).parent / "data" / "bot_questions.txt"
COURTESY = frozenset(
    normal(word)
    for word in """
    hi hello hey so wait ok okay well sorry please pls plz sir madam mam bro dude um hmm tell me just first honestly
    seriously really btw and but actually lol haha yaar yar bhai jee ji acha achha suno bataen batao salam
    right correct na nah
    اچھا بھائی جی سنیں سلام بتائیں ویسے hola oye perdon disculpa disculpe dime por favor pero oi ola me diga mas
    مرحبا لو سمحت طيب يا اخي नमस्ते अच्छा भाई सुनो
    """.split()
)  # fmt: skip
"""Words at either end that ask nothing."""
_SENTENCES = re.compile(r"[?!.,;؟،।\n]+")
MOST_SENTENCES = 10


def asks_if_bot(text: str) -> bool:
    """Whether a sentence of ``text`` asks if a machine or a person writes, or who does."""
    return any(_asks(sentence) for sentence in sentences(text))


def asks_nothing_else(text: str) -> bool:
    """Whether all of ``text`` asks that, but for words of courtesy."""
    return all(_asks(sentence) or not bare(sentence) for sentence in sentences(text))


def sentences(text: str) -> list[str]:
    found = [part for part in _SENTENCES.split(text[:1000]) if part.strip()][:MOST_SENTENCES]
    return [*found, text] if len(found) > 1 and len(text) < 200 else found  # "you are a bot, right"


def bare(sentence: str) -> str:
    """The sentence in normal spelling without words of courtesy at its ends."""
    words = normal(sentence).split()
    while words and words[0] in COURTESY:
        words.pop(0)
    while words and words[-1] in COURTESY:
        words.pop()
    return " ".join(words)


@cache
def _patterns() -> patterns.Patterns:
    return patterns.read(PATTERNS)


def _asks(sentence: str) -> bool:
    return bool(_patterns().kind_of(bare(sentence)))
