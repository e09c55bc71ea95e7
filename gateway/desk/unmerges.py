"""Takes a merge back: what came by an address goes with it, and each conversation ends up with its own contact."""

from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import Conflict, NotFound
from gateway.core.words import ConversationState, Owner, Status
from gateway.desk import log
from gateway.desk.merges import (
    Moved,
    addresses,
    calls,
    campaign_rows,
    consents,
    contacts,
    conversations,
    deliveries,
    lock_both,
    merged,
    messages,
    move,
    notes,
    requests,
    timers,
)

KEPT_ON_COPY = ("channel_id", "channel_type", "language", "opened_at", "last_message_at", "last_inbound_at")


def unmerge(session: Session, merge_id: int, *, actor: str, actor_id: int | None) -> None:
    """Undo one merge; ``gateway.desk.contacts.unmerge`` is the way in."""
    row = session.execute(select(merged).where(merged.c.id == merge_id).with_for_update()).first()
    if row is None:
        raise NotFound(f"no merge {merge_id}")
    if row.undone_at is not None:
        raise Conflict("this merge is undone already")
    lock_both(session, row.kept_id, row.merged_id, merged_into=row.kept_id)
    moved = Moved(**row.moved)
    _split(session, row.kept_id, row.merged_id, moved)
    session.execute(update(contacts).where(contacts.c.id == row.merged_id).values(merged_into_id=None))
    session.execute(update(merged).where(merged.c.id == merge_id).values(undone_at=clock.now()))
    data = {"merge_id": merge_id, "kept_id": row.kept_id, "merged_id": row.merged_id}
    log.write(session, "contacts_unmerged", actor=actor, actor_id=actor_id, contact_id=row.kept_id, data=data)


def _split(session: Session, kept: int, parted: int, moved: Moved) -> None:
    """Give ``parted`` back its addresses, its conversations, and all messages and calls that came by them."""
    move(session, addresses, addresses.c.id.in_(moved.addresses), contact_id=parted)
    move(session, conversations, conversations.c.id.in_(moved.conversations), contact_id=parted)
    move(session, calls, calls.c.id.in_(moved.calls), contact_id=parted)
    by_address = messages.c.address_id.in_(moved.addresses) & (messages.c.contact_id == kept)
    _move_messages(session, by_address, contact_id=parted)
    for table in (consents, campaign_rows):
        theirs = table.c.address_id.in_(moved.addresses) & (table.c.contact_id == kept)
        move(session, table, theirs, contact_id=parted)
    for stray in _strays(session, (kept, parted)):
        home = _home(session, stray, moved)
        theirs = (messages.c.conversation_id == stray.conversation_id) & (messages.c.contact_id == stray.contact_id)
        _move_messages(session, theirs, conversation_id=home)
    if moved.joined is not None:
        move(session, notes, notes.c.id.in_(moved.notes), conversation_id=moved.joined)
        _open_again(session, moved.joined, moved.into)
    _timers_follow(session, (kept, parted))
    _requests_follow(session, (kept, parted))
    _count_parked(session, (kept, parted))
    _answer_to_own_address(session, (kept, parted))


def _timers_follow(session: Session, both: tuple[int, int]) -> None:
    """Each timer goes with its message, else with its conversation."""
    by_message = (timers.c.message_id == messages.c.id) & timers.c.contact_id.in_(both)
    theirs = {"contact_id": messages.c.contact_id, "conversation_id": messages.c.conversation_id}
    session.execute(update(timers).where(by_message).values(theirs))
    by_conversation = (
        timers.c.message_id.is_(None) & (timers.c.conversation_id == conversations.c.id) & timers.c.contact_id.in_(both)
    )
    session.execute(update(timers).where(by_conversation).values(contact_id=conversations.c.contact_id))


def _requests_follow(session: Session, both: tuple[int, int]) -> None:
    theirs = (requests.c.conversation_id == conversations.c.id) & requests.c.contact_id.in_(both)
    session.execute(update(requests).where(theirs).values(contact_id=conversations.c.contact_id))


