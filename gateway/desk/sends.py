"""What was explained and is allowed goes out: messages, first deliveries, ladders; one by one or in bulk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.business import Business, Channel
from gateway.core.errors import Conflict, InvalidPayload
from gateway.core.replies import Reply
from gateway.core.words import Author, Direction, Kind, Status
from gateway.desk import log, outbox, timers
from gateway.desk.cutting import shorten
from gateway.desk.intended import Explanation
from gateway.desk.render import Part, render
from gateway.desk.timers import TimerKind
from gateway.models.message import Delivery, Message
from gateway.models.tables import metadata
from gateway.models.wakes import wakes_of

MOST = 500

messages, deliveries = (metadata.tables[model.__tablename__] for model in (Message, Delivery))
INSERT_MESSAGES = insert(messages).returning(messages.c.id, sort_by_parameter_order=True)
INSERT_DELIVERIES = insert(deliveries)
BY_KEY = select(messages.c.id, messages.c.contact_id).where(messages.c.client_key == bindparam("key"))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to write. ``conversation_id`` None: it belongs to the contact until they answer."""

    contact_id: int
    explanation: Explanation
    author: Author = Author.SYSTEM
    author_id: int | None = None
    conversation_id: int | None = None
    campaign_id: int | None = None
    client_key: str | None = None


class Words(Protocol):
    """What one way says: an explanation, or a rung of its ladder."""

    @property
    def channel_id(self) -> str | None: ...
    @property
    def text(self) -> str: ...
    @property
    def content_sid(self) -> str | None: ...
    @property
    def content_variables(self) -> Mapping[str, str] | None: ...


def send(session: Session, outgoing: Outgoing, business: Business) -> int:
    """Write one message with its first deliveries and its ladder; returns its id.

    The same ``client_key`` twice is one message.

    Raises:
        InvalidPayload: it was not allowed, or is not to go out yet.
        Conflict: ``client_key`` names a message to somebody else.
    """
    if outgoing.client_key is not None:
        known = session.execute(BY_KEY, {"key": outgoing.client_key}).first()
        if known is not None and known.contact_id != outgoing.contact_id:
            raise Conflict("this client_key was used for a message to somebody else")
        if known is not None:
            return int(known.id)
    [message_id] = send_many(session, [outgoing], business)
    return message_id


def send_many(session: Session, outgoing: Sequence[Outgoing], business: Business) -> list[int]:
    """Write messages of any contacts, at most ``MOST``, by one statement a table; returns their ids in order.

    Raises:
        InvalidPayload: one was not allowed, or is not to go out yet.
    """
    if not outgoing:
        return []
    if len(outgoing) > MOST:
        raise ValueError(f"{len(outgoing)} messages at once, at most {MOST}")
    channels = [_channel(one.explanation, business) for one in outgoing]
    rows = [_message_row(one) for one in outgoing]
    ids = list(session.execute(INSERT_MESSAGES, rows).scalars())
    written = zip(ids, rows, outgoing, channels, strict=True)
    drafts = [draft for id_, row, one, way in written for draft in delivery_rows(row, id_, one.explanation, way)]
    session.execute(INSERT_DELIVERIES, drafts)
    timers.set_all(session, [_step(id_, one) for id_, one in zip(ids, outgoing, strict=True) if one.explanation.rungs])
    for id_, row, one in zip(ids, rows, outgoing, strict=True):
        _tell(session, id_, row, one)
    return ids


def delivery_rows(
    message: Mapping[str, Any], message_id: int, words: Words, channel: Channel, rung: int = 0
) -> list[dict[str, Any]]:
    """The provider calls that bring ``words`` to the message's address over ``channel``."""
    language = message["language"] or ""
    parts = [Part(words.text)] if words.content_sid else render(Reply(words.text, language=language), channel.type)
    more: dict[str, Any] = {"content_sid": words.content_sid, "rung": rung}
    if words.content_sid:
        more["content_variables"] = dict(words.content_variables or {})
    return [
        outbox.delivery_row(dict(message), message_id, number, part, channel) | more
        for number, part in enumerate(parts)
    ]


def _channel(explanation: Explanation, business: Business) -> Channel:
    if not explanation.allowed or explanation.how == "parked":
        raise InvalidPayload(explanation.words or "this cannot be sent now")
    if explanation.not_before is not None and explanation.not_before > clock.now():
        raise InvalidPayload(f"this may not go out before {explanation.not_before.isoformat()}")
    channel = business.channel(explanation.channel_id or "")
    if channel is None:
        raise InvalidPayload(f"channel {explanation.channel_id!r} is not connected any more")
    return channel


def _message_row(one: Outgoing) -> dict[str, Any]:
    said = one.explanation
    return {
        "conversation_id": one.conversation_id,
        "contact_id": one.contact_id,
        "address_id": said.address_id,
        "address": said.to,
        "channel_id": said.channel_id,
        "channel_type": said.channel_type,
        "direction": Direction.OUTBOUND.value,
        "kind": Kind.TEXT.value,
        "text": said.text,
        "payload": {},
        "forwarded": False,
        "frequently_forwarded": False,
        "author": one.author.value,
        "author_id": one.author_id,
        "epoch": None,
        "language": said.language,
        "status": Status.QUEUED.value,
        "client_key": one.client_key,
        "purpose": said.purpose.value,
        "template": said.template,
        "campaign_id": one.campaign_id,
        "ladder": [rung.as_row() for rung in said.rungs],
        "created_at": clock.now(),
    }


def _step(message_id: int, one: Outgoing) -> dict[str, Any]:
    return step_row(message_id, one.contact_id, one.conversation_id, 0, one.explanation.rungs[0].after_seconds)


def step_row(
    message_id: int, contact_id: int, conversation_id: int | None, rung: int, after_seconds: int
) -> dict[str, Any]:
    """The timer that looks whether this rung arrived."""
    return timers.row_of(
        TimerKind.LADDER_STEP,
        contact_id,
        clock.now() + timedelta(seconds=after_seconds),
        conversation_id=conversation_id,
        message_id=message_id,
        data={"rung": rung, "after_seconds": after_seconds},
    )


def _tell(session: Session, message_id: int, row: Mapping[str, Any], one: Outgoing) -> None:
    if one.conversation_id is not None:
        line = shorten(row["text"].strip().partition("\n")[0], outbox.PREVIEW_LIMIT)
        values = {"conversation": one.conversation_id, "text": line, "kind": row["kind"], "at": row["created_at"]}
        session.execute(outbox.TOUCH, values)
    log.write(
        session,
        "message_queued",
        actor=row["author"],
        actor_id=one.author_id,
        contact_id=one.contact_id,
        conversation_id=one.conversation_id,
        message_id=message_id,
        data={"kind": row["kind"], "author": row["author"], "purpose": row["purpose"], "template": row["template"]},
    )
    wakes_of(session).sends.add(one.contact_id)
