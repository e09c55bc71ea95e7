"""What a message and its answer change in the impression that the bot has of a conversation. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from automation import classify
from automation.classify import Topics
from automation.faq.model import Match
from automation.feeling import felt, higher
from automation.flows.effects import Effect, SetCase
from gateway.core import clock
from gateway.desk.impressions import Impression


def heard(before: Impression, text: str, match: Match, language: str, topics: Topics, distress: str = "") -> Impression:
    """With a message, what was made of it, and what danger it tells of."""
    feeling = felt(before.feeling, match.mood, clock.now(), distress)
    case = classify.read_message(before.case, text, match, feeling, language, topics)
    return replace(before, feeling=feeling, case=case, priority=higher(before.priority, feeling.urgency))


def learnt(before: Impression, effects: tuple[Effect, ...]) -> Impression:
    """With what flows found out about the matter."""
    case = before.case
    for effect in effects:
        if isinstance(effect, SetCase):
            case = case.with_field(effect.name, effect.value)
    return replace(before, case=case)


def answered(before: Impression, targets: Iterable[str], topics: Topics, *, soothed: bool, noted: bool) -> Impression:
    """With the answers and flows given, and whether the customer was soothed or told that people will see it."""
    feeling = before.feeling
    feeling = replace(feeling, since_soothed=0) if soothed else feeling
    feeling = replace(feeling, noted_at=clock.now()) if noted else feeling
    return replace(before, feeling=feeling, case=classify.answered(before.case, targets, feeling, topics))
