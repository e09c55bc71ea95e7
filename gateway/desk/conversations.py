"""Whose turn it is: opens, hands over, resolves and reopens conversations; each change of owner raises the epoch."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from automation.brake import QUIET
from gateway.core import clock
from gateway.core.errors import Conflict, NotFound
from gateway.core.words import Author, ConversationState, Owner
from gateway.desk import dialect, log, presence, sla, timers
from gateway.desk.opened import OpenConversation as OpenConversation
from gateway.desk.opened import lock as lock
from gateway.desk.opened import newest_of as newest_of
from gateway.desk.opened import open_of as open_of
from gateway.desk.timers import TimerKind
from gateway.models.conversation import Conversation, Note
from gateway.models.tables import metadata
from gateway.models.user import User
from gateway.models.wakes import wakes_of


@dataclass(frozen=True, slots=True)
class Reopening:
    """What becomes of a resolved conversation whose customer writes again."""

    within: timedelta = timedelta(hours=24)
    """So soon after the end it goes on; later it is a new one."""
    to: str = "bot"
    """``agent``: who had it, if they are there, else their queue; ``queue``; ``bot``. The bot keeps its own."""
    queue: str = ""
    """Where it goes if it never was in one."""


WITH_THE_BOT = Reopening()

conversations, notes, users = (metadata.tables[model.__tablename__] for model in (Conversation, Note, User))
ACTIVE = select(users.c.id).where(users.c.id == bindparam("user"), users.c.active)
INSERT = dialect.both(conversations, lambda statement: statement.on_conflict_do_nothing().returning(conversations.c.id))


def take_up(
    session: Session,
    contact_id: int,
    *,
    channel_id: str,
    channel_type: str,
    address_id: int,
    address: str,
    reopening: Reopening = WITH_THE_BOT,
) -> tuple[OpenConversation, bool]:
    """The conversation that a customer's message belongs to, and whether it begins with it.

    That is the open one; else one resolved a short time ago, reopened; else a new one.
    """
    newest = newest_of(session, contact_id)
    if newest is not None and newest.state != ConversationState.RESOLVED:
        return newest, False
    if newest is not None and newest.resolved_at and clock.now() - newest.resolved_at < reopening.within:
        return reopen(session, newest.id, actor=Author.CONTACT, reopening=reopening), False
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
    if conversation.state == ConversationState.SNOOZED:
        _awaken(session, conversation)
    elif conversation.owner == Owner.BOT and owner is Owner.QUEUE and actor == Author.AGENT:
        _look_at_promises(session, conversation)
    if owner is Owner.BOT and conversation.owner != Owner.BOT:
        sla.dropped(session, conversation.id)
    changed = replace(
        conversation,
        state=ConversationState.OPEN.value,
        owner=owner.value,
        queue=kept_queue,
        assignee_id=assignee_id,
        epoch=conversation.epoch + 1,
        waiting_since=waiting,
    )
    _store(session, conversation, changed, snoozed_until=None, **({} if owner is Owner.QUEUE else CALM))
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
    _store(session, conversation, resolved, unread_count=0, snoozed_until=None)
    timers.drop_of_conversation(session, conversation.id, TimerKind.SNOOZE_END, "resolved")
    sla.resolved(session, conversation.id)
    wakes_of(session).routing = conversation.owner == Owner.AGENT or wakes_of(session).routing
    _tell(session, "conversation_resolved", resolved, actor, actor_id, {"owner": conversation.owner})
    return resolved


def reopen(
    session: Session,
    conversation_id: int,
    *,
    actor: str,
    actor_id: int | None = None,
    reopening: Reopening = WITH_THE_BOT,
) -> OpenConversation:
    """Continue a resolved conversation: with the agent who reopens it, else as ``reopening`` says.

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
    whose = (Owner.AGENT, opened.queue, actor_id) if by_agent else _whose(session, opened, reopening)
    owner, queue, assignee_id = whose
    people: dict[str, Any] = {"owner": owner, "queue": queue, "assignee_id": assignee_id}
    return change_owner(session, opened, **people, actor=actor, actor_id=actor_id, reason="reopened")


def _whose(
    session: Session, conversation: OpenConversation, reopening: Reopening
) -> tuple[Owner, str | None, int | None]:
    """Owner, queue and agent of a conversation that goes on."""
    if reopening.to == "bot" or conversation.owner == Owner.BOT:
        return Owner.BOT, None, None
    queue = conversation.queue or reopening.queue
    had_it = conversation.assignee_id if conversation.owner == Owner.AGENT else None
    if reopening.to == "agent" and had_it is not None and is_there(session, had_it):
        return Owner.AGENT, queue, had_it
    return Owner.QUEUE, queue, None


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


def _awaken(session: Session, conversation: OpenConversation) -> None:
    """Whoever takes or moves a sleeping one has woken it."""
    timers.drop_of_conversation(session, conversation.id, TimerKind.SNOOZE_END, "awake")
    _look_at_promises(session, conversation)


def _look_at_promises(session: Session, conversation: OpenConversation) -> None:
    """Clocks go on or begin by a timer that is due at once: here nobody knows hours and promises."""
    about: dict[str, Any] = {"conversation_id": conversation.id, "data": {"begins": conversation.owner == Owner.BOT}}
    timers.set_all(session, [timers.row_of(TimerKind.SLA_LOOK, conversation.contact_id, clock.now(), **about)])
    timers.wake(session)


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
    """Who has it already keeps it, and nothing changes, unless it sleeps."""
    theirs = conversation.owner == Owner.AGENT and conversation.assignee_id == assignee_id
    if theirs and conversation.state == ConversationState.OPEN:
        return conversation
    agent: dict[str, Any] = {"actor": Author.AGENT, "actor_id": actor_id}
    return change_owner(session, conversation, owner=Owner.AGENT, assignee_id=assignee_id, reason=reason, **agent)


def is_there(session: Session, user_id: int | None) -> bool:
    """Whether somebody works here, and is not gone as far as they say where they are."""
    if user_id is None or session.execute(ACTIVE, {"user": user_id}).first() is None:
        return False
    return presence.state_now(session, user_id) in (None, *presence.THERE)


def _must_be_active(session: Session, user_id: int) -> None:
    if session.execute(ACTIVE, {"user": user_id}).first() is None:
        raise NotFound(f"no active user {user_id}")


def _name_of(session: Session, user_id: int | None) -> str:
    name: str | None = session.execute(select(users.c.name).where(users.c.id == user_id)).scalar()
    return name or "Somebody"
