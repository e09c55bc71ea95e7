"""The line of those who wait for people, and who is given whom: read together, decided purely, taken one by one.

Whoever gives a conversation away holds the person's ``presence`` row first, counts what they have in hand, and then
takes the conversation as everybody does (``conversations.change_owner``): so no two give one person more than they
can hold, and no conversation has two owners.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, or_, select, union, update
from sqlalchemy.orm import Session

from automation.feeling import HIGH, URGENT
from automation.routing import Agent, Score, Waiting, has_skill, in_order, score
from gateway.core import clock
from gateway.core.business import Business, Queue
from gateway.core.words import Author, ConversationState, Owner, PresenceState
from gateway.desk import conversations, presence, sla
from gateway.desk.conversations import OpenConversation
from gateway.models.contact import Address
from gateway.models.conversation import Conversation
from gateway.models.customer import Customer, CustomerAddress
from gateway.models.tables import metadata
from gateway.models.user import Presence, User

LONGEST_LINE = 500
"""Of a line longer than this, those who wait longest and those most pressing are looked at."""
AT_ONCE = 100
UNKNOWN = ""
"""A customer whose tier nobody knows."""

rows, people, users = (metadata.tables[model.__tablename__] for model in (Conversation, Presence, User))
IN_LINE = (rows.c.state == ConversationState.OPEN) & (rows.c.owner == Owner.QUEUE)
PRESSING = case((rows.c.mood == "distressed", 0), (rows.c.priority == URGENT, 1), (rows.c.priority == HIGH, 2), else_=3)


@dataclass(frozen=True, slots=True)
class Placed:
    """Somebody in line, and why they stand where they stand."""

    waiting: Waiting
    score: Score


def line(session: Session, queue: str | None, tiers: Mapping[str, int]) -> list[Waiting]:
    """Who waits in a queue (None: in any), the next one first."""
    here = IN_LINE if queue is None else IN_LINE & (rows.c.queue == queue)
    longest = select(rows.c.id).where(here).order_by(rows.c.waiting_since, rows.c.id).limit(LONGEST_LINE)
    pressing = select(rows.c.id).where(here).order_by(PRESSING, rows.c.waiting_since, rows.c.id).limit(LONGEST_LINE)
    both = union(select(longest.subquery().c.id), select(pressing.subquery().c.id))
    found = session.execute(select(rows).where(rows.c.id.in_(both))).all()
    due = sla.next_due(session, [row.id for row in found])
    return in_order((_waiting(row, tiers, due.get(row.id)) for row in found), clock.now())


def placed(session: Session, queue: str | None, tiers: Mapping[str, int], most: int) -> list[Placed]:
    """The first in line with their points."""
    now = clock.now()
    return [Placed(one, score(one, now)) for one in line(session, queue, tiers)[:most]]


def agents(session: Session, queue: Queue) -> list[Agent]:
    """Who is online, with what they have in hand."""
    return [
        Agent(one.id, one.load, one.capacity or queue.capacity, one.skills, one.languages, one.assigned_at)
        for one in presence.people(session, online=True)
    ]


def give(session: Session, conversation_id: int, agent: Agent, queue: Queue) -> bool:
    """Give somebody a conversation; False: they have no room any more, or it does not wait any more."""
    if presence.lock(session, agent.id) != PresenceState.ONLINE:
        return False
    if presence.load_of(session, agent.id) >= agent.capacity:
        return False
    found = conversations.lock(session, conversation_id)
    waits = found.state == ConversationState.OPEN and found.owner == Owner.QUEUE and found.queue == queue.id
    if not waits or not _is_active(session, agent.id):
        return False
    conversations.change_owner(
        session, found, owner=Owner.AGENT, assignee_id=agent.id, actor=Author.SYSTEM, reason="routed"
    )
    presence.given(session, agent.id)
    return True


def waiting_in(session: Session, queue: str, most: int) -> int:
    """How many wait in a queue, counted up to ``most``."""
    some = select(rows.c.id).where(IN_LINE, rows.c.queue == queue).limit(most).subquery()
    return session.execute(select(func.count()).select_from(some)).scalar_one()


def anybody_for(session: Session, queue: Queue) -> bool | None:
    """Whether somebody who can do it is online; None: nobody at this desk ever said so, and none can tell."""
    there = (
        select(users.c.skills)
        .join(people, people.c.user_id == users.c.id)
        .where(users.c.active, presence.is_online(clock.now()))
    )
    if any(has_skill(skills, queue.skills) for skills in session.execute(there).scalars()):
        return True
    return False if presence.anybody_ever(session) else None


def left_alone(session: Session, most: int = AT_ONCE) -> Sequence[int]:
    """Conversations whose customers wait for somebody who is not there, or works here no more."""
    gone = or_(users.c.active.is_(False), and_(people.c.user_id.is_not(None), presence.not_there(clock.now())))
    statement = (
        select(rows.c.id)
        .join(users, users.c.id == rows.c.assignee_id)
        .outerjoin(people, people.c.user_id == users.c.id)
        .where(
            rows.c.owner == Owner.AGENT,
            rows.c.state == ConversationState.OPEN,
            rows.c.waiting_since.is_not(None),
            gone,
        )
        .order_by(rows.c.waiting_since, rows.c.id)
    )
    return session.execute(statement.limit(most)).scalars().all()


def give_back(session: Session, conversation_id: int, business: Business) -> bool:
    """Put it into its queue again, as long as its customer has waited; False: that is settled already."""
    found = conversations.lock(session, conversation_id)
    waits = found.owner == Owner.AGENT and found.state == ConversationState.OPEN and found.waiting_since is not None
    if not waits:
        return False
    queue = found.queue if business.queue(found.queue) else business.default_queue
    conversations.change_owner(session, found, owner=Owner.QUEUE, queue=queue, actor=Author.SYSTEM, reason="left_alone")
    return True


def quiet_since(session: Session, hours: float, most: int = AT_ONCE) -> Sequence[int]:
    """Conversations of people that are answered, and in which nobody wrote for so long."""
    statement = select(rows.c.id).where(
        rows.c.state == ConversationState.OPEN,
        rows.c.owner == Owner.AGENT,
        rows.c.last_message_at < clock.now() - timedelta(hours=hours),
        rows.c.waiting_since.is_(None),
    )
    return session.execute(statement.order_by(rows.c.last_message_at).limit(most)).scalars().all()


def return_to_bot(session: Session, conversation_id: int, hours: float) -> bool:
    """Let the bot have it again; False: somebody wrote meanwhile."""
    found = conversations.lock(session, conversation_id)
    if conversation_id not in quiet_since(session, hours):
        return False
    conversations.change_owner(session, found, owner=Owner.BOT, actor=Author.SYSTEM, reason="quiet")
    return True


def too_long(session: Session, queue: Queue, since: datetime, most: int = AT_ONCE) -> Sequence[int]:
    """Who has waited in a queue since before ``since``, the longest first."""
    here = IN_LINE & (rows.c.queue == queue.id) & (rows.c.waiting_since <= since)
    statement = select(rows.c.id).where(here).order_by(rows.c.waiting_since, rows.c.id)
    return session.execute(statement.limit(most)).scalars().all()


def any_to_do(session: Session, business: Business) -> bool:
    """Whether a look at the lines may change something: the sweep's question, cheap where nothing waits."""
    if presence.any_vanished(session) or left_alone(session, 1):
        return True
    now = clock.now()
    later = [queue for queue in business.queues if queue.overflow_after_minutes]
    if any(too_long(session, queue, now - timedelta(minutes=queue.overflow_after_minutes or 0), 1) for queue in later):
        return True
    hours = business.desk.return_to_bot_hours
    if hours is not None and quiet_since(session, hours, 1):
        return True
    assigned = [queue.id for queue in business.queues if queue.assigns]
    return bool(assigned) and _anybody_waits(session, assigned) and bool(presence.people(session, online=True))


