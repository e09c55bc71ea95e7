"""Callbacks in every order, early, twice, late and for others: deliveries move forward only."""

from datetime import timedelta
from itertools import permutations
from random import Random

import pytest
from sqlalchemy import delete, select

from gateway.channels.twilio.errors import verdict_on
from gateway.core import clock
from gateway.core.events import Received, StatusChanged
from gateway.core.replies import OutMedia, Reply
from gateway.desk import deliveries, statuses
from gateway.jobs.sweep import sweep
from gateway.models.message import Delivery, HeldStatus
from handlers.dispatch import handler_of
from handlers.turn import Turn
from tests.outbound.conftest import Desk
from tests.outbound.sink import ACCOUNT, Lever


def call_back(
    desk: Desk, status: str, *, code: str | None = None, by: str = "token", sid: str = "", at: int = 0
) -> None:
    """What the provider tells of our delivery number ``at``; ``by`` the token in the URL or its own id alone."""
    delivery = desk.deliveries()[at]
    change = StatusChanged(
        ACCOUNT,
        sid or delivery.provider_id or "SM" + "e" * 32,
        status,
        delivery.token if by == "token" else None,
        code,
        verdict=verdict_on(code) if code else None,
    )
    with desk.runtime.work() as session:
        handler_of("status")(Turn(session, Received(1, clock.now(), change), desk.runtime.config()))


@pytest.mark.parametrize("by", ["token", "id"])
@pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "read"])))
def test_any_order_ends_alike(desk: Desk, order: tuple[str, ...], by: str) -> None:
    message_id = desk.say("Hello")
    desk.send()
    for status in (*order, *order):
        call_back(desk, status, by=by)
    assert (desk.states(), desk.message(message_id).status) == (["read"], "read")


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (["queued"], "accepted"),
        (["sent", "queued"], "sent"),
        (["delivered", "failed"], "delivered"),
        (["failed", "sent"], "failed"),
        (["undelivered", "delivered"], "delivered"),
        (["undelivered", "failed"], "undelivered"),
        (["canceled"], "canceled"),
        (["partially_delivered"], "sent"),
        (["somersaulted"], "accepted"),
    ],
)
def test_forward_only(desk: Desk, told: list[str], state: str) -> None:
    desk.say("Hello")
    desk.send()
    for status in told:
        call_back(desk, status, code="30005" if status in ("failed", "undelivered") else None)
    assert desk.states() == [state]


def test_a_failure_after_delivery_is_logged_and_ignored(desk: Desk) -> None:
    desk.say("Hello")
    desk.send()
    call_back(desk, "delivered")
    call_back(desk, "failed", code="63016")
    assert desk.log("delivery_changed")[-1] == {
        "delivery_id": 1, "from": "delivered", "to": "failed", "error_code": "63016", "ignored": True,
    }  # fmt: skip


def test_outside_the_window_is_acted_on_once(desk: Desk) -> None:
    message_id = desk.say("Hello")
    desk.send()
    for _ in range(3):
        call_back(desk, "undelivered", code="63016")
    message = desk.message(message_id)
    assert (message.status, message.error_code) == ("undelivered", "63016")
    assert [entry["to"] for entry in desk.log("delivery_changed")] == ["accepted", "undelivered"]


def test_a_callback_before_our_own_commit_settles(desk: Desk) -> None:
    """The answer to our call is still on its way when the provider tells that it was delivered."""
    message_id = desk.say("Hello")
    with desk.runtime.database.begin() as session:
        (claimed,) = deliveries.claim(session, "me", most=1)
    call_back(desk, "delivered", sid="SM1")
    assert (desk.states(), desk.message(message_id).external_id) == (["delivered"], "SM1")
    result = deliveries.Outcome(claimed, ACCOUNT, deliveries.Accepted("SM1", "queued"))
    with desk.runtime.database.begin() as session:
        deliveries.settle(session, [result])
    assert desk.states() == ["delivered"]
    assert len(desk.log("delivery_changed")) == 1


