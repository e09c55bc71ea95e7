"""A reply becomes a message, its deliveries, a preview, a log entry and a wake, in the caller's transaction."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import InvalidPayload
from gateway.core.replies import Option, OutMedia, Reply
from gateway.core.words import Author
from gateway.desk import outbox
from gateway.models.conversation import Conversation
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry
from gateway.models.message import Delivery, Media, Message
from gateway.models.wakes import wakes_of
from tests.outbound.builders import BUSINESS, SMS, agent, open_conversation


def test_rows_written(database: Database) -> None:
    with database.begin() as session:
        conversation = open_conversation(session)
        reply = Reply("Sure?", (Option("yes", "Yes"), Option("no", "No")))
        message_id = outbox.say(session, conversation, reply, author=Author.BOT, business=BUSINESS, epoch=1, event_id=7)
        assert wakes_of(session).sends == {conversation.contact_id}
        assert wakes_of(session).live
    with database.read() as session:
        message = session.get_one(Message, message_id)
        assert (message.status, message.kind, message.author, message.epoch) == ("queued", "text", "bot", 1)
        assert message.payload["options"][1] == {"id": "no", "title": "No", "description": ""}
        (delivery,) = message.deliveries
        assert (delivery.sender, delivery.to) == ("whatsapp:+14155238886", "whatsapp:+923001234567")
        assert (delivery.epoch, delivery.state, delivery.author) == (1, "queued", "bot")
        assert delivery.content_hash
        assert session.get_one(Conversation, conversation.id).preview == "Sure?"
        entry = session.scalars(select(LogEntry).where(LogEntry.kind == "message_queued")).one()
        assert (entry.actor, entry.message_id, entry.data) == ("bot", message_id, {"kind": "text", "author": "bot"})


def test_long_text_has_a_delivery_for_each_part(database: Database) -> None:
    with database.begin() as session:
        conversation = open_conversation(session, channel=SMS)
        message_id = outbox.say(session, conversation, Reply("word " * 700), author=Author.SYSTEM, business=BUSINESS)
        parts = session.execute(
            select(Delivery.part, Delivery.to).where(Delivery.message_id == message_id).order_by(Delivery.id)
        ).all()
    assert [tuple(part) for part in parts] == [(0, "+923001234567"), (1, "+923001234567"), (2, "+923001234567")]


def test_the_same_key_is_one_message(database: Database) -> None:
    with database.begin() as session:
        conversation = open_conversation(session)
        first = _say(session, conversation, "Hello", client_key="k1")
        again = _say(session, conversation, "Hello", client_key="k1")
        other = _say(session, conversation, "Hello", client_key="k2")
        assert first == again != other
        assert len(session.scalars(select(Delivery)).all()) == 2


def test_two_requests_with_one_key_at_the_same_moment(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both look before either has written: the database decides, and both name the same message."""
    with database.begin() as session:
        conversation = open_conversation(session)
        first = _say(session, conversation, "Hello", client_key="k1")
        looked = iter([None, first])
        monkeypatch.setattr(outbox, "said_before", lambda *_: next(looked))
        assert _say(session, conversation, "Hello", client_key="k1") == first
        assert len(session.scalars(select(Delivery)).all()) == 1


def test_a_channel_that_is_gone(sqlite: Database) -> None:
    with sqlite.begin() as session:
        conversation = replace(open_conversation(session), channel_id="old")
        with pytest.raises(InvalidPayload, match="not connected"):
            _say(session, conversation, "Hello")


def test_an_agents_words_end_the_waiting(database: Database) -> None:
    with database.begin() as session:
        conversation = open_conversation(session)
        row = session.get_one(Conversation, conversation.id)
        row.waiting_since, row.unread_count = clock.now(), 3
        session.flush()
        outbox.say(session, conversation, Reply("Hi"), author=Author.AGENT, business=BUSINESS, author_id=agent(session))
        session.expire_all()
        row = session.get_one(Conversation, conversation.id)
        assert (row.waiting_since, row.unread_count) == (None, 0)


def test_files_are_shown_with_the_message(database: Database) -> None:
    with database.begin() as session:
        conversation = open_conversation(session)
        upload = Media(
            content_type="image/png", state="stored", storage_key="a", created_at=clock.now(), claimed_type=""
        )
        session.add(upload)
        session.flush()
        files = (
            OutMedia("image/png", media_id=upload.id),
            OutMedia("application/pdf", url="https://example.com/a.pdf"),
        )
        first = _say(session, conversation, "Look", media=files)
        second = _say(session, conversation, "Again", media=files[:1])
    with database.read() as session:
        assert [m.storage_key for m in session.get_one(Message, first).media] == ["a", None]
        assert [m.storage_key for m in session.get_one(Message, second).media] == ["a"]
        assert session.get_one(Message, first).kind == "image"


@pytest.mark.parametrize(
    ("reply", "more", "why"),
    [
        (Reply(" \n"), {}, "needs a text"),
        (Reply("x" * 20_000), {}, "16,000"),
        (Reply("a\0b"), {}, "NUL"),
        (Reply("Pick", tuple(Option(str(n), "t") for n in range(40))), {}, "30 options"),
        (Reply("Pick", (Option("", "t"),)), {}, "id and a title"),
        (Reply("Look", media=(OutMedia("image/png"),)), {}, "id or a URL"),
        (Reply("Look", media=(OutMedia("image/png", media_id=99),)), {}, "no file 99"),
        (Reply("Hi"), {"client_key": "k" * 81}, "1 to 80"),
    ],
)
def test_what_cannot_be_said(sqlite: Database, reply: Reply, more: dict[str, Any], why: str) -> None:
    with sqlite.begin() as session:
        conversation = open_conversation(session)
        with pytest.raises(InvalidPayload, match=why):
            outbox.say(session, conversation, reply, author=Author.BOT, business=BUSINESS, **more)


def _say(session: Session, conversation: Any, text: str, **more: Any) -> int:
    reply = Reply(text, media=more.pop("media", ()))
    return outbox.say(session, conversation, reply, author=Author.SYSTEM, business=BUSINESS, **more)
