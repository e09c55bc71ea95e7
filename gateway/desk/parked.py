"""Replies that wait for the session window: kept, announced by a template once a day, sent when the customer writes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.business import Business, Channel
from gateway.core.errors import Conflict, InvalidPayload, NotFound
from gateway.core.words import Author, Direction, Purpose, Status
from gateway.desk import log, media, outbox, sends, timers
from gateway.desk.attachments import row_of
from gateway.desk.explain import explain
from gateway.desk.intended import Explanation, Facts, Intended, Rules
from gateway.desk.opened import OpenConversation
from gateway.desk.sends import Outgoing
from gateway.desk.timers import TimerKind
from gateway.models.conversation import Conversation
from gateway.models.message import Delivery, Message
from gateway.models.tables import metadata
from gateway.models.wakes import wakes_of

MOST = 50
"""Replies that one customer may have waiting."""
ANNOUNCED_FOR = timedelta(hours=24)

messages, deliveries, conversations = (
    metadata.tables[model.__tablename__] for model in (Message, Delivery, Conversation)
)
WAITING = (
    select(messages)
    .where(messages.c.contact_id == bindparam("contact"), messages.c.status == Status.PARKED.value)
    .order_by(messages.c.id)
    .limit(MOST)
)
COUNT = (
    update(conversations)
    .where(conversations.c.id == bindparam("conversation"))
    .values(parked_count=conversations.c.parked_count + bindparam("more"))
)
NONE_LEFT = (
    update(conversations)
    .where(conversations.c.contact_id == bindparam("contact"), conversations.c.parked_count > 0)
    .values(parked_count=0)
)
GO = (
    update(messages)
    .where(messages.c.id == bindparam("message"))
    .values({name: bindparam(f"new_{name}") for name in ("channel_id", "channel_type", "address_id", "address")})
    .values(status=Status.QUEUED.value, error_code=None, error_text=None, conversation_id=bindparam("into"))
)
END = (
    update(messages)
    .where(messages.c.id == bindparam("message"), messages.c.status == Status.PARKED.value)
    .values(status=bindparam("ended"), error_code=bindparam("why"))
    .returning(messages.c.contact_id, messages.c.conversation_id)
)
LATE = (
    select(*(messages.c[name] for name in ("contact_id", "conversation_id", "payload")))
    .where(messages.c.id == bindparam("message"), messages.c.status != Status.PARKED.value)
    .where(messages.c.author == Author.AGENT.value, messages.c.purpose == Purpose.REPLY.value)
    .where(messages.c.template.is_(None), messages.c.conversation_id.is_not(None))
    .with_for_update()
)
CALL_OFF = (
    update(deliveries)
    .where(deliveries.c.message_id == bindparam("message"), deliveries.c.state == Status.QUEUED.value)
    .values(state=Status.CANCELED.value, error_code="parked", settled_at=bindparam("now"))
)
ANNOUNCED = (
    select(messages.c.id)
    .where(messages.c.conversation_id == bindparam("conversation"), messages.c.template == bindparam("name"))
    .where(messages.c.created_at > bindparam("since"))
    .limit(1)
)


def park(session: Session, conversation_id: int, contact_id: int, message_id: int, facts: Facts, rules: Rules) -> None:
    """A message written as ``parked`` waits from now on; the customer is told, once a day."""
    session.execute(COUNT, {"conversation": conversation_id, "more": 1})
    expect(session, conversation_id, contact_id, message_id, rules)
    _tell(session, "message_parked", contact_id, conversation_id, message_id)
    announce(session, conversation_id, facts, rules)


def announce(session: Session, conversation_id: int, facts: Facts, rules: Rules) -> Explanation | None:
    """Tell the customer that a reply waits; None: they were told today."""
    name = rules.sending.reply_waiting_template
    now = clock.now()
    asked = {"conversation": conversation_id, "name": name, "since": now - ANNOUNCED_FOR}
    if session.execute(ANNOUNCED, asked).first() is not None:
        return None
    found = explain(Intended(Purpose.REPLY, template=name), facts, rules, now)
    if found.allowed and found.how == "template":
        alone = replace(found, rungs=())
        sends.send(session, Outgoing(facts.contact_id, alone, conversation_id=conversation_id), rules.business)
    else:
        data = {"reason": found.reasons[0].refusal.value if found.reasons else found.how}
        _tell(session, "reply_waiting_not_told", facts.contact_id, conversation_id, None, data)
    return found


def park_late(session: Session, message_id: int) -> bool:
    """A person's words that came outside the window, as the provider says: they wait; False: nothing of that kind.

    Telling the customer needs the config, so a timer that is due at once does it.
    """
    row = session.execute(LATE, {"message": message_id}).first()
    if row is None:
        return False
    files = [row_of(file) for file in media.handed_in(session, message_id)]
    waits = {"status": Status.PARKED.value, "payload": {**row.payload, "files": files}}
    session.execute(update(messages).where(messages.c.id == message_id).values(waits))
    session.execute(CALL_OFF, {"message": message_id, "now": clock.now()})
    session.execute(COUNT, {"conversation": row.conversation_id, "more": 1})
    about = {"conversation_id": row.conversation_id, "message_id": message_id}
    timers.set_one(session, timers.row_of(TimerKind.PARKED_LATE, row.contact_id, clock.now()) | about)
    timers.wake(session)
    _tell(session, "message_parked", row.contact_id, row.conversation_id, message_id, {"late": True})
    return True


def expect(session: Session, conversation_id: int, contact_id: int, message_id: int, rules: Rules) -> None:
    """Let a parked message end when nobody comes for it."""
    ends = timers.row_of(TimerKind.PARKED_EXPIRY, contact_id, clock.now() + rules.sending.parked)
    timers.set_all(session, [ends | {"conversation_id": conversation_id, "message_id": message_id}])


def release(session: Session, conversation: OpenConversation, business: Business) -> int:
    """The customer wrote: what waited is queued in order, to where they wrote from; returns how many."""
    channel = business.channel(conversation.channel_id)
    waiting = session.execute(WAITING, {"contact": conversation.contact_id}).mappings().all() if channel else ()
    if channel is None or not waiting:
        return 0
    for message in waiting:
        _go(session, dict(message), conversation, channel)
    session.execute(NONE_LEFT, {"contact": conversation.contact_id})
    timers.drop_of_messages(session, [row["id"] for row in waiting], TimerKind.PARKED_EXPIRY, "the customer wrote")
    wakes_of(session).sends.add(conversation.contact_id)
    return len(waiting)


def expire(session: Session, message_id: int) -> bool:
    """Nobody came for it; False: it does not wait any more."""
    return _end(session, message_id, Status.EXPIRED, "nobody_wrote", Author.SYSTEM, None)


def withdraw(session: Session, message_id: int, actor_id: int | None) -> None:
    """An agent takes it back before it went out.

    Raises:
        NotFound: no such message of ours.
        Conflict: it does not wait any more.
    """
    known = session.execute(select(messages.c.direction).where(messages.c.id == message_id)).scalar()
    if known != Direction.OUTBOUND:
        raise NotFound(f"no message {message_id} of ours")
    if not _end(session, message_id, Status.CANCELED, "withdrawn", Author.AGENT, actor_id):
        raise Conflict("this message does not wait any more")
    timers.drop_of_messages(session, [message_id], TimerKind.PARKED_EXPIRY, "withdrawn")


def _go(session: Session, message: dict[str, Any], to: OpenConversation, channel: Channel) -> None:
    place = {name: getattr(to, name) for name in ("channel_id", "channel_type", "address_id", "address")}
    session.execute(
        GO, {"message": message["id"], "into": to.id} | {f"new_{name}": value for name, value in place.items()}
    )
    row = message | place | {"conversation_id": to.id, "created_at": clock.now()}
    try:
        outbox.deliver(session, row, message["id"], outbox.said(message), channel)
    except InvalidPayload as error:  # a file that the channel they wrote from carries in no form
        failed = {"status": Status.FAILED.value, "error_code": "file_refused", "error_text": str(error)}
        session.execute(update(messages).where(messages.c.id == message["id"]).values(failed))
    _tell(session, "message_unparked", to.contact_id, to.id, message["id"])


def _end(session: Session, message_id: int, status: Status, why: str, actor: Author, actor_id: int | None) -> bool:
    ended = session.execute(END, {"message": message_id, "ended": status.value, "why": why}).first()
    if ended is None:
        return False
    if ended.conversation_id is not None:
        session.execute(COUNT, {"conversation": ended.conversation_id, "more": -1})
    kind = f"message_{status.value}"
    _tell(session, kind, ended.contact_id, ended.conversation_id, message_id, {"reason": why}, actor, actor_id)
    return True


def _tell(
    session: Session,
    kind: str,
    contact_id: int,
    conversation_id: int | None,
    message_id: int | None,
    data: dict[str, Any] | None = None,
    actor: Author = Author.SYSTEM,
    actor_id: int | None = None,
) -> None:
    log.write(
        session,
        kind,
        actor=actor,
        actor_id=actor_id,
        contact_id=contact_id,
        conversation_id=conversation_id,
        message_id=message_id,
        data=data,
    )
