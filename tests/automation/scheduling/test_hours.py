"""Opening hours: tables of the odd days, and the wall clock as judge of all others."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.scheduling.hours import DAYS, Both, Calendar, calendar_of

WEEK = {day: ["09:00-13:00", "14:00-18:00"] for day in DAYS[:5]}
NIGHT = {"fri": ["22:00-02:00"]}
PK = {"country": "PK"}
ALWAYS = {day: ["00:00-24:00"] for day in DAYS}


def at(text: str, zone: str = "UTC", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def week_but(*holidays: dict[str, Any]) -> dict[str, Any]:
    return WEEK | {"holidays": list(holidays)}


def holiday(day: str, *spans: str) -> dict[str, Any]:
    return {"date": day, "name": "Day", "open": list(spans)}


@pytest.mark.parametrize(
    ("config", "zone", "when", "is_open", "changes"),
    [
        (WEEK, "Asia/Karachi", "2026-03-02 08:59", False, "2026-03-02 09:00"),
        (WEEK, "Asia/Karachi", "2026-03-02 09:00", True, "2026-03-02 13:00"),
        (WEEK, "Asia/Karachi", "2026-03-02 13:00", False, "2026-03-02 14:00"),
        (WEEK, "Asia/Karachi", "2026-03-06 18:00", False, "2026-03-09 09:00"),
        (NIGHT, "Asia/Karachi", "2026-03-06 23:00", True, "2026-03-07 02:00"),
        (NIGHT, "Asia/Karachi", "2026-03-07 01:59", True, "2026-03-07 02:00"),
        (NIGHT, "Asia/Karachi", "2026-03-07 02:00", False, "2026-03-13 22:00"),
        ({"fri": ["22:00-24:00"], "sat": ["00:00-02:00"]}, "UTC", "2026-03-06 23:00", True, "2026-03-07 02:00"),
        ({"mon": ["09:00-15:00", "12:00-18:00"]}, "UTC", "2026-03-02 10:00", True, "2026-03-02 18:00"),
        (ALWAYS, "Asia/Karachi", "2026-03-02 10:00", True, None),
        ({}, "Asia/Karachi", "2026-03-02 10:00", False, None),
        # days off: closed, shorter, or open on a day that never is; a night that began before goes on
        (week_but(holiday("2026-03-23")), "UTC", "2026-03-23 10:00", False, "2026-03-24 09:00"),
        (week_but(holiday("2026-03-23", "10:00-12:00")), "UTC", "2026-03-23 11:00", True, "2026-03-23 12:00"),
        (week_but(holiday("2026-03-22", "10:00-12:00")), "UTC", "2026-03-22 08:00", False, "2026-03-22 10:00"),
        (NIGHT | {"holidays": [holiday("2026-03-07")]}, "UTC", "2026-03-07 01:00", True, "2026-03-07 02:00"),
        (week_but(PK), "Asia/Karachi", "2026-03-23 10:00", False, "2026-03-24 09:00"),
        (week_but({"country": "GB", "region": "SCT"}), "UTC", "2026-11-30 10:00", False, "2026-12-01 09:00"),
        (week_but({"country": "GB", "region": "ENG"}), "UTC", "2026-11-30 10:00", True, "2026-11-30 13:00"),
        (week_but(holiday("2026-03-23", "09:00-13:00"), PK), "UTC", "2026-03-23 10:00", True, "2026-03-23 13:00"),
        (week_but(PK | {"open": ["10:00-11:00"]}), "UTC", "2026-03-23 10:30", True, "2026-03-23 11:00"),
        # its own time zone
        (WEEK | {"timezone": "Asia/Dubai"}, "Asia/Dubai", "2026-03-02 09:00", True, "2026-03-02 13:00"),
        # the clock is put forward at 02:00 (London 01:00): a start that the clock skips is the jump itself
        ({"sun": ["02:30-05:00"]}, "America/New_York", "2026-03-08 01:59", False, "2026-03-08 03:00"),
        ({"sun": ["01:00-02:30"]}, "America/New_York", "2026-03-08 01:30", True, "2026-03-08 03:00"),
        ({"sun": ["02:10-02:50"]}, "America/New_York", "2026-03-08 01:30", False, "2026-03-15 02:10"),
        ({"sat": ["22:00-03:00"]}, "Europe/London", "2026-03-28 23:00", True, "2026-03-29 03:00"),
        # put back at 02:00: what opens in the hour shown twice opens at its first, and closes at its second showing
        ({"sun": ["01:30-05:00"]}, "America/New_York", "2026-11-01 01:29", False, "2026-11-01 01:30"),
        ({"sun": ["00:00-01:30"]}, "America/New_York", "2026-11-01 01:29", True, "2026-11-01 01:30 again"),
        # Lord Howe moves by half an hour
        ({"sun": ["02:10-05:00"]}, "Australia/Lord_Howe", "2026-10-04 01:50", False, "2026-10-04 02:30"),
    ],
)  # fmt: skip
def test_open_or_closed_and_until_when(
    config: dict[str, Any], zone: str, when: str, is_open: bool, changes: str | None
) -> None:
    calendar = calendar_of(config, zone)
    moment = at(when, zone)
    assert calendar.is_open(moment) is is_open
    told = calendar.next_change(moment)
    assert told == (changes and at(changes.removesuffix(" again"), zone, "again" in changes))
    assert calendar.opens_at(moment) == (moment if is_open else told)
    assert calendar.closes_at(moment) == (told if is_open else None)


@pytest.mark.parametrize(
    ("config", "zone", "start", "end", "hours"),
    [
        (WEEK, "UTC", "2026-03-02 00:00", "2026-03-09 00:00", 40),
        (WEEK, "UTC", "2026-03-02 12:00", "2026-03-02 15:00", 2),
        (WEEK, "UTC", "2026-03-02 15:00", "2026-03-02 12:00", 0),
        ({"mon": ["09:00-15:00", "12:00-18:00"]}, "UTC", "2026-03-02 00:00", "2026-03-03 00:00", 9),
        (NIGHT, "UTC", "2026-03-07 00:00", "2026-03-07 12:00", 2),
        (ALWAYS, "America/New_York", "2026-03-08 00:00", "2026-03-09 00:00", 23),
        (ALWAYS, "America/New_York", "2026-11-01 00:00", "2026-11-02 00:00", 25),
        ({"sat": ["22:00-06:00"]}, "America/New_York", "2026-03-07 00:00", "2026-03-09 00:00", 7),
        ({"sat": ["22:00-06:00"]}, "America/New_York", "2026-10-31 00:00", "2026-11-02 00:00", 9),
    ],
)
def test_open_time_is_real_time(config: dict[str, Any], zone: str, start: str, end: str, hours: int) -> None:
    calendar = calendar_of(config, zone)
    assert calendar.open_time_between(at(start, zone), at(end, zone)) == timedelta(hours=hours)


def test_an_override_goes_before_everything() -> None:
    base = calendar_of(week_but(holiday("2026-03-23")), "UTC")
    calendar = Calendar(base.spans, base.zone, base.days_off, {date(2026, 3, 23): ((600, 660),)})
    assert calendar.is_open(at("2026-03-23 10:30"))
    assert not calendar.is_open(at("2026-03-23 11:00"))


MINUTES = st.integers(0, 24 * 60 - 1)
SPAN = st.tuples(MINUTES, MINUTES).filter(lambda s: s[0] != s[1])
ZONES = st.sampled_from(
    ["America/New_York", "Europe/London", "Asia/Karachi", "Australia/Lord_Howe", "Africa/Casablanca"]
)
DAY = st.dates(date(2026, 1, 1), date(2027, 12, 31))
NEAR_CHANGES = st.sampled_from(
    [date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1), date(2026, 4, 5)]
)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    def spans() -> tuple[tuple[int, int], ...]:
        drawn = draw(st.lists(SPAN, max_size=3))
        return tuple(sorted((start, end if end > start else end + 1440) for start, end in drawn))

    weekly = {day: spans() for day in range(7)}
    return Calendar(weekly, ZoneInfo(draw(ZONES)), overrides={draw(st.one_of(DAY, NEAR_CHANGES)): spans()})


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    day = draw(st.one_of(DAY, NEAR_CHANGES))
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=draw(st.integers(-720, 2160)))


def by_the_wall(calendar: Calendar, moment: datetime) -> bool:
    """What somebody with the week's plan and a clock would say."""
    local = moment.astimezone(calendar.zone)
    minutes, day = local.hour * 60 + local.minute, local.date()
    today = any(start <= minutes < end for start, end in calendar.hours_on(day))
    return today or any(minutes < end - 1440 for _, end in calendar.hours_on(day - timedelta(days=1)))