def test_a_callback_settles_an_unknown_outcome(desk: Desk) -> None:
    desk.sink.levers.append(Lever(keep=True))
    desk.say("first")
    desk.say("second")
    desk.send()
    assert desk.states() == ["unconfirmed", "queued"]
    call_back(desk, "sent", sid=desk.sink.messages[0]["sid"])
    desk.send()
    assert (desk.states(), desk.sink.bodies) == (["sent", "accepted"], ["first", "second"])


def test_an_early_callback_without_our_token_is_held_and_joined(desk: Desk) -> None:
    sid = "SM" + "0" * 32
    with desk.runtime.work() as session:
        assert not statuses.advance(session, StatusChanged(ACCOUNT, sid, "delivered"))
    desk.say("Hello")
    desk.send()
    assert desk.states() == ["delivered"]
    with desk.runtime.database.read() as session:
        assert session.scalars(select(HeldStatus)).one().joined_at is not None


@pytest.mark.parametrize("joined_by", ["acceptance", "sweep"])
def test_a_held_failure_has_the_consequences_that_its_callback_told_of(desk: Desk, joined_by: str) -> None:
    """21610: the contact said STOP to the provider."""
    sid = "SM" + "0" * 32
    failure = StatusChanged(ACCOUNT, sid, "undelivered", None, "21610", "opted out", verdict=verdict_on("21610"))
    desk.say("Hello")
    if joined_by == "sweep":
        desk.send()
    with desk.runtime.database.begin() as session:
        statuses._hold(session, failure)
    desk.send()
    sweep(desk.runtime)
    assert (desk.states(), desk.deliveries()[0].error_code) == (["undelivered"], "21610")
    assert [fact["reason"] for fact in desk.log("opted_out")] == ["provider:21610"]


def test_a_callback_held_just_while_its_message_was_accepted_is_joined_by_the_sweep(desk: Desk) -> None:
    """Two transactions side by side: neither sees what the other writes."""
    desk.say("Hello")
    desk.send()
    with desk.runtime.database.begin() as session:
        for sid, status in ((desk.sink.messages[0]["sid"], "delivered"), ("SMother", "sent")):
            session.add(HeldStatus(account=ACCOUNT, external_id=sid, status=status, received_at=clock.now()))
    sweep(desk.runtime)
    assert desk.states() == ["delivered"]
    with desk.runtime.database.read() as session:
        assert [held.joined_at is None for held in session.scalars(select(HeldStatus).order_by(HeldStatus.id))] == [
            False,
            True,
        ]
        assert statuses.held_too_late(session) == []


def test_an_unknown_id_is_kept_aside(desk: Desk) -> None:
    with desk.runtime.work() as session:
        assert not statuses.advance(session, StatusChanged(ACCOUNT, "SMother", "failed", "no-such-token", "30003"))
    with desk.runtime.database.read() as session:
        held = session.scalars(select(HeldStatus)).one()
        assert (held.external_id, held.status, held.error_code, held.joined_at) == ("SMother", "failed", "30003", None)


def test_another_accounts_id_is_not_ours(desk: Desk) -> None:
    desk.say("Hello")
    desk.send()
    sid = desk.sink.messages[0]["sid"]
    with desk.runtime.work() as session:
        assert not statuses.advance(session, StatusChanged("AC_other", sid, "failed"))
    assert desk.states() == ["accepted"]


def test_sent_lets_the_text_after_a_file_go(desk: Desk) -> None:
    desk.say("", reply=Reply(media=(OutMedia("image/png", url="https://files.example/a.png"),)))
    desk.say("What you see here")
    desk.send()
    assert desk.states() == ["accepted", "queued"]
    call_back(desk, "queued")
    desk.send()
    assert desk.states() == ["accepted", "queued"]
    call_back(desk, "sent")
    desk.send()
    assert desk.states() == ["sent", "accepted"]