def keep_tier(session: Session, conversation: OpenConversation, tiers: Mapping[str, int]) -> None:
    """Note what kind of customer this is, where the business makes a difference and the CRM here knows it."""
    if not tiers:
        return
    known = select(Customer.tier).join(CustomerAddress).join(
        Address, and_(Address.kind == CustomerAddress.kind, Address.match_key == CustomerAddress.match_key)
    )  # fmt: skip
    tier = session.execute(known.where(Address.contact_id == conversation.contact_id).limit(1)).scalar()
    set_tier(session, conversation.id, tier or UNKNOWN)


def set_tier(session: Session, conversation_id: int, tier: str) -> None:
    """The customer's tier, as whoever knows it says."""
    session.execute(update(rows).where(rows.c.id == conversation_id).values(tier=tier.casefold()[:40]))


def _waiting(row: Any, tiers: Mapping[str, int], due_at: datetime | None) -> Waiting:
    since = row.waiting_since or row.last_message_at
    return Waiting(row.id, since, row.mood, row.priority, tiers.get(row.tier, 0), due_at, row.language)


def _anybody_waits(session: Session, queues: Collection[str]) -> bool:
    return session.execute(select(rows.c.id).where(IN_LINE, rows.c.queue.in_(queues)).limit(1)).first() is not None


def _is_active(session: Session, user_id: int) -> bool:
    return session.execute(select(users.c.id).where(users.c.id == user_id, users.c.active)).first() is not None
