"""What the matcher learns from: ways of asking, each with what it asks for and the group its translations share."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from automation.faq.model import Answer
from automation.language import detect

ELSEWHERE = ""
"""The target of what no answer of the business answers."""

STRANGE = Path(__file__).parents[1] / "data" / "elsewhere.txt"


Row = tuple[str, str, str | None]
"""Text, target, language."""


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    target: str
    language: str | None
    group: int
    """Position among the target's phrases in its language: translations stand at the same one."""


def examples_of(answers: Iterable[Answer], flow_phrases: Mapping[str, Iterable[str]] | None = None) -> list[Example]:
    """The phrases of the answers (``faq:id``), and those that lead into flows (``flow:id``)."""
    rows: list[Row] = [
        (phrase, f"faq:{a.id}", language) for a in answers for language, some in a.phrases.items() for phrase in some
    ]
    rows += [(phrase, f"flow:{flow}", detect(phrase)) for flow, some in (flow_phrases or {}).items() for phrase in some]
    return numbered(rows)


def numbered(rows: Iterable[Row]) -> list[Example]:
    """Examples from (text, target, language), in the order they stand in."""
    seen: Counter[tuple[str, str | None]] = Counter()
    examples = []
    for text, target, language in rows:
        examples.append(Example(text, target, language, seen[target, language]))
        seen[target, language] += 1
    return examples


@cache
def strange() -> tuple[Example, ...]:
    """What people ask of anybody: the weather, a joke, a job."""
    lines = STRANGE.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t", 1) for line in lines if line and not line.startswith("#"))
    return tuple(numbered((text, ELSEWHERE, language) for language, text in pairs))
