"""Fills an empty database with a shop's morning, so that the pages can be looked at: for screenshots and by hand."""

import io
import math
import struct
import wave
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.words import Author, Role
from gateway.desk import log, users
from gateway.models.contact import Address, Contact, OptOut, SessionWindow
from gateway.models.conversation import Conversation, Note
from gateway.models.message import Media, Message
from gateway.runtime import Runtime
from gateway.storage.keep import keep
from gateway.storage.store import MediaStore

PASSWORD = "look around here"  # noqa: S105 - a database that lives for a minute

PEOPLE = (
    ("sara", "Sara Malik", Role.AGENT),
    ("omar", "Omar Farooq", Role.AGENT),
    ("hina", "Hina Raza", Role.SUPERVISOR),
)

QUEUE_OF_OTHERS: tuple[tuple[str, str, str, str, str, str, int], ...] = (
    ("Bilal Ahmed", "ur-Latn", "whatsapp", "Bhai mera parcel abhi tak nahi aya, 3 din ho gaye", "text", "queue", 2),
    (
        "María José Fernández de la Torre y Villanueva",
        "es",
        "whatsapp",
        "¿Cuánto cuesta el envío a Madrid?",
        "text",
        "queue",
        4,
    ),
    ("فاطمہ زہرا", "ur", "whatsapp", "کیا یہ سوٹ لال رنگ میں دستیاب ہے؟ مجھے عید سے پہلے چاہیے", "text", "queue", 7),
    ("+923335550187", "en", "sms", "Pls call me back", "text", "queue", 11),
    ("Usman Tariq", "en", "whatsapp", "", "voice", "agent", 16),
    ("خالد العتيبي", "ar", "whatsapp", "هل توصلون إلى الرياض؟", "text", "omar", 18),
    ("Zainab", "ur-Latn", "whatsapp", "Shukriya, mil gaya parcel 😊", "text", "agent", 25),
    ("Hassan Raza", "en", "whatsapp", "", "image", "bot", 27),
    ("Mehwish Iqbal", "ur-Latn", "whatsapp", "size chart bhej dein", "text", "bot", 31),
    ("Adeel", "en", "sms", "What are your timings on Sunday?", "text", "bot", 44),
    ("Rabia Siddiqui", "en", "whatsapp", "Order 4498 arrived with a torn sleeve", "text", "omar", 52),
    ("Sana Javed", "ur", "whatsapp", "شکریہ", "text", "agent", 75),
)


def fill(runtime: Runtime) -> int:
    """People, a dozen conversations, and one that has everything in it; returns that one's id."""
    with runtime.work() as session:
        who = {
            name: users.create(
                session, email=f"{name}@example.com", name=full, role=role, password=PASSWORD, timezone="Asia/Karachi"
            )
            for name, full, role in PEOPLE
        }
    with runtime.work() as session:
        for number, row in enumerate(QUEUE_OF_OTHERS):
            _short(session, number, row, who)
        return Ayesha(session, runtime.storage, who["sara"]).tell()


def _short(session: Session, number: int, row: tuple[str, str, str, str, str, str, int], who: dict[str, int]) -> None:
    name, language, channel, text, kind, owner, minutes = row
    at = clock.now() - timedelta(minutes=minutes)
    phone = name if name.startswith("+") else f"+9230055512{number:02}"
    contact, address = person(session, "" if name.startswith("+") else name, phone, language, at)
    assignee = {"agent": who["sara"], "omar": who["omar"]}.get(owner)
    conversation = Conversation(
        contact_id=contact.id, owner="agent" if assignee else owner, assignee_id=assignee,
        queue="orders" if owner != "bot" else None, channel_id=channel, channel_type=channel, address_id=address.id,
        language=language, preview=text, preview_kind=kind, unread_count=number % 3 if owner != "bot" else 0,
        opened_at=at, last_inbound_at=at, last_message_at=at, waiting_since=at if owner == "queue" else None,
    )  # fmt: skip
    session.add(conversation)
    session.flush()
    session.add(
        Message(
            account="AC0", external_id=f"SMdemo{number}", conversation_id=conversation.id, contact_id=contact.id,
            address_id=address.id, address=phone, channel_id=channel, channel_type=channel, direction="inbound",
            kind=kind, text=text, payload={}, author="contact", status="received", created_at=at,
        )
    )  # fmt: skip


def person(session: Session, name: str, phone: str, language: str, at: datetime) -> tuple[Contact, Address]:
    """A contact with one number."""
    contact = Contact(name="", profile_name=name, language=language, attributes={}, created_at=at, last_seen_at=at)
    session.add(contact)
    session.flush()
    address = Address(
        contact_id=contact.id, kind="phone", value=phone, match_key=phone, last_inbound_at=at, created_at=at
    )
    session.add(address)
    session.flush()
    session.add(SessionWindow(address_id=address.id, channel_id="whatsapp", last_inbound_at=at))
    session.flush()
    return contact, address


