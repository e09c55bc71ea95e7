"""One notification: sent now, put off until the morning, or refused with the reason; once per key."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.core import clock
from gateway.core.errors import InvalidPayload, NotFound
from gateway.core.words import Purpose, Refusal
from gateway.desk.intended import Intended
from gateway.desk.notifications import Notification, Notified, notify
from gateway.models.contact import Contact
from gateway.models.conversation import Conversation
from gateway.models.message import Message
from gateway.models.timer import Timer
from tests import care
from tests.campaigns.conftest import NIGHT, Office, running

AYESHA = "+923001234567"
NEWS = Intended(Purpose.NOTICE, template="late", variables={"order": "A-1"})


def tell(office: Office, intended: Intended = NEWS, to: str = AYESHA, **more: Any) -> Notified:
    with office.runtime.work() as session:
        return notify(session, Notification(intended, to, **more), office.runtime.config())


def told(office: Office) -> list[Message]:
    return [m for m in care.rows(office.runtime.database, Message) if m.purpose != "reply"]


def test_a_stranger_becomes_a_contact_and_is_told(office: Office) -> None:
    tell(office, to="0300 1234567")
    office.send()
    (sent,) = office.sink.messages
    assert (sent["to"], sent["form"]["ContentVariables"]) == (f"whatsapp:{AYESHA}", ['{"1": "A-1", "2": "customer"}'])
    assert [contact.id for contact in care.rows(office.runtime.database, Contact)] == [told(office)[0].contact_id]


def test_the_same_key_is_one_message(office: Office) -> None:
    first, second = (tell(office, client_key="k") for _ in range(2))
    assert (first.message_id, second.explanation) == (second.message_id, None)
    assert len(told(office)) == 1


def test_it_stands_in_the_open_conversation(office: Office) -> None:
    care.write(office.runtime, "hello", f"whatsapp:{AYESHA}")
    tell(office)
    (conversation,) = care.rows(office.runtime.database, Conversation)
    assert told(office)[0].conversation_id == conversation.id


def test_the_answer_adopts_it(office: Office) -> None:
    tell(office)
    care.write(office.runtime, "hello", f"whatsapp:{AYESHA}")
    (conversation,) = care.rows(office.runtime.database, Conversation)
    assert told(office)[0].conversation_id == conversation.id


def test_at_night_it_waits_for_the_morning(office: Office) -> None:
    office.use(running(quiet=NIGHT))
    with clock.frozen(datetime(2027, 3, 1, 17, 0, tzinfo=UTC)):
        later = tell(office)
    morning = datetime(2027, 3, 2, 4, 0, tzinfo=UTC)
    assert (later.message_id, later.not_before, told(office)) == (None, morning, [])
    (timer,) = care.rows(office.runtime.database, Timer)
    assert (timer.kind, timer.due_at) == ("send_later", morning)


@pytest.mark.parametrize(
    ("intended", "refusal"),
    [
        (Intended(Purpose.NOTICE, template="late"), Refusal.VARIABLE_MISSING),
        (Intended(Purpose.NOTICE, template="unheard_of"), Refusal.TEMPLATE_UNKNOWN),
        (Intended(Purpose.NOTICE, template="offer", urgent=True), Refusal.NOT_OPTED_IN),
        (Intended(Purpose.NOTICE, text="Hello", channel_id="wa"), Refusal.WINDOW_CLOSED),
        (Intended(Purpose.NOTICE, text="Hello", channel_id="fax"), Refusal.CHANNEL_UNKNOWN),
    ],
)
def test_what_may_not_go_says_why(office: Office, intended: Intended, refusal: Refusal) -> None:
    found = tell(office, intended).explanation
    assert found is not None
    assert refusal in [reason.refusal for reason in found.reasons]
    assert told(office) == []


def test_who_wants_none_gets_none(office: Office) -> None:
    care.write(office.runtime, "STOP", f"whatsapp:{AYESHA}")
    found = tell(office).explanation
    assert found is not None
    assert [reason.refusal for reason in found.reasons] == [Refusal.OPTED_OUT]


def test_nobody_to_tell(office: Office) -> None:
    with pytest.raises(NotFound):
        tell(office, to="", contact_id=99)
    with pytest.raises(InvalidPayload, match="can exist"):
        tell(office, to="12")
    with pytest.raises(InvalidPayload, match="a notification is"):
        tell(office, Intended(Purpose.REPLY, text="x"))
