"""An answer to a campaign lands in a conversation, together with what was sent."""

from datetime import timedelta

import pytest

from gateway.core import clock
from gateway.models.conversation import Conversation
from gateway.models.message import Delivery, Message
from tests import care
from tests.campaigns.conftest import Office

AYESHA = "whatsapp:+923001234567"
LIST = "phone,order\n+923001234567,A-1\n"


def sent(office: Office) -> list[Message]:
    return [m for m in care.rows(office.runtime.database, Message) if m.campaign_id is not None]


def run(office: Office) -> None:
    office.create(LIST, starts_at=clock.now())
    office.work()
    office.send()


def test_the_answer_opens_a_conversation_that_adopts_what_was_sent(office: Office) -> None:
    run(office)
    assert [message.conversation_id for message in sent(office)] == [None]
    care.write(office.runtime, "what does that mean?", AYESHA)
    (conversation,) = care.rows(office.runtime.database, Conversation)
    assert [message.conversation_id for message in sent(office)] == [conversation.id]
    ours = [d for d in care.rows(office.runtime.database, Delivery) if d.message_id == sent(office)[0].id]
    assert [delivery.conversation_id for delivery in ours] == [conversation.id]


def test_with_an_open_conversation_it_stands_there_at_once(office: Office) -> None:
    care.write(office.runtime, "hello", AYESHA)
    run(office)
    (conversation,) = care.rows(office.runtime.database, Conversation)
    assert [message.conversation_id for message in sent(office)] == [conversation.id]


@pytest.mark.parametrize(("days", "adopted"), [(6, True), (8, False)])
def test_what_is_old_is_no_matter_of_this_conversation(office: Office, days: int, adopted: bool) -> None:
    run(office)
    with clock.frozen(clock.now() + timedelta(days=days)):
        care.write(office.runtime, "hello", AYESHA)
    assert [message.conversation_id is not None for message in sent(office)] == [adopted]


def test_a_case_that_is_taken_up_again_adopts_too(office: Office) -> None:
    care.write(office.runtime, "hello", AYESHA)
    office.change(Conversation, state="resolved", resolved_at=clock.now())
    run(office)
    assert [message.conversation_id for message in sent(office)] == [None]
    care.write(office.runtime, "what?", AYESHA)
    (conversation,) = care.rows(office.runtime.database, Conversation)
    assert [message.conversation_id for message in sent(office)] == [conversation.id]
