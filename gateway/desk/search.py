"""Search over contacts, their conversations and what was said in them: newest first, bounded, never a query per row."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, literal, literal_column, or_, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from gateway.core.errors import InvalidPayload
from gateway.core.searching import Query
from gateway.core.snippets import Piece, snippet
from gateway.desk import dialect, filters, search_terms
from gateway.desk.filters import Filters
from gateway.models import search_index
from gateway.models.base import UtcDateTime
from gateway.models.contact import Address, Contact
from gateway.models.conversation import Conversation
from gateway.models.message import Message

Condition = ColumnElement[bool]
EARLIEST, LATEST = date(2010, 1, 1), date(2200, 1, 1)

WINDOWS = (10_000, 100_000, 1_000_000)
"""Ids looked through at a time, the newest first: what is common is found in the first of them."""
PEOPLE = 200
"""Contacts whose conversations are looked at, those heard of last first."""
PATIENCE_MS = 5000
BOUNDS = text(
    f"SELECT set_config('statement_timeout', '{PATIENCE_MS}', true), set_config('jit', 'off', true),"
    " set_config('max_parallel_workers_per_gather', '0', true)"
)
"""Compiling a search, or calling helpers for it, takes longer than running it; and nobody waits for ever."""


class TooWide(InvalidPayload):
    """So much was found that it takes too long."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: in which conversations (``me`` is who asks), and from when to when."""

    filters: Filters = Filters()  # noqa: RUF009 - frozen
    me: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def scope_of(
    wanted: Filters, me: int | None, timezone: str, first: date | None = None, last: date | None = None
) -> Scope:
    """With days as they are where ``timezone`` is, both included."""

    def midnight(day: date) -> datetime:
        return datetime.combine(min(max(day, EARLIEST), LATEST), time(), ZoneInfo(timezone))

    until = midnight(min(last, LATEST) + timedelta(days=1)) if last else None
    return Scope(wanted, me, midnight(first) if first else None, until)


