"""A message arrives: which conversation it belongs to and where its contact stands with the bot, in one look."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from automation.brake import QUIET, Talk
from automation.faq.feedback import NOTHING_ASKED, Asked, asked_of
from gateway.core.words import ConversationState
from gateway.desk import conversations, places
from gateway.desk.adoption import adopt
from gateway.desk.contacts import Found
from gateway.desk.opened import COLUMNS, OpenConversation, addresses, locked
from gateway.desk.opened import conversations as rows
from gateway.desk.places import Standing


@dataclass(frozen=True, slots=True)
class Arrival:
    conversation: OpenConversation
    standing: Standing
    begins: bool
    """The conversation starts with this message."""
    talk: Talk = QUIET
    """What the loop brake counted so far; a conversation that begins or is reopened counts anew."""
    asked: Asked = NOTHING_ASKED
    """What they were asked about answers; forgotten likewise."""
    reopened: bool = False
    """It was resolved, and goes on with this message."""


TALK = tuple(rows.c[name] for name in Talk.__slots__)
"""In the order of ``Talk``'s fields."""


SO_FAR = select(*TALK, rows.c.asked).where(rows.c.id == bindparam("conversation"))
AT_ONCE = locked(
    select(*COLUMNS, *TALK, rows.c.asked, *places.COLUMNS)
    .join(addresses, addresses.c.id == rows.c.address_id)
    .outerjoin(places.places, places.places.c.contact_id == rows.c.contact_id)
    .outerjoin(places.opt_outs, places.OPTED_OUT)
    .where(rows.c.contact_id == bindparam("contact"), rows.c.state != ConversationState.RESOLVED)
)


def so_far(session: Session, conversation_id: int) -> tuple[Talk, Asked]:
    """What the loop brake counted in a conversation, and what the customer was asked about answers."""
    row = session.execute(SO_FAR, {"conversation": conversation_id}).one()
    return Talk(*row[: len(TALK)]), asked_of(row.asked)


def arrive(
    session: Session,
    found: Found,
    *,
    channel_id: str,
    channel_type: str,
    reopening: conversations.Reopening = conversations.WITH_THE_BOT,
) -> Arrival:
    """The open conversation of a contact whose row is locked, else one reopened or begun."""
    keys = {"contact": found.contact_id, "address": found.address_id, "channel": channel_id}
    row = session.execute(AT_ONCE, keys).first()
    if row is not None:
        talk = Talk(*row[len(COLUMNS) : len(COLUMNS) + len(TALK)])
        return Arrival(OpenConversation(*row[: len(COLUMNS)]), places.read(row), False, talk, asked_of(row.asked))
    conversation, begins = conversations.take_up(
        session,
        found.contact_id,
        channel_id=channel_id,
        channel_type=channel_type,
        address_id=found.address_id,
        address=found.address,
        reopening=reopening,
    )
    if found.created:
        return Arrival(conversation, Standing(), begins)
    adopt(session, found.contact_id, conversation.id)
    standing = places.standing(session, found.contact_id, found.address_id, channel_id)
    return Arrival(conversation, standing, begins, reopened=not begins)