class Ayesha:
    """One conversation with every kind of message, note and turn."""

    def __init__(self, session: Session, store: MediaStore, sara: int) -> None:
        self.session, self.store, self.sara = session, store, sara
        self.at = clock.now() - timedelta(hours=19, minutes=10)
        self.contact, self.address = person(session, "Ayesha Khan", "+923001234567", "ur", self.at)
        self.contact.attributes = {"city": "Lahore", "customer_since": "2024", "size": "M"}
        self.number = 0

    def tell(self) -> int:
        """Write it all down; returns the conversation's id."""
        self.earlier()
        self.conversation = self.begin()
        self.yesterday()
        self.at = clock.now() - timedelta(minutes=31)
        self.morning()
        self.with_sara()
        self.finish()
        return self.conversation.id

    def earlier(self) -> None:
        """Two conversations that are over."""
        for days, text in ((5, "Refund for order 4377"), (41, "کیا آپ کی دکان کراچی میں ہے؟")):
            at = clock.now() - timedelta(days=days)
            self.session.add(
                Conversation(
                    contact_id=self.contact.id, state="resolved", owner="bot", channel_id="whatsapp",
                    channel_type="whatsapp", address_id=self.address.id, language="ur", preview=text, opened_at=at,
                    last_message_at=at, resolved_at=at,
                )
            )  # fmt: skip
        self.session.flush()

    def begin(self) -> Conversation:
        conversation = Conversation(
            contact_id=self.contact.id, owner="agent", assignee_id=self.sara, queue="orders", epoch=3,
            channel_id="whatsapp", channel_type="whatsapp", address_id=self.address.id, language="ur", preview="",
            preview_kind="text", opened_at=self.at, last_message_at=self.at,
        )  # fmt: skip
        self.session.add(conversation)
        self.session.flush()
        return conversation

    def yesterday(self) -> None:
        self.hear("السلام علیکم، کیا آپ کے پاس لان کے نئے سوٹ ہیں؟")
        options = [{"id": str(n), "title": title} for n, title in enumerate(("نئے سوٹ", "آرڈر کا حال", "کسی سے بات"))]
        text = "وعلیکم السلام! میں گلمہر کا خودکار معاون ہوں۔ جی ہاں، نئی لان آ گئی ہے۔ میں کس میں مدد کروں؟"
        self.bot(text, payload={"options": options}, status="read")
        self.hear("نئے سوٹ", kind="button_reply", payload={"selection": {"id": "0", "title": "نئے سوٹ"}})
        self.bot("یہ رہی ہماری نئی کلیکشن: https://gulmohar.example/lawn", status="read")

    def morning(self) -> None:
        photo = self.hear("یہ والا سوٹ آیا ہے، مگر رنگ تصویر سے الگ ہے", kind="image", minutes=0)
        self.file(photo, picture(), "image/png", "suit.png")
        voice = self.hear("", kind="voice")
        self.file(voice, hum(), "audio/x-wav", None)
        self.bot("معذرت، میں یہ نہیں سمجھ سکا۔ کیا میں آپ کو کسی ساتھی سے ملا دوں؟", status="read")
        self.hear("جی، کسی سے بات کروائیں")
        self.turn("owner_changed", {"from": "bot", "to": "queue", "queue": "orders", "epoch": 2, "reason": "asked"})
        self.turn("handoff_requested", {"queue": "orders", "reason": "asked"})
        self.bot("ایک ساتھی ابھی آپ سے بات کرے گا۔", status="delivered")

    def with_sara(self) -> None:
        self.turn("owner_changed", {"to": "agent", "assignee_id": self.sara, "reason": "claimed"}, self.sara)
        first = self.sara_says("Ayesha, this is Sara. I am sorry about the colour. Which order number is it?", "read")
        self.hear("4521", reply_to=first.external_id)
        self.note("Order 4521 is from the old dye lot. Exchange is fine, shipping on us.")
        card = self.hear("", kind="document")
        self.file(
            card,
            b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
            "application/pdf",
            "invoice-4521.pdf",
        )
        place = {"latitude": 31.5204, "longitude": 74.3587, "label": "گھر", "address": "Gulberg III, Lahore"}
        self.hear("", kind="location", payload={"location": place})
        self.hear("", kind="unknown")
        self.sara_says("Thank you! The courier brings the new one tomorrow and takes this one back.", "delivered")
        self.hear("👍", kind="reaction", payload={"reaction_to": f"SMayesha{self.number}"})
        failed = self.sara_says("Here is the exchange slip.", "failed")
        failed.error_code, failed.error_text = "63019", "Media failed to download"
        self.sara_says("Is there anything else I can do for you?", "queued", minutes=0)

    def finish(self) -> None:
        newest = self.conversation
        newest.preview, newest.preview_kind = "Is there anything else I can do for you?", "text"
        newest.last_message_at = clock.now()
        heard = clock.now() - timedelta(hours=2, minutes=46)
        newest.last_inbound_at = self.address.last_inbound_at = heard
        self.session.execute(
            update(SessionWindow).where(SessionWindow.address_id == self.address.id).values(last_inbound_at=heard)
        )

    def hear(self, text: str, kind: str = "text", minutes: float = 1.2, **more: Any) -> Message:
        return self.add(minutes, text=text, kind=kind, direction="inbound", author="contact", status="received", **more)

    def bot(self, text: str, status: str, **more: Any) -> Message:
        message = self.add(0.05, text=text, kind="text", direction="outbound", author="bot", status=status, **more)
        log.write(
            self.session, "bot_answered", actor=Author.BOT, conversation_id=self.conversation.id, message_id=message.id
        )
        return message

    def sara_says(self, text: str, status: str, minutes: float = 1.0) -> Message:
        return self.add(
            minutes, text=text, kind="text", direction="outbound", author="agent", author_id=self.sara, status=status
        )

    def add(self, minutes: float, payload: dict[str, Any] | None = None, **values: Any) -> Message:
        self.at += timedelta(minutes=minutes)
        self.number += 1
        message = Message(
            account="AC0", external_id=f"SMayesha{self.number}", conversation_id=self.conversation.id,
            contact_id=self.contact.id, address_id=self.address.id, address=self.address.value, channel_id="whatsapp",
            channel_type="whatsapp", payload=payload or {}, created_at=self.at, **values,
        )  # fmt: skip
        self.session.add(message)
        self.session.flush()
        return message

    def file(self, message: Message, data: bytes, content_type: str, name: str | None) -> None:
        kept = keep(self.store, [data], claimed=content_type, max_bytes=10_000_000)
        self.session.add(
            Media(
                message_id=message.id, claimed_type=content_type, content_type=kept.content_type, size=kept.size,
                sha256=kept.sha256, filename=name, width=kept.width, height=kept.height, storage_key=kept.storage_key,
                thumbnail_key=kept.thumbnail_key, state="stored", created_at=self.at,
            )
        )  # fmt: skip

    def turn(self, kind: str, data: dict[str, Any], actor_id: int | None = None) -> None:
        self.at += timedelta(seconds=2)
        with clock.frozen(self.at):
            log.write(
                self.session, kind, actor=Author.AGENT if actor_id else Author.CONTACT, actor_id=actor_id,
                contact_id=self.contact.id, conversation_id=self.conversation.id, queue=data.get("queue"), data=data,
            )  # fmt: skip

    def note(self, text: str) -> None:
        self.at += timedelta(minutes=1)
        self.session.add(
            Note(
                conversation_id=self.conversation.id, author_id=self.sara, author_name="Sara Malik", text=text,
                created_at=self.at,
            )
        )  # fmt: skip


