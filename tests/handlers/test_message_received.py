"""What a customer who writes gets back, and what is kept of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import update

from gateway.core import clock
from gateway.desk import conversations, lanes
from gateway.jobs.process_lane import drain
from gateway.models.contact import Contact
from gateway.models.conversation import Conversation, FlowSession
from gateway.models.database import Database
from gateway.models.inbound import InboundEvent
from gateway.models.log_entry import LogEntry
from gateway.models.message import Delivery, Media, Message
from gateway.models.user import User
from gateway.runtime import Runtime
from tests import care


@pytest.fixture
def runtime(database: Database, redis_url: str, redis: Redis) -> Iterator[Runtime]:
    return care.runtime_on(database, redis_url)


def texts(replies: list[Any]) -> list[str]:
    return [reply.text for reply in replies]


def conversation(database: Database) -> Any:
    """The newest one."""
    return care.rows(database, Conversation)[-1]


def agent(database: Database) -> int:
    with database.begin() as session:
        user = User(email="s@example.org", name="Sara", role="agent", password_hash="x", created_at=clock.now())
        session.add(user)
        session.flush()
        return user.id


def kinds(database: Database) -> list[str]:
    return [row.kind for row in care.rows(database, LogEntry)]


def test_first_question_is_answered_by_a_bot_that_says_so(runtime: Runtime) -> None:
    (reply,) = care.write(runtime, "when are you open?")
    assert "(a bot) of Shop" in reply.text
    assert reply.text.endswith("We are open from 10 to 8.")
    assert (reply.author, reply.epoch, reply.status) == ("bot", 1, "queued")
    assert kinds(runtime.database) == [
        "contact_created",
        "conversation_started",
        "message_received",
        "message_queued",
        "bot_answered",
    ]


@pytest.mark.parametrize(
    ("text", "answer", "language"),
    [
        ("What time do you close?", "We are open from 10 to 8.", "en"),
        ("aap ki dukan kab khulti hai", "Hum 10 se 8 tak khule hain.", "ur-Latn"),
        ("REFUND please!!", "Refunds take 5 days.", "en"),
    ],
)
def test_answers_come_in_the_readers_language(runtime: Runtime, text: str, answer: str, language: str) -> None:
    (reply,) = care.write(runtime, text)
    assert reply.text.endswith(answer)
    assert conversation(runtime.database).language == language


def test_a_person_is_asked_for_and_the_customer_is_told(runtime: Runtime) -> None:
    care.write(runtime, "when are you open?")
    (told,) = care.write(runtime, "agent")
    now = conversation(runtime.database)
    assert (now.owner, now.queue, now.epoch) == ("queue", "care", 2)
    assert now.waiting_since is not None
    assert told.text.startswith("I am passing you to a person.")
    assert told.epoch == 2
    assert care.write(runtime, "when are you open?") == []
    assert conversation(runtime.database).unread_count == 2


def test_the_channels_own_queue_takes_its_handoffs(runtime: Runtime) -> None:
    care.write(runtime, "insan se baat", "+923007654321", To=care.SMS.address)
    assert conversation(runtime.database).queue == "texts"


def test_the_bot_is_silent_while_an_agent_has_it_and_back_after(runtime: Runtime) -> None:
    care.write(runtime, "hello")
    sara = agent(runtime.database)
    with runtime.work() as session:
        conversations.claim(session, conversation(runtime.database).id, sara)
    assert care.write(runtime, "when are you open?") == []
    with runtime.work() as session:
        conversations.hand_back(session, conversation(runtime.database).id, actor_id=sara)
    assert texts(care.write(runtime, "when are you open?")) == ["We are open from 10 to 8."]


def test_menu_choices_are_understood_by_number_words_and_tap(runtime: Runtime) -> None:
    (menu,) = care.write(runtime, "hello")
    assert [option["title"] for option in menu.payload["options"]] == ["Opening hours", "Talk to a person"]
    (place,) = care.rows(runtime.database, FlowSession)
    assert (place.flow, place.node, len(place.offered)) == ("main_menu", "ask", 2)
    care.write(runtime, "2")
    assert conversation(runtime.database).owner == "queue"
    assert care.rows(runtime.database, FlowSession) == []


@pytest.mark.parametrize("words", ["2", "٢", "Talk to a person", "talk to person"])
def test_options_offered_on_sms_are_picked(runtime: Runtime, words: str) -> None:
    care.write(runtime, "hello", "+923007654321", To=care.SMS.address)
    care.write(runtime, words, "+923007654321", To=care.SMS.address)
    assert conversation(runtime.database).owner == "queue"


def test_a_button_works_however_old_its_message(runtime: Runtime) -> None:
    (menu,) = care.write(runtime, "hello")
    care.write(runtime, "when are you open?")
    option = menu.payload["options"][1]
    care.write(runtime, option["title"], ButtonText=option["title"], ButtonPayload=option["id"])
    assert conversation(runtime.database).owner == "queue"


@pytest.mark.parametrize(
    ("fields", "begins"),
    [
        ({"NumMedia": "1", "MediaContentType0": "image/jpeg"}, "Thank you, I have received your photo."),
        ({"NumMedia": "1", "MediaContentType0": "audio/ogg"}, "Thank you, I have received your voice note."),
        ({"NumMedia": "1", "MediaContentType0": "application/pdf"}, "Thank you, I have received your file."),
        ({"Latitude": "24.86", "Longitude": "67.01", "MessageType": "location"}, "Thank you, I have received your loc"),
        ({"MessageType": "order"}, "Your message has arrived, but I cannot read"),
    ],
)
def test_what_the_bot_cannot_read_is_kept_and_choices_offered(
    runtime: Runtime, fields: dict[str, str], begins: str
) -> None:
    care.write(runtime, "when are you open?")
    media = {"MediaUrl0": "https://api.twilio.com/2010-04-01/Accounts/A/Messages/M/Media/E"}
    (reply,) = care.write(runtime, "", **(fields | media if "NumMedia" in fields else fields))
    assert reply.text.startswith(begins)
    assert [option["title"] for option in reply.payload["options"]] == ["Opening hours", "Talk to a person"]
    assert len(care.rows(runtime.database, Media)) == int(fields.get("NumMedia", 0))
    assert kinds(runtime.database)[-1] == "bot_gave_up"


def test_a_reaction_is_kept_and_needs_no_answer(runtime: Runtime) -> None:
    care.write(runtime, "when are you open?")
    assert care.write(runtime, "👍", MessageType="reaction", OriginalRepliedMessageSid="SM1") == []
    assert care.rows(runtime.database, Message)[-1].kind == "reaction"


def test_not_understood_offers_choices_and_then_does_not_repeat_the_apology(runtime: Runtime) -> None:
    care.write(runtime, "when are you open?")
    (first,) = care.write(runtime, "???")
    assert first.text.startswith("Sorry, I did not understand that.")
    (second,) = care.write(runtime, "!!!")
    assert second.text == "Please choose one of these:"


@pytest.mark.parametrize(("later", "same"), [(timedelta(hours=23), True), (timedelta(hours=25), False)])
def test_after_the_end_the_same_conversation_goes_on_for_a_day(runtime: Runtime, later: timedelta, same: bool) -> None:
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with clock.frozen(start):
        care.write(runtime, "hello")
        first = conversation(runtime.database)
        with runtime.work() as session:
            conversations.resolve(session, first.id, actor="agent")
    with clock.frozen(start + later):
        (reply,) = care.write(runtime, "when are you open?")
    now = conversation(runtime.database)
    assert (now.id == first.id) is same
    assert (now.state, now.owner) == ("open", "bot")
    assert reply.epoch == now.epoch == (2 if same else 1)


def test_an_unknown_sender_is_set_aside_and_replayed_once_configured(runtime: Runtime) -> None:
    care.write(runtime, "when are you open?", To="whatsapp:+15550001111")
    (event,) = care.rows(runtime.database, InboundEvent)
    assert event.state == "failed"
    assert event.error == "UnknownChannel: no channel in care.yaml has the address 'whatsapp:+15550001111'"
    assert kinds(runtime.database) == ["event_set_aside"]
    with runtime.database.begin() as session:
        session.execute(update(InboundEvent).values(error=None))
    runtime.versions.running = care.config(2, _with_sender("whatsapp:+15550001111"))
    with runtime.work() as session:
        assert lanes.replay(session) == [event.id]
    care.drain(runtime)
    assert len(care.said(runtime.database)) == 1


def _with_sender(address: str) -> care.Business:
    channel = care.Channel("wa2", "twilio", care.ChannelType.WHATSAPP, address)
    return care.Business("Shop", "Asia/Karachi", ("en",), "en", (channel,), care.BUSINESS.queues)


def test_a_replayed_message_is_read_anew_and_not_answered_again(runtime: Runtime) -> None:
    care.write(runtime, "when are you open?")
    with runtime.work() as session:
        (event,) = care.rows(runtime.database, InboundEvent)
        session.execute(update(Message).where(Message.direction == "inbound").values(kind="unknown"))
        lanes.replay(session, [event.id])
    care.drain(runtime)
    inbound, _reply = care.rows(runtime.database, Message)
    assert inbound.kind == "text"
    assert len(care.rows(runtime.database, Delivery)) == 1


def test_nul_and_hostile_text_are_kept_and_answered(runtime: Runtime) -> None:
    replies = care.write(runtime, "a\x00b \ud7ff \u202e" + "x" * 5000, ProfileName="N\x00ame")
    assert len(replies) == 1
    assert care.rows(runtime.database, Contact)[0].profile_name == "N\ufffdame"


def test_a_replay_begins_no_conversation(runtime: Runtime) -> None:
    """The message is there and its conversation ended days ago: it is read anew, and nothing else happens."""
    care.write(runtime, "hello")
    with runtime.work() as session:
        conversations.resolve(session, conversation(runtime.database).id, actor="system")
    before = kinds(runtime.database)
    with clock.frozen(clock.now() + timedelta(days=3)):
        with runtime.work() as session:
            assert lanes.replay(session, [1]) == [1]
        drain(runtime)
    assert [row.state for row in care.rows(runtime.database, InboundEvent)] == ["done"]
    assert (len(care.rows(runtime.database, Conversation)), kinds(runtime.database)) == (1, before)
