"""Replies outside the session window: kept, announced once, sent when the customer writes, or visibly ended."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.core import clock
from gateway.core.errors import Conflict, Refused
from gateway.desk import parked
from gateway.desk.opened import OpenConversation
from gateway.models.contact import OptOut
from gateway.models.conversation import Conversation
from gateway.models.message import Message
from tests.outbound.builders import BUSINESS, open_conversation
from tests.outbound.conftest import Desk
from tests.outbound.ways import Ways


@pytest.fixture
def ways(desk: Desk) -> Ways:
    return Ways(desk)


def messages(ways: Ways) -> list[tuple[str, str]]:
    with ways.desk.runtime.database.read() as session:
        rows = session.execute(select(Message.text, Message.status).order_by(Message.id)).all()
        return [(row.text, row.status) for row in rows]


def waiting(ways: Ways) -> int:
    with ways.desk.runtime.database.read() as session:
        return session.scalars(select(Conversation.parked_count)).one()


def written_to(ways: Ways) -> OpenConversation:
    """The customer writes again."""
    with ways.desk.runtime.work() as session:
        conversation = open_conversation(session)
        parked.release(session, conversation, BUSINESS)
        return conversation


def test_inside_the_window_it_goes_at_once(ways: Ways) -> None:
    ways.begin(heard_hours_ago=1)
    ways.reply("Hello")
    ways.desk.send()
    assert (ways.desk.sink.bodies, waiting(ways)) == (["Hello"], 0)


def test_outside_it_waits_and_the_customer_is_told_once_a_day(ways: Ways) -> None:
    ways.begin(heard_hours_ago=24)
    for text in ("Your refund is done.", "It takes 5 days."):
        ways.reply(text)
    ways.desk.send()
    assert messages(ways) == [
        ("Your refund is done.", "parked"), ("Your answer is here.", "accepted"), ("It takes 5 days.", "parked"),
    ]  # fmt: skip
    assert ways.desk.sink.messages[0]["form"]["ContentSid"] == ["HXreply_waiting"]
    assert (len(ways.desk.sink.messages), waiting(ways)) == (1, 2)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        ways.reply("Hello?")
    assert [text for text, _ in messages(ways)].count("Your answer is here.") == 2


def test_what_waited_goes_in_order_when_they_write(ways: Ways) -> None:
    ways.begin(heard_hours_ago=30)
    for text in ("first", "second"):
        ways.reply(text)
    ways.desk.send()
    written_to(ways)
    for _ in range(3):
        ways.desk.send()
    assert ways.desk.sink.bodies[1:] == ["first", "second"]
    assert (waiting(ways), {state for _, state in messages(ways)}) == (0, {"accepted"})
    assert [state for kind, state in ways.timers() if kind == "parked_expiry"] == ["dropped", "dropped"]
    written_to(ways)
    assert len(ways.desk.deliveries()) == 3


def test_nobody_comes_and_it_expires_visibly(ways: Ways) -> None:
    ways.begin()
    message_id = ways.reply("Are you there?")
    assert ways.later(7 * 86_400 + 1) == 1
    message = ways.desk.message(message_id)
    assert (message.status, message.error_code, waiting(ways)) == ("expired", "nobody_wrote", 0)
    assert ways.desk.log("message_expired") == [{"reason": "nobody_wrote"}]
    written_to(ways)
    assert ways.desk.message(message_id).status == "expired"


def test_an_agent_may_take_it_back(ways: Ways) -> None:
    ways.begin()
    message_id = ways.reply("Wrong customer")
    with ways.desk.runtime.work() as session:
        parked.withdraw(session, message_id, None)
    assert (ways.desk.message(message_id).status, waiting(ways)) == ("canceled", 0)
    with pytest.raises(Conflict), ways.desk.runtime.work() as session:
        parked.withdraw(session, message_id, None)


def test_the_same_key_waits_once(ways: Ways) -> None:
    ways.begin()
    assert ways.reply("Hello", client_key="k1") == ways.reply("Hello", client_key="k1")
    assert waiting(ways) == 1


def test_who_opted_out_is_not_told(ways: Ways) -> None:
    ways.begin(heard_hours_ago=30)
    with ways.desk.runtime.work() as session:
        session.add(OptOut(address_id=1, channel_id="wa", channel_type="whatsapp", since=clock.now()))
    with pytest.raises(Refused) as refused:
        ways.reply("Hello")
    assert [refusal for refusal, _ in refused.value.reasons] == ["opted_out"]


def test_the_provider_knows_of_a_closed_window_before_we_do(ways: Ways) -> None:
    ways.begin(heard_hours_ago=1)
    message_id = ways.reply("Hello")
    ways.desk.send()
    for _ in range(3):
        ways.told("undelivered", "63016", at=0)
    ways.later(1)
    ways.desk.send()
    assert (ways.desk.message(message_id).status, waiting(ways)) == ("parked", 1)
    assert [kind for kind, _ in ways.timers()] == ["parked_late", "parked_expiry"]
    written_to(ways)
    ways.desk.send()
    ways.desk.send()
    assert (ways.desk.message(message_id).status, ways.desk.sink.bodies[-1]) == ("accepted", "Hello")


def test_by_template_it_goes_outside_the_window(ways: Ways) -> None:
    ways.begin(heard_hours_ago=30)
    message_id = ways.reply("", template="order", variables={"order": "5"})
    ways.desk.send()
    assert ways.desk.message(message_id).text == "Your order 5 is coming."
    assert ways.desk.sink.messages[0]["form"]["ContentVariables"] == ['{"1": "5"}']
