"""That a customer sees we have read what they wrote and are writing: noted here, told by a job, best effort."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.words import Direction
from gateway.models.base import UtcDateTime
from gateway.models.conversation import Conversation
from gateway.models.message import Message
from gateway.models.tables import metadata
from gateway.models.wakes import wakes_of

NEWS_FOR = timedelta(hours=24)
"""Nobody waits for a mark on what is older."""

messages, conversations = (metadata.tables[model.__tablename__] for model in (Message, Conversation))
AGENT = select(conversations.c.assignee_id).where(conversations.c.id == bindparam("conversation"))
NEWEST = (
    select(messages.c.channel_id, messages.c.external_id)
    .where(messages.c.conversation_id == bindparam("conversation"))
    .where(messages.c.direction == Direction.INBOUND.value, messages.c.external_id.is_not(None))
    .where(messages.c.created_at > bindparam("since", type_=UtcDateTime()))
    .order_by(messages.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Heard:
    """The customer's newest message."""

    channel_id: str
    external_id: str


def seen(session: Session, conversation_id: int) -> None:
    """Somebody looks at this conversation, or its answer will take a while: let the customer see it.

    Called in the unit of work that knows: an agent opens or claims it or begins to write, a bot begins to wait for
    another system.
    """
    wakes_of(session).seen.add(conversation_id)


def agent_of(session: Session, conversation_id: int) -> int | None:
    """Whose conversation it is; None: no agent's."""
    return session.execute(AGENT, {"conversation": conversation_id}).scalar()


def newest_heard(session: Session, conversation_id: int) -> Heard | None:
    """What the customer wrote last, within a day."""
    row = session.execute(NEWEST, {"conversation": conversation_id, "since": clock.now() - NEWS_FOR}).first()
    return Heard(*row) if row else None
