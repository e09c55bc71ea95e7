"""The ladder: from WhatsApp to SMS by error or by the clock, each rung once, and never both where one arrived."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from gateway.core.words import Purpose
from gateway.desk import ladder
from gateway.desk.intended import Intended
from gateway.desk.ladder import Progress, progress
from tests.outbound.conftest import Desk
from tests.outbound.sink import Lever
from tests.outbound.ways import Ways

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
AFTER = timedelta(seconds=30)


@pytest.fixture
def ways(desk: Desk) -> Ways:
    made = Ways(desk)
    made.begin(heard_hours_ago=30)
    return made


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([("queued", None)], Progress("wait", NOON + AFTER)),
        ([("sending", None)], Progress("wait", NOON + AFTER)),
        ([("unconfirmed", None)], Progress("wait", NOON + AFTER)),
        ([("accepted", NOON - AFTER)], Progress("next")),
        ([("sent", NOON - timedelta(seconds=10))], Progress("wait", NOON + timedelta(seconds=20))),
        ([("sent", NOON - AFTER), ("accepted", NOON)], Progress("wait", NOON + AFTER)),
        ([("sent", NOON - AFTER), ("queued", None)], Progress("wait", NOON + AFTER)),
        ([("delivered", NOON - AFTER)], Progress("done")),
        ([("sent", NOON - AFTER), ("read", NOON - AFTER)], Progress("done")),
        ([("failed", None)], Progress("done")),
        ([("canceled", None)], Progress("done")),
        ([], Progress("done")),
    ],
)
def test_what_the_clock_finds(states: list[tuple[str, datetime | None]], expected: Progress) -> None:
    assert progress(states, AFTER, NOON) == expected


def test_no_sign_of_delivery_leads_to_the_next_channel(ways: Ways) -> None:
    message_id = ways.notify()
    ways.desk.send()
    ways.told("sent")
    assert ways.later(10) == 0
    assert ways.later(25) == 1
    ways.desk.send()
    assert ways.ways() == [("wa", "sent"), ("sms", "accepted")]
    assert ways.desk.sink.bodies == ["", "Order 77 is coming."]
    assert ways.desk.sink.messages[1]["to"] == "+923001234567"
    message = ways.desk.message(message_id)
    assert (message.channel_id, message.status, message.ladder) == ("sms", "accepted", [])
    assert ways.desk.log("ladder_climbed") == [{"rung": 1, "because": "no_delivery", "channel_id": "sms"}]
    assert ways.later(100) == 0


def test_proof_of_delivery_ends_it(ways: Ways) -> None:
    ways.notify()
    ways.desk.send()
    ways.told("delivered")
    ways.later(60)
    assert (ways.ways(), ways.timers()) == ([("wa", "delivered")], [("ladder_step", "fired")])


def test_late_proof_calls_off_what_is_still_queued(ways: Ways) -> None:
    message_id = ways.notify()
    ways.desk.send()
    ways.later(31)
    assert ways.ways() == [("wa", "accepted"), ("sms", "queued")]
    ways.told("delivered", at=0)
    ways.desk.send()
    assert ways.ways() == [("wa", "delivered"), ("sms", "canceled")]
    assert ways.desk.message(message_id).status == "delivered"


def test_a_rung_that_waits_for_the_provider_is_not_passed_over(ways: Ways) -> None:
    ways.notify()
    assert ways.later(31) == 1
    assert (ways.ways(), ways.timers()) == ([("wa", "queued")], [("ladder_step", "pending")])


def test_a_callbacks_error_leads_on_once(ways: Ways) -> None:
    ways.notify()
    ways.desk.send()
    for _ in range(2):
        ways.told("undelivered", "63024", at=0)
    assert ways.later(60) == 1
    ways.desk.send()
    assert ways.ways() == [("wa", "undelivered"), ("sms", "accepted")]
    assert ways.dead() == {"whatsapp": "63024"}


def test_a_refused_call_leads_on(ways: Ways) -> None:
    ways.desk.sink.levers.append(Lever(status=400, code=63003))
    message_id = ways.notify()
    ways.desk.send()
    ways.desk.send()
    assert ways.ways() == [("wa", "failed"), ("sms", "accepted")]
    assert (ways.desk.message(message_id).status, ways.dead()) == ("accepted", {"whatsapp": "63003"})


def test_when_all_rungs_failed_the_message_failed(ways: Ways) -> None:
    message_id = ways.notify()
    ways.desk.send()
    ways.told("undelivered", "63024")
    ways.desk.send()
    ways.told("undelivered", "30006")
    message = ways.desk.message(message_id)
    assert (message.status, message.error_code) == ("undelivered", "30006")
    assert ways.dead() == {"whatsapp": "63024", "sms": "30006"}
    found = ways.explain(Intended(Purpose.NOTICE, template="order", variables={"order": "1"}))
    assert (found.allowed, found.reasons[0].detail) == (False, "63024")


def test_dead_numbers_are_skipped_the_next_time(ways: Ways) -> None:
    ways.notify()
    ways.desk.send()
    ways.told("undelivered", "63003")
    found = ways.explain(Intended(Purpose.NOTICE, template="order", variables={"order": "1"}))
    assert (found.allowed, found.channel_id, found.rungs) == (True, "sms", ())


def test_a_wish_is_not_walked_around(ways: Ways) -> None:
    ways.notify()
    ways.desk.send()
    ways.told("failed", "63033")
    ways.later(60)
    assert ways.ways() == [("wa", "failed")]


def test_the_clock_and_a_callback_take_a_rung_once(ways: Ways) -> None:
    message_id = ways.notify()
    ways.desk.send()
    start = threading.Barrier(4)
    taken: list[bool] = []

    def climb(because: str) -> None:
        start.wait()
        with ways.desk.runtime.work() as session:
            taken.append(ladder.climb(session, message_id, 0, because))

    racers = [threading.Thread(target=climb, args=(f"racer {n}",)) for n in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(taken) == [False, False, False, True]
    assert len(ways.ways()) == 2


def test_after_a_day_nothing_goes_on(ways: Ways) -> None:
    message_id = ways.notify()
    ways.desk.send()
    with ways.desk.runtime.database.begin() as session:
        session.execute(ladder.update(ladder.messages).values(created_at=NOON - timedelta(days=400)))
    with ways.desk.runtime.work() as session:
        assert not ladder.climb(session, message_id, 0, "late")
