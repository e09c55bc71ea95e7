"""Judges what a language model answered: said as it is, or refused for a reason that can be checked.

Nothing here trusts the model: what its words claim must stand in the passages it names.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from automation.grounded import claims
from automation.grounded.masking import PLACEHOLDER, may_come_back, plain, restore
from automation.grounded.prompt import SYSTEM, Question
from automation.language import detect
from automation.normal import normal

LONGEST = 700
"""Characters of an answer."""
KEYS = {"answer": str, "cited_ids": list, "abstain": bool}
OUR_WORDS = ("customer_message", "cited_ids", "abstain", "passages", "json")
"""Words of the instructions that no customer should read."""
LEAK_WORDS = 7
"""So many words in a row are copied."""
REASONS = (
    "not_json", "wrong_form", "abstained", "empty", "too_long", "no_citation", "unknown_citation", "placeholder",
    "link", "time", "number", "day", "says_it_is_human", "instructions", "wrong_language",
)  # fmt: skip

HUMAN_CLAIMS = """
i am human, i am a human, im human, im a human, i am a real person, im a real person, i am a person, im a person,
not a bot, not a robot, not an ai, i am not a machine, im not a machine
soy humano, soy humana, soy un humano, soy una persona, no soy un bot, no soy un robot, no soy una máquina
sou humano, sou humana, sou uma pessoa, não sou um robô, não sou um bot, não sou uma máquina
میں انسان ہوں, میں ایک انسان ہوں, میں ایک حقیقی انسان ہوں, بوٹ نہیں ہوں, روبوٹ نہیں ہوں, مشین نہیں ہوں
main insaan hoon, main insan hoon, main insan hun, mein insan hoon, main aik insan hoon, main ek insaan hoon,
insaan hoon, insan hoon, insan hun, bot nahi hoon, bot nahin hoon, robot nahi hoon, robot nahin hoon, machine nahi hoon
أنا إنسان, أنا شخص حقيقي, أنا بشر, لست روبوتا, لست روبوت, لست آلة
मैं इंसान हूँ, मैं एक इंसान हूँ, मैं मनुष्य हूँ, बॉट नहीं हूँ, रोबोट नहीं हूँ, मशीन नहीं हूँ
"""

_FENCE = re.compile(r"```(?:json|JSON)?\s*(.*?)\s*```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``refused`` names one of ``REASONS``; empty: ``answer`` may be said, and rests on the passages ``cited``."""

    answer: str = ""
    cited: tuple[str, ...] = ()
    refused: str = ""


def judge(content: str, question: Question) -> Verdict:
    """What is to be made of a model's words."""
    found = _parsed(content)
    if not isinstance(found, dict):
        return Verdict(refused="not_json")
    if not _has_form(found):
        return Verdict(refused="wrong_form")
    if found["abstain"]:
        return Verdict(refused="abstained")
    answer, cited = _tidy(found["answer"]), tuple(dict.fromkeys(found["cited_ids"]))
    refused = next(filter(None, _objections(answer, cited, question)), "")
    return Verdict(refused=refused) if refused else Verdict(restore(answer, question.masked.hidden), cited)


def _parsed(content: str) -> Any:
    """The JSON in ``content``, alone or inside one code fence."""
    text = content.strip()
    fenced = _FENCE.fullmatch(text)
    try:
        return json.loads(fenced[1] if fenced else text)
    except (ValueError, RecursionError):
        return None


def _has_form(found: Mapping[str, Any]) -> bool:
    return found.keys() == KEYS.keys() and all(
        isinstance(found[name], kind) for name, kind in KEYS.items()
    ) and all(isinstance(one, str) for one in found["cited_ids"])  # fmt: skip


def _tidy(answer: str) -> str:
    """Paragraphs stay; signs that nobody sees and tricks of direction go."""
    lines = [" ".join(_visible(line).split()) for line in answer.replace("**", "").splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _visible(line: str) -> str:
    return "".join(sign for sign in line if sign.isprintable() or sign in "\u200c\u200d \t")


def _objections(answer: str, cited: tuple[str, ...], question: Question) -> Iterator[str]:
    """The reasons that hold, the plainest first."""
    known = {one.id: f"{one.title}\n{one.text}" for one in question.passages}
    words = PLACEHOLDER.sub(" ", answer)
    spoken = [found[0] for found in PLACEHOLDER.finditer(answer)]
    holds = {
        "empty": not answer,
        "too_long": len(answer) > LONGEST,
        "no_citation": not cited,
        "unknown_citation": bool(set(cited) - known.keys()),
        "placeholder": not all(may_come_back(one, question.masked.hidden) for one in spoken),
    }
    yield from (reason for reason, found in holds.items() if found)
    yield claims.unfounded(answer, [known[one] for one in cited if one in known], question.language)
    yield "says_it_is_human" if _says_it_is_human(words) else ""
    yield "instructions" if _tells_our_words(words, " ".join(known.values())) else ""
    yield "wrong_language" if detect(words, question.language) != question.language else ""


def _says_it_is_human(answer: str) -> bool:
    said = f" {normal(plain(answer))} "
    return any(f" {claim} " in said for claim in _human_claims())


def _tells_our_words(answer: str, sources: str) -> bool:
    """Words of the instructions, or a row of them, that no passage has."""
    words, allowed = answer.casefold(), sources.casefold()
    if any(word in words and word not in allowed for word in OUR_WORDS):
        return True
    said = normal(answer).split()
    runs = {tuple(said[at : at + LEAK_WORDS]) for at in range(len(said) - LEAK_WORDS + 1)}
    return bool(runs & _our_runs())


@cache
def _human_claims() -> frozenset[str]:
    return frozenset(claim for line in HUMAN_CLAIMS.splitlines() for part in line.split(",") if (claim := normal(part)))


@cache
def _our_runs() -> frozenset[tuple[str, ...]]:
    words = normal(SYSTEM).split()
    return frozenset(tuple(words[at : at + LEAK_WORDS]) for at in range(len(words) - LEAK_WORDS + 1))