def shown_twice(moment: datetime, zone: ZoneInfo) -> bool:
    local = moment.astimezone(zone)
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


@given(calendars(), moments())
def test_it_is_open_when_the_clock_on_the_wall_says_so(calendar: Calendar, moment: datetime) -> None:
    if not shown_twice(moment, calendar.zone):
        assert calendar.is_open(moment) is by_the_wall(calendar, moment)


@settings(max_examples=60)
@given(calendars(), moments())
def test_nothing_changes_before_the_next_change(calendar: Calendar, moment: datetime) -> None:
    change = calendar.next_change(moment)
    now = calendar.is_open(moment)
    if change is None:
        assert all(calendar.is_open(moment + timedelta(hours=h)) is now for h in range(0, 24 * 14, 3))
        return
    assert change > moment
    assert calendar.is_open(change) is not now
    step = max(timedelta(minutes=1), (change - moment) / 40)
    before = [moment + step * n for n in range(40) if moment + step * n < change]
    assert all(calendar.is_open(one) is now for one in [*before, change - timedelta(minutes=1)] if one >= moment)


@given(calendars(), moments(), st.integers(0, 3000), st.integers(0, 3000))
def test_open_time_adds_up(calendar: Calendar, start: datetime, first: int, second: int) -> None:
    middle = start + timedelta(minutes=first)
    end = middle + timedelta(minutes=second)
    whole = calendar.open_time_between(start, end)
    assert whole == calendar.open_time_between(start, middle) + calendar.open_time_between(middle, end)
    assert timedelta(0) <= whole <= end - start


