"""A customer's message becomes rows: the message, its files to fetch, the conversation's newest line, a log entry."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, case, func, insert, update
from sqlalchemy.orm import Session

from automation.brake import Talk
from automation.faq.model import Mood
from gateway.core import clock
from gateway.core.events import MessageReceived, Received
from gateway.core.replies import Reply
from gateway.core.words import Author, Direction, Kind, MediaState, Owner, Status
from gateway.desk import dead, dialect, impressions, log, windows
from gateway.desk.impressions import Impression
from gateway.desk.opened import OpenConversation
from gateway.models.contact import Address, Contact
from gateway.models.conversation import Conversation
from gateway.models.message import Media, Message
from gateway.models.tables import metadata
from gateway.models.wakes import wakes_of

messages, media, conversations, addresses, contacts = (
    metadata.tables[model.__tablename__] for model in (Message, Media, Conversation, Address, Contact)
)

INSERT = dialect.both(messages, lambda statement: statement.on_conflict_do_nothing().returning(messages.c.id))
REREAD = (
    update(messages)
    .where(messages.c.account == bindparam("of_account"), messages.c.external_id == bindparam("of_external_id"))
    .values(kind=bindparam("new_kind"), text=bindparam("new_text"), payload=bindparam("new_payload"))
    .returning(messages.c.id)
)
PEOPLE_HAVE_IT = conversations.c.owner != Owner.BOT
TOUCH = (
    update(conversations)
    .where(conversations.c.id == bindparam("conversation"))
    .values(
        channel_id=bindparam("channel"),
        channel_type=bindparam("type"),
        address_id=bindparam("address"),
        language=bindparam("tongue"),
        preview=bindparam("line"),
        preview_kind=bindparam("line_kind"),
        last_inbound_at=bindparam("now"),
        last_message_at=bindparam("now"),
        unread_count=case((PEOPLE_HAVE_IT, conversations.c.unread_count + 1), else_=conversations.c.unread_count),
        waiting_since=case(
            (PEOPLE_HAVE_IT & conversations.c.waiting_since.is_(None), bindparam("now")),
            else_=conversations.c.waiting_since,
        ),
        **{name: bindparam(name) for name in (*Talk.__slots__, *impressions.COLUMNS)},
    )
)
TALKED = (
    update(conversations)
    .where(conversations.c.id == bindparam("conversation"))
    .values({name: bindparam(name) for name in Talk.__slots__})
)
HEARD_FROM = (
    update(addresses)
    .where(addresses.c.id == bindparam("address"))
    .values(last_inbound_at=bindparam("now"), last_channel_id=bindparam("channel"))
)
HEARD = {name: HEARD_FROM.values(dead=alive) for name, alive in dead.ALIVE.items()}
SEEN = (
    update(contacts)
    .where(contacts.c.id == bindparam("contact"))
    .values(last_seen_at=bindparam("now"), language=func.coalesce(bindparam("tongue"), contacts.c.language))
)
TOUCH_ALL: Mapping[str, tuple[Any, ...]] = {
    "sqlite": (HEARD["sqlite"], SEEN, windows.OPEN["sqlite"], TOUCH),
    "postgresql": (
        TOUCH.add_cte(
            HEARD["postgresql"].cte("heard_from"), SEEN.cte("seen"), windows.OPEN["postgresql"].cte("opened")
        ),
    ),
}
"""Four rows to write for each message; PostgreSQL does so in one statement."""


def store(
    session: Session, received: Received, event: MessageReceived, conversation: OpenConversation, mood: str
) -> int | None:
    """Keep a message on a conversation, whose channel, address and language are those of this message already.

    Returns the message's id; None when it is there and was only read anew (a replay), so that nobody answers twice.
    """
    row = _row(received, event, mood) | {
        "conversation_id": conversation.id,
        "contact_id": conversation.contact_id,
        "address_id": conversation.address_id,
        "address": conversation.address,
        "channel_id": conversation.channel_id,
        "language": conversation.language,
    }
    message_id: int | None = session.execute(INSERT[dialect.name_of(session)], row).scalar()
    if message_id is None:
        reread(session, received, event, mood)
        return None
    _store_media(session, message_id, event)
    _tell(session, conversation, event, message_id)
    return message_id


def reread(session: Session, received: Received, event: MessageReceived, mood: str) -> bool:
    """Bring a message that is kept up to how its request reads now; False: it is not kept."""
    row = _row(received, event, mood)
    keys = {"of_account": event.account, "of_external_id": event.external_id}
    values = {f"new_{name}": row[name] for name in ("kind", "text", "payload")}
    return session.execute(REREAD, keys | values).first() is not None


def touch(
    session: Session,
    conversation: OpenConversation,
    received: Received,
    event: MessageReceived,
    answer: Reply | None,
    talk: Talk,
    impression: Impression,
) -> None:
    """Bring contact, address, session window and conversation up to the message, and to the bot's ``answer`` if any."""
    kind = (Kind.TEXT if answer.text else Kind.DOCUMENT) if answer else event.kind
    values = {
        "contact": conversation.contact_id,
        "conversation": conversation.id,
        "address": conversation.address_id,
        "channel": conversation.channel_id,
        "type": conversation.channel_type,
        "tongue": conversation.language,
        "line": preview(answer.text if answer else event.text),
        "line_kind": kind,
        "now": clock.now(),
        "heard_at": received.received_at,
        **{name: getattr(talk, name) for name in Talk.__slots__},
        **impression.row,
    }
    for statement in TOUCH_ALL[dialect.name_of(session)]:
        session.execute(statement, values)