@dataclass(frozen=True, slots=True)
class ContactHit:
    id: int
    name: str
    address: str
    conversation_id: int | None
    """The newest."""
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ConversationHit:
    id: int
    contact_id: int
    name: str
    address: str
    channel_type: str
    state: str
    preview: str
    preview_kind: str
    language: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageHit:
    id: int
    conversation_id: int
    contact_id: int
    name: str
    address: str
    channel_type: str
    author: str
    snippet: Sequence[Piece]
    language: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A page of messages and whether there are more."""

    rows: Sequence[MessageHit]
    more: bool


def contacts(session: Session, query: Query, limit: int, codes: Collection[str] = ()) -> Sequence[ContactHit]:
    """Contacts by names, attributes and addresses; ``codes``: country codes of numbers written without one."""
    if not query.terms:
        return []
    with bounded(session):
        found = _people(session, query, codes)
        newest = select(func.max(Conversation.id)).where(Conversation.contact_id == Contact.id).scalar_subquery()
        rows = session.execute(
            select(Contact.id, Contact.name, Contact.profile_name, Contact.last_seen_at, _an_address())
            .add_columns(newest.label("conversation_id"))
            .where(Contact.id.in_(found[:limit]))
        ).all()
    place = {contact_id: at for at, contact_id in enumerate(found)}
    hits = [
        ContactHit(r.id, r.name or r.profile_name, r.address or "", r.conversation_id, r.last_seen_at) for r in rows
    ]
    return sorted(hits, key=lambda hit: place[hit.id])


def conversations(
    session: Session, query: Query, scope: Scope, limit: int, codes: Collection[str] = ()
) -> Sequence[ConversationHit]:
    """Conversations with the contacts that are found, the newest first."""
    if not query.terms:
        return []
    with bounded(session):
        rows = session.execute(
            select(Conversation, Contact.name, Contact.profile_name, Address.value)
            .join(Contact, Contact.id == Conversation.contact_id)
            .join(Address, Address.id == Conversation.address_id)
            .where(Conversation.contact_id.in_(_people(session, query, codes)), *_within(scope))
            .where(*_between(Conversation.last_message_at.expression, scope))
            .order_by(Conversation.last_message_at.desc(), Conversation.id.desc())
            .limit(limit)
        ).all()
    return [
        ConversationHit(
            row.id, row.contact_id, name or profile, address, row.channel_type, row.state, row.preview,
            row.preview_kind, row.language, row.last_message_at,
        )
        for row, name, profile, address in rows
    ]  # fmt: skip


def messages(session: Session, query: Query, scope: Scope, limit: int, before: int | None = None) -> Found:
    """Messages in which all of it stands, the newest first, those before ``before``.

    Raises:
        TooWide: it takes too long.
    """
    if not query.terms:
        return Found((), False)
    with bounded(session):
        newest = _newest_postgresql if dialect.name_of(session) == "postgresql" else _newest_sqlite
        ids = newest(session, query, scope, limit + 1, before)
        rows = session.execute(_SHOWN.where(Message.id.in_(ids[:limit])).order_by(Message.id.desc())).all()
    return Found([_message(row, query) for row in rows], len(ids) > limit)


_SHOWN = (
    select(
        Message.id, Message.conversation_id, Message.contact_id, Message.author, Message.language, Message.channel_type,
        Message.text, Message.address, Message.created_at, Contact.name, Contact.profile_name,
    )
    .join(Contact, Contact.id == Message.contact_id)
)  # fmt: skip


def _message(row: Any, query: Query) -> MessageHit:
    return MessageHit(
        row.id, row.conversation_id, row.contact_id, row.name or row.profile_name, row.address, row.channel_type,
        row.author, snippet(row.text, query), row.language, row.created_at,
    )  # fmt: skip


def _newest_postgresql(session: Session, query: Query, scope: Scope, limit: int, before: int | None) -> list[int]:
    """Window by window: the index has no order, and all that holds a common word is too much to sort."""
    newest: int = session.execute(select(func.max(Message.id))).scalar() or 0
    below = newest + 1 if before is None else min(before, newest + 1)
    found: list[int] = []
    words = literal_column(search_index.MESSAGE).op("@@")(func.to_tsquery("simple", search_terms.tsquery(query)))
    for width in (*WINDOWS, below):
        here = and_(Message.id < below, Message.id >= below - width)
        matched = _fenced(_in_scope(select(Message.id).where(words, here), scope))
        found += session.scalars(select(matched.c.id).order_by(matched.c.id.desc()).limit(limit - len(found)))
        below -= width
        if len(found) >= limit or below <= 1:
            break
    return found


def _newest_sqlite(session: Session, query: Query, scope: Scope, limit: int, before: int | None) -> list[int]:
    """FTS5 walks from the newest by itself."""
    words = _fts5("search_messages", query)
    statement = select(words.c.rowid).join(Message, Message.id == words.c.rowid)
    if before is not None:
        statement = statement.where(words.c.rowid < before)
    return list(session.scalars(_in_scope(statement, scope).order_by(words.c.rowid.desc()).limit(limit)))


def _in_scope(statement: Select[Any], scope: Scope) -> Select[Any]:
    """Only what stands in a conversation can be opened."""
    statement = statement.where(Message.conversation_id.is_not(None), *_between(Message.created_at.expression, scope))
    if wanted := _within(scope):
        statement = statement.join(Conversation, Conversation.id == Message.conversation_id).where(*wanted)
    return statement


def _within(scope: Scope) -> list[Condition]:
    return filters.conditions(scope.filters, scope.me)


def _between(at: ColumnElement[Any], scope: Scope) -> Iterator[Condition]:
    if scope.since is not None:
        yield at >= literal(scope.since, UtcDateTime())
    if scope.until is not None:
        yield at < literal(scope.until, UtcDateTime())


def _people(session: Session, query: Query, codes: Collection[str]) -> list[int]:
    """Ids of contacts, those heard of last first."""
    if dialect.name_of(session) == "postgresql":
        words = literal_column(search_index.CONTACT).op("@@")(func.to_tsquery("simple", search_terms.tsquery(query)))
        named = select(Contact.id).where(words)
    else:
        named = select(_fts5("search_contacts", query).c.rowid)
    ids = _fenced(named)
    if query.number:
        reached = or_(*search_terms.numbers(session, query.number, codes))
        ids = named.union(select(Address.contact_id).where(reached)).subquery()
    (first,) = ids.c
    statement = select(Contact.id).join(ids, first == Contact.id).where(Contact.merged_into_id.is_(None))
    order = (Contact.last_seen_at.is_(None), Contact.last_seen_at.desc(), Contact.id.desc())
    return list(session.scalars(statement.order_by(*order).limit(PEOPLE)))


def _an_address() -> Any:
    return (
        select(Address.value)
        .where(Address.contact_id == Contact.id)
        .order_by(Address.id)
        .limit(1)
        .scalar_subquery()
        .label("address")
    )


def _fenced(statement: Select[Any]) -> Subquery:
    """Found in full before it is sorted: else the planner may walk through everything, hoping to meet it soon."""
    return statement.offset(literal_column("0")).subquery()


def _fts5(table: str, query: Query) -> Any:
    found = text(f"SELECT rowid FROM {table} WHERE {table} MATCH :words").bindparams(words=search_terms.fts5(query))  # noqa: S608
    return found.columns(rowid=Message.id.type).subquery()


@contextmanager
def bounded(session: Session) -> Iterator[None]:
    """A search ends in time, and says so.

    Raises:
        TooWide: it would not have.
    """
    if dialect.name_of(session) == "postgresql":
        session.execute(BOUNDS)
    try:
        yield
    except OperationalError as error:
        if "statement timeout" not in str(error.orig):
            raise
        raise TooWide("too much is found for this: add a word, or narrow it by a filter") from error
