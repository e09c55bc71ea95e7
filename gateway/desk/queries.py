"""Reading for pages and programs: bounded lists in a stable order, continued by position, never a query per row.

What is returned is detached: readable after the session ends, and not to be changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_, union
from sqlalchemy.orm import Session, joinedload, selectinload

from gateway.core.errors import NotFound
from gateway.desk import contacts as desk_contacts
from gateway.models.base import UtcDateTime
from gateway.models.call import Call
from gateway.models.contact import Address, Consent, Contact, OptOut
from gateway.models.conversation import Conversation, Note
from gateway.models.log_entry import LogEntry
from gateway.models.message import Delivery, Media, Message

Row = TypeVar("Row")
Found = TypeVar("Found")
Condition = ColumnElement[bool]
ADDRESSES = selectinload(Contact.addresses).selectinload(Address.windows)


@dataclass(frozen=True, slots=True)
class Window:
    """How much of a list: ``after`` is the last id already seen, and for conversations the time it stands at."""

    limit: int = 50
    after: int | None = None
    at: datetime | None = None
    newest_first: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    more: bool
    """Whether another row follows the last one."""


def messages(
    session: Session,
    window: Window,
    *,
    external_id: str | None = None,
    conversation_id: int | None = None,
    contact_id: int | None = None,
    direction: str | None = None,
    status: str | None = None,
) -> Page[Message]:
    """Messages with their media by id; ``external_id`` finds a split message by the id of any of its parts."""
    conditions = _equal(
        (Message.conversation_id, conversation_id),
        (Message.contact_id, contact_id),
        (Message.direction, direction),
        (Message.status, status),
    )
    if external_id is not None:
        conditions.append(Message.id.in_(_bearing(external_id)))
    statement = select(Message).options(selectinload(Message.media)).where(*conditions)
    return by_id(session, statement, Message.id, window)


def message(session: Session, message_id: int) -> Message:
    """One message with its media.

    Raises:
        NotFound: there is none with this id.
    """
    return one(session, select(Message).options(selectinload(Message.media)).where(Message.id == message_id))


def media(session: Session, media_id: int) -> Media:
    """One file of a message, or to be sent.

    Raises:
        NotFound: there is none with this id.
    """
    return one(session, select(Media).where(Media.id == media_id))


def contacts(session: Session, window: Window, *, address: str | None = None, name: str | None = None) -> Page[Contact]:
    """Contacts with their addresses by id, those merged away left out; ``name`` is part of a name, in any case."""
    conditions: list[Condition] = [Contact.merged_into_id.is_(None)]
    if address is not None:
        conditions.append(Contact.id.in_(desk_contacts.find(session, address)))
    if name is not None:
        wanted = f"%{_unjokered(name.casefold())}%"
        conditions.append(
            or_(*(func.lower(column).like(wanted, escape="\\") for column in (Contact.name, Contact.profile_name)))
        )
    statement = select(Contact).options(ADDRESSES).where(*conditions)
    return by_id(session, statement, Contact.id, window)


def contact(session: Session, contact_id: int) -> Contact:
    """One contact with its addresses, merged away or not.

    Raises:
        NotFound: there is none with this id.
    """
    return one(session, select(Contact).options(ADDRESSES).where(Contact.id == contact_id))


def consents(session: Session, contact_id: int, window: Window) -> Page[Consent]:
    """A contact's wishes by id, each with its address.

    Raises:
        NotFound: no such contact.
    """
    contact(session, contact_id)
    statement = select(Consent).options(joinedload(Consent.address)).where(Consent.contact_id == contact_id)
    return by_id(session, statement, Consent.id, window)


def opted_out(session: Session, contact_ids: Iterable[int]) -> dict[int, set[str]]:
    """Channel types that each contact opted out of, at any of its addresses."""
    found: dict[int, set[str]] = {contact_id: set() for contact_id in contact_ids}
    rows = session.execute(
        select(Address.contact_id, OptOut.channel_type)
        .join(OptOut, OptOut.address_id == Address.id)
        .where(Address.contact_id.in_(found), OptOut.lifted_at.is_(None))
    )
    for contact_id, channel_type in rows:
        found[contact_id].add(channel_type)
    return found


def conversations(
    session: Session,
    window: Window,
    *,
    state: str | None = None,
    owner: str | None = None,
    queue: str | None = None,
    assignee_id: int | None = None,
    contact_id: int | None = None,
) -> Page[Conversation]:
    """Conversations with contact, addresses and assignee, the one with the newest message first."""
    conditions = _equal(
        (Conversation.state, state),
        (Conversation.owner, owner),
        (Conversation.queue, queue),
        (Conversation.assignee_id, assignee_id),
        (Conversation.contact_id, contact_id),
    )
    order = tuple_(Conversation.last_message_at, Conversation.id)
    if window.after is not None and window.at is not None:
        conditions.append(order < tuple_(literal(window.at, UtcDateTime()), literal(window.after)))
    statement = _with_people(select(Conversation).where(*conditions)).order_by(
        Conversation.last_message_at.desc(), Conversation.id.desc()
    )
    return _page(session, statement, window.limit)


def conversations_of(session: Session, ids: Sequence[int]) -> Sequence[Conversation]:
    """These conversations with their people, in no order."""
    found = session.scalars(_with_people(select(Conversation).where(Conversation.id.in_(ids)))).unique().all()
    session.expunge_all()
    return found


def conversation(session: Session, conversation_id: int) -> Conversation:
    """One conversation with its contact and assignee.

    Raises:
        NotFound: there is none with this id.
    """
    return one(session, _with_people(select(Conversation).where(Conversation.id == conversation_id)))


def notes(session: Session, conversation_id: int, window: Window) -> Page[Note]:
    """A conversation's notes by id.

    Raises:
        NotFound: there is no such conversation.
    """
    one(session, select(Conversation.id).where(Conversation.id == conversation_id))
    return by_id(session, select(Note).where(Note.conversation_id == conversation_id), Note.id, window)


def note(session: Session, note_id: int) -> Note:
    """One note.

    Raises:
        NotFound: there is none with this id.
    """
    return one(session, select(Note).where(Note.id == note_id))


def calls(
    session: Session, window: Window, *, external_id: str | None = None, contact_id: int | None = None
) -> Page[Call]:
    """Phone calls by id."""
    conditions = _equal((Call.external_id, external_id), (Call.contact_id, contact_id))
    return by_id(session, select(Call).where(*conditions), Call.id, window)


def call(session: Session, call_id: int) -> Call:
    """One call.

    Raises:
        NotFound: there is none with this id.
    """
    return one(session, select(Call).where(Call.id == call_id))


def events(
    session: Session,
    window: Window,
    *,
    kind: str | None = None,
    conversation_id: int | None = None,
    message_id: int | None = None,
) -> Page[LogEntry]:
    """The event log by id."""
    conditions = _equal(
        (LogEntry.kind, kind), (LogEntry.conversation_id, conversation_id), (LogEntry.message_id, message_id)
    )
    return by_id(session, select(LogEntry).where(*conditions), LogEntry.id, window)


def _bearing(external_id: str) -> Any:
    """Ids of messages with this provider id; two indexed look-ups, where an OR would read the table."""
    own = select(Message.id).where(Message.external_id == external_id)
    parts = select(Delivery.message_id).where(Delivery.provider_id == external_id)
    return union(own, parts)


def _with_people(statement: Select[Conversation]) -> Select[Conversation]:
    return statement.options(
        joinedload(Conversation.contact).selectinload(Contact.addresses).selectinload(Address.windows),
        joinedload(Conversation.assignee),
    )


def _equal(*pairs: tuple[Any, object]) -> list[Condition]:
    return [column == value for column, value in pairs if value is not None]


def _unjokered(text: str) -> str:
    for joker in "\\%_":
        text = text.replace(joker, f"\\{joker}")
    return text


def by_id(session: Session, statement: Select[Row], column: Any, window: Window) -> Page[Row]:
    if window.after is not None:
        statement = statement.where(column < window.after if window.newest_first else column > window.after)
    return _page(session, statement.order_by(column.desc() if window.newest_first else column), window.limit)


def _page(session: Session, statement: Select[Row], limit: int) -> Page[Row]:
    rows = session.scalars(statement.limit(limit + 1)).unique().all()
    session.expunge_all()
    return Page(rows[:limit], len(rows) > limit)


def one(session: Session, statement: Select[Found]) -> Found:
    found = session.scalars(statement).unique().one_or_none()
    if found is None:
        raise NotFound("there is none with this id")
    session.expunge_all()
    return found