def talked(session: Session, conversation_id: int, talk: Talk) -> None:
    """Keep what the loop brake counts from now on, where no message brought it."""
    session.execute(TALKED, {"conversation": conversation_id, **{name: getattr(talk, name) for name in Talk.__slots__}})


def preview(text: str) -> str:
    """The first line that says something, short enough for the inbox."""
    lines = (line.strip() for line in text.replace("\x00", "").splitlines())
    return next((line for line in lines if line), "")[:200]


def _row(received: Received, event: MessageReceived, mood: str) -> dict[str, Any]:
    return {
        "account": event.account,
        "external_id": event.external_id,
        "channel_type": event.channel_type,
        "direction": Direction.INBOUND,
        "kind": event.kind,
        "text": event.text.replace("\x00", "\ufffd"),  # PostgreSQL text refuses NUL; the raw request keeps it
        "payload": _payload(event) | ({} if mood == Mood.NEUTRAL else {"mood": str(mood)}),
        "reply_to": event.reply_to,
        "forwarded": event.forwarded,
        "frequently_forwarded": event.frequently_forwarded,
        "profile_name": event.profile_name,
        "author": Author.CONTACT,
        "status": Status.RECEIVED,
        "event_id": received.id,
        "created_at": received.received_at,
    }


def _payload(event: MessageReceived) -> dict[str, Any]:
    """What the kind needs beside text and files; only what is there."""
    parts: dict[str, Any] = {
        "location": event.location and _fields(event.location, "latitude", "longitude", "label", "address"),
        "selection": event.selection and _fields(event.selection, "id", "title"),
        "flow_response": event.flow_response,
        "contacts": list(event.contacts),
        "reaction_to": event.reaction_to,
        "referral": event.referral,
        "extra": event.extra,
    }
    kept = {name: value for name, value in parts.items() if value}
    clean: dict[str, Any] = _without_nul(kept)
    return clean


def _fields(source: object, *names: str) -> dict[str, Any]:
    return {name: getattr(source, name) for name in names}


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    return [_without_nul(item) for item in value] if isinstance(value, list) else value


def _store_media(session: Session, message_id: int, event: MessageReceived) -> None:
    now = clock.now()
    for position, item in enumerate(event.media):
        row = {
            "message_id": message_id,
            "position": position,
            "source_url": item.url,
            "claimed_type": item.content_type[:100],
            "filename": item.filename and item.filename[:240],
            "state": MediaState.PENDING,
            "attempts": 0,
            "due_at": now,
            "created_at": now,
        }
        wakes_of(session).media.add(session.execute(insert(media).returning(media.c.id), row).scalar_one())


def _tell(session: Session, conversation: OpenConversation, event: MessageReceived, message_id: int) -> None:
    log.write(
        session,
        "message_received",
        actor=Author.CONTACT,
        contact_id=conversation.contact_id,
        conversation_id=conversation.id,
        message_id=message_id,
        queue=conversation.queue,
        data={"kind": event.kind, "channel_type": event.channel_type},
    )
