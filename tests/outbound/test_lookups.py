"""Answers that were lost: looked up at the provider before anything is sent again."""

from datetime import timedelta

from gateway.core import clock
from gateway.desk import deliveries, lookups
from gateway.jobs.sweep import sweep
from tests.outbound.conftest import Desk
from tests.outbound.sink import Lever


def test_a_lost_answer_is_found_and_never_sent_twice(desk: Desk) -> None:
    desk.sink.levers.append(Lever(keep=True))
    message_id = desk.say("Hello")
    desk.send()
    assert (desk.states(), desk.sink.bodies) == (["unconfirmed"], ["Hello"])
    _look(desk)
    assert (desk.states(), desk.sink.bodies) == (["accepted"], ["Hello"])
    assert desk.message(message_id).external_id == desk.sink.messages[0]["sid"]


def test_a_call_that_never_arrived_is_made_again_after_two_looks(desk: Desk) -> None:
    desk.sink.levers.append(Lever(drop=True))
    desk.say("Hello")
    desk.send()
    _look(desk)
    assert (desk.states(), desk.deliveries()[0].looks, desk.sink.bodies) == (["unconfirmed"], 1, [])
    _look(desk)
    assert (desk.states(), desk.sink.bodies) == (["accepted"], ["Hello"])


def test_our_own_other_messages_are_not_taken_for_the_lost_one(desk: Desk) -> None:
    desk.say("Hello")
    desk.send()
    desk.sink.levers.append(Lever(drop=True))
    desk.say("Hello")
    desk.send()
    _look(desk)
    assert desk.states() == ["accepted", "unconfirmed"]


def test_several_candidates_are_left_to_a_person(desk: Desk) -> None:
    desk.sink.levers.append(Lever(keep=True))
    message_id = desk.say("Hello")
    desk.send()
    (delivery,) = desk.deliveries()
    desk.sink.take({"To": [delivery.to], "From": [delivery.sender], "Body": ["Hello"]})
    _look(desk)
    (delivery,) = desk.deliveries()
    assert (delivery.state, delivery.error_code) == ("unconfirmed", "ambiguous")
    assert desk.log("operator_paged")[0]["code"] == "ambiguous"
    with desk.runtime.work() as session:
        deliveries.retry(session, message_id, None)
    desk.send()
    assert desk.states() == ["failed", "accepted"]


def test_a_crash_between_call_and_settling(desk: Desk) -> None:
    """The provider has it, we do not know: the row is stale, looked up, bound, and not sent again."""
    desk.say("Hello")
    with desk.runtime.database.begin() as session:
        (claimed,) = deliveries.claim(session, "crashed", most=5)
    desk.sink.take({"To": [claimed.to], "From": [claimed.sender], "Body": [claimed.body]})
    desk.send()
    assert (desk.states(), len(desk.sink.bodies)) == (["sending"], 1)
    began = clock.now()
    desk.change(claimed_at=began - timedelta(seconds=70))
    with desk.runtime.work() as session:
        assert deliveries.mark_stale(session) == 1
    desk.change(claimed_at=began)
    assert desk.states() == ["unconfirmed"]
    _look(desk)
    assert (desk.states(), len(desk.sink.bodies)) == (["accepted"], 1)


def test_a_failed_look_is_repeated(desk: Desk) -> None:
    desk.sink.levers.append(Lever(keep=True))
    desk.say("Hello")
    desk.send()
    base, desk.runtime.registry.provider("twilio")._client.http_client._base = (  # type: ignore[attr-defined]
        desk.sink.url,
        "http://127.0.0.1:9",
    )
    _look(desk)
    assert (desk.states(), desk.deliveries()[0].looks) == (["unconfirmed"], 0)
    desk.runtime.registry.provider("twilio")._client.http_client._base = base  # type: ignore[attr-defined]
    _look(desk)
    assert desk.states() == ["accepted"]


def test_a_failure_found_by_a_look_has_its_consequences(desk: Desk) -> None:
    desk.sink.levers.append(Lever(keep=True))
    desk.say("Hello")
    desk.send()
    desk.sink.messages[0] |= {"status": "undelivered", "error_code": 63033}
    _look(desk)
    assert desk.states() == ["undelivered"]
    assert [fact["reason"] for fact in desk.log("opted_out")] == ["provider:63033"]


def test_due_names_the_contacts(desk: Desk) -> None:
    desk.say("Hello")
    with desk.runtime.database.read() as session:
        assert deliveries.due(session) == [desk.deliveries()[0].contact_id]
    desk.sink.levers.append(Lever(drop=True))
    desk.send()
    with desk.runtime.database.read() as session:
        assert deliveries.due(session) == []
    desk.change(due_at=clock.now())
    with desk.runtime.database.read() as session:
        assert lookups.due(session) == deliveries.due(session) == [desk.deliveries()[0].contact_id]


def test_the_sweep_finds_what_no_wake_told_of(desk: Desk) -> None:
    desk.say("Hello")
    assert sweep(desk.runtime).sends == set(), "it is being woken for just now"
    desk.change(due_at=clock.now() - timedelta(seconds=2))
    assert sweep(desk.runtime).sends == {desk.deliveries()[0].contact_id}
    desk.change(state="sending", claimed_at=clock.now() - timedelta(seconds=61))
    sweep(desk.runtime)
    assert desk.states() == ["unconfirmed"]
    assert sweep(desk.runtime).sends == {desk.deliveries()[0].contact_id}
    assert desk.states() == ["unconfirmed"]


def _look(desk: Desk) -> None:
    """A minute later."""
    desk.change(due_at=clock.now())
    desk.sender._look_at = 0.0
    desk.send()
