"""A small business, compiled by hand, and customers who write to it: for tests of what happens between the two."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from automation.faq.lazy import LazyMatcher
from automation.faq.model import Answer
from automation.flows.library import Library
from automation.flows.model import Flow
from automation.flows.nodes import Choice, Choose, Handoff
from automation.normal import normal
from automation.sentences import SENTENCES
from automation.texts import Sentences
from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.core.business import Business, Channel, Queue
from gateway.core.events import EventRef
from gateway.core.http import WebhookRequest
from gateway.core.ids import new_uuid
from gateway.core.words import ChannelType
from gateway.desk import inbound
from gateway.desk.inbound import Incoming
from gateway.jobs.process_lane import drain
from gateway.models.database import Database
from gateway.models.message import Message
from gateway.models.tables import metadata
from gateway.runtime import Runtime, build
from gateway.settings import Settings

ACCOUNT = "AC" + "1" * 32
WHATSAPP = Channel("wa", "twilio", ChannelType.WHATSAPP, "whatsapp:+14155238886")
SMS = Channel("sms", "twilio", ChannelType.SMS, "+14155550100", queue="texts")
BUSINESS = Business(
    "Shop", "Asia/Karachi", ("en", "ur", "ur-Latn"), "en", (WHATSAPP, SMS), (Queue("care", "Care"), Queue("texts", "T"))
)
ANSWERS = {
    "hours": Answer(
        "hours",
        {"en": "Opening hours", "ur": "اوقات"},
        {
            "en": ("what are your opening hours", "when are you open", "what time do you close"),
            "ur-Latn": ("aap ki dukan kab khulti hai", "dukan ke auqat kya hain"),
        },
        {
            "en": "We are open from 10 to 8.",
            "ur": "ہم 10 سے 8 بجے تک کھلے ہیں۔",
            "ur-Latn": "Hum 10 se 8 tak khule hain.",
        },
    ),
    "refund": Answer(
        "refund",
        {"en": "Refunds"},
        {"en": ("how do I get a refund", "when will my money come back", "refund please")},
        {"en": "Refunds take 5 days."},
    ),
}
MENU = Flow(
    "main_menu",
    "ask",
    {
        "ask": Choose(
            "ask",
            {"en": "How can I help?", "ur": "کیا مدد کر سکتا ہوں؟"},
            (
                Choice("hours", {"en": "Opening hours"}, "hours"),
                Choice("person", {"en": "Talk to a person"}, "person"),
            ),
        ),
        "hours": Handoff("hours", None, "menu"),
        "person": Handoff("person", None, "menu"),
    },
    words=frozenset(normal(word) for word in ("hi", "hello", "menu", "salam")),
)
PERSON = Flow(
    "talk_to_person",
    "hand_over",
    {"hand_over": Handoff("hand_over", None, "asked")},
    words=frozenset(normal(word) for word in ("agent", "talk to a person", "insan se baat", "نمائندہ")),
    interrupts=True,
)


def config(version: int = 1, business: Business = BUSINESS) -> RunningConfig:
    filled = {
        key: {language: text.replace("{business}", business.name) for language, text in texts.items()}
        for key, texts in SENTENCES.items()
    }
    sentences = Sentences(filled, business.default_language)
    library = Library({flow.id: flow for flow in (MENU, PERSON)}, ANSWERS, sentences)
    return RunningConfig(version, business, library, LazyMatcher(ANSWERS.values(), {}), sentences)


@dataclass
class FixedVersions:
    """Stands in for the published versions; ``running`` may be exchanged."""

    running: RunningConfig
    older: dict[int, RunningConfig] = field(default_factory=dict)

    def newest(self) -> RunningConfig:
        return self.running

    def published(self, version: int) -> RunningConfig | None:
        return self.older.get(version)


CONFIG = config()


def runtime_on(database: Database, redis_url: str, running: RunningConfig = CONFIG, **settings: Any) -> Runtime:
    """A runtime whose database and config are given."""
    fixed = {"database_url": "sqlite://", "media_url": "memory://", "twilio_account_sid": ACCOUNT}
    made = build(Settings(redis_url=redis_url, **(fixed | settings)))
    made.database = database
    made.versions = FixedVersions(running)  # type: ignore[assignment]
    return made


def request(text: str, sender: str = "whatsapp:+923001234567", to: str = WHATSAPP.address, **fields: str) -> Incoming:
    """A customer's message as the webhook hands it over; ``fields`` are Twilio's own."""
    sid = fields.pop("MessageSid", "SM" + uuid.uuid4().hex)
    form = {"MessageSid": sid, "AccountSid": ACCOUNT, "From": sender, "To": to, "Body": text, "NumMedia": "0"} | fields
    lane = sender if ":" in sender else f"sms:{sender}"
    raw = WebhookRequest(
        "messages",
        "POST",
        "/webhooks/twilio/messages",
        "",
        {"content-type": "application/x-www-form-urlencoded"},
        urlencode(form).encode(),
        ACCOUNT,
    )
    ref = EventRef(ACCOUNT, f"message:{sid}", lane, "message")
    return Incoming(new_uuid(), "twilio", raw, (ref,), clock.now())


def record(database: Database, *items: Incoming) -> None:
    with database.begin() as session:
        inbound.record_batch(session.connection(), items)


def write(runtime: Runtime, text: str, sender: str = "whatsapp:+923001234567", **fields: str) -> list[Any]:
    """A customer writes and the lanes are drained; returns what was said in return, oldest first."""
    last = len(said(runtime.database))
    record(runtime.database, request(text, sender, **fields))
    drain(runtime)
    return said(runtime.database)[last:]


def said(database: Database) -> list[Any]:
    return [row for row in rows(database, Message) if row.direction == "outbound"]


def rows(database: Database, model: type) -> Sequence[Any]:
    """All rows of a table, by id where it has one."""
    table = metadata.tables[model.__tablename__]
    with database.read() as session:
        return session.execute(select(table).order_by(*table.primary_key.columns)).all()
