"""Timers: fired once over any number of hosts, tried five times, and follow-ups that know when they are not wanted."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from automation.scheduling.quiet import Quiet
from gateway.core import clock
from gateway.core.errors import Conflict
from gateway.core.words import Purpose
from gateway.desk import promises, timers
from gateway.desk.intended import Intended
from gateway.desk.promises import Promise
from gateway.desk.timers import TimerKind
from gateway.jobs.fire_timers import fire_due
from gateway.jobs.sweep import sweep
from gateway.models.contact import Address
from gateway.models.message import Message
from gateway.models.timer import Timer
from gateway.signals.wakes import CHORES
from handlers import timer_fired
from tests.outbound.conftest import Desk
from tests.outbound.conftest import desk as desk
from tests.outbound.conftest import sink as sink
from tests.outbound.ways import Ways

NOON = datetime(2026, 3, 2, 7, tzinfo=UTC)
"""Noon in Karachi."""
ASKED = "Has the problem gone?"


@pytest.fixture
def ways(desk: Desk) -> Ways:
    return Ways(desk)


@pytest.fixture
def promised(ways: Ways) -> Callable[..., None]:
    """``promised(text=…)``: a follow-up in an hour, on the conversation."""

    def make(**meant: Any) -> None:
        intended = Intended(Purpose.FOLLOW_UP, **(meant or {"text": ASKED}))
        due_at = clock.now() + timedelta(hours=1)
        with ways.desk.runtime.work() as session:
            made = Promise(ways.contact_id, intended, due_at, ways.conversation_id, unless_heard=True)
            promises.promise(session, made)

    return make


def texts(ways: Ways) -> list[tuple[str, str, str]]:
    with ways.desk.runtime.database.read() as session:
        rows = session.scalars(select(Message).order_by(Message.id)).all()
        return [(row.text, row.channel_id, row.purpose) for row in rows]


def outcome(ways: Ways) -> tuple[str, str]:
    with ways.desk.runtime.database.read() as session:
        row = session.scalars(select(Timer).where(Timer.kind == TimerKind.FOLLOW_UP)).one()
        return row.state, row.outcome


def test_inside_the_window_it_asks_freely(ways: Ways, promised: Callable[..., None]) -> None:
    with clock.frozen(NOON):
        ways.begin(heard_hours_ago=1)
        promised()
        assert fire_due(ways.desk.runtime) == 0
    with clock.frozen(NOON + timedelta(hours=1)):
        assert fire_due(ways.desk.runtime) == 1
    assert texts(ways) == [(ASKED, "wa", "follow_up")]
    assert outcome(ways) == ("fired", "message 1")


def test_outside_it_takes_the_nearest_way(ways: Ways, promised: Callable[..., None]) -> None:
    with clock.frozen(NOON):
        ways.begin(heard_hours_ago=30)
        promised()
        promised(template="order", variables={"order": "5"})
    with clock.frozen(NOON + timedelta(hours=1)):
        assert fire_due(ways.desk.runtime) == 2
    assert texts(ways) == [(ASKED, "sms", "follow_up"), ("Your order 5 is coming.", "wa", "follow_up")]


def test_it_is_dropped_when_the_customer_wrote_first(ways: Ways, promised: Callable[..., None]) -> None:
    with clock.frozen(NOON):
        ways.begin(heard_hours_ago=1)
        promised()
    with ways.desk.runtime.database.begin() as session:
        session.execute(update(Address).values(last_inbound_at=NOON + timedelta(minutes=20)))
    with clock.frozen(NOON + timedelta(hours=1)):
        fire_due(ways.desk.runtime)
    assert (texts(ways), outcome(ways)) == ([], ("dropped", "the customer wrote first"))


def test_what_may_not_be_sent_is_dropped_with_the_reason(ways: Ways, promised: Callable[..., None]) -> None:
    with clock.frozen(NOON):
        ways.begin(heard_hours_ago=1)
        promised(template="gone")
    with clock.frozen(NOON + timedelta(hours=1)):
        fire_due(ways.desk.runtime)
    assert outcome(ways) == ("dropped", "template_unknown")


def test_quiet_hours_put_it_off(ways: Ways, promised: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways.desk.runtime.config(), "quiet", Quiet(time(21), time(9)))
    night = datetime(2026, 3, 2, 17, tzinfo=UTC)
    with clock.frozen(night):
        ways.begin(heard_hours_ago=1)
        promised()
    with clock.frozen(night + timedelta(hours=1)):
        assert fire_due(ways.desk.runtime) == 1
        assert (texts(ways), outcome(ways)[0]) == ([], "pending")
    with clock.frozen(datetime(2026, 3, 3, 4, tzinfo=UTC)):
        assert fire_due(ways.desk.runtime) == 1
    assert texts(ways) == [(ASKED, "wa", "follow_up")]


def test_several_hosts_fire_each_timer_once(ways: Ways, promised: Callable[..., None]) -> None:
    ways.begin(heard_hours_ago=1)
    for number in range(8):
        promised(text=f"Question {number}")
    with ways.desk.runtime.database.begin() as session:
        session.execute(update(Timer).values(due_at=clock.now()))
    hosts = [threading.Thread(target=fire_due, args=(ways.desk.runtime,)) for _ in range(4)]
    for host in hosts:
        host.start()
    for host in hosts:
        host.join()
    assert sorted(text for text, _, _ in texts(ways)) == [f"Question {number}" for number in range(8)]


def test_a_broken_one_is_tried_five_times_and_takes_nothing_along(
    ways: Ways, promised: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    ways.begin(heard_hours_ago=1)
    promised()

    def broken(firing: timer_fired.Firing) -> None:
        firing.session.execute(update(Message).values(text="must be rolled back"))
        raise ValueError("cannot")

    monkeypatch.setattr(timer_fired, "ACTS", {TimerKind.FOLLOW_UP: broken})
    for _ in range(7):
        ways.later(3700)
    with ways.desk.runtime.database.read() as session:
        row = session.scalars(select(Timer)).one()
        assert (row.state, row.attempts, row.outcome) == ("failed", 5, "ValueError: cannot")


def test_the_sweep_rings_for_due_timers(ways: Ways, promised: Callable[..., None], redis: Any) -> None:
    ways.begin(heard_hours_ago=1)
    promised()
    assert not sweep(ways.desk.runtime).timers
    with ways.desk.runtime.database.begin() as session:
        session.execute(update(Timer).values(due_at=clock.now()))
    assert sweep(ways.desk.runtime).timers
    assert redis.llen(f"rq:queue:{CHORES}") == 1
    sweep(ways.desk.runtime)
    assert redis.llen(f"rq:queue:{CHORES}") == 1


def test_one_contact_has_so_many_at_most(ways: Ways, promised: Callable[..., None]) -> None:
    ways.begin(heard_hours_ago=1)
    for _ in range(timers.PENDING_OF_ONE):
        promised()
    with pytest.raises(Conflict):
        promised()
