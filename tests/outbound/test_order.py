"""A contact's messages in their order, and what a passed epoch keeps back."""

from datetime import timedelta

from gateway.core import clock
from gateway.core.replies import OutMedia, Reply
from gateway.core.words import Author, Owner
from gateway.desk import conversations
from gateway.models.conversation import Conversation
from gateway.models.message import Delivery, Media
from gateway.storage.links import Ticket, read_token
from tests.outbound.builders import agent, open_conversation
from tests.outbound.conftest import Desk
from tests.outbound.sink import Lever

# Order out


def test_followers_wait_for_a_stuck_one_for_three_minutes(desk: Desk) -> None:
    desk.sink.levers.append(Lever(500, 20500))
    desk.say("first")
    desk.say("second")
    desk.send()
    assert desk.states() == ["unconfirmed", "queued"]
    desk.change(created_at=clock.now() - timedelta(minutes=4))
    desk.send()
    assert desk.states() == ["unconfirmed", "accepted"]
    assert [delivery.late for delivery in desk.deliveries()] == [False, True]


def test_a_failure_lets_followers_go_at_once(desk: Desk) -> None:
    desk.sink.levers.append(Lever(400, 21211))
    desk.say("first")
    desk.say("second")
    desk.send()
    assert (desk.states(), desk.sink.bodies) == (["failed", "accepted"], ["second"])


def test_an_agent_overtakes_a_stuck_bot(desk: Desk) -> None:
    desk.sink.levers.append(Lever(500, 20500))
    desk.say("bot")
    desk.send()
    desk.say("bot again")
    with desk.runtime.work() as session:
        author_id = agent(session)
    desk.say("agent", author=Author.AGENT, author_id=author_id)
    desk.send()
    assert desk.sink.bodies == [], "a bot reply that is due still goes before the agent's"
    desk.change(due_at=clock.now() + timedelta(hours=1), attempts=1)
    with desk.runtime.database.begin() as session:
        session.get_one(Delivery, 3).due_at = clock.now()
    desk.send()
    assert desk.sink.bodies == ["agent"]


def test_text_waits_for_the_file_before_it(desk: Desk) -> None:
    photo = Reply(media=(OutMedia("image/png", url="https://files.example/a.png"),))
    desk.say("", reply=photo)
    desk.say("What you see here")
    desk.send()
    assert desk.states() == ["accepted", "queued"]
    desk.change(holds_until=clock.now() - timedelta(seconds=1))
    desk.send()
    assert desk.states() == ["accepted", "accepted"]
    assert desk.sink.messages[0]["form"]["MediaUrl"] == ["https://files.example/a.png"]


def test_stored_files_go_by_a_signed_link(desk: Desk) -> None:
    with desk.runtime.work() as session:
        media = Media(
            claimed_type="", content_type="image/png", state="stored", filename="a b.png", created_at=clock.now()
        )
        session.add(media)
        session.flush()
        media_id = media.id
    desk.say("", reply=Reply(media=(OutMedia("image/png", media_id=media_id, filename="a b.png"),)))
    desk.send()
    (url,) = desk.sink.messages[0]["form"]["MediaUrl"]
    base, token, name = url.rsplit("/", 2)
    assert (base, name) == ("https://care.example/media", "a%20b.png")
    assert read_token(desk.runtime.settings, token) == Ticket(media_id)


# Fence


def test_a_bot_reply_of_a_passed_epoch_is_discarded(desk: Desk) -> None:
    fenced = desk.say("from the bot", epoch=1)
    free = desk.say("confirmation")
    with desk.runtime.work() as session:
        conversation = open_conversation(session)
        conversations.change_owner(session, conversation, owner=Owner.QUEUE, queue="care", actor="contact")
    desk.send()
    assert desk.sink.bodies == ["confirmation"]
    assert (desk.message(fenced).status, desk.message(free).status) == ("canceled", "accepted")
    assert {"to": "canceled", "reason": "owner_changed"}.items() <= desk.log("delivery_changed")[0].items()


def test_a_reply_of_the_present_epoch_goes_out(desk: Desk) -> None:
    with desk.runtime.work() as session:
        session.get_one(Conversation, open_conversation(session).id).epoch = 3
    desk.say("notice", epoch=3)
    desk.send()
    assert desk.sink.bodies == ["notice"]
