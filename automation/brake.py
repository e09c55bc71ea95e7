"""Whether the bot may go on talking: a budget of answers, equal texts and texts of machines end loops between bots.

Pure: counters of the conversation come in, a verdict with new counters goes out (docs/adr/0007).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from automation.machines import is_machine
from automation.normal import normal

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SILENCE = timedelta(hours=1)
"""How long the bot keeps silent unless a person answers before."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Answers of the bot to one conversation, and equal texts within an hour; 0: no such limit."""

    replies_per_hour: int = 20
    replies_per_minute: int = 6
    same_text: int = 3


@dataclass(frozen=True, slots=True)
class Talk:
    """What the bot and the customer said lately, in counters; ``*_since`` is when each count began."""

    auto_replies: int = 0
    auto_since: datetime | None = None
    burst_replies: int = 0
    burst_since: datetime | None = None
    heard_hash: str | None = None
    heard_times: int = 0
    braked_at: datetime | None = None


QUIET = Talk()


class Course(StrEnum):
    GO = "go"
    BRAKE = "brake"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``why``: autoresponder, same_text, minute or hour where the brake is put on; ``talk`` is to be kept."""

    course: Course
    talk: Talk
    why: str = ""


def judge(talk: Talk, text: str, now: datetime, limits: Limits, *, chosen: bool = False) -> Verdict:
    """Whether the bot may answer ``text``, which is counted as answered if so.

    ``chosen``: it picks one of our options, as only people do; it may be said again, and fast.
    """
    if is_braked(talk, now):
        return Verdict(Course.SILENT, talk)
    counted = _counted(talk, text, now, chosen)
    why = "" if chosen else _machine(counted, text, limits)
    why = why or _too_many(counted, limits)
    if why:
        return Verdict(Course.BRAKE, replace(counted, braked_at=now), why)
    return Verdict(Course.GO, counted)


def is_braked(talk: Talk, now: datetime) -> bool:
    """The bot keeps silent until a person answers or the hour is over."""
    return talk.braked_at is not None and now - talk.braked_at < SILENCE


def is_over(talk: Talk, now: datetime) -> bool:
    """The bot was silent for its hour and nobody answered: it may talk again."""
    return talk.braked_at is not None and not is_braked(talk, now)


def _counted(talk: Talk, text: str, now: datetime, chosen: bool) -> Talk:
    if talk.auto_since is None or now - talk.auto_since >= HOUR:
        talk = replace(talk, auto_replies=0, auto_since=now, heard_times=0)
    if talk.burst_since is None or now - talk.burst_since >= MINUTE:
        talk = replace(talk, burst_replies=0, burst_since=now)
    heard = None if chosen else _digest(text)
    return replace(
        talk,
        auto_replies=talk.auto_replies + 1,
        burst_replies=talk.burst_replies + (not chosen),
        heard_hash=heard,
        heard_times=talk.heard_times + 1 if heard and heard == talk.heard_hash else int(heard is not None),
    )


def _machine(talk: Talk, text: str, limits: Limits) -> str:
    if is_machine(text):
        return "autoresponder"
    return "same_text" if 0 < limits.same_text <= talk.heard_times else ""


def _too_many(talk: Talk, limits: Limits) -> str:
    if 0 < limits.replies_per_minute < talk.burst_replies:
        return "minute"
    return "hour" if 0 < limits.replies_per_hour < talk.auto_replies else ""


def _digest(text: str) -> str | None:
    """Equal for texts that say the same; None for a message without words, which says nothing twice."""
    words = normal(text) or text.strip()
    return blake2b(words.encode("utf-8", "replace"), digest_size=8).hexdigest() if words else None
