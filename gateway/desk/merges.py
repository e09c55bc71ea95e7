"""Two contacts that turn out to be one person: joined with a record of what moved, so that it can be taken back."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session

from automation.feeling import higher
from gateway.core import clock
from gateway.core.errors import Conflict, NotFound
from gateway.core.words import ConversationState, Owner, Refusal
from gateway.desk import log, sla
from gateway.models.call import Call
from gateway.models.campaign import CampaignRow
from gateway.models.contact import Address, Consent, Contact, ContactMerge
from gateway.models.conversation import Conversation, FlowSession, Note
from gateway.models.message import Delivery, Message
from gateway.models.request import Request
from gateway.models.tables import metadata
from gateway.models.timer import Timer

contacts, addresses, merged, conversations, notes, messages, deliveries, calls, places = (
    metadata.tables[model.__tablename__]
    for model in (Contact, Address, ContactMerge, Conversation, Note, Message, Delivery, Call, FlowSession)
)
consents, timers, requests, campaign_rows = (
    metadata.tables[model.__tablename__] for model in (Consent, Timer, Request, CampaignRow)
)

OWNER_RANK = {Owner.BOT: 0, Owner.QUEUE: 1, Owner.AGENT: 2}
"""Of two joined conversations the owner closest to the customer stays."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a merge did, as kept in its row."""

    addresses: list[int] = field(default_factory=list)
    conversations: list[int] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    joined: int | None = None
    """The younger open conversation, whose messages went into ``into``."""
    into: int | None = None
    notes: list[int] = field(default_factory=list)


def merge(session: Session, keep_id: int, merge_id: int, *, reason: str, actor: str, actor_id: int | None) -> int:
    """Move all of one contact to the other; ``gateway.desk.contacts.merge`` is the way in."""
    if keep_id == merge_id:
        raise Conflict("a contact cannot be merged with itself")
    lock_both(session, keep_id, merge_id)
    joined = _join_conversations(session, keep_id, merge_id, actor, actor_id)
    moved = _move_all(session, merge_id, keep_id, joined)
    session.execute(update(contacts).where(contacts.c.id == merge_id).values(merged_into_id=keep_id))
    row = {"kept_id": keep_id, "merged_id": merge_id, "moved": asdict(moved), "reason": reason[:200]}
    made: int = session.execute(insert(merged).returning(merged.c.id), row | {"created_at": clock.now()}).scalar_one()
    data = {"merge_id": made, "kept_id": keep_id, "merged_id": merge_id}
    log.write(session, "contacts_merged", actor=actor, actor_id=actor_id, contact_id=keep_id, data=data)
    return made


def lock_both(session: Session, keep_id: int, merge_id: int, merged_into: int | None = None) -> None:
    """Both rows, lower id first, so that two merges cannot block each other."""
    both = select(contacts.c.id, contacts.c.merged_into_id).where(contacts.c.id.in_((keep_id, merge_id)))
    rows = session.execute(both.order_by(contacts.c.id).with_for_update(key_share=True)).all()
    states = {row.id: row.merged_into_id for row in rows}
    for contact_id, expected in ((keep_id, None), (merge_id, merged_into)):
        if contact_id not in states:
            raise NotFound(f"no contact {contact_id}")
        if states[contact_id] != expected:
            raise Conflict(f"contact {contact_id} was merged meanwhile")


def _join_conversations(
    session: Session, keep_id: int, merge_id: int, actor: str, actor_id: int | None
) -> tuple[Row[Any], Row[Any]] | None:
    """Continue the older of two open conversations with what the younger one holds."""
    still_open = conversations.c.contact_id.in_((keep_id, merge_id)) & (
        conversations.c.state != ConversationState.RESOLVED
    )
    statement = select(conversations).where(still_open).order_by(conversations.c.opened_at, conversations.c.id)
    rows = session.execute(statement.with_for_update(key_share=True)).all()
    if len(rows) < 2:
        return None
    older, younger = rows
    _close_joined(session, younger)
    values = _joined_values(older, younger)
    session.execute(update(conversations).where(conversations.c.id == older.id).values(values))
    data = {"from": older.owner, "to": values["owner"], "epoch": values["epoch"], "reason": "contacts_merged"}
    log.write(
        session,
        "owner_changed",
        actor=actor,
        actor_id=actor_id,
        contact_id=keep_id,
        conversation_id=older.id,
        queue=values["queue"],
        data=data | {"queue": values["queue"], "assignee_id": values["assignee_id"]},
    )
    return older, younger


