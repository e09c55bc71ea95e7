"""What a conversation is about and how grave it is, told from each message and from what the bot answered. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

from automation.case import Case
from automation.faq.model import Match, Outcome
from automation.feeling import CALM, DISTRESSED, HIGH, PRIORITIES, URGENT, Feeling, higher
from automation.flows.heard import Heard
from automation.flows.typed import Typed, read
from automation.normal import normal

WORDS = Path(__file__).parent / "data" / "case_words.txt"
LIKELY = 0.25
"""The score from which a question that got no answer still tells what it is about."""
MANY = 8
"""Messages from which somebody has tried for long enough."""
MOST_ANSWERED = 10


@dataclass(frozen=True, slots=True)
class Topic:
    """What conversations are about. ``about``: answers and flows (``faq:…``, ``flow:…``) that tell it."""

    id: str
    name: str
    about: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    """A queue whose people have one of them is the right one."""
    severity: str = CALM
    """How grave it is at least."""


@dataclass(frozen=True, slots=True)
class Topics:
    """All that is known of a business to tell cases apart."""

    topics: Mapping[str, Topic] = field(default_factory=dict)
    order_forms: tuple[str, ...] = ()
    """Of order numbers, as flows have them (``like``)."""
    products: Mapping[str, str] = field(default_factory=dict)
    """Normal spelling → product."""

    def of(self, target: str) -> str:
        """The topic that an answer or a flow belongs to; empty for none."""
        return next((topic.id for topic in self.topics.values() if target in topic.about), "")

    def skills(self, topic: str) -> frozenset[str]:
        return self.topics[topic].skills if topic in self.topics else frozenset()


NO_TOPICS = Topics()


def read_message(before: Case, text: str, match: Match, feeling: Feeling, language: str, topics: Topics) -> Case:
    """The case with one more message of the customer's; what is known already goes only for what is surer."""
    words = f" {normal(text)} "
    signs = tuple(dict.fromkeys((*before.signs, *(sign for sign in _signs() if _has(words, _signs()[sign])))))
    case = replace(
        before,
        topic=before.topic if _told(before) else _topic(match, topics, before.topic),
        order=_order(text, topics) or before.order,
        product=next((name for word, name in topics.products.items() if f" {word} " in words), before.product),
        signs=signs,
        sentiment=str(feeling.mood),
        language=language,
        messages=before.messages + 1,
    )
    return replace(case, severity=severity(case, feeling, topics))


def answered(before: Case, targets: Iterable[str], feeling: Feeling, topics: Topics) -> Case:
    """The case after the bot gave these answers and went into these flows, the newest last."""
    targets = [target for target in targets if target not in before.answered[-1:]]
    given = (topics.of(target) for target in reversed(targets) if not _told(before))
    topic = next((found for found in given if found), before.topic)
    case = replace(before, topic=topic, answered=(*before.answered, *targets)[-MOST_ANSWERED:])
    return replace(case, severity=severity(case, feeling, topics))


def severity(case: Case, feeling: Feeling, topics: Topics) -> str:
    """How grave it is: distress is urgent; anger, or two of hurry, damage, money and long trying, is high."""
    if feeling.mood == DISTRESSED:
        return URGENT
    base = topics.topics[case.topic].severity if case.topic in topics.topics else CALM
    points = len(case.signs) + (case.messages >= MANY) + {"angry": 2, "urgent": 1}.get(feeling.mood, 0)
    found = HIGH if points >= 2 else CALM if points else PRIORITIES[0]
    return higher(base, found)


def _told(case: Case) -> bool:
    """They were asked what it is about, and said so: no likeness of words knows better."""
    return bool(case.asked and case.topic)


def _topic(match: Match, topics: Topics, before: str) -> str:
    """An answer tells it for certain; what was only likely does as long as nothing is known."""
    if match.outcome is Outcome.ANSWER and match.answer_id and (found := topics.of(match.answer_id)):
        return found
    if before:
        return before
    likely = (topics.of(candidate.target) for candidate in match.runner_ups if candidate.score >= LIKELY)
    return next((found for found in likely if found), "")


def _order(text: str, topics: Topics) -> str:
    if not topics.order_forms:
        return ""
    return read(Typed("order", like=topics.order_forms), Heard(text), date.min) or ""


def _has(words: str, some: Iterable[str]) -> bool:
    return any(f" {word} " in words for word in some)


@cache
def _signs() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        sign, _, rest = line.partition(":")
        if not line.startswith("#"):
            found.setdefault(sign, []).extend(normal(word) for word in rest.split(","))
    return {sign: tuple(words) for sign, words in found.items()}
