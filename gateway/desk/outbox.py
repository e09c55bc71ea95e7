"""Say something: a message and its deliveries, written beside what caused them; a job sends after the commit."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.business import Business, Channel
from gateway.core.errors import Conflict, InvalidPayload
from gateway.core.ids import new_token
from gateway.core.replies import OutMedia, Reply
from gateway.core.words import Author, ChannelType, Direction, Kind, MediaState, Status
from gateway.desk import log, sla
from gateway.desk.attachments import PREPARED_WITHIN, is_waiting, planned, row_of
from gateway.desk.contents import hash_of
from gateway.desk.cutting import shorten
from gateway.desk.opened import OpenConversation
from gateway.desk.render import Part, render
from gateway.models.conversation import Conversation
from gateway.models.message import Delivery, Media, Message
from gateway.models.tables import metadata
from gateway.models.wakes import wakes_of

TEXT_LIMIT = 16_000
OPTIONS_LIMIT = 30
MEDIA_LIMIT = 10
KEY_LIMIT = 80
PREVIEW_LIMIT = 200

messages, deliveries, media, conversations = (
    metadata.tables[model.__tablename__] for model in (Message, Delivery, Media, Conversation)
)
INSERT_MESSAGE = insert(messages).returning(messages.c.id)
INSERT_DELIVERY = insert(deliveries).returning(deliveries.c.id)
INSERT_MEDIA = insert(media).inline()
BY_CLIENT_KEY = select(messages.c.id, messages.c.contact_id).where(messages.c.client_key == bindparam("key"))
TOUCH = (
    update(conversations)
    .where(conversations.c.id == bindparam("conversation"))
    .values(preview=bindparam("text"), preview_kind=bindparam("kind"), last_message_at=bindparam("at"))
)
TOUCH_BY_PERSON = TOUCH.values(waiting_since=None, unread_count=0, braked_at=None)


def say(
    session: Session,
    conversation: OpenConversation,
    reply: Reply,
    *,
    author: Author,
    business: Business,
    epoch: int | None = None,
    author_id: int | None = None,
    client_key: str | None = None,
    event_id: int | None = None,
    touch: bool = True,
    parked: bool = False,
) -> int:
    """Put a reply into the outbox, to the channel the customer last used; returns the message's id.

    The same ``client_key`` twice is one message: the second call changes nothing. Bot replies carry the ``epoch``
    they were decided in and are discarded once it has passed. Without ``touch`` the conversation's newest line is left
    to the caller, who writes it anyway. A ``parked`` one is written and goes nowhere yet (``gateway.desk.parked``).

    Raises:
        InvalidPayload: nothing to say, more than the limits allow, or a channel that is no longer connected.
        Conflict: ``client_key`` names a message to somebody else.
    """
    if client_key is not None and (known := said_before(session, client_key, conversation.contact_id)) is not None:
        return known
    _check(reply, client_key)
    channel = _channel(business, conversation)
    row = _message_row(conversation, reply, author, author_id, epoch) | {"client_key": client_key, "event_id": event_id}
    message_id, is_new = _insert_message(session, row | (_parked(reply) if parked else {}))
    if is_new:
        _attach(session, message_id, reply.media)
        if parked:
            planned(reply, channel, conversation.address)
        else:
            deliver(session, row, message_id, reply, channel)
        if touch:
            _touch(session, conversation, row)
        _tell(session, message_id, row)
    return message_id


def deliver(session: Session, row: dict[str, Any], message_id: int, reply: Reply, channel: Channel) -> None:
    """Write the calls that bring a message to its address; ``row`` is the message's.

    Raises:
        InvalidPayload: the channel can bring a file in no form at all.
    """
    reply = planned(reply, channel, row["address"])
    parts = render(reply, ChannelType(row["channel_type"]))
    rows = [delivery_row(row, message_id, number, part, channel) for number, part in enumerate(parts)]
    session.execute(INSERT_DELIVERY, rows if len(rows) > 1 else rows[0])
    if is_waiting(reply.media):
        wakes_of(session).files.add(message_id)


def _parked(reply: Reply) -> dict[str, Any]:
    """What a message needs to be said later as it was meant now."""
    return {"status": Status.PARKED.value, "payload": {"files": [asdict(file) for file in reply.media]}}


def said(row: Mapping[str, Any]) -> Reply:
    """The reply that a parked message is."""
    files = tuple(OutMedia(**file) for file in row["payload"].get("files", ()))
    return Reply(row["text"], media=files, language=row["language"] or "")


def said_before(session: Session, key: str, contact_id: int) -> int | None:
    """The message to this contact that had the key first.

    Raises:
        Conflict: it was a message to somebody else.
    """
    known = session.execute(BY_CLIENT_KEY, {"key": key}).first()
    if known is not None and known.contact_id != contact_id:
        raise Conflict("this client_key was used for a message to somebody else")
    return known.id if known else None


def _check(reply: Reply, client_key: str | None) -> None:
    checks = (
        (not reply.text.strip() and not reply.media, "a reply needs a text or a file"),
        (bool(reply.options) and not reply.text.strip(), "options need a text"),
        (len(reply.text) > TEXT_LIMIT, f"a text may have {TEXT_LIMIT:,} characters"),
        ("\0" in reply.text, "a text cannot hold NUL"),
        (len(reply.options) > OPTIONS_LIMIT, f"{OPTIONS_LIMIT} options at most"),
        (any(not o.title.strip() or not o.id for o in reply.options), "each option needs an id and a title"),
        (len(reply.media) > MEDIA_LIMIT, f"{MEDIA_LIMIT} files at most"),
        (any((m.media_id is None) == (m.url is None) for m in reply.media), "a file has an id or a URL"),
        (client_key is not None and not 0 < len(client_key) <= KEY_LIMIT, f"a key has 1 to {KEY_LIMIT} characters"),
    )
    for wrong, why in checks:
        if wrong:
            raise InvalidPayload(why)


def _channel(business: Business, conversation: OpenConversation) -> Channel:
    channel = business.channel(conversation.channel_id)
    if channel is None:
        raise InvalidPayload(f"channel {conversation.channel_id!r} is not connected any more")
    return channel


def _message_row(
    conversation: OpenConversation, reply: Reply, author: Author, author_id: int | None, epoch: int | None
) -> dict[str, Any]:
    return {
        "conversation_id": conversation.id,
        "contact_id": conversation.contact_id,
        "address_id": conversation.address_id,
        "address": conversation.address,
        "channel_id": conversation.channel_id,
        "channel_type": conversation.channel_type,
        "direction": Direction.OUTBOUND.value,
        "kind": _kind_of(reply).value,
        "text": reply.text,
        "payload": {"options": [asdict(option) for option in reply.options]} if reply.options else {},
        "forwarded": False,
        "frequently_forwarded": False,
        "author": author.value,
        "author_id": author_id,
        "epoch": epoch,
        "language": reply.language,
        "status": Status.QUEUED.value,
        "created_at": clock.now(),
    }


KINDS = {"image": Kind.IMAGE, "audio": Kind.AUDIO, "video": Kind.VIDEO}


def _kind_of(reply: Reply) -> Kind:
    if not reply.media:
        return Kind.TEXT
    content_type = reply.media[0].content_type
    if content_type in ("text/vcard", "text/x-vcard"):
        return Kind.CONTACT
    return KINDS.get(content_type.partition("/")[0], Kind.DOCUMENT)


def _insert_message(session: Session, row: dict[str, Any]) -> tuple[int, bool]:
    """The new message's id and True, or that of the one which had this key first and False."""
    if row["client_key"] is None:
        return session.execute(INSERT_MESSAGE, row).scalar_one(), True
    try:
        with session.begin_nested():
            return session.execute(INSERT_MESSAGE, row).scalar_one(), True
    except IntegrityError:
        known = said_before(session, row["client_key"], row["contact_id"])
        if known is None:
            raise
        return known, False


