"""Clocks of what was promised: when they are due, when to warn, and how a pause moves both. Pure.

Time counts while people are there, by the one calendar (``automation.scheduling.hours``); without one, always.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from automation.scheduling.hours import Opening
from gateway.core.business import Standard

FIRST, NEXT, RESOLUTION, ACKNOWLEDGE = "first_response", "next_response", "resolution", "acknowledge"
KINDS = (FIRST, NEXT, RESOLUTION, ACKNOWLEDGE)
RESPONSES = (FIRST, NEXT)


@dataclass(frozen=True, slots=True)
class Moments:
    """When to warn, and the last moment at which the promise is kept."""

    warn_at: datetime
    due_at: datetime


def span_of(standard: Standard, kind: str) -> timedelta | None:
    """How long a clock of this kind may run; None: nothing is promised."""
    if kind == RESOLUTION:
        return None if standard.resolution_hours is None else timedelta(hours=standard.resolution_hours)
    minutes = {
        FIRST: standard.first_response_minutes,
        NEXT: standard.next_response_minutes,
        ACKNOWLEDGE: standard.acknowledge_minutes,
    }[kind]
    return None if minutes is None else timedelta(minutes=minutes)


def moments(started_at: datetime, span: timedelta, warn_percent: float, people: Opening | None) -> Moments | None:
    """Of a clock that starts now; None: people are not there for so long in the year to come."""
    warn_at = _after(people, started_at, span * (warn_percent / 100))
    due_at = _after(people, started_at, span)
    return Moments(warn_at, due_at) if warn_at and due_at else None


def resumed(before: Moments, paused_at: datetime, resumed_at: datetime, people: Opening | None) -> Moments | None:
    """With what was left at the pause; what was over by then stays over."""
    warn_at = _moved(before.warn_at, paused_at, resumed_at, people)
    due_at = _moved(before.due_at, paused_at, resumed_at, people)
    return Moments(warn_at, due_at) if warn_at and due_at else None


def kept_percent(met: int, missed: int) -> float | None:
    """The share of promises kept, of those that are settled; None: none is."""
    return round(100 * met / (met + missed), 1) if met + missed else None


def _moved(moment: datetime, paused_at: datetime, resumed_at: datetime, people: Opening | None) -> datetime | None:
    if moment <= paused_at:
        return moment
    left = people.open_time_between(paused_at, moment) if people else moment - paused_at
    return _after(people, resumed_at, left)


def _after(people: Opening | None, start: datetime, span: timedelta) -> datetime | None:
    return people.after_open_time(start, span) if people else start + span