@settings(max_examples=40)
@given(calendars(), moments())
def test_open_time_is_the_minutes_that_are_open(calendar: Calendar, start: datetime) -> None:
    minutes = [start + timedelta(minutes=n) for n in range(300)]
    counted = calendar.open_time_between(start, start + timedelta(minutes=300))
    assert counted == timedelta(minutes=sum(calendar.is_open(minute) for minute in minutes))


@pytest.mark.parametrize(
    ("config", "zone", "start", "minutes", "due"),
    [
        (WEEK, "UTC", "2026-03-02 09:30", 15, "2026-03-02 09:45"),
        (WEEK, "UTC", "2026-03-02 12:50", 15, "2026-03-02 14:05"),  # over the lunch of a split shift
        (WEEK, "UTC", "2026-03-02 20:00", 15, "2026-03-03 09:15"),
        (WEEK, "UTC", "2026-03-06 17:50", 15, "2026-03-09 09:05"),  # over the weekend
        (week_but(holiday("2026-03-03")), "UTC", "2026-03-02 17:50", 15, "2026-03-04 09:05"),
        (NIGHT, "UTC", "2026-03-06 23:50", 30, "2026-03-07 00:20"),  # past midnight
        (NIGHT, "UTC", "2026-03-07 01:50", 30, "2026-03-13 22:20"),
        (
            {"sun": ["01:00-05:00"]},
            "America/New_York",
            "2026-03-08 01:30",
            60,
            "2026-03-08 03:30",
        ),  # an hour is left out
        ({"sun": ["00:00-05:00"]}, "America/New_York", "2026-11-01 00:30", 120, "2026-11-01 01:30 again"),
        ({"mon": ["09:00-15:00", "12:00-18:00"]}, "UTC", "2026-03-02 14:30", 60, "2026-03-02 15:30"),
        ({}, "UTC", "2026-03-02 14:30", 60, None),
    ],
)
def test_until_when_a_standard_is_kept(
    config: dict[str, Any], zone: str, start: str, minutes: int, due: str | None
) -> None:
    calendar = calendar_of(config, zone)
    began, span = at(start, zone), timedelta(minutes=minutes)
    found = calendar.after_open_time(began, span)
    assert found == (due and at(due.removesuffix(" again"), zone, "again" in due))
    if found:
        assert calendar.open_time_between(began, found) == span


@pytest.mark.parametrize(
    ("one", "other", "when", "is_open", "changes"),
    [
        (WEEK, {"mon": ["12:00-20:00"]}, "2026-03-02 12:30", True, "2026-03-02 13:00"),
        (WEEK, {"mon": ["12:00-20:00"]}, "2026-03-02 13:30", False, "2026-03-02 14:00"),
        (WEEK, {"mon": ["12:00-20:00"]}, "2026-03-02 18:30", False, "2026-03-09 12:00"),
        (WEEK, {"sun": ["12:00-20:00"]}, "2026-03-02 12:30", False, None),
        (NIGHT, {"sat": ["00:00-01:00"]}, "2026-03-06 23:00", False, "2026-03-07 00:00"),
    ],
)
def test_a_channel_is_answered_while_queue_and_channel_are_open(
    one: dict[str, Any], other: dict[str, Any], when: str, is_open: bool, changes: str | None
) -> None:
    both = Both(calendar_of(one, "UTC"), calendar_of(other, "UTC"))
    assert both.is_open(at(when)) is is_open
    assert both.next_change(at(when)) == (changes and at(changes))
