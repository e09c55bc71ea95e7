"""From the outbox to the provider, on both databases, against a provider that misbehaves on demand."""

from datetime import timedelta

import pytest

from gateway.core import clock
from gateway.core.errors import Action, Conflict, NotFound, SendError
from gateway.core.replies import Accepted
from gateway.desk import deliveries
from gateway.signals.rates import Grant, Rates
from tests.outbound.conftest import Desk
from tests.outbound.sink import ACCOUNT, Lever


def test_a_reply_reaches_the_provider(desk: Desk) -> None:
    message_id = desk.say("Salam")
    desk.send()
    (sent,) = desk.sink.messages
    (delivery,) = desk.deliveries()
    assert sent["form"]["StatusCallback"] == [
        f"https://care.example/webhooks/twilio/statuses?delivery={delivery.token}#rc=3&rp=ct,rt,5xx"
    ]
    assert (delivery.state, delivery.provider_id, delivery.account, delivery.attempts) == (
        "accepted", sent["sid"], ACCOUNT, 1,
    )  # fmt: skip
    message = desk.message(message_id)
    assert (message.status, message.external_id, message.account) == ("accepted", sent["sid"], ACCOUNT)
    assert desk.log("delivery_changed") == [
        {"delivery_id": delivery.id, "from": "sending", "to": "accepted", "error_code": None}
    ]


def test_outcomes_are_settled_together(desk: Desk) -> None:
    for number in range(3):
        desk.say("Hello", number=f"+92300123456{number}")
    with desk.runtime.database.begin() as session:
        claimed = deliveries.claim(session, "me", most=5)
        results = (Accepted("SM1", "queued"), SendError("21211", "bad", Action.FINAL), Accepted("SM3", "queued"))
        deliveries.settle(session, [deliveries.Outcome(c, ACCOUNT, r) for c, r in zip(claimed, results, strict=True)])
    assert desk.states() == ["accepted", "failed", "accepted"]
    assert [desk.message(at).external_id for at in (1, 2, 3)] == ["SM1", None, "SM3"]


def test_nothing_is_sent_twice(desk: Desk) -> None:
    desk.say("Once")
    desk.send()
    desk.send()
    assert desk.sink.bodies == ["Once"]


def test_parts_and_messages_of_a_contact_go_in_order(desk: Desk) -> None:
    texts = [f"{number} " + "word " * 330 for number in range(4)]
    desk.sink.delay = 0.01
    for text in texts:
        desk.say(text)
    desk.send()
    assert "".join(desk.sink.bodies).replace(" ", "") == "".join(texts).replace(" ", "")
    assert desk.states() == ["accepted"] * 8


def test_contacts_do_not_wait_for_each_other(desk: Desk) -> None:
    desk.sink.delay = 0.3
    began = clock.now()
    for number in range(20):
        desk.say("Hi", number=f"+9230012345{number:02}")
    desk.send()
    assert len(desk.sink.bodies) == 20
    assert clock.now() - began < timedelta(seconds=4), "twenty calls of 0.3 s overlapped"


@pytest.mark.parametrize(
    ("lever", "state", "code"),
    [
        (Lever(400, 21610), "failed", "21610"),
        (Lever(400, 63016), "failed", "63016"),
        (Lever(400, 99999), "failed", "99999"),
        (Lever(401, 20003), "failed", "20003"),
        (Lever(429, 20429), "queued", "20429"),
        (Lever(400, 63018), "queued", "63018"),
        (Lever(500, 20500), "unconfirmed", "20500"),
        (Lever(503, 20503), "unconfirmed", "20503"),
        (Lever(drop=True), "unconfirmed", "no_answer"),
        (Lever(keep=True), "unconfirmed", "no_answer"),
    ],
)
def test_what_a_refusal_does(desk: Desk, lever: Lever, state: str, code: str) -> None:
    desk.sink.levers.append(lever)
    message_id = desk.say("Hello")
    desk.send()
    (delivery,) = desk.deliveries()
    message = desk.message(message_id)
    assert (delivery.state, delivery.error_code) == (state, code)
    assert (message.status, message.error_code) == (state, code)
    assert len(desk.sink.requests) == 1
    assert desk.log("delivery_changed")[-1]["to"] == state


def test_a_refused_send_goes_out_later(desk: Desk) -> None:
    desk.sink.levers.append(Lever(429, 20429, {"Retry-After": "1"}))
    desk.say("Hello")
    desk.send()
    assert desk.deliveries()[0].due_at > clock.now()
    desk.change(due_at=clock.now())
    desk.sender._pace._until.clear()
    desk.send()
    assert (desk.states(), desk.sink.bodies) == (["accepted"], ["Hello"])
    assert desk.deliveries()[0].error_code is None


def test_five_refusals_are_the_end(desk: Desk) -> None:
    desk.say("Hello")
    for _ in range(5):
        desk.sink.levers.append(Lever(400, 63010))
        desk.change(due_at=clock.now())
        desk.send()
    assert (desk.states(), desk.deliveries()[0].attempts, desk.sink.bodies) == (["failed"], 5, [])


def test_an_opt_out_and_a_page_are_noted(desk: Desk) -> None:
    desk.sink.levers += [Lever(400, 21610), Lever(401, 20003), Lever(401, 20003)]
    for number in ("+923001234561", "+923001234562", "+923001234563"):
        desk.say("Hello", number=number)
        desk.send()
    (opted_out,) = desk.log("opted_out")
    assert opted_out["reason"] == "provider:21610"
    assert [page["code"] for page in desk.log("operator_paged")] == ["20003"], "one page for one code"


# Rates


def test_what_exceeds_the_senders_rate_is_given_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rates, "take", lambda *_: Grant(0, 60.0))
    desk.say("Hello")
    desk.sender.run(5)
    (delivery,) = desk.deliveries()
    assert (delivery.state, delivery.attempts, desk.sink.bodies) == ("queued", 0, [])
    assert delivery.due_at < clock.now(), "it keeps its place in the line"


def test_a_channel_disconnected_meanwhile(desk: Desk) -> None:
    desk.say("Hello")
    desk.change(channel_id="old")
    desk.send()
    assert (desk.states(), desk.deliveries()[0].error_code) == (["failed"], "channel_gone")
    assert desk.log("operator_paged")[0]["code"] == "channel_gone"


# People


def test_a_person_sends_a_failed_message_again(desk: Desk) -> None:
    desk.sink.levers.append(Lever(400, 21211))
    message_id = desk.say("Hello", epoch=1)
    desk.send()
    with desk.runtime.work() as session:
        deliveries.retry(session, message_id, None)
    assert desk.message(message_id).status == "queued"
    desk.send()
    message = desk.message(message_id)
    assert (message.status, message.error_code, desk.sink.bodies) == ("accepted", None, ["Hello"])


def test_what_did_not_fail_cannot_be_sent_again(desk: Desk) -> None:
    message_id = desk.say("Hello")
    desk.send()
    with desk.runtime.work() as session:
        with pytest.raises(Conflict):
            deliveries.retry(session, message_id, None)
        with pytest.raises(NotFound):
            deliveries.retry(session, 999, None)
