"""How a conversation goes to people: to which queue, how pressing, and what its customer is told, at any hour. Pure."""

from dataclasses import replace
from datetime import datetime

from automation.feeling import higher
from automation.flows.library import FAQ_PREFIX, FLOW_PREFIX
from automation.flows.model import HandoffWish
from automation.scheduling.when import when
from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.core.languages import languages_for
from gateway.desk.impressions import Impression
from handlers import impressions
from handlers.situation import Decision, Whom

SILENT_REASONS = ("loop",)
"""Handoffs whose own words are enough: the bot says no more until people answer."""


def settled(config: RunningConfig, whom: Whom, before: Impression, decision: Decision) -> Decision:
    """The decision with its handoff's queue, priority and words, and with the impression that remains after it."""
    impression = _after(config, before, decision)
    wish = decision.handoff
    if wish is None:
        return replace(decision, impression=impression)
    queue = wish.queue or config.business.queue_for(config.topics.skills(impression.case.topic), whom.channel_id)
    priority = higher(impression.priority, wish.priority, impression.feeling.urgency, impression.case.severity or "low")
    told, impression = _told(config, whom, replace(impression, priority=priority), wish, queue)
    handoff = replace(wish, queue=queue, priority=priority)
    return replace(decision, handoff=handoff, told=told if decision.tells else "", impression=impression)


def closed_until(config: RunningConfig, queue: str | None, channel_id: str) -> tuple[bool, datetime | None]:
    """Whether nobody of a queue answers a channel now, and when somebody will; None: not in the year to come."""
    people, now = config.people(queue, channel_id), clock.now()
    if people is None or people.is_open(now):
        return False, None
    return True, people.opens_at(now)


def closed_words(config: RunningConfig, whom: Whom, key: str, until: datetime | None) -> str:
    """The sentence ``key`` with the time that the reader's clock will show; another one where none is known."""
    say = config.texts.say
    if until is None:
        return say(f"{key}_open_end", whom.language)
    home, spoken = config.business.timezone, _spoken(config, whom.language)
    told = when(until, clock.now(), whom.timezone, home, spoken, lambda name: say(name, whom.language))
    return say(key, whom.language).replace("{when}", told)


def _after(config: RunningConfig, before: Impression, decision: Decision) -> Impression:
    impression = impressions.learnt(before, decision.effects)
    flows = dict.fromkeys(step.partition(":")[0] for step in decision.path)
    others = {config.flows.menu, config.flows.person}
    targets = [f"{FLOW_PREFIX}{flow}" for flow in flows if flow not in others]
    targets += [f"{FAQ_PREFIX}{answer}" for answer in decision.answers]
    return impressions.answered(impression, targets, config.topics, soothed=decision.soothed, noted=decision.noted)


def _told(
    config: RunningConfig, whom: Whom, impression: Impression, wish: HandoffWish, queue: str
) -> tuple[str, Impression]:
    """The notice of the handoff; a closure is explained once, and only confirmed after that."""
    usual = wish.text or config.texts.say("handoff_told", whom.language)
    closed, until = closed_until(config, queue, whom.channel_id)
    if not closed or wish.reason in SILENT_REASONS:
        return usual, impression
    again = until is not None and impression.closed_until == until
    words = closed_words(config, whom, "closed_noted" if again else "closed_told", until)
    told = f"{wish.text}\n\n{words}" if wish.text and not again else words
    feeling = replace(impression.feeling, noted_at=clock.now())
    return told, replace(impression, closed_until=until or impression.closed_until, feeling=feeling)


def _spoken(config: RunningConfig, language: str) -> str:
    """The language that the sentence is in for this reader: its day has to be, too."""
    texts = config.texts.texts["when_day"]
    return next((one for one in languages_for(language, config.business.default_language) if one in texts), language)