def _attach(session: Session, message_id: int, files: Sequence[OutMedia]) -> None:
    """Show the files with the message: one uploaded for it becomes its own; of one used before, the row is copied."""
    for position, file in enumerate(files):
        if file.media_id is None:
            session.execute(INSERT_MEDIA, _public_row(file) | {"message_id": message_id, "position": position})
            continue
        mine = update(media).where(media.c.id == file.media_id, media.c.message_id.is_(None))
        taken = session.execute(mine.values(message_id=message_id, position=position).returning(media.c.id)).first()
        if taken is None:
            _copy_media(session, file.media_id, message_id, position)


def _public_row(file: OutMedia) -> dict[str, Any]:
    known = {"source_url": file.url, "claimed_type": file.content_type, "content_type": file.content_type}
    return known | {
        "filename": file.filename,
        "state": MediaState.STORED.value,
        "attempts": 0,
        "created_at": clock.now(),
    }


def _copy_media(session: Session, media_id: int, message_id: int, position: int) -> None:
    row = session.execute(select(media).where(media.c.id == media_id)).mappings().first()
    if row is None:
        raise InvalidPayload(f"no file {media_id}")
    copied = {name: value for name, value in row.items() if name != "id"}
    session.execute(INSERT_MEDIA, copied | {"message_id": message_id, "position": position, "created_at": clock.now()})


def delivery_row(
    message: Mapping[str, Any], message_id: int, number: int, part: Part, channel: Channel
) -> dict[str, Any]:
    """One provider call of a message, queued."""
    channel_type, now = ChannelType(message["channel_type"]), message["created_at"]
    waits = is_waiting(part.media)
    return {
        "message_id": message_id,
        **{name: message[name] for name in ("contact_id", "conversation_id", "channel_id", "channel_type")},
        **{name: message[name] for name in ("author", "epoch", "created_at")},
        "part": number,
        "rung": 0,
        "token": new_token(),
        "account": "",
        "sender": channel.address,
        "to": spelled(channel_type, message["address"]),
        "body": part.body,
        "media": [row_of(file) for file in part.media],
        "content_hash": hash_of(part.shape) if part.shape else None,
        "content_variables": part.variables,
        "state": Status.QUEUED.value,
        "attempts": 0,
        "looks": 0,
        "late": False,
        "due_at": now + PREPARED_WITHIN if waits else now,
        "prepare_at": now if waits else None,
    }


PREFIXED = (ChannelType.WHATSAPP, ChannelType.MESSENGER, ChannelType.RCS)


def spelled(channel_type: ChannelType, address: str) -> str:
    """An address as the provider writes it on this channel."""
    return f"{channel_type.value}:{address}" if channel_type in PREFIXED else address


def _touch(session: Session, conversation: OpenConversation, row: dict[str, Any]) -> None:
    preview = shorten(row["text"].strip().partition("\n")[0], PREVIEW_LIMIT)
    values = {"conversation": conversation.id, "text": preview, "kind": row["kind"], "at": row["created_at"]}
    session.execute(TOUCH_BY_PERSON if row["author"] == Author.AGENT else TOUCH, values)
    if row["author"] == Author.AGENT:
        sla.answered(session, conversation.id)


def _tell(session: Session, message_id: int, row: dict[str, Any]) -> None:
    log.write(
        session,
        "message_queued",
        actor=row["author"],
        actor_id=row["author_id"],
        contact_id=row["contact_id"],
        conversation_id=row["conversation_id"],
        message_id=message_id,
        data={"kind": row["kind"], "author": row["author"]},
    )
    wakes_of(session).sends.add(row["contact_id"])
