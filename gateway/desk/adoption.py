"""A customer's answer opens a conversation, which adopts what we had begun: what was sent in the last 7 days."""

from datetime import timedelta

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.words import Author
from gateway.desk import log
from gateway.models.base import UtcDateTime
from gateway.models.message import Delivery, Message
from gateway.models.tables import metadata

messages, deliveries = metadata.tables[Message.__tablename__], metadata.tables[Delivery.__tablename__]

ANSWERED_WITHIN = timedelta(days=7)
ADOPT = (
    update(messages)
    .where(messages.c.contact_id == bindparam("contact"), messages.c.conversation_id.is_(None))
    .where(messages.c.created_at > bindparam("since", type_=UtcDateTime()), messages.c.direction == "outbound")
    .values(conversation_id=bindparam("conversation"))
    .returning(messages.c.id)
)
"""By contact, whose messages are few; asked only when a conversation begins or is reopened."""


def adopt(session: Session, contact_id: int, conversation_id: int) -> list[int]:
    """Take what was said to this contact outside any conversation into this one; returns the messages' ids."""
    about = {"contact": contact_id, "conversation": conversation_id, "since": clock.now() - ANSWERED_WITHIN}
    adopted = list(session.execute(ADOPT, about).scalars())
    if adopted:  # so that what becomes of them shows on the conversation's page
        theirs = deliveries.c.message_id.in_(adopted)
        session.execute(update(deliveries).where(theirs).values(conversation_id=conversation_id))
        log.write(
            session,
            "messages_adopted",
            actor=Author.SYSTEM,
            contact_id=contact_id,
            conversation_id=conversation_id,
            data={"message_ids": adopted[:100]},
        )
    return adopted