def opt_out(session: Session, conversation_id: int) -> None:
    """The customer of this conversation wants nothing any more."""
    found = session.get_one(Conversation, conversation_id)
    session.add(
        OptOut(
            address_id=found.address_id, channel_id=found.channel_id, channel_type=found.channel_type, since=clock.now()
        )
    )


def picture(width: int = 480, height: int = 600) -> bytes:
    """A printed cloth, drawn."""
    image = Image.new("RGB", (width, height), "#f2e3d0")
    draw = ImageDraw.Draw(image)
    for x, y in _grid(width, height, 60):
        draw.ellipse((x - 18, y - 18, x + 18, y + 18), fill="#b23a48")
        draw.ellipse((x - 7, y - 7, x + 7, y + 7), fill="#f2c14e")
        draw.arc((x + 12, y - 4, x + 44, y + 30), 180, 330, fill="#2f6f4f", width=4)
    draw.rectangle((0, height - 70, width, height), fill="#7a2033")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _grid(width: int, height: int, step: int) -> Iterator[tuple[int, int]]:
    for row, y in enumerate(range(20, height, step)):
        for x in range(20 + (row % 2) * step // 2, width, step):
            yield x, y


def hum(seconds: float = 1.5) -> bytes:
    """A quiet tone as a sound file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"".join(struct.pack("<h", int(4000 * math.sin(n / 6))) for n in range(int(8000 * seconds))))
    return file.getvalue()
