"""Hours in which we begin nothing, by the clock where the contact is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from automation.scheduling.days_off import NO_DAYS_OFF, DaysOff, Spans
from automation.scheduling.hours import LOOK_AHEAD, Calendar

MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True)
class Quiet:
    """From ``start`` to ``end`` each day (past midnight where ``end`` is the earlier; equal: no such hours), and all
    day on ``weekdays`` (0 is Monday) and on ``holidays``, but for the hours that these have."""

    start: time
    end: time
    weekdays: frozenset[int] = frozenset()
    holidays: DaysOff = NO_DAYS_OFF

    def next_allowed(self, at: datetime, timezone_name: str) -> datetime:
        """``at`` where we may write now, else the end of the quiet, in UTC; if it has none, a year later."""
        allowed = _allowed(self, timezone_name)
        if allowed.is_open(at):
            return at
        return allowed.opens_at(at) or at + LOOK_AHEAD


@lru_cache(maxsize=1024)
def _allowed(quiet: Quiet, timezone_name: str) -> Calendar:
    """The hours that are left, as a calendar where the contact is."""
    spans = _left(_minutes(quiet.start), _minutes(quiet.end))
    weekly: Mapping[int, Spans] = {day: () if day in quiet.weekdays else spans for day in range(7)}
    return Calendar(weekly, ZoneInfo(timezone_name), quiet.holidays.within(spans))


def _left(start: int, end: int) -> Spans:
    if start == end:
        return ((0, MIDNIGHT),)
    parts = ((end, start),) if end < start else ((0, start), (end, MIDNIGHT))
    return tuple(part for part in parts if part[0] < part[1])


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
