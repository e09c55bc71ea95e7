"""From the bot to people: the conversation joins a queue and the customer begins to wait."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from gateway.core.words import Owner
from gateway.desk import log
from gateway.desk.conversations import OpenConversation, change_owner


@dataclass(frozen=True, slots=True)
class Handing:
    """Where it goes, why, and what people should know before they read."""

    queue: str
    reason: str
    priority: str = "normal"
    mood: str = "neutral"
    case: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = ""
    """How they are received (``handlers.reception``)."""


def request(
    session: Session, conversation: OpenConversation, handing: Handing, *, actor: str, onward: bool = False
) -> OpenConversation:
    """Ask for a person; one who is asked for already, or there, is not asked for twice.

    ``onward``: who waits in a queue already moves to this one, and keeps their place in time.

    Raises:
        Conflict: the conversation changed since it was read.
    """
    waits = conversation.owner == Owner.QUEUE and onward and conversation.queue != handing.queue
    if conversation.owner != Owner.BOT and not waits:
        return conversation
    asked = change_owner(
        session, conversation, owner=Owner.QUEUE, queue=handing.queue, actor=actor, reason=handing.reason
    )
    data = {"queue": handing.queue, "reason": handing.reason, "case": dict(handing.case), "outcome": handing.outcome}
    data |= {} if handing.priority == "normal" else {"priority": handing.priority}
    data |= {} if handing.mood == "neutral" else {"mood": handing.mood}
    log.write(
        session,
        "handoff_requested",
        actor=actor,
        contact_id=asked.contact_id,
        conversation_id=asked.id,
        queue=handing.queue,
        data={name: value for name, value in data.items() if value},
    )
    return asked
