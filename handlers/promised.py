"""A promise to a customer comes near: people are warned, the bot says that the message was seen, or it is broken."""

from typing import Any

from sqlalchemy.orm import Session

from automation.sla import ACKNOWLEDGE
from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.core.words import ConversationState, Owner
from gateway.desk import conversations, notices, sla, timers
from gateway.desk.opened import OpenConversation
from gateway.desk.timers import Fired


def look(session: Session, timer: Fired, config: RunningConfig) -> None:
    """What the clock of a timer says at this moment; it is looked at again as long as it runs."""
    row = sla.running(session, timer.data["clock"])
    if row is None or row.paused_at is not None:
        timers.settle(session, timer.id, "over" if row is None else "paused", dropped=True)
        return
    about, now = conversations.lock(session, row.conversation_id), clock.now()
    if now >= row.due_at:
        sla.breach(session, row, about)
        timers.settle(session, timer.id, "breached")
    elif row.warned_at is None and now >= row.warn_at:
        _warn(session, timer, row, about, config)
    else:
        timers.again(session, timer.id, row.due_at if row.warned_at else row.warn_at)


def _warn(session: Session, timer: Fired, row: Any, about: OpenConversation, config: RunningConfig) -> None:
    if row.kind == ACKNOWLEDGE and _acknowledged(session, about, config):
        sla.acknowledged(session, row)
        timers.settle(session, timer.id, "acknowledged")
        return
    sla.warn(session, row, about)
    timers.again(session, timer.id, row.due_at)


def _acknowledged(session: Session, about: OpenConversation, config: RunningConfig) -> bool:
    """Nobody could so far: the bot says that they are not forgotten."""
    if about.owner == Owner.BOT or about.state != ConversationState.OPEN:
        return False
    words = config.texts.say("acknowledged", about.language or config.business.default_language)
    return notices.tell(session, about, words, config)
