"""A customer writes again: what waited for them goes first, unless they want nothing; dead ways come alive."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import update

from gateway.core import clock
from gateway.core.replies import Reply
from gateway.core.words import Author
from gateway.desk import conversations, outbox, parked
from gateway.desk.intended import Facts, Rules
from gateway.models.contact import Address
from gateway.models.conversation import Conversation
from gateway.models.database import Database
from gateway.models.message import Delivery, Message
from gateway.runtime import Runtime
from tests import care

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def runtime(database: Database, redis_url: str, redis: Redis) -> Runtime:
    return care.runtime_on(database, redis_url)


@pytest.fixture
def waiting(runtime: Runtime) -> Callable[..., None]:
    """A customer wrote at noon, and two days later two replies wait for them."""

    def make(resolved: bool = False) -> None:
        with clock.frozen(NOON):
            care.write(runtime, "when are you open?")
        with clock.frozen(NOON + timedelta(days=2)), runtime.work() as session:
            conversation = conversations.lock(session, 1)
            for text in ("first", "second"):
                said = outbox.say(
                    session, conversation, Reply(text), author=Author.AGENT, business=care.BUSINESS, parked=True
                )
                rules = Rules(care.BUSINESS, care.CONFIG.sending, care.CONFIG.templates)
                parked.park(session, 1, conversation.contact_id, said, Facts(conversation.contact_id), rules)
            if resolved:
                conversations.resolve(session, 1, actor=Author.AGENT)

    return make


def writes(runtime: Runtime, text: str, days: float = 3, **fields: str) -> list[Any]:
    with clock.frozen(NOON + timedelta(days=days)):
        care.write(runtime, text, **fields)
    return [(row.text, row.status) for row in care.said(runtime.database) if row.author == "agent"]


def queued(runtime: Runtime) -> list[tuple[str, str]]:
    return [(row.body, row.channel_id) for row in care.rows(runtime.database, Delivery)][1:]


def test_what_waited_goes_before_the_bots_answer(runtime: Runtime, waiting: Callable[..., None]) -> None:
    waiting()
    assert writes(runtime, "refund please") == [("first", "queued"), ("second", "queued")]
    bodies = [body for body, _ in queued(runtime)]
    assert bodies[:2] == ["first", "second"]
    assert "5 days" in bodies[2]
    assert [row.parked_count for row in care.rows(runtime.database, Conversation)] == [0]


def test_stop_lets_nothing_out(runtime: Runtime, waiting: Callable[..., None]) -> None:
    waiting()
    assert writes(runtime, "stop") == [("first", "parked"), ("second", "parked")]


def test_it_follows_them_to_another_channel(runtime: Runtime, waiting: Callable[..., None]) -> None:
    waiting()
    writes(runtime, "hello", sender="+923001234567", To=care.SMS.address)
    assert queued(runtime)[:2] == [("first", "sms"), ("second", "sms")]


def test_it_goes_along_into_a_new_conversation(runtime: Runtime, waiting: Callable[..., None]) -> None:
    waiting(resolved=True)
    assert writes(runtime, "refund please", days=5) == [("first", "queued"), ("second", "queued")]
    kept = [row.conversation_id for row in care.rows(runtime.database, Message) if row.author == "agent"]
    assert kept == [2, 2]
    assert [row.parked_count for row in care.rows(runtime.database, Conversation)] == [0, 0]


def test_who_writes_from_there_can_be_reached_there(runtime: Runtime) -> None:
    care.write(runtime, "hello")
    noted = {"whatsapp": {"code": "63024", "at": "x"}, "sms": {"code": "30006", "at": "x"}}
    with runtime.database.begin() as session:
        session.execute(update(Address).values(dead=noted))
    care.write(runtime, "hello")
    assert list(care.rows(runtime.database, Address)[0].dead) == ["sms"]
