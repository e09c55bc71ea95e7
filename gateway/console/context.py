"""The side panel's briefing: who this is, why they are here, what the bot tried, what was before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from gateway.console import words
from gateway.core import clock
from gateway.models.contact import Address, Contact
from gateway.models.conversation import Conversation
from gateway.models.log_entry import LogEntry

EARLIER = 5
LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Context:
    """What a colleague would tell before handing over."""

    contact: Contact
    addresses: Sequence[Address]
    briefing: Sequence[str]
    matter: Sequence[tuple[str, str]]
    """What it is about, as far as it is known: name and value."""
    earlier: Sequence[Row[*tuple[Any, ...]]]


def context_of(
    session: Session, conversation: Conversation, queues: Mapping[str, str], topics: Mapping[str, str]
) -> Context:
    """The panel beside ``conversation``."""
    contact = session.get_one(Contact, conversation.contact_id)
    addresses = session.scalars(select(Address).where(Address.contact_id == contact.id).order_by(Address.id)).all()
    earlier = _earlier(session, conversation)
    briefing = _briefing(session, conversation, queues, earlier)
    return Context(contact, addresses, briefing, matter_of(conversation, topics), earlier)


def matter_of(conversation: Conversation, topics: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """Topic, order, mood and the like; what is usual is not worth a line."""
    case = conversation.case
    found = (
        ("Topic", topics.get(case.get("topic", ""), case.get("topic", ""))),
        ("Order", case.get("order", "")),
        ("Product", case.get("product", "")),
        ("Mood", words.MOODS.get(conversation.mood, "")),
        ("Priority", words.PRIORITIES.get(conversation.priority, "")),
        ("Writes of", ", ".join(words.SIGNS.get(sign, sign) for sign in case.get("signs", ()))),
    )
    return [(name, value) for name, value in found if value]


def _earlier(session: Session, conversation: Conversation) -> Sequence[Row[*tuple[Any, ...]]]:
    columns = (Conversation.id, Conversation.opened_at, Conversation.state, Conversation.preview)
    mine = Conversation.contact_id == conversation.contact_id
    query = select(*columns, Conversation.preview_kind).where(mine, Conversation.id != conversation.id)
    return session.execute(query.order_by(Conversation.id.desc()).limit(EARLIER)).all()


def _briefing(
    session: Session, conversation: Conversation, queues: Mapping[str, str], earlier: Sequence[Row[*tuple[Any, ...]]]
) -> Sequence[str]:
    sentences = [_bot_sentence(session, conversation.id), _handoff_sentence(session, conversation.id, queues)]
    lately = sum(1 for row in earlier if row.opened_at > clock.now() - LATELY)
    if lately:
        sentences.append(f"{_ordinal(lately + 1)} conversation within a week.")
    return [sentence for sentence in sentences if sentence]


def _bot_sentence(session: Session, conversation_id: int) -> str:
    kinds = ("bot_answered", "bot_gave_up")
    query = select(LogEntry.kind, func.count()).where(
        LogEntry.conversation_id == conversation_id, LogEntry.kind.in_(kinds)
    )
    times: dict[str, int] = {kind: number for kind, number in session.execute(query.group_by(LogEntry.kind))}
    answered, lost = times.get("bot_answered", 0), times.get("bot_gave_up", 0)
    if not answered and not lost:
        return ""
    said = f"The bot answered {_times(answered)}" if answered else "The bot had no answer"
    return f"{said}, and did not understand {_times(lost)}." if answered and lost else f"{said}."


def _handoff_sentence(session: Session, conversation_id: int, queues: Mapping[str, str]) -> str:
    asked = session.scalars(
        select(LogEntry)
        .where(LogEntry.conversation_id == conversation_id, LogEntry.kind == "handoff_requested")
        .order_by(LogEntry.id.desc())
        .limit(1)
    ).first()
    if asked is None:
        return ""
    queue = queues.get(asked.queue or "", asked.queue or "")
    return f"It went to {queue}: {words.handoff(asked.data.get('reason', ''))}."


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _ordinal(number: int) -> str:
    return {2: "Second", 3: "Third", 4: "Fourth", 5: "Fifth"}.get(number, "At least sixth")
