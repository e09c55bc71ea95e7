"""A question people ask often, its answer, and what the matcher makes of a text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from automation.flows.conditions import Condition
from automation.texts import Texts
from gateway.core.replies import OutMedia

WRONG_SHARE = 0.04
"""Of all messages, those that may get a wrong answer, unless the config says otherwise."""
REFIT_LABELS = 50
"""New labelled messages that make it worth setting the thresholds anew."""


@dataclass(frozen=True, slots=True)
class Button:
    """Leads to a ``target`` (``flow:order_status``, ``faq:returns``) or, shown as a line, to a page at ``url``."""

    title: Texts
    target: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """Said instead of the answer where ``when`` holds."""

    when: Condition
    text: Texts
    media: tuple[OutMedia, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """``title`` (≤ 20 characters) names it when it is offered; ``phrases`` are ways of asking, by language."""

    id: str
    title: Texts
    phrases: Mapping[str, tuple[str, ...]]
    text: Texts
    media: tuple[OutMedia, ...] = ()
    goto: str | None = None
    """A flow to go on with (``talk_to_person``)."""
    buttons: tuple[Button, ...] = ()
    upset: Texts = field(default_factory=dict)
    """The same for who is angry; empty: nothing of its own."""
    when: Condition | None = None
    """Where it does not hold, the answer is not given."""
    variants: tuple[Variant, ...] = ()
    """The first that holds is said in the answer's place."""
    feedback: bool = True
    """Customers may be asked whether it helped."""


class Mood(StrEnum):
    """How somebody feels as they write."""

    ANGRY = "angry"
    NEUTRAL = "neutral"
    URGENT = "urgent"


class Outcome(StrEnum):
    ANSWER = "answer"
    DID_YOU_MEAN = "did_you_mean"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Candidate:
    """``target``: ``faq:hours`` or ``flow:talk_to_person``."""

    target: str
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """``answer_id`` is the target to follow, None unless ``outcome`` is ``ANSWER``; ``runner_ups`` best first.

    For ``DID_YOU_MEAN`` the ones to offer are all in ``runner_ups`` (at most three).
    """

    answer_id: str | None
    score: float
    runner_ups: tuple[Candidate, ...]
    outcome: Outcome
    mood: Mood = Mood.NEUTRAL

    @property
    def kept(self) -> dict[str, Any]:
        """As JSON."""
        ups = [[candidate.target, candidate.score] for candidate in self.runner_ups]
        parts = {"answer_id": self.answer_id, "score": self.score, "runner_ups": ups}
        return parts | {"outcome": self.outcome.value, "mood": self.mood.value}


def match_of(kept: Mapping[str, Any]) -> Match:
    """The match that ``Match.kept`` was taken from."""
    ups = tuple(Candidate(target, score) for target, score in kept["runner_ups"])
    return Match(kept["answer_id"], kept["score"], ups, Outcome(kept["outcome"]), Mood(kept["mood"]))


NOTHING = Match(None, 0.0, (), Outcome.NONE)


class Matching(Protocol):
    """Whatever finds the answer to a question."""

    def match(self, text: str, language: str | None = None) -> Match: ...

    def stand_in(self, before: "Matching") -> None:
        """Let ``before`` answer until this one can."""
