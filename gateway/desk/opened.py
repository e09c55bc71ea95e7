"""A conversation as its row stood when it was locked, and the statements that read it so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from gateway.core.errors import NotFound
from gateway.core.words import ConversationState
from gateway.models.contact import Address
from gateway.models.conversation import Conversation
from gateway.models.tables import metadata

conversations, addresses = metadata.tables[Conversation.__tablename__], metadata.tables[Address.__tablename__]


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """A conversation as it stood when its row was locked."""

    id: int
    contact_id: int
    state: str
    owner: str
    queue: str | None
    assignee_id: int | None
    epoch: int
    channel_id: str
    """Where the customer last wrote: replies go there."""
    channel_type: str
    address_id: int
    address: str
    language: str | None
    waiting_since: datetime | None
    resolved_at: datetime | None = None
    parked_count: int = 0
    """Replies that wait until the customer writes."""
    mood: str = "neutral"
    urgency: str = "normal"
    priority: str = "normal"
    feeling: Mapping[str, Any] = field(default_factory=dict)
    case: Mapping[str, Any] = field(default_factory=dict)
    closed_until: datetime | None = None
    """The end of the closure of which the customer was told."""


COLUMNS = (
    *(conversations.c[name] for name in ("id", "contact_id", "state", "owner", "queue", "assignee_id", "epoch")),
    *(conversations.c[name] for name in ("channel_id", "channel_type", "address_id")),
    addresses.c.value.label("address"),
    *(conversations.c[name] for name in ("language", "waiting_since", "resolved_at", "parked_count")),
    *(conversations.c[name] for name in ("mood", "urgency", "priority", "feeling", "case", "closed_until")),
)


def locked(statement: Select[Any]) -> Select[Any]:
    """Lock the conversation's row alone, and so that rows which point to it may still be added."""
    return statement.with_for_update(of=conversations, key_share=True)


READ = select(*COLUMNS).join(addresses, addresses.c.id == conversations.c.address_id)
BY_ID = locked(READ.where(conversations.c.id == bindparam("conversation")))
NEWEST = locked(
    READ.where(conversations.c.contact_id == bindparam("contact"))
    .order_by(conversations.c.state == ConversationState.RESOLVED, conversations.c.id.desc())
    .limit(1)
)


def open_of(session: Session, contact_id: int) -> OpenConversation | None:
    """The contact's conversation that is not resolved, locked; None when there is none."""
    newest = newest_of(session, contact_id)
    return newest if newest and newest.state != ConversationState.RESOLVED else None


def newest_of(session: Session, contact_id: int) -> OpenConversation | None:
    """The contact's open conversation, else the one begun last, locked."""
    row = session.execute(NEWEST, {"contact": contact_id}).first()
    return OpenConversation(*row) if row else None


def lock(session: Session, conversation_id: int) -> OpenConversation:
    """The conversation, locked until the end of the transaction.

    Raises:
        NotFound: there is none with this id.
    """
    row = session.execute(BY_ID, {"conversation": conversation_id}).first()
    if row is None:
        raise NotFound(f"no conversation {conversation_id}")
    return OpenConversation(*row)