def test_a_passing_failure_is_tried_afresh_twice(desk: Desk) -> None:
    message_id = desk.say("Hello")
    for at in range(3):
        desk.change(due_at=clock.now())
        desk.send()
        call_back(desk, "undelivered", code="30003", at=at)
    assert desk.states() == ["undelivered"] * 3
    assert (desk.message(message_id).status, desk.message(message_id).error_code) == ("undelivered", "30003")


def test_a_fresh_try_waits_and_ends_when_the_first_arrived_after_all(desk: Desk) -> None:
    message_id = desk.say("Hello")
    desk.send()
    call_back(desk, "undelivered", code="30008")
    assert desk.states() == ["undelivered", "queued"]
    assert desk.deliveries()[1].due_at > clock.now() + timedelta(seconds=50)
    call_back(desk, "delivered")
    assert desk.states() == ["delivered", "canceled"]
    assert len(desk.sink.bodies) == 1
    assert desk.message(message_id).status == "delivered"


def test_a_blocked_contact_is_opted_out_by_callback(desk: Desk) -> None:
    desk.say("Hello")
    desk.send()
    call_back(desk, "failed", code="63033")
    assert desk.log("opted_out")[0]["channel_id"] == "wa"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (["read", "sent"], "sent"),
        (["delivered", ""], "accepted"),
        (["read", "failed"], "failed"),
        (["", ""], "accepted"),
    ],
)
def test_a_message_of_two_parts_shows_the_worst_or_least(desk: Desk, told: list[str], shown: str) -> None:
    message_id = desk.say("word " * 400)
    desk.send()
    for at, status in enumerate(told):
        if status:
            call_back(desk, status, at=at)
    assert desk.message(message_id).status == shown


TOLD = ("queued", "sent", "delivered", "read", "failed", "undelivered", "?")


@pytest.mark.parametrize("seed", range(8))
def test_together_or_one_by_one_ends_alike(desk: Desk, seed: int) -> None:
    """Eight pieces of news in two lots; number 3 is a token that nobody knows."""
    random = Random(seed)
    news = [(random.randrange(4), random.choice(TOLD)) for _ in range(8)]
    split = random.randrange(9)
    ends = []
    for together in (False, True):
        clear(desk)
        told = len(desk.log("delivery_changed"))
        for number in ("+923000000001", "+923000000002", "+923000000003"):
            desk.say("Hello", number=number)
        desk.send()
        tokens = [delivery.token for delivery in desk.deliveries()]
        changes = [change_of(delivery, status, tokens) for delivery, status in news]
        for some in (changes[:split], changes[split:]):
            with desk.runtime.work() as session:
                if together:
                    statuses.advance_all(session, some)
                else:
                    for change in some:
                        statuses.advance(session, change)
        ends.append(outcome(desk, tokens, told))
    assert ends[0] == ends[1]


def clear(desk: Desk) -> None:
    with desk.runtime.database.begin() as session:
        for table in (Delivery, HeldStatus):
            session.execute(delete(table))


def change_of(at: int, status: str, tokens: list[str]) -> StatusChanged:
    failed = status in ("failed", "undelivered")
    token = tokens[at] if at < len(tokens) else "nobody"
    code = "30005" if failed else None
    return StatusChanged(ACCOUNT, f"SM{at}", status, token, code, verdict=verdict_on(code) if code else None)


def outcome(desk: Desk, tokens: list[str], before: int) -> dict[str, object]:
    with desk.runtime.database.read() as session:
        held = session.scalars(select(HeldStatus.status).order_by(HeldStatus.id)).all()
    rows = sorted(desk.deliveries(), key=lambda row: tokens.index(row.token) if row.token in tokens else 9)
    ids = [row.id for row in rows]
    told = [fact for fact in desk.log("delivery_changed")[before:] if fact["delivery_id"] in ids]
    return {
        "states": [(row.state, row.error_code, row.settled_at is None) for row in rows],
        "shown": [desk.message(row.message_id).status for row in rows],
        "told": sorted((ids.index(f["delivery_id"]), f["from"], f["to"], f.get("ignored", False)) for f in told),
        "held": sorted(held),
    }
