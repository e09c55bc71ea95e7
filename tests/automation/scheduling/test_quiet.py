"""Nothing is begun at night where the contact is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.scheduling.days_off import Country, DayOff, DaysOff
from automation.scheduling.places import timezone_of
from automation.scheduling.quiet import Quiet

NIGHT = Quiet(time(21), time(8))
LUNCH = Quiet(time(13), time(15, 30))
NEVER = Quiet(time(9), time(9))
SUNDAYS = Quiet(time(21), time(8), frozenset({6}))
EID = Quiet(time(21), time(8), holidays=DaysOff({date(2026, 3, 20): DayOff("Eid")}))
SALE = Quiet(time(21), time(8), holidays=DaysOff({date(2026, 3, 20): DayOff("Sale", ((420, 720), (1200, 1380)))}))
PAKISTAN = Quiet(time(21), time(8), holidays=DaysOff(countries=(Country("PK"),)))
ALWAYS = Quiet(time(9), time(9), frozenset(range(7)))


@pytest.mark.parametrize(
    ("quiet", "zone", "now", "allowed"),
    [
        (NIGHT, "Asia/Karachi", "2026-03-02 20:59", None),
        (NIGHT, "Asia/Karachi", "2026-03-02 21:00", "2026-03-03 08:00"),
        (NIGHT, "Asia/Karachi", "2026-03-03 03:00", "2026-03-03 08:00"),
        (NIGHT, "Asia/Karachi", "2026-03-03 08:00", None),
        (LUNCH, "Asia/Karachi", "2026-03-03 13:00", "2026-03-03 15:30"),
        (LUNCH, "Asia/Karachi", "2026-03-03 23:59", None),
        (NEVER, "Asia/Karachi", "2026-03-03 09:00", None),
        (SUNDAYS, "Asia/Karachi", "2026-03-07 22:00", "2026-03-09 08:00"),
        (SUNDAYS, "Asia/Karachi", "2026-03-08 12:00", "2026-03-09 08:00"),
        (EID, "Asia/Karachi", "2026-03-19 22:00", "2026-03-21 08:00"),
        (SALE, "Asia/Karachi", "2026-03-20 07:00", "2026-03-20 08:00"),
        (SALE, "Asia/Karachi", "2026-03-20 12:00", "2026-03-20 20:00"),
        (SALE, "Asia/Karachi", "2026-03-20 21:00", "2026-03-21 08:00"),
        (PAKISTAN, "Asia/Karachi", "2027-03-22 21:00", "2027-03-24 08:00"),
        (NIGHT, "America/New_York", "2026-03-07 23:00", "2026-03-08 08:00"),
        (Quiet(time(21), time(2, 30)), "America/New_York", "2026-03-07 23:00", "2026-03-08 03:00"),
        (Quiet(time(21), time(1, 30)), "America/New_York", "2026-10-31 23:00", "2026-11-01 01:30"),
    ],
)
def test_the_next_moment_we_may_write(quiet: Quiet, zone: str, now: str, allowed: str | None) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(zone))
    expected = datetime.fromisoformat(allowed or now).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert quiet.next_allowed(moment, zone) == expected


def test_quiet_without_end_is_asked_again_in_a_year() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert ALWAYS.next_allowed(now, "UTC") - now == timedelta(days=370)


@given(
    st.times(), st.times(), st.integers(0, 1_000_000),
    st.sampled_from(["Asia/Karachi", "America/New_York", "Europe/London", "Pacific/Auckland"]),
)  # fmt: skip
def test_what_is_allowed_is_not_quiet(start: time, end: time, minutes: int, zone: str) -> None:
    start, end = start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    allowed = Quiet(start, end).next_allowed(moment, zone)
    assert allowed >= moment
    assert Quiet(start, end).next_allowed(allowed, zone) == allowed
    local = allowed.astimezone(ZoneInfo(zone))
    if local.utcoffset() == local.replace(fold=1).utcoffset():
        shown = local.time().replace(tzinfo=None)
        quiet = start <= shown < end if start <= end else shown >= start or shown < end
        assert not quiet


@pytest.mark.parametrize(
    ("phone", "fallback", "zone"),
    [
        ("+923001234567", "Europe/London", "Asia/Karachi"),
        ("+12125550100", "Asia/Karachi", "America/New_York"),
        ("+61412345678", "Australia/Sydney", "Australia/Sydney"),
        ("+61412345678", "Asia/Karachi", "Australia/Adelaide"),
        ("PK.13491208655302741918", "Asia/Karachi", "Asia/Karachi"),
        ("+99999", "Asia/Karachi", "Asia/Karachi"),
        ("", "Asia/Karachi", "Asia/Karachi"),
        (None, "Asia/Karachi", "Asia/Karachi"),
    ],
)
def test_where_a_number_lives(phone: str | None, fallback: str, zone: str) -> None:
    assert timezone_of(phone, fallback) == zone
