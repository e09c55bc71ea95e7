"""Put off: a conversation sleeps until a time or until its customer writes, and comes back to who had it."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import Conflict, InvalidPayload
from gateway.core.words import Author, ConversationState, Owner
from gateway.desk import conversations, log, sla, timers
from gateway.desk.opened import OpenConversation, lock
from gateway.desk.opened import conversations as rows
from gateway.desk.timers import TimerKind
from gateway.models.wakes import wakes_of

LONGEST = timedelta(days=366)


def snooze(session: Session, conversation_id: int, until: datetime | None, *, actor_id: int | None) -> OpenConversation:
    """Let it sleep until a time (None: until the customer writes); snoozing again changes the time.

    Raises:
        NotFound: no such conversation.
        Conflict: it is resolved, or the bot has it.
        InvalidPayload: a time that is over, or more than a year away.
    """
    found = lock(session, conversation_id)
    if found.state == ConversationState.RESOLVED:
        raise Conflict("the conversation is resolved")
    if found.owner == Owner.BOT:
        raise Conflict("the bot has this conversation: claim it first")
    if until is not None and not clock.now() < until <= clock.now() + LONGEST:
        raise InvalidPayload("that is no time in the year to come")
    session.execute(
        update(rows).where(rows.c.id == found.id).values(state=ConversationState.SNOOZED, snoozed_until=until)
    )
    timers.drop_of_conversation(session, found.id, TimerKind.SNOOZE_END, "snoozed anew")
    if until is not None:
        row = timers.row_of(TimerKind.SNOOZE_END, found.contact_id, until, conversation_id=found.id)
        timers.set_all(session, [row])
    sla.paused(session, found.id)
    wakes_of(session).routing = True
    _tell(session, "conversation_snoozed", found, Author.AGENT, actor_id, until=until.isoformat() if until else None)
    return replace(found, state=ConversationState.SNOOZED.value)


def wake(
    session: Session, found: OpenConversation, config: sla.Config, *, actor: Author, actor_id: int | None = None
) -> OpenConversation:
    """It is there again, with who had it; with its queue, if they are gone. One that is awake stays as it is."""
    if found.state != ConversationState.SNOOZED:
        return found
    awake = {"state": ConversationState.OPEN, "snoozed_until": None}
    session.execute(update(rows).where(rows.c.id == found.id).values(awake))
    timers.drop_of_conversation(session, found.id, TimerKind.SNOOZE_END, "awake")
    woken = replace(found, state=ConversationState.OPEN.value)
    sla.go_on(session, woken, config, clock.now())
    wakes_of(session).routing = True
    _tell(session, "conversation_woken", woken, actor, actor_id)
    if woken.owner != Owner.AGENT or conversations.is_there(session, woken.assignee_id):
        return woken
    queue = woken.queue or config.business.default_queue
    return conversations.change_owner(
        session, woken, owner=Owner.QUEUE, queue=queue, actor=Author.SYSTEM, reason="left_alone"
    )


def _tell(
    session: Session, kind: str, about: OpenConversation, actor: str, actor_id: int | None, **data: str | None
) -> None:
    ids = {"contact_id": about.contact_id, "conversation_id": about.id}
    log.write(session, kind, actor=actor, actor_id=actor_id, queue=about.queue, data=data, **ids)
