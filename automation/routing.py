"""Who is next in line, and who should have them: scores that can be read, and a choice among those who have room. Pure.

Points add up. A minute in line is a point, so that everybody's turn comes: whoever is urgent goes before those who
came up to an hour earlier, and not before those who have waited for longer than that.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from automation.faq.model import Mood
from automation.feeling import DISTRESSED, HIGH, URGENT

PRIORITY_POINTS: Mapping[str, int] = {URGENT: 60, HIGH: 20, "low": -10}
MOOD_POINTS: Mapping[str, int] = {DISTRESSED: 600, Mood.ANGRY: 15, Mood.URGENT: 10}
"""Distress goes before everything."""
SLA_POINTS = 40
"""At the last moment of what was promised, and after it; nothing as long as ``SLA_NEAR`` or more of it is left."""
SLA_NEAR = timedelta(minutes=10)
LONGEST_MINUTES = 24 * 60
"""Longer waits count like this one: who was forgotten for a week is not in front of an emergency."""
LANGUAGE_PATIENCE = timedelta(minutes=2)
"""So long one waits for somebody who writes their language; then anybody will do."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in line."""

    conversation_id: int
    since: datetime
    """Since when they wait; who came from a call, since it began."""
    mood: str = "neutral"
    priority: str = "normal"
    tier_points: int = 0
    due_at: datetime | None = None
    """When what was promised to them is broken, if anything was."""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Points by what they are for."""

    waiting: float = 0.0
    priority: int = 0
    mood: int = 0
    sla: float = 0.0
    tier: int = 0

    @property
    def total(self) -> float:
        return round(self.waiting + self.priority + self.mood + self.sla + self.tier, 2)


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who is online."""

    id: int
    load: int
    capacity: int
    skills: Collection[str] = ()
    languages: Collection[str] = ()
    assigned_at: datetime | None = None
    """When they were given something last."""

    @property
    def has_room(self) -> bool:
        return self.load < self.capacity


def score(waiting: Waiting, now: datetime) -> Score:
    """Where somebody stands in line at a moment; the most points go first."""
    minutes = min(max((now - waiting.since) / timedelta(minutes=1), 0.0), LONGEST_MINUTES)
    return Score(
        waiting=round(minutes, 2),
        priority=PRIORITY_POINTS.get(waiting.priority, 0),
        mood=MOOD_POINTS.get(waiting.mood, 0),
        sla=_sla(waiting.due_at, now),
        tier=waiting.tier_points,
    )


def in_order(line: Iterable[Waiting], now: datetime) -> list[Waiting]:
    """Those in line, the next one first; of equals, who came first."""
    return sorted(line, key=lambda one: (-score(one, now).total, one.since, one.conversation_id))


def eligible(agent: Agent, waiting: Waiting, skills: Collection[str], now: datetime) -> bool:
    """Whether somebody can be given this: has room, a skill of the queue, and the language or the wait was long."""
    if not has_skill(agent.skills, skills) or not agent.has_room:
        return False
    return speaks(agent, waiting.language) or now - waiting.since >= LANGUAGE_PATIENCE


def has_skill(skills: Collection[str], wanted: Collection[str]) -> bool:
    """Whether one of these skills is wanted; none named on either side: any."""
    return not skills or not wanted or bool(set(skills) & set(wanted))


def speaks(agent: Agent, language: str | None) -> bool:
    """Whether somebody writes a language, or the other script of it."""
    if not language or not agent.languages:
        return True
    return _base(language) in {_base(one) for one in agent.languages}


def choose(agents: Iterable[Agent], waiting: Waiting, skills: Collection[str], now: datetime) -> Agent | None:
    """Who should have it: a speaker of the language first, the least laden, then who was given nothing for longest."""
    able = [agent for agent in agents if eligible(agent, waiting, skills, now)]
    return min(able, key=lambda agent: _rank(agent, waiting), default=None)


def plan(
    line: Iterable[Waiting], agents: Iterable[Agent], skills: Collection[str], now: datetime, most: int
) -> list[tuple[Waiting, Agent]]:
    """Who gets whom, for the first in line, as long as anybody has room."""
    free = {agent.id: agent for agent in agents if agent.has_room}
    found: list[tuple[Waiting, Agent]] = []
    for waiting in line:
        if not free or len(found) >= most:
            break
        if chosen := choose(free.values(), waiting, skills, now):
            found.append((waiting, chosen))
            laden = replace(chosen, load=chosen.load + 1, assigned_at=now)
            free |= {chosen.id: laden}
            if not laden.has_room:
                del free[chosen.id]
    return found


def _rank(agent: Agent, waiting: Waiting) -> tuple[bool, float, bool, float, int]:
    given = agent.assigned_at
    when = (given is not None, given.timestamp() if given else 0.0)
    return (not speaks(agent, waiting.language), agent.load / agent.capacity, *when, agent.id)


def _sla(due_at: datetime | None, now: datetime) -> float:
    if due_at is None:
        return 0.0
    left = max(due_at - now, timedelta(0))
    return round(SLA_POINTS * max(0.0, 1 - left / SLA_NEAR), 2)


def _base(language: str) -> str:
    return language.partition("-")[0]
