"""How a customer feels over a whole conversation, from how each of their messages is written.

Pure: a mood rises at once, falls slowly with each calm message, and fades with time. Distress stays.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from automation.faq.model import Mood

HALF_LIFE = timedelta(hours=2)
"""After so long without a word half of it is over."""
AT_ONCE, MORE = 0.7, 0.3
"""What one message raises a level to at least, and what each further one adds."""
CALMS = 0.8
"""What a message that is not so leaves of it: one calm word ends no anger, two do."""
BELIEVED = 0.5
"""From here on the conversation has the mood."""
BOTH = 1.4
"""Anger and hurry together from which somebody is to look at once."""

CALM, HIGH, URGENT = "normal", "high", "urgent"
PRIORITIES = ("low", CALM, HIGH, URGENT)
"""Of a conversation in line for people, the least pressing first."""
DISTRESSED = "distressed"
"""The mood of a conversation whose customer is in danger or despair; people alone end it."""
MOODS = (*(mood.value for mood in Mood), DISTRESSED)


@dataclass(frozen=True, slots=True)
class Feeling:
    """Levels from 0 to 1, and what the bot must remember to be decent about them."""

    anger: float = 0.0
    hurry: float = 0.0
    distress: str = ""
    """What kind of danger was read of, empty for none."""
    angry_in_row: int = 0
    """Angry messages with no other between."""
    since_soothed: int | None = None
    """Messages since the bot last said that it understands; None: it never did."""
    at: datetime | None = None
    noted_at: datetime | None = None
    """When it was last said, out of hours, that people will see what was written."""

    @property
    def mood(self) -> str:
        if self.distress:
            return DISTRESSED
        if max(self.anger, self.hurry) < BELIEVED:
            return Mood.NEUTRAL
        return Mood.ANGRY if self.anger >= self.hurry else Mood.URGENT

    @property
    def urgency(self) -> str:
        """How soon somebody should look: normal, high, urgent."""
        if self.distress:
            return URGENT
        if min(self.anger, self.hurry) >= BELIEVED and self.anger + self.hurry >= BOTH:
            return URGENT
        return HIGH if self.mood != Mood.NEUTRAL else CALM

    @property
    def kept(self) -> dict[str, Any]:
        """As JSON; only what differs from nothing at all."""
        found = {name: value for name, value in asdict(self).items() if value not in (None, "", 0)}
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in found.items()} | (
            {"since_soothed": self.since_soothed} if self.since_soothed is not None else {}
        )


UNMOVED = Feeling()


def feeling_of(kept: Mapping[str, Any]) -> Feeling:
    """The feeling that ``Feeling.kept`` was taken from."""
    known = {name: value for name, value in kept.items() if name in Feeling.__slots__}
    times = {name: datetime.fromisoformat(known[name]) for name in ("at", "noted_at") if known.get(name)}
    return Feeling(**(known | times))


def felt(before: Feeling, mood: str, now: datetime, distress: str = "") -> Feeling:
    """The feeling after a message in ``mood`` (``angry``, ``urgent``, ``neutral``)."""
    left = _left(before.at, now)
    return replace(
        before,
        anger=_level(before.anger * left, mood == Mood.ANGRY),
        hurry=_level(before.hurry * left, mood == Mood.URGENT),
        distress=distress or before.distress,
        angry_in_row=before.angry_in_row + 1 if mood == Mood.ANGRY else 0,
        since_soothed=None if before.since_soothed is None else before.since_soothed + 1,
        at=now,
    )


def higher(*priorities: str) -> str:
    """The most pressing of them."""
    return max(priorities, key=PRIORITIES.index)


def _left(since: datetime | None, now: datetime) -> float:
    """The share of a feeling that time has left."""
    if since is None or now <= since:
        return 1.0
    return float(0.5 ** ((now - since) / HALF_LIFE))


def _level(before: float, so: bool) -> float:
    level = min(1.0, max(AT_ONCE, before + MORE)) if so else before * CALMS
    return round(level, 3) if level >= 0.01 else 0.0
