"""Session windows: opened by what the customer writes, per address and sender, and closed early."""

from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from gateway.core import clock
from gateway.desk import windows
from gateway.desk.windows import Window, window_of
from gateway.models.contact import SessionWindow
from gateway.models.database import Database
from tests import care

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MARGIN = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("channel_type", "hours_ago", "expected"),
    [
        ("whatsapp", 0.0, (True, 1435)),
        ("whatsapp", 23.0, (True, 55)),
        ("whatsapp", 24 - 6 / 60, (True, 1)),
        ("whatsapp", 24 - 5 / 60, (False, 0)),
        ("whatsapp", 30.0, (False, 0)),
        ("messenger", 1.0, (True, 1375)),
        ("sms", 1.0, None),
        ("rcs", None, None),
        ("whatsapp", None, (False, 0)),
    ],
)
def test_how_a_window_stands(channel_type: str, hours_ago: float | None, expected: tuple[bool, int] | None) -> None:
    last = None if hours_ago is None else NOON - timedelta(hours=hours_ago)
    found = window_of(channel_type, last, MARGIN, NOON)
    assert (found and (found.open, found.minutes_left)) == expected


def test_never_heard_from_has_no_end() -> None:
    assert window_of("whatsapp", None, MARGIN, NOON) == Window(False, 0, None)


def test_each_sender_has_its_own_window(database: Database, redis_url: str, redis: Redis) -> None:
    runtime = care.runtime_on(database, redis_url)
    for hours, sender, to in (
        (0, "whatsapp:+923001234567", care.WHATSAPP.address),
        (1, "+923001234567", care.SMS.address),
        (2, "whatsapp:+923001234567", care.WHATSAPP.address),
    ):
        with clock.frozen(NOON + timedelta(hours=hours)):
            care.write(runtime, "when are you open?", sender, To=to)
    found = {row.channel_id: row.last_inbound_at for row in care.rows(database, SessionWindow)}
    assert found == {"wa": NOON + timedelta(hours=2), "sms": NOON + timedelta(hours=1)}
    with database.read() as session:
        assert windows.last_inbound(session, [(1, "wa"), (1, "elsewhere")]) == {(1, "wa"): NOON + timedelta(hours=2)}
        assert windows.last_inbound(session, []) == {}


def test_what_is_processed_late_does_not_shorten_it(database: Database, redis_url: str, redis: Redis) -> None:
    runtime = care.runtime_on(database, redis_url)
    with clock.frozen(NOON):
        late = care.request("refund please")
    with clock.frozen(NOON + timedelta(hours=1)):
        care.write(runtime, "hello")
        care.record(database, late)
        care.drain(runtime)
    assert [row.last_inbound_at for row in care.rows(database, SessionWindow)] == [NOON + timedelta(hours=1)]
