"""What nobody answered: misses to be grouped, the groups of the last run, and what became of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from automation.masking import masked
from gateway.core import clock
from gateway.core.errors import Conflict, NotFound
from gateway.core.words import Author
from gateway.desk import answers, dialect, log
from gateway.models.contact import Contact
from gateway.models.message import Message
from gateway.models.question import Miss, Question, QuestionRun
from gateway.models.tables import metadata

MOST = 5_000
"""Misses looked at in one run, the newest."""
LONGEST_EXAMPLE = 300
STALE = timedelta(hours=1)
"""A run that began so long ago and has not ended was cut off."""

runs, questions, misses, messages, contacts = (
    metadata.tables[model.__tablename__] for model in (QuestionRun, Question, Miss, Message, Contact)
)

WANT_DAY = dialect.both(runs, lambda statement: statement.on_conflict_do_nothing().returning(runs.c.id))
OLDEST_WANTED = select(func.min(runs.c.id)).where(runs.c.begun_at.is_(None)).scalar_subquery()
CLAIM = (
    update(runs)
    .where(runs.c.id == OLDEST_WANTED, runs.c.begun_at.is_(None))
    .values(begun_at=bindparam("now"))
    .returning(runs.c.id)
)
NEWEST = (
    select(misses.c.message_id, messages.c.text, misses.c.language, misses.c.contact_id, misses.c.reason)
    .join(messages, messages.c.id == misses.c.message_id)
    .where(misses.c.at > bindparam("since"), ~misses.c.settled)
    .order_by(misses.c.id.desc())
    .limit(MOST)
)


@dataclass(frozen=True, slots=True)
class Found:
    """A question to keep: messages by id."""

    examples: Sequence[int]
    members: Sequence[int]
    contacts: int
    languages: Mapping[str, int]
    reasons: Mapping[str, int]
    nearest: str = ""
    nearest_score: float = 0.0


@dataclass(frozen=True, slots=True)
class Example:
    """One wording of a question, with what names its writer taken out."""

    message_id: int
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as people see it."""

    id: int
    count: int
    contacts: int
    languages: Mapping[str, int]
    reasons: Mapping[str, int]
    nearest: str
    nearest_score: float
    state: str
    answer: str | None
    examples: Sequence[Example]


@dataclass(frozen=True, slots=True)
class Run:
    """A grouping that has ended."""

    id: int
    ended_at: datetime
    messages: int
    others: int


def is_any(session: Session, since: datetime) -> bool:
    """Whether there is a miss to group."""
    found = select(misses.c.id).where(misses.c.at > since, ~misses.c.settled).limit(1)
    return session.execute(found).first() is not None


def is_due(session: Session, day: str, since: datetime) -> bool:
    """Whether a run is asked for, or this day's is still to be: looked at before anything is written."""
    waits = select(runs.c.id).where(runs.c.begun_at.is_(None)).limit(1)
    todays = select(runs.c.id).where(runs.c.day == day).limit(1)
    if session.execute(waits).first() is not None:
        return True
    return session.execute(todays).first() is None and is_any(session, since)


def want_daily(session: Session, day: str) -> None:
    """Ask for this day's run; asked for once, however many hosts do."""
    row = {"day": day, "wanted_by": None, "wanted_at": clock.now(), "messages": 0, "others": 0}
    session.execute(WANT_DAY[dialect.name_of(session)], row)


def want(session: Session, by_id: int | None) -> None:
    """Ask for a run now; one that waits already is enough."""
    waits = select(runs.c.id).where(runs.c.begun_at.is_(None)).limit(1)
    if session.execute(waits).first() is None:
        row = {"day": None, "wanted_by": by_id, "wanted_at": clock.now(), "messages": 0, "others": 0}
        session.execute(insert(runs), row)


def claim(session: Session) -> int | None:
    """Take a run that is asked for; None: there is none, or another host has it."""
    found: int | None = session.execute(CLAIM, {"now": clock.now()}).scalar()
    return found


def newest_misses(session: Session, since: datetime) -> Sequence[Any]:
    """(message, text, language, contact, reason), newest first, at most ``MOST``."""
    return session.execute(NEWEST, {"since": since}).all()


def keep(session: Session, run_id: int, found: Sequence[Found], *, looked_at: int, others: int) -> None:
    """Keep what a run found, and that it has ended."""
    rows = [
        {
            "run_id": run_id,
            "place": place,
            "count": len(one.members),
            "contacts": one.contacts,
            "languages": dict(one.languages),
            "reasons": dict(one.reasons),
            "examples": list(one.examples),
            "members": list(one.members),
            "nearest": one.nearest,
            "nearest_score": one.nearest_score,
            "state": "open",
        }
        for place, one in enumerate(found)
    ]
    if rows:
        session.execute(insert(questions), rows)
    ended = {"ended_at": clock.now(), "messages": looked_at, "others": others}
    session.execute(update(runs).where(runs.c.id == run_id).values(ended))
    log.write(session, "questions_grouped", actor=Author.SYSTEM, data={"run_id": run_id, "questions": len(rows)})


