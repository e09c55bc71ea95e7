"""Whose turn it is: opens, hands over, resolves and reopens conversations; each change of owner raises the epoch."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from automation.brake import QUIET
from gateway.core import clock
from gateway.core.errors import Conflict, NotFound
from gateway.core.words import Author, ConversationState, Owner
from gateway.desk import dialect, log
from gateway.desk.opened import OpenConversation as OpenConversation
from gateway.desk.opened import lock as lock
from gateway.desk.opened import newest_of as newest_of
from gateway.desk.opened import open_of as open_of
from gateway.models.conversation import Conversation, Note
from gateway.models.tables import metadata
from gateway.models.user import User
from gateway.models.wakes import wakes_of

REOPEN_WITHIN = timedelta(hours=24)
"""A customer who writes this soon after the end continues the same conversation, with the bot."""

conversations, notes, users = (metadata.tables[model.__tablename__] for model in (Conversation, Note, User))
INSERT = dialect.both(conversations, lambda statement: statement.on_conflict_do_nothing().returning(conversations.c.id))


def take_up(
    session: Session, contact_id: int, *, channel_id: str, channel_type: str, address_id: int, address: str
) -> tuple[OpenConversation, bool]:
    """The conversation that a customer's message belongs to, and whether it begins with it.

    That is the open one; else the one resolved in the last 24 hours, reopened with the bot; else a new one.
    """
    newest = newest_of(session, contact_id)
    if newest is not None and newest.state != ConversationState.RESOLVED:
        return newest, False
    if newest is not None and newest.resolved_at and clock.now() - newest.resolved_at < REOPEN_WITHIN:
        return reopen(session, newest.id, actor=Author.CONTACT), False
    language = newest.language if newest else None
    started = start(
        session,
        contact_id,
        channel_id=channel_id,
        channel_type=channel_type,
        address_id=address_id,
        language=language,
        address=address,
    )
    return replace(started, parked_count=newest.parked_count if newest else 0), True


def start(
    session: Session,
    contact_id: int,
    *,
    channel_id: str,
    channel_type: str,
    address_id: int,
    language: str | None,
    address: str = "",
) -> OpenConversation:
    """A new conversation, owned by the bot; ``address`` spares a look-up where it is known.

    Raises:
        Conflict: the contact has an open one.
    """
    now = clock.now()
    row = {"contact_id": contact_id, "channel_id": channel_id, "channel_type": channel_type, "address_id": address_id}
    rest = {"language": language, "state": ConversationState.OPEN, "owner": Owner.BOT, "epoch": 1, "preview": ""}
    times = {"opened_at": now, "last_message_at": now, "preview_kind": "text", "unread_count": 0}
    made = session.execute(INSERT[dialect.name_of(session)], row | rest | times).scalar()
    if made is None:
        raise Conflict("the contact has an open conversation already")
    data = {"channel_type": channel_type}
    about = {"contact_id": contact_id, "conversation_id": made}
    log.write(session, "conversation_started", actor=Author.SYSTEM, data=data, **about)
    if not address:
        return lock(session, made)
    place = (channel_id, channel_type, address_id, address, language)
    return OpenConversation(made, contact_id, ConversationState.OPEN, Owner.BOT, None, None, 1, *place, None)


def change_owner(
    session: Session,
    conversation: OpenConversation,
    *,
    owner: Owner,
    queue: str | None = None,
    assignee_id: int | None = None,
    actor: str,
    actor_id: int | None = None,
    reason: str = "",
) -> OpenConversation:
    """Give the conversation to the bot, a queue or an agent; the epoch rises, so older bot replies are discarded.

    An agent's conversation keeps the queue it came from unless ``queue`` names another.

    Raises:
        Conflict: it changed since ``conversation`` was read.
    """
    kept_queue = queue or (conversation.queue if owner is Owner.AGENT else None)
    waiting = None if owner is Owner.BOT else conversation.waiting_since or clock.now()
    changed = replace(
        conversation,
        owner=owner.value,
        queue=kept_queue,
        assignee_id=assignee_id,
        epoch=conversation.epoch + 1,
        waiting_since=waiting,
    )
    _store(session, conversation, changed, **({} if owner is Owner.QUEUE else CALM))
    if conversation.owner == Owner.AGENT or owner is Owner.QUEUE:
        wakes_of(session).routing = True
    data = {"from": conversation.owner, "to": owner.value, "epoch": changed.epoch, "reason": reason}
    _tell(session, "owner_changed", changed, actor, actor_id, data | {"queue": kept_queue, "assignee_id": assignee_id})
    return changed


def claim(session: Session, conversation_id: int, user_id: int) -> OpenConversation:
    """Take a conversation from the queue or the bot; taking one's own again changes nothing.

    Raises:
        NotFound: there is none with this id.
        Conflict: somebody else has it (the message says who), or it is resolved.
    """
    conversation = _lock_open(session, conversation_id)
    if conversation.owner == Owner.AGENT and conversation.assignee_id != user_id:
        raise Conflict(f"{_name_of(session, conversation.assignee_id)} has this conversation")
    return _give_to_agent(session, conversation, user_id, actor_id=user_id, reason="claimed")


def assign(session: Session, conversation_id: int, assignee_id: int, *, actor_id: int | None) -> OpenConversation:
    """Give a conversation to an agent, whoever has it.

    Raises:
        NotFound: no such conversation, or no such active user.
        Conflict: it is resolved.
    """
    conversation = _lock_open(session, conversation_id)
    _must_be_active(session, assignee_id)
    return _give_to_agent(session, conversation, assignee_id, actor_id=actor_id, reason="assigned")


def transfer(session: Session, conversation_id: int, queue: str, *, actor_id: int | None) -> OpenConversation:
    """Put a conversation into a queue, whoever has it; the caller checks that the queue exists.

    Raises:
        NotFound: no such conversation.
        Conflict: it is resolved.
    """
    conversation = _lock_open(session, conversation_id)
    if conversation.owner == Owner.QUEUE and conversation.queue == queue:
        return conversation
    agent: dict[str, Any] = {"actor": Author.AGENT, "actor_id": actor_id}
    return change_owner(session, conversation, owner=Owner.QUEUE, queue=queue, reason="transferred", **agent)


def hand_back(session: Session, conversation_id: int, *, actor_id: int | None) -> OpenConversation:
    """Give a conversation back to the bot; one that the bot has stays as it is.

    Raises:
        NotFound: no such conversation.
        Conflict: it is resolved.
    """
    conversation = _lock_open(session, conversation_id)
    if conversation.owner == Owner.BOT:
        return conversation
    return change_owner(
        session, conversation, owner=Owner.BOT, actor=Author.AGENT, actor_id=actor_id, reason="handed_back"
    )


def resolve(session: Session, conversation_id: int, *, actor: str, actor_id: int | None = None) -> OpenConversation:
    """End a conversation; ending it twice is no error.

    Raises:
        NotFound: no such conversation.
    """
    conversation = lock(session, conversation_id)
    if conversation.state == ConversationState.RESOLVED:
        return conversation
    resolved = replace(
        conversation, state=ConversationState.RESOLVED.value, resolved_at=clock.now(), waiting_since=None
    )
    _store(session, conversation, resolved, unread_count=0)
    wakes_of(session).routing = conversation.owner == Owner.AGENT or wakes_of(session).routing
    _tell(session, "conversation_resolved", resolved, actor, actor_id, {"owner": conversation.owner})
    return resolved


def reopen(session: Session, conversation_id: int, *, actor: str, actor_id: int | None = None) -> OpenConversation:
    """Continue a resolved conversation: with the agent who reopens it, else with the bot.

    Raises:
        NotFound: no such conversation.
        Conflict: the contact has another open conversation.
    """
    conversation = lock(session, conversation_id)
    if conversation.state != ConversationState.RESOLVED:
        return conversation
    opened = replace(conversation, state=ConversationState.OPEN.value, resolved_at=None, **AFRESH)
    try:
        with session.begin_nested():
            _store(session, conversation, opened, **AFRESH)
    except IntegrityError as error:
        raise Conflict("the contact has another open conversation") from error
    _tell(session, "conversation_reopened", opened, actor, actor_id, {})
    by_agent = actor == Author.AGENT and actor_id is not None
    return change_owner(
        session,
        opened,
        owner=Owner.AGENT if by_agent else Owner.BOT,
        assignee_id=actor_id if by_agent else None,
        actor=actor,
        actor_id=actor_id,
        reason="reopened",
    )


def add_note(session: Session, conversation_id: int, text: str, *, author_id: int | None, author_name: str) -> int:
    """A note for colleagues; returns its id.

    Raises:
        NotFound: no such conversation.
    """
    conversation = lock(session, conversation_id)
    row = {"conversation_id": conversation_id, "author_id": author_id, "author_name": author_name[:100], "text": text}
    made: int = session.execute(insert(notes).returning(notes.c.id), row | {"created_at": clock.now()}).scalar_one()
    _tell(session, "note_added", conversation, Author.AGENT, author_id, {"note_id": made})
    return made


def mark_read(session: Session, conversation_id: int) -> None:
    """Nothing in this conversation is unread any more."""
    unread = (conversations.c.id == conversation_id) & (conversations.c.unread_count > 0)
    session.execute(update(conversations).where(unread).values(unread_count=0))


def _store(session: Session, before: OpenConversation, after: OpenConversation, **more: Any) -> None:
    """Write what differs, if nobody changed the owner or the state meanwhile."""
    values = {name: getattr(after, name) for name in CHANGING} | more
    same = (
        (conversations.c.id == before.id)
        & (conversations.c.epoch == before.epoch)
        & (conversations.c.state == before.state)
    )
    changed = session.execute(update(conversations).where(same).values(values).returning(conversations.c.id)).first()
    if changed is None:
        raise Conflict("the conversation changed meanwhile")


CALM = {name: getattr(QUIET, name) for name in QUIET.__slots__}
"""The loop brake counts from nothing once a person looked, or the bot begins anew."""
AFRESH: dict[str, Any] = {"mood": "neutral", "urgency": "normal", "priority": "normal", "feeling": {}}
"""Who writes again is heard anew; what it was about stays known."""
CHANGING = ("state", "owner", "queue", "assignee_id", "epoch", "waiting_since", "resolved_at")


def _tell(
    session: Session, kind: str, about: OpenConversation, actor: str, actor_id: int | None, data: dict[str, Any]
) -> None:
    log.write(
        session,
        kind,
        actor=actor,
        actor_id=actor_id,
        contact_id=about.contact_id,
        conversation_id=about.id,
        queue=about.queue,
        data=data,
    )


def _lock_open(session: Session, conversation_id: int) -> OpenConversation:
    conversation = lock(session, conversation_id)
    if conversation.state == ConversationState.RESOLVED:
        raise Conflict("the conversation is resolved")
    return conversation


def _give_to_agent(
    session: Session, conversation: OpenConversation, assignee_id: int, *, actor_id: int | None, reason: str
) -> OpenConversation:
    """Who has it already keeps it, and nothing changes."""
    if conversation.owner == Owner.AGENT and conversation.assignee_id == assignee_id:
        return conversation
    agent: dict[str, Any] = {"actor": Author.AGENT, "actor_id": actor_id}
    return change_owner(session, conversation, owner=Owner.AGENT, assignee_id=assignee_id, reason=reason, **agent)


def _must_be_active(session: Session, user_id: int) -> None:
    known = select(users.c.id).where(users.c.id == user_id, users.c.active)
    if session.execute(known).first() is None:
        raise NotFound(f"no active user {user_id}")


def _name_of(session: Session, user_id: int | None) -> str:
    name: str | None = session.execute(select(users.c.name).where(users.c.id == user_id)).scalar()
    return name or "Somebody"
