"""What may be claimed, in states that only bad days bring about: on both databases."""

import time
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from redis import Redis
from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError

from gateway.core import clock
from gateway.core.errors import Action, Conflict, SendError
from gateway.core.ids import new_token
from gateway.core.replies import Option, Reply
from gateway.core.words import Owner
from gateway.desk import contents, conversations, deliveries
from gateway.models.message import Delivery, Message
from gateway.models.wakes import Wakes
from tests.outbound.builders import BUSINESS, SMS, open_conversation
from tests.outbound.conftest import Desk
from tests.outbound.sink import ACCOUNT


def test_a_mountain_of_passed_replies_is_called_off(desk: Desk) -> None:
    """A provider that was away all night, a customer who wrote on, and then a person who took over."""
    desk.say("from the bot", epoch=1)
    _copy_first(desk, times=1100)
    with desk.runtime.work() as session:
        conversation = open_conversation(session)
        conversations.change_owner(session, conversation, owner=Owner.QUEUE, queue="care", actor="contact")
    for _ in range(20):
        with desk.runtime.database.begin() as session:
            assert deliveries.claim(session, "me", most=5) == []
    assert set(desk.states()) == {"canceled"}


def test_what_is_given_back_keeps_its_place(desk: Desk) -> None:
    """A sender's rate holds a lane up for longer than the three minutes: its parts still go one after the other."""
    desk.say("first")
    desk.say("second")
    desk.change(created_at=clock.now() - timedelta(minutes=5), due_at=clock.now() - timedelta(minutes=5))
    with desk.runtime.database.begin() as session:
        (first,) = deliveries.claim(session, "me", most=5)
        deliveries.give_back(session, [first.id])
        (again,) = deliveries.claim(session, "another", most=5)
    assert (again.id, again.attempts) == (first.id, 1)


def test_what_waits_for_content_of_a_channel_that_is_gone_fails_and_lets_its_lane_go(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.say("", reply=Reply("Sure?", (Option("yes", "Yes"),)))
    desk.say("by the other channel")
    desk.change(created_at=clock.now() - timedelta(minutes=5))
    with desk.runtime.database.begin() as session:
        session.get_one(Delivery, 2).channel_id = "sms"
    left = SimpleNamespace(business=replace(BUSINESS, channels=(SMS,)))
    monkeypatch.setattr(desk.runtime.versions, "newest", lambda: left)
    desk.send()
    assert (desk.states(), desk.deliveries()[0].error_code) == (["failed", "accepted"], "channel_gone")


def test_a_call_given_up_for_lost_tells_nothing_of_the_next_one(desk: Desk) -> None:
    """Its process stood still for minutes; meanwhile another looked, found nothing, and calls again."""
    desk.say("Hello")
    with desk.runtime.database.begin() as session:
        (lost,) = deliveries.claim(session, "stood still", most=5)
    desk.change(state="queued")
    with desk.runtime.database.begin() as session:
        deliveries.claim(session, "me", most=5)
    with desk.runtime.database.begin() as session:
        refused = SendError("20429", "too fast", Action.RETRY)
        deliveries.settle(session, [deliveries.Outcome(lost, ACCOUNT, refused)])
    assert desk.states() == ["sending"], "queued, it would be sent a second time"


def test_content_made_while_the_database_is_away_does_not_hold_the_reply_for_minutes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> str:
        raise OperationalError("INSERT", {}, ConnectionRefusedError("refused"))

    monkeypatch.setattr(contents, "keep", away)
    desk.say("", reply=Reply("Sure?", (Option("yes", "Yes"),)))
    for _ in range(2):
        desk.send()
        desk.change(due_at=clock.now())
        for known, until in desk.sender._shelf._not_before.items():
            assert until - time.monotonic() < 5
            desk.sender._shelf._not_before[known] = 0.0
    desk.send()
    assert desk.states() == ["accepted"], "the words went out instead"


def test_a_key_used_for_another_customer_is_refused(desk: Desk) -> None:
    first = desk.say("for one", client_key="1")
    assert desk.say("again", client_key="1") == first
    with pytest.raises(Conflict):
        desk.say("for another", number="+923001234568", client_key="1")


def test_files_rung_for_again_and_again_do_not_fill_the_queue(desk: Desk, redis: Redis) -> None:
    for _ in range(5):
        desk.runtime.waker.ring(Wakes(media=set(range(50))))
    assert desk.runtime.waker.depths()["chores"] == 64


def _copy_first(desk: Desk, times: int) -> None:
    """As many messages of one part each."""
    with desk.runtime.database.begin() as session:
        message, row = (dict(session.execute(select(each.__table__)).mappings().one()) for each in (Message, Delivery))
        session.execute(insert(Message), [message | {"id": number} for number in range(2, times + 2)])
        copies = [row | {"id": n, "message_id": n, "token": new_token()} for n in range(2, times + 2)]
        session.execute(insert(Delivery), copies)
