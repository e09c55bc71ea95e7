"""When somebody is there: one calendar for bot, queues, standards and sends.

Hours are what the clock on the wall shows; spans may pass midnight (they belong to the day they begin on), days off
have hours of their own, and days on which the clock is changed come out right.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from automation.scheduling.days_off import NO_DAYS_OFF, DaysOff, Spans, days_off_of, spans_of
from automation.scheduling.wall_time import moment

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD = timedelta(days=370)
"""How far a look for the next change goes: what has none in a year has none."""
ONE_DAY = timedelta(days=1)


class Opening(ABC):
    """Times at which somebody is there, whatever they are made of."""

    __slots__ = ()

    def is_open(self, at: datetime) -> bool:
        """Whether ``at`` (aware) lies in opening hours; the minute they end does not."""
        return next(self.spans_between(at, at + timedelta.resolution), None) is not None

    def opens_at(self, at: datetime) -> datetime | None:
        """``at`` itself where it is open, else the next opening, in UTC; None: closed for the year to come."""
        at = at.astimezone(UTC)
        first = next(self.spans_between(at, at + LOOK_AHEAD), None)
        return max(first[0], at) if first else None

    def closes_at(self, at: datetime) -> datetime | None:
        """When it closes that is open at ``at``, in UTC; None: it is closed, or open for the year to come."""
        if not self.is_open(at):
            return None
        end = at = at.astimezone(UTC)
        for opens, closes in self.spans_between(at, at + LOOK_AHEAD):
            if opens > end:
                return end
            end = max(end, closes)
        return end if end - at < LOOK_AHEAD else None

    def next_change(self, at: datetime) -> datetime | None:
        """When it opens or closes next, after ``at``, in UTC; None: not in the year to come."""
        return self.closes_at(at) if self.is_open(at) else self.opens_at(at)

    def open_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time from ``start`` to ``end`` is open; nothing where ``end`` comes first."""
        counted, end = start.astimezone(UTC), end.astimezone(UTC)
        total = timedelta(0)
        for opens, closes in self.spans_between(counted, end):
            from_here, closes = max(opens, counted), min(closes, end)
            if from_here < closes:
                total, counted = total + (closes - from_here), closes
        return total

    def after_open_time(self, start: datetime, span: timedelta) -> datetime | None:
        """When ``span`` of open time has passed since ``start``, in UTC: the last moment at which a standard is kept.

        None: not in the year to come.
        """
        counted, left = start.astimezone(UTC), span
        for opens, closes in self.spans_between(counted, counted + LOOK_AHEAD):
            from_here = max(opens, counted)
            if closes - from_here >= left:
                return from_here + left
            if from_here < closes:
                left, counted = left - (closes - from_here), closes
        return None

    @abstractmethod
    def spans_between(self, start: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Spans that end after ``start`` and begin before ``until``, in order of their beginning; they may touch."""


@dataclass(frozen=True, slots=True)
class Calendar(Opening):
    """Opening hours by weekday (0 is Monday); ``overrides`` are single days that go before all else."""

    spans: Mapping[int, Spans]
    zone: ZoneInfo
    days_off: DaysOff = NO_DAYS_OFF
    overrides: Mapping[date, Spans] = field(default_factory=dict)

    def hours_on(self, day: date) -> Spans:
        """The spans that begin on ``day``, in minutes from its midnight."""
        if day in self.overrides:
            return self.overrides[day]
        special = self.days_off.on(day)
        return special.spans if special else self.spans.get(day.weekday(), ())

    def spans_between(self, start: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = start.astimezone(self.zone).date() - ONE_DAY
        last = until.astimezone(self.zone).date()
        while day <= last:
            for first, end in self.hours_on(day):
                opens, closes = moment(day, first, self.zone), moment(day, end, self.zone, last=True)
                if opens < closes and closes > start and opens < until:
                    yield opens, closes
            day += ONE_DAY


@dataclass(frozen=True, slots=True)
class Both(Opening):
    """Open while both are: people of a queue, who answer a channel at some of their hours only."""

    one: Opening
    other: Opening

    def spans_between(self, start: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        for opens, closes in self.one.spans_between(start, until):
            for from_then, to_then in self.other.spans_between(max(opens, start), min(closes, until)):
                yield max(opens, from_then), min(closes, to_then)


def calendar_of(config: Mapping[str, Any], timezone: str) -> Calendar:
    """The calendar that ``hours.NAME`` of a config describes, in ``timezone`` unless it names its own."""
    return Calendar(
        spans={number: spans_of(config.get(day, ())) for number, day in enumerate(DAYS)},
        zone=ZoneInfo(config.get("timezone", timezone)),
        days_off=days_off_of(config.get("holidays", ())),
    )