def _close_joined(session: Session, younger: Row[Any]) -> None:
    ended = {"state": ConversationState.RESOLVED, "resolved_at": clock.now(), "unread_count": 0}
    session.execute(update(conversations).where(conversations.c.id == younger.id).values(ended))
    sla.dropped(session, younger.id)


def _joined_values(older: Row[Any], younger: Row[Any]) -> dict[str, Any]:
    """The older conversation after the join: newest channel and preview, the owner closest to the customer."""
    newest = max(older, younger, key=lambda row: row.last_message_at)
    owner = max(older, younger, key=lambda row: OWNER_RANK[Owner(row.owner)])
    waits = [row.waiting_since for row in (older, younger) if row.waiting_since]
    inbound = [row.last_inbound_at for row in (older, younger) if row.last_inbound_at]
    followed = (
        *("channel_id", "channel_type", "address_id", "language", "preview", "preview_kind", "last_message_at"),
        *("mood", "urgency", "feeling", "case", "closed_until"),
    )
    return {name: getattr(newest, name) for name in followed} | {
        "owner": owner.owner,
        "queue": owner.queue,
        "assignee_id": owner.assignee_id,
        "epoch": max(older.epoch, younger.epoch) + 1,
        "priority": higher(older.priority, younger.priority),
        "unread_count": older.unread_count + younger.unread_count,
        "parked_count": older.parked_count + younger.parked_count,
        "waiting_since": min(waits, default=None),
        "last_inbound_at": max(inbound, default=None),
    }


def _move_all(session: Session, source: int, target: int, joined: tuple[Row[Any], Row[Any]] | None) -> Moved:
    moved_notes: list[int] = []
    if joined:
        older, younger = joined
        for table in (messages, deliveries, timers, requests):
            move(session, table, table.c.conversation_id == younger.id, conversation_id=older.id)
        moved_notes = move(session, notes, notes.c.conversation_id == younger.id, conversation_id=older.id)
    _keep_one_place(session, source, target)
    for table in (messages, deliveries, consents, timers, requests):
        move(session, table, table.c.contact_id == source, contact_id=target)
    _keep_one_campaign_row(session, source, target)
    return Moved(
        addresses=move(session, addresses, addresses.c.contact_id == source, contact_id=target),
        conversations=move(session, conversations, conversations.c.contact_id == source, contact_id=target),
        calls=move(session, calls, calls.c.contact_id == source, contact_id=target),
        joined=joined[1].id if joined else None,
        into=joined[0].id if joined else None,
        notes=moved_notes,
    )


def move(session: Session, table: Any, which: Any, **values: int) -> list[int]:
    """Point rows elsewhere; returns their ids."""
    return list(session.execute(update(table).where(which).values(values).returning(table.c.id)).scalars())


def _keep_one_place(session: Session, source: int, target: int) -> None:
    """The kept contact's place in a flow stays; the other's is taken over only where there is none."""
    if session.execute(select(places.c.contact_id).where(places.c.contact_id == target)).first():
        session.execute(delete(places).where(places.c.contact_id == source))
    else:
        session.execute(update(places).where(places.c.contact_id == source).values(contact_id=target))


def _keep_one_campaign_row(session: Session, source: int, target: int) -> None:
    """A campaign writes to one person once: of two rows that wait, or one beside a sent one, the other is refused.

    Two that were sent already stay as they are, the second with the contact that it was sent to then.
    """
    rows = select(campaign_rows.c.id, campaign_rows.c.campaign_id, campaign_rows.c.contact_id, campaign_rows.c.state)
    theirs = campaign_rows.c.contact_id.in_((source, target)) & (campaign_rows.c.state != "refused")
    by_campaign: dict[int, list[Any]] = {}
    for row in session.execute(rows.where(theirs)).all():
        by_campaign.setdefault(row.campaign_id, []).append(row)
    pairs = [pair for pair in by_campaign.values() if len(pair) == 2]
    extra = [row.id for pair in pairs if (row := _superfluous(pair, source))]
    refused = {"state": "refused", "reason": Refusal.DUPLICATE.value}
    session.execute(update(campaign_rows).where(campaign_rows.c.id.in_(extra)).values(refused))
    both_sent = [pair[0].campaign_id for pair in pairs if _superfluous(pair, source) is None]
    alone = (campaign_rows.c.contact_id == source) & campaign_rows.c.campaign_id.not_in(both_sent)
    move(session, campaign_rows, alone, contact_id=target)


def _superfluous(pair: Sequence[Any], source: int) -> Any:
    """The row of two that need not go out: one that waits, that of ``source`` first; None if neither does."""
    waiting = [row for row in pair if row.state != "released"]
    return max(waiting, key=lambda row: row.contact_id == source, default=None)
