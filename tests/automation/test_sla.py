"""When a promise is due, in hours that end, pause and jump."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from automation.scheduling.hours import calendar_of
from automation.sla import KINDS, Moments, kept_percent, moments, resumed, span_of
from gateway.core.business import Standard

KARACHI = ZoneInfo("Asia/Karachi")
OFFICE = calendar_of(
    {day: ["09:00-13:00", "14:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}, "Asia/Karachi"
)
NEVER = calendar_of({}, "Asia/Karachi")
LONDON = calendar_of({day: ["00:00-06:00"] for day in ("sat", "sun")}, "Europe/London")
STANDARD = Standard("s", "S", 2, 5, 24, 15)


def at(text: str, zone: str = "Asia/Karachi") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("start", "minutes", "people", "warn", "due"),
    [
        ("2026-03-02 10:00", 10, None, "2026-03-02 10:08", "2026-03-02 10:10"),
        ("2026-03-02 10:00", 10, OFFICE, "2026-03-02 10:08", "2026-03-02 10:10"),
        ("2026-03-02 12:55", 10, OFFICE, "2026-03-02 14:03", "2026-03-02 14:05"),
        ("2026-03-06 17:55", 10, OFFICE, "2026-03-09 09:03", "2026-03-09 09:05"),
        ("2026-03-07 03:00", 10, OFFICE, "2026-03-09 09:08", "2026-03-09 09:10"),
        ("2026-03-02 09:00", 8 * 60, OFFICE, "2026-03-02 16:24", "2026-03-02 18:00"),
    ],
)
def test_due(start: str, minutes: int, people: object, warn: str, due: str) -> None:
    found = moments(at(start), timedelta(minutes=minutes), 80, people)  # type: ignore[arg-type]
    assert found == Moments(at(warn), at(due))


def test_over_the_hour_that_does_not_exist() -> None:
    """On 29 March 2026 London's clocks go from 1 to 2."""
    found = moments(at("2026-03-29 00:30", "Europe/London"), timedelta(minutes=60), 50, LONDON)
    assert found == Moments(at("2026-03-29 02:00", "Europe/London"), at("2026-03-29 02:30", "Europe/London"))


def test_people_who_never_come_promise_nothing() -> None:
    assert moments(at("2026-03-02 10:00"), timedelta(minutes=1), 80, NEVER) is None
    running = Moments(at("2026-03-02 10:08"), at("2026-03-02 10:10"))
    assert resumed(running, at("2026-03-02 10:00"), at("2026-03-02 11:00"), OFFICE) is not None


@pytest.mark.parametrize(
    ("paused", "resume", "people", "warn", "due"),
    [
        ("2026-03-02 10:05", "2026-03-02 10:35", None, "2026-03-02 10:38", "2026-03-02 10:40"),
        ("2026-03-02 10:05", "2026-03-02 12:58", OFFICE, "2026-03-02 14:01", "2026-03-02 14:03"),
        ("2026-03-02 10:05", "2026-03-02 20:00", OFFICE, "2026-03-03 09:03", "2026-03-03 09:05"),
        ("2026-03-02 10:09", "2026-03-02 11:00", OFFICE, "2026-03-02 10:08", "2026-03-02 11:01"),
        ("2026-03-02 10:30", "2026-03-02 11:00", OFFICE, "2026-03-02 10:08", "2026-03-02 10:10"),
    ],
)
def test_a_pause_keeps_what_is_left(paused: str, resume: str, people: object, warn: str, due: str) -> None:
    before = Moments(at("2026-03-02 10:08"), at("2026-03-02 10:10"))
    found = resumed(before, at(paused), at(resume), people)  # type: ignore[arg-type]
    assert found == Moments(at(warn), at(due))


def test_what_is_promised() -> None:
    assert [span_of(STANDARD, kind) for kind in KINDS] == [
        timedelta(minutes=2), timedelta(minutes=5), timedelta(hours=24), timedelta(minutes=15),
    ]  # fmt: skip
    assert [span_of(Standard("s", "S"), kind) for kind in KINDS] == [None] * 4


@pytest.mark.parametrize(("met", "missed", "percent"), [(0, 0, None), (9, 1, 90.0), (2, 1, 66.7), (0, 3, 0.0)])
def test_share(met: int, missed: int, percent: float | None) -> None:
    assert kept_percent(met, missed) == percent