def last_run(session: Session) -> Run | None:
    """The newest run that has ended; None: there was none yet."""
    columns = (runs.c.id, runs.c.ended_at, runs.c.messages, runs.c.others)
    row = session.execute(
        select(*columns).where(runs.c.ended_at.is_not(None)).order_by(runs.c.id.desc()).limit(1)
    ).first()
    return Run(*row) if row else None


def is_wanted(session: Session) -> bool:
    """Whether a run is asked for or under way."""
    busy = runs.c.begun_at.is_(None) | (runs.c.begun_at > clock.now() - STALE)
    return session.execute(select(runs.c.id).where(runs.c.ended_at.is_(None), busy).limit(1)).first() is not None


def of_run(session: Session, run_id: int, states: Collection[str] = ("open", "answered")) -> list[Asked]:
    """A run's questions, the most asked first."""
    some = select(questions).where(questions.c.run_id == run_id, questions.c.state.in_(states))
    rows = session.execute(some.order_by(questions.c.place)).all()
    wordings = _wordings(session, [number for row in rows for number in row.examples])
    return [_asked(row, wordings) for row in rows]


def one(session: Session, question_id: int) -> Asked:
    """A question.

    Raises:
        NotFound: there is none with this id.
    """
    row = _row(session, question_id)
    return _asked(row, _wordings(session, row.examples))


def phrases(session: Session, question_id: int, most: int = 40) -> dict[str, list[str]]:
    """Ways in which a question was asked, by language; none that names its writer or is too long for a phrase."""
    row = _row(session, question_id)
    found: dict[str, list[str]] = {}
    for number, example in _wordings(session, row.members[:500]).items():
        plain = " ".join(example.text.split())
        some = found.setdefault(example.language, [])
        if number and 0 < len(plain) <= 200 and "(" not in plain and plain not in some and len(some) < most:
            some.append(plain)
    return {language: some for language, some in found.items() if some}


def settle(session: Session, question_id: int, state: str, *, by_id: int | None, answer: str | None = None) -> None:
    """Mark a question as answered or dropped: its messages are no misses any more.

    Raises:
        NotFound: there is none with this id.
        Conflict: somebody was faster.
    """
    row = _row(session, question_id)
    values = {"state": state, "answer": answer, "done_by": by_id, "done_at": clock.now()}
    mine = update(questions).where(questions.c.id == question_id, questions.c.state == "open").values(values)
    if session.execute(mine.returning(questions.c.id)).first() is None:
        raise Conflict(f"this question is {row.state} already")
    known = set(session.execute(select(messages.c.id).where(messages.c.id.in_(row.members))).scalars())
    session.execute(update(misses).where(misses.c.message_id.in_(known)).values(settled=True))
    for number in sorted(known) if answer else ():
        answers.label(session, number, f"faq:{answer}", source="person", by_id=by_id)
    data = {"question_id": question_id, "answer": answer, "messages": len(known)}
    log.write(session, f"question_{state}", actor=Author.AGENT, actor_id=by_id, data=data)


def forget(session: Session, before: datetime, most: int) -> bool:
    """Delete runs and misses from before then, ``most`` of each at once; True: there are more."""
    more = False
    for table, moment in ((runs, runs.c.wanted_at), (misses, misses.c.at)):
        old = select(table.c.id).where(moment < before).order_by(table.c.id).limit(most)
        more |= len(session.execute(delete(table).where(table.c.id.in_(old)).returning(table.c.id)).all()) == most
    return more


def _row(session: Session, question_id: int) -> Any:
    row = session.execute(select(questions).where(questions.c.id == question_id)).first()
    if row is None:
        raise NotFound(f"no question {question_id}")
    return row


def _wordings(session: Session, numbers: Sequence[int]) -> dict[int, Example]:
    """The messages that are still there, by id."""
    columns = (messages.c.id, messages.c.text, messages.c.language, contacts.c.name, contacts.c.profile_name)
    some = select(*columns).join(contacts, contacts.c.id == messages.c.contact_id).where(messages.c.id.in_(numbers))
    rows = session.execute(some.order_by(messages.c.id)).all() if numbers else []
    return {row.id: Example(row.id, _plain(row), row.language or "en") for row in rows}


def _plain(row: Any) -> str:
    return masked(row.text, f"{row.name or ''} {row.profile_name or ''}")[:LONGEST_EXAMPLE]


def _asked(row: Any, wordings: Mapping[int, Example]) -> Asked:
    kept = dict(row._mapping)  # ``row.count`` would be a method of tuples
    examples = [wordings[number] for number in kept.pop("examples") if number in wordings]
    return Asked(**{name: kept[name] for name in Asked.__slots__ if name != "examples"}, examples=examples)
