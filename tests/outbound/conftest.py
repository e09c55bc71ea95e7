"""A runtime whose provider is a sink on this machine, and a sender to drive by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import select, update

from gateway.core.replies import Reply
from gateway.core.words import Author
from gateway.desk import outbox
from gateway.jobs.send_lane import Sender
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry
from gateway.models.message import Delivery, Message
from gateway.runtime import Runtime
from tests.outbound import sink as sinks
from tests.outbound.builders import BUSINESS, SMS, WHATSAPP, open_conversation, runtime_at
from tests.outbound.sink import Sink


@dataclass
class Desk:
    """What a test does at our end: say something, send what is due, see what became of it."""

    runtime: Runtime
    sender: Sender
    sink: Sink

    def say(self, text: str, number: str = "+923001234567", **more: Any) -> int:
        reply = more.pop("reply", Reply(text))
        channel = SMS if more.pop("sms", False) else WHATSAPP
        author = more.pop("author", Author.BOT)
        with self.runtime.work() as session:
            conversation = open_conversation(session, number, channel)
            return outbox.say(session, conversation, reply, author=author, business=BUSINESS, **more)

    def send(self) -> None:
        self.sender.run()

    def states(self) -> list[str]:
        return [delivery.state for delivery in self.deliveries()]

    def deliveries(self) -> list[Delivery]:
        with self.runtime.database.read() as session:
            rows = list(session.scalars(select(Delivery).order_by(Delivery.id)))
            session.expunge_all()
            return rows

    def message(self, message_id: int) -> Message:
        with self.runtime.database.read() as session:
            message = session.get_one(Message, message_id)
            session.expunge_all()
            return message

    def log(self, kind: str) -> list[dict[str, Any]]:
        with self.runtime.database.read() as session:
            return list(session.scalars(select(LogEntry.data).where(LogEntry.kind == kind).order_by(LogEntry.id)))

    def change(self, **values: Any) -> None:
        """Set columns of every delivery: time passes by moving rows, not by waiting."""
        with self.runtime.database.begin() as session:
            session.execute(update(Delivery).values(**values))


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinks.running() as running:
        yield running


@pytest.fixture
def desk(database: Database, redis: Redis, redis_url: str, sink: Sink) -> Iterator[Desk]:
    runtime = runtime_at(database, redis_url, sink.url)
    sender = Sender(runtime)
    yield Desk(runtime, sender, sink)
    sender.close()
