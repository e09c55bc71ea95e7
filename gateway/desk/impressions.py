"""What the bot makes of a conversation: how its customer feels, what it is about, how pressing it is."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from automation.case import UNKNOWN, Case, case_of
from automation.feeling import CALM, UNMOVED, Feeling, feeling_of
from gateway.core.words import Author
from gateway.desk import log
from gateway.desk.opened import OpenConversation, conversations


@dataclass(frozen=True, slots=True)
class Impression:
    """``closed_until``: the end of the closure of which the customer was told."""

    feeling: Feeling = UNMOVED
    case: Case = UNKNOWN
    priority: str = CALM
    closed_until: datetime | None = None

    @property
    def row(self) -> dict[str, Any]:
        """Its columns."""
        return {
            "mood": str(self.feeling.mood),
            "urgency": self.feeling.urgency,
            "priority": self.priority,
            "feeling": self.feeling.kept,
            "case": self.case.kept,
            "closed_until": self.closed_until,
        }


COLUMNS = tuple(Impression().row)
WRITE = (
    update(conversations)
    .where(conversations.c.id == bindparam("conversation"))
    .values({name: bindparam(f"new_{name}") for name in COLUMNS})
)


def of(conversation: OpenConversation) -> Impression:
    """What was kept with the conversation."""
    return Impression(
        feeling_of(conversation.feeling),
        case_of(conversation.case),
        conversation.priority,
        conversation.closed_until,
    )


def tell(session: Session, before: OpenConversation, now: Impression, distress: str = "") -> None:
    """The log says when the customer's mood or urgency changes, and at once what danger they are in."""
    about: dict[str, Any] = {"contact_id": before.contact_id, "conversation_id": before.id, "queue": before.queue}
    if distress:
        log.write(session, "distress_noticed", actor=Author.CONTACT, data={"kind": distress}, **about)
    feeling = now.feeling
    if (feeling.mood, feeling.urgency) != (before.mood, before.urgency):
        data = {"from": before.mood, "to": str(feeling.mood), "urgency": feeling.urgency, "priority": now.priority}
        log.write(session, "mood_changed", actor=Author.CONTACT, data=data, **about)


def write(session: Session, conversation: OpenConversation, impression: Impression) -> OpenConversation:
    """Keep it, where no message does so anyway; returns the conversation as it stands now."""
    changed = replace(conversation, **impression.row)
    if changed != conversation:
        values = {f"new_{name}": value for name, value in impression.row.items()}
        session.execute(WRITE, {"conversation": conversation.id} | values)
    return changed
