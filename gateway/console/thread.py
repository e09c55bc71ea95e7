"""A conversation as it is read: messages, notes and what happened between them, in one order, page by page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from gateway.console import lines
from gateway.models.conversation import Note
from gateway.models.log_entry import LogEntry
from gateway.models.message import Message
from gateway.models.user import User

PAGE = 50


@dataclass(frozen=True, slots=True)
class Quoted:
    """The message that another one answers to, as far as we know it."""

    author: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the thread. ``type``: message, note or line; exactly the matching field is set."""

    type: str
    id: int
    at: datetime
    message: Message | None = None
    author: str = ""
    quoted: Quoted | None = None
    note: Note | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a page has read: the newest message, note and log entry it shows."""

    message: int = 0
    note: int = 0
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Thread:
    entries: Sequence[Entry]
    older: int | None
    """Message id before which there is more; None: this is the beginning."""
    seen: Seen = field(default_factory=Seen)
    is_past: bool = False
    """Newer messages than these are left out."""


def newest(session: Session, conversation_id: int, queues: Mapping[str, str]) -> Thread:
    """The last 50 messages and what lies among them."""
    return _page(session, conversation_id, queues, None, None)


def around(session: Session, conversation_id: int, message_id: int, queues: Mapping[str, str]) -> Thread:
    """The page in which a message stands in the middle; the newest if it stands there, or nowhere here."""
    here = Message.conversation_id == conversation_id
    if session.scalar(select(Message.id).where(here, Message.id == message_id)) is None:
        return newest(session, conversation_id, queues)
    newer = select(Message.id, Message.created_at).where(here, Message.id > message_id).order_by(Message.id)
    cut = session.execute(newer.offset(PAGE // 2).limit(1)).first()
    if cut is None:
        return newest(session, conversation_id, queues)
    page = _page(session, conversation_id, queues, cut.id, cut.created_at)
    return replace(page, seen=_all_seen(session, conversation_id), is_past=True)


def before(session: Session, conversation_id: int, message_id: int, queues: Mapping[str, str]) -> Thread:
    """The 50 messages before ``message_id`` and what lies among them."""
    until = session.scalar(select(Message.created_at).where(Message.id == message_id))
    return _page(session, conversation_id, queues, message_id, until)


def after(session: Session, conversation_id: int, seen: Seen, queues: Mapping[str, str]) -> Thread:
    """Everything that a page which has read so far does not show yet."""
    messages = _messages(session, conversation_id, Message.id > seen.message, PAGE * 10)
    notes = _notes(session, conversation_id, Note.id > seen.note)
    happened = _log(session, conversation_id, LogEntry.id > seen.entry)
    return Thread(_joined(session, messages, notes, happened, queues), None, _seen(messages, notes, happened, seen))


def changed(session: Session, conversation_id: int, ids: Sequence[int]) -> Sequence[Entry]:
    """These messages of the conversation as they are now."""
    messages = _messages(session, conversation_id, Message.id.in_(ids), PAGE * 10)
    return _joined(session, messages, (), (), {})


def _page(
    session: Session, conversation_id: int, queues: Mapping[str, str], before_id: int | None, until: datetime | None
) -> Thread:
    older = Message.id < before_id if before_id is not None else Message.id > 0
    messages = _messages(session, conversation_id, older, PAGE + 1)
    more = len(messages) > PAGE
    messages = messages[-PAGE:]
    since = messages[0].created_at if more else None
    notes = _notes(session, conversation_id, *_between(Note.created_at.expression, since, until))
    happened = _log(session, conversation_id, *_between(LogEntry.at.expression, since, until))
    entries = _joined(session, messages, notes, happened, queues)
    return Thread(entries, messages[0].id if more else None, _seen(messages, notes, happened, Seen()))


def _between(
    at: ColumnElement[datetime], since: datetime | None, until: datetime | None
) -> Iterable[ColumnElement[bool]]:
    if since is not None:
        yield at >= since
    if until is not None:
        yield at < until


def _messages(session: Session, conversation_id: int, where: ColumnElement[bool], limit: int) -> Sequence[Message]:
    query = (
        select(Message)
        .where(Message.conversation_id == conversation_id, where)
        .order_by(Message.id.desc())
        .limit(limit)
        .options(selectinload(Message.media))
    )
    return session.scalars(query).all()[::-1]


def _notes(session: Session, conversation_id: int, *where: ColumnElement[bool]) -> Sequence[Note]:
    return session.scalars(
        select(Note).where(Note.conversation_id == conversation_id, *where).order_by(Note.id).limit(PAGE * 10)
    ).all()


def _log(session: Session, conversation_id: int, *where: ColumnElement[bool]) -> Sequence[LogEntry]:
    told = LogEntry.kind.in_(lines.TOLD)
    return session.scalars(
        select(LogEntry)
        .where(LogEntry.conversation_id == conversation_id, told, *where)
        .order_by(LogEntry.id)
        .limit(PAGE * 10)
    ).all()


def _all_seen(session: Session, conversation_id: int) -> Seen:
    """As if everything so far stood on the page: what comes is what happens from now on."""
    ids = ((Message, Message.conversation_id), (Note, Note.conversation_id), (LogEntry, LogEntry.conversation_id))
    found = (session.scalar(select(func.max(kind.id)).where(column == conversation_id)) for kind, column in ids)
    return Seen(*(number or 0 for number in found))


def _seen(messages: Sequence[Message], notes: Sequence[Note], happened: Sequence[LogEntry], so_far: Seen) -> Seen:
    return Seen(
        max([so_far.message, *(message.id for message in messages)]),
        max([so_far.note, *(note.id for note in notes)]),
        max([so_far.entry, *(entry.id for entry in happened)]),
    )


def _joined(
    session: Session,
    messages: Sequence[Message],
    notes: Sequence[Note],
    happened: Sequence[LogEntry],
    queues: Mapping[str, str],
) -> Sequence[Entry]:
    names = _names(session, messages, happened)
    quoted = _quoted(session, messages)
    entries = [_message_entry(message, names, quoted) for message in messages]
    entries += [Entry("note", note.id, note.created_at, note=note, author=note.author_name) for note in notes]
    told = ((entry, lines.line(entry, names, queues)) for entry in happened)
    entries += [Entry("line", entry.id, entry.at, text=text) for entry, text in told if text]
    return sorted(entries, key=lambda entry: entry.at)


def _message_entry(message: Message, names: Mapping[int, str], quoted: Mapping[str, Quoted]) -> Entry:
    author = names.get(message.author_id or 0, "")
    answers_to = message.payload.get("reaction_to") or message.reply_to
    return Entry(
        "message", message.id, message.created_at, message=message, author=author, quoted=quoted.get(answers_to or "")
    )


def _names(session: Session, messages: Sequence[Message], happened: Sequence[LogEntry]) -> dict[int, str]:
    """Of the users who wrote or did something here."""
    wanted = {message.author_id for message in messages} | {entry.actor_id for entry in happened}
    wanted |= {entry.data.get("assignee_id") for entry in happened}
    known = select(User.id, User.name).where(User.id.in_(wanted - {None}))
    return {user_id: name for user_id, name in session.execute(known)}


def _quoted(session: Session, messages: Sequence[Message]) -> dict[str, Quoted]:
    """By external id: the messages that these answer or react to."""
    wanted = {message.reply_to for message in messages} | {message.payload.get("reaction_to") for message in messages}
    wanted -= {None, ""}
    if not wanted:
        return {}
    columns = (Message.external_id, Message.author, Message.kind, Message.text)
    query = select(*columns).where(
        Message.external_id.in_(wanted), Message.contact_id.in_({message.contact_id for message in messages})
    )
    return {row.external_id or "": Quoted(row.author, row.kind, row.text[:200]) for row in session.execute(query)}
