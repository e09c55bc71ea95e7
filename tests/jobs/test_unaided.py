"""Without Redis customers are answered all the same."""

from gateway.core.replies import OutMedia, Reply
from gateway.core.words import Author
from gateway.desk import outbox
from gateway.jobs import send_lane
from gateway.jobs.unaided import do_due
from gateway.models.database import Database
from gateway.models.inbound import InboundEvent
from gateway.models.message import Delivery, Media
from gateway.signals.wakes import CHORES, LANES, SENDS
from tests import care
from tests.outbound import sink as sinks
from tests.outbound.builders import BUSINESS, open_conversation, runtime_at

NOWHERE = "redis://127.0.0.1:1/0"


def test_a_message_is_answered(database: Database) -> None:
    runtime = care.runtime_on(database, NOWHERE)
    care.record(database, care.request("when are you open?"))
    do_due(LANES, runtime)
    assert [event.state for event in care.rows(database, InboundEvent)] == ["done"]
    assert len(care.said(database)) == 1


def test_an_answer_is_sent(database: Database) -> None:
    with sinks.running() as provider:
        runtime = runtime_at(database, NOWHERE, provider.url)
        with runtime.work() as session:
            outbox.say(session, open_conversation(session), Reply("Hello"), author=Author.BOT, business=BUSINESS)
        do_due(SENDS, runtime)
        send_lane.sender_of(runtime).close()
        assert provider.bodies == ["Hello"]


def test_files_are_made_ready(database: Database) -> None:
    runtime = runtime_at(database, NOWHERE, NOWHERE)
    picture = OutMedia("image/gif", url="https://shop.example/a.gif")
    with runtime.work() as session:
        reply = Reply("Look", media=(picture,))
        outbox.say(session, open_conversation(session), reply, author=Author.BOT, business=BUSINESS)
    do_due(CHORES, runtime)
    (delivery,) = care.rows(database, Delivery)
    assert delivery.body == "Look\n\nYou can open the file here: https://shop.example/a.gif"


def test_files_are_asked_for(database: Database) -> None:
    runtime = care.runtime_on(database, NOWHERE)
    url = f"https://elsewhere.example/2010-04-01/Accounts/{care.ACCOUNT}/Messages/MM1/Media/ME1"
    care.record(database, care.request("", NumMedia="1", MediaUrl0=url, MediaContentType0="image/png"))
    do_due(LANES, runtime)
    do_due(CHORES, runtime)
    (file,) = care.rows(database, Media)
    assert file.attempts == 1