def _count_parked(session: Session, both: tuple[int, int]) -> None:
    """Replies that wait were counted together; each conversation counts its own again."""
    parked = (messages.c.conversation_id == conversations.c.id) & (messages.c.status == Status.PARKED)
    counted = select(func.count()).select_from(messages).where(parked).scalar_subquery()
    theirs = conversations.c.contact_id.in_(both)
    session.execute(update(conversations).where(theirs).values(parked_count=counted))


def _move_messages(session: Session, which: Any, **values: int) -> None:
    ids = move(session, messages, which, **values)
    move(session, deliveries, deliveries.c.message_id.in_(ids), **values)


def _strays(session: Session, both: tuple[int, int]) -> list[Any]:
    """Conversations that hold messages of the other contact, with that contact."""
    foreign = conversations.c.contact_id.in_(both) & (messages.c.contact_id != conversations.c.contact_id)
    pairs = select(messages.c.conversation_id, messages.c.contact_id).distinct()
    joined = pairs.join(conversations, conversations.c.id == messages.c.conversation_id).where(foreign)
    return list(session.execute(joined).all())


def _home(session: Session, stray: Any, moved: Moved) -> int:
    """Where a contact's messages go: the conversation that was joined, else one of their own, ended."""
    if moved.joined is not None and stray.conversation_id == moved.into:
        owner = session.execute(select(conversations.c.contact_id).where(conversations.c.id == moved.joined)).scalar()
        if owner == stray.contact_id:
            return moved.joined
    return _copy_of(session, stray.conversation_id, stray.contact_id)


def _copy_of(session: Session, conversation_id: int, contact_id: int) -> int:
    source = session.execute(select(conversations).where(conversations.c.id == conversation_id)).one()
    theirs = (messages.c.conversation_id == conversation_id) & (messages.c.contact_id == contact_id)
    address_id = session.execute(select(func.max(messages.c.address_id)).where(theirs)).scalar_one()
    row = {name: getattr(source, name) for name in KEPT_ON_COPY} | {
        "contact_id": contact_id,
        "address_id": address_id,
        "state": ConversationState.RESOLVED,
        "owner": Owner.BOT,
        "epoch": source.epoch + 1,
        "resolved_at": clock.now(),
        "preview": "",
        "preview_kind": "text",
        "unread_count": 0,
    }
    made: int = session.execute(insert(conversations).returning(conversations.c.id), row).scalar_one()
    return made


def _open_again(session: Session, joined: int, into: int | None) -> None:
    """Both go on if the joint one still did; the epoch of each rises, so that replies to the joint one are dropped."""
    joint = session.execute(select(conversations).where(conversations.c.id == into)).one()
    raised = conversations.c.epoch + 1
    session.execute(update(conversations).where(conversations.c.id == into).values(epoch=raised))
    own = select(conversations.c.contact_id).where(conversations.c.id == joined).scalar_subquery()
    open_now = (conversations.c.contact_id == own) & (conversations.c.state != ConversationState.RESOLVED)
    if (
        joint.state != ConversationState.RESOLVED
        and not session.execute(select(conversations.c.id).where(open_now)).all()
    ):
        opened = {"state": ConversationState.OPEN, "resolved_at": None, "epoch": joint.epoch + 1}
        session.execute(update(conversations).where(conversations.c.id == joined).values(opened))


def _answer_to_own_address(session: Session, both: tuple[int, int]) -> None:
    """A conversation whose reply address went to the other contact answers to the newest one that stayed."""
    newest = (
        select(func.max(addresses.c.id)).where(addresses.c.contact_id == conversations.c.contact_id).scalar_subquery()
    )
    foreign = addresses.c.contact_id != conversations.c.contact_id
    wrong = (
        select(conversations.c.id)
        .join(addresses, addresses.c.id == conversations.c.address_id)
        .where(conversations.c.contact_id.in_(both) & foreign)
    )
    session.execute(update(conversations).where(conversations.c.id.in_(wrong)).values(address_id=newest))
