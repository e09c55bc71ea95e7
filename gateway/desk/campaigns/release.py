"""Turns rows into messages, about a second's worth ahead of the sender, so that no reply queues behind a campaign.

A row and its message are one transaction: whoever dies in between, a contact is written to once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from gateway.core.business import Business, Channel
from gateway.desk import sends
from gateway.desk.campaigns import meaning, rows
from gateway.desk.campaigns.claims import Claimed
from gateway.desk.campaigns.meaning import Explained
from gateway.desk.campaigns.rows import Decided, Row
from gateway.desk.intended import Rules
from gateway.desk.sends import Outgoing
from gateway.models.base import UtcDateTime
from gateway.models.contact import Contact
from gateway.models.conversation import Conversation
from gateway.models.message import Delivery, Message
from gateway.models.tables import metadata

contacts, conversations, deliveries, messages = (
    metadata.tables[model.__tablename__] for model in (Contact, Conversation, Delivery, Message)
)

AT_ONCE = 200
AHEAD = timedelta(seconds=1)
CROWDED = timedelta(seconds=2)
"""How long a row waits that goes by another sender, when that one is full."""

# Words as literals, as the partial index spells them.
WAITING = (
    select(literal_column("1"))
    .where(deliveries.c.state.in_([literal_column("'queued'"), literal_column("'sending'")]))
    .where(deliveries.c.channel_id == bindparam("channel"))
    .where(deliveries.c.due_at <= bindparam("now", type_=UtcDateTime()))
    .limit(bindparam("most"))
    .subquery()
)
HOW_MANY_WAIT = select(func.count()).select_from(WAITING)
FREE_CONTACTS = (
    select(contacts.c.id)
    .where(contacts.c.id.in_(bindparam("contacts", expanding=True)))
    .order_by(contacts.c.id)
    .with_for_update(key_share=True, skip_locked=True)
)
"""A contact whose message is being answered just now comes next time: both want to know of the other."""
OPEN = select(conversations.c.contact_id, conversations.c.id).where(
    conversations.c.contact_id.in_(bindparam("contacts", expanding=True)), conversations.c.state != "resolved"
)


def room(session: Session, channel: Channel, now: datetime) -> int:
    """How many more may be handed to this sender now: a second's worth, less what waits already, whoever's it is."""
    ahead = max(1, round(channel.rate_per_second * AHEAD.total_seconds()))
    waiting = session.execute(HOW_MANY_WAIT, {"channel": channel.id, "now": now, "most": ahead}).scalar_one()
    return min(AT_ONCE, ahead - int(waiting))


def any_due(session: Session, campaign_id: int, now: datetime) -> bool:
    """Whether rows could go if there were room, or if their contacts were not busy."""
    return bool(rows.due(session, campaign_id, now, 1))


def release(session: Session, campaign: Claimed, rules: Rules, most: int, now: datetime) -> list[Decided]:
    """Send up to ``most`` rows that are due on their way; what no longer may go is refused or put off instead."""
    due = _of_free_contacts(session, rows.due(session, campaign.id, now, most))
    explained = meaning.explain_all(session, campaign, due, rules, now)
    going, crowded = _fitting(session, campaign, [one for one in explained if _goes(one, now)], rules.business, now)
    decided = [_put_off(one, now) for one in explained if not _goes(one, now)]
    decided += [meaning.as_ready(one, now + CROWDED) for one in crowded]
    decided += [meaning.as_refused(row, meaning.NOBODY) for row in meaning.lost(due, explained)]
    decided += _send(session, campaign, going, rules)
    rows.decide(session, decided)
    return decided


def _of_free_contacts(session: Session, due: Sequence[Row]) -> list[Row]:
    wanted = [row.contact_id for row in due if row.contact_id]
    free = set(session.execute(FREE_CONTACTS, {"contacts": wanted}).scalars()) if wanted else set()
    return [row for row in due if row.contact_id in free]


def _goes(one: Explained, now: datetime) -> bool:
    plan = one.explanation
    return plan.allowed and (plan.not_before is None or plan.not_before <= now)


def _fitting(
    session: Session, campaign: Claimed, going: Sequence[Explained], business: Business, now: datetime
) -> tuple[list[Explained], list[Explained]]:
    """Those whose sender has room, and those who must go by another sender than the campaign's, and it is full."""
    rooms: dict[str, int] = {}
    fitting: list[Explained] = []
    crowded: list[Explained] = []
    for one in going:
        channel = business.channel(one.explanation.channel_id or "")
        if channel is None or channel.id == campaign.channel_id:
            fitting.append(one)
            continue
        left = rooms[channel.id] if channel.id in rooms else room(session, channel, now)
        rooms[channel.id] = left - 1
        (fitting if left > 0 else crowded).append(one)
    return fitting, crowded


def _put_off(one: Explained, now: datetime) -> Decided:
    if one.explanation.allowed:
        return meaning.as_ready(one, now)
    return meaning.as_refused(one.row, one.explanation.reasons[0])


def _send(session: Session, campaign: Claimed, going: Sequence[Explained], rules: Rules) -> list[Decided]:
    """Messages for these rows; a contact with an open conversation sees it there, with the others it waits."""
    if not going:
        return []
    known = sorted({one.row.contact_id or 0 for one in going})
    open_now = {row.contact_id: row.id for row in session.execute(OPEN, {"contacts": known})}
    outgoing = [
        Outgoing(contact_id, one.explanation, conversation_id=open_now.get(contact_id), campaign_id=campaign.id)
        for one in going
        if (contact_id := one.row.contact_id)
    ]
    made = sends.send_many(session, outgoing, rules.business)
    return [_released(one, message_id) for one, message_id in zip(going, made, strict=True)]


def _released(one: Explained, message_id: int) -> Decided:
    row, address_id = one.row, one.explanation.address_id
    return Decided(row.id, "released", row.contact_id, address_id, plan=one.shown, message_id=message_id)
