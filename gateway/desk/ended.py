"""A conversation that ended, as words for a CRM: who wrote, what about, and what was said."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.core.words import Author, Direction, Kind
from gateway.models.contact import Contact
from gateway.models.conversation import Conversation
from gateway.models.crm import CrmWrite
from gateway.models.message import Message
from gateway.models.tables import metadata

conversations, contacts, messages, writes = (
    metadata.tables[model.__tablename__] for model in (Conversation, Contact, Message, CrmWrite)
)
MOST_MESSAGES = 200
LONGEST_MESSAGE = 2_000
LONGEST_TEXT = 30_000
"""Characters; Salesforce's description has room for 32,000."""
LONGEST_SUMMARY = 300
NAMES = {Author.CONTACT: "Customer", Author.BOT: "Bot", Author.AGENT: "Agent", Author.SYSTEM: "System"}


@dataclass(frozen=True, slots=True)
class Ended:
    """What is told of it."""

    contact_id: int
    name: str
    channel_type: str
    summary: str
    transcript: str


def ended(session: Session, conversation_id: int, until: datetime) -> Ended:
    """The conversation as it was then, since its ending before that."""
    row = session.execute(
        select(conversations.c.contact_id, conversations.c.channel_type, conversations.c.case, contacts.c.name,
               contacts.c.profile_name)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .where(conversations.c.id == conversation_id)
    ).one()  # fmt: skip
    said = _messages(session, conversation_id, until)
    return Ended(
        contact_id=row.contact_id,
        name=row.name or row.profile_name or "",
        channel_type=row.channel_type,
        summary=_summary(said, row.case),
        transcript=_transcript(said),
    )


def _messages(session: Session, conversation_id: int, until: datetime) -> list[Any]:
    """The last ones, in their order."""
    before = select(writes.c.created_at).where(
        writes.c.conversation_id == conversation_id, writes.c.created_at < until, writes.c.state == "written"
    )
    since = session.execute(before.order_by(writes.c.created_at.desc()).limit(1)).scalar()
    chosen = select(messages.c.created_at, messages.c.author, messages.c.direction, messages.c.kind, messages.c.text)
    chosen = chosen.where(messages.c.conversation_id == conversation_id, messages.c.created_at <= until)
    if since is not None:
        chosen = chosen.where(messages.c.created_at > since)
    return list(session.execute(chosen.order_by(messages.c.id.desc()).limit(MOST_MESSAGES)).all())[::-1]


def _summary(said: list[Any], case: dict[str, Any]) -> str:
    """Extractive: what it is about as far as that is known, and how the customer began."""
    known = [f"{name}: {value}" for name, value in sorted(case.items()) if isinstance(value, str) and value]
    first = next((one.text for one in said if one.direction == Direction.INBOUND and one.text), "")
    return " · ".join([" ".join(first.split())[:LONGEST_SUMMARY], *known[:5]]).strip(" ·")


def _transcript(said: list[Any]) -> str:
    """Line by line; where it is too long, its end is what counts."""
    lines = [f"{one.created_at:%Y-%m-%d %H:%M} {NAMES.get(one.author, one.author)}: {_words(one)}" for one in said]
    text = "\n".join(lines)
    return text if len(text) <= LONGEST_TEXT else "…" + text[-LONGEST_TEXT:]


def _words(one: Any) -> str:
    text = one.text[:LONGEST_MESSAGE]
    return text if one.kind == Kind.TEXT else f"[{one.kind}] {text}".strip()
