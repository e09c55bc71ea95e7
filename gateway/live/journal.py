"""Reads the event log for the stream: what is new, what came late, what one client missed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.words import ROLE_RANK, Role
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry

LOOK_BACK = timedelta(seconds=30)
"""PostgreSQL gives ids before commit: an id may appear this long after its successors."""
MISSED_AT_MOST = 1000
BATCH = 2000
GAPS_AT_MOST = 1000

FOR_SUPERVISORS = (
    "operator_paged",
    "event_set_aside",
    "campaign_created",
    "campaign_changed",
    "campaign_progressed",
    "contacts_listed",
)
LEAST_ROLE = dict.fromkeys(FOR_SUPERVISORS, Role.SUPERVISOR)
"""Kinds that not everybody hears of; the rest is for agents too."""

ENTRIES = select(
    LogEntry.id, LogEntry.kind, LogEntry.conversation_id, LogEntry.message_id, LogEntry.contact_id
).order_by(LogEntry.id)


@dataclass(frozen=True, slots=True)
class Fact:
    """One log entry, ready to send. No text and no number stands in it: the page fetches what it may see."""

    id: int
    rank: int
    """Least rank of a role that hears of it."""
    chunk: bytes


class Journal:
    """The one reader of a process: remembers how far it has read, and which ids it skipped on the way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._newest = 0
        self._gaps: dict[int, datetime] = {}

    def start(self) -> None:
        """Begin at the log's end, still looking back for what is being committed just now."""
        with self._database.read() as session:
            self._newest = session.execute(select(func.max(LogEntry.id))).scalar() or 0
            recent = select(LogEntry.id).where(LogEntry.at >= clock.now() - LOOK_BACK).order_by(LogEntry.id)
            self._note_gaps(session.scalars(recent).all())

    def news(self) -> Sequence[Fact]:
        """What has been committed since the last look, at most 2,000, late ones included."""
        self._forget_gaps()
        with self._database.read() as session:
            late = session.execute(ENTRIES.where(LogEntry.id.in_(self._gaps))).all() if self._gaps else []
            new = session.execute(ENTRIES.where(LogEntry.id > self._newest).limit(BATCH)).all()
        for row in late:
            del self._gaps[row.id]
        self._note_gaps([self._newest, *(row.id for row in new)])
        return [fact(*row) for row in (*late, *new)]

    def missed(self, after: int) -> Sequence[Fact] | None:
        """What a client whose newest event is ``after`` has not seen, and what it may have (30 s before).

        None: more than 1,000, so that it had better load its page again.
        """
        with self._database.read() as session:
            unseen = session.execute(ENTRIES.where(LogEntry.id > after).limit(MISSED_AT_MOST + 1)).all()
            if len(unseen) > MISSED_AT_MOST:
                return None
            near = ENTRIES.where(LogEntry.id >= _first_late(session, after), LogEntry.id <= after)
            maybe = session.execute(near.limit(MISSED_AT_MOST)).all()
        return [fact(*row) for row in (*maybe, *unseen)]

    def _note_gaps(self, ids: Sequence[int]) -> None:
        """Ids between those seen that are not there (yet): a transaction still open, or one that was rolled back."""
        now = clock.now()
        for before, found in pairwise(ids):
            for missing in _between(before, found):
                self._gaps.setdefault(missing, now)
        if ids:
            self._newest = max(self._newest, ids[-1])

    def _forget_gaps(self) -> None:
        long_ago = clock.now() - LOOK_BACK
        newest = sorted(self._gaps)[-GAPS_AT_MOST:]
        self._gaps = {number: self._gaps[number] for number in newest if self._gaps[number] >= long_ago}


def _between(before: int, found: int) -> Iterable[int]:
    return range(max(before + 1, found - GAPS_AT_MOST), found)


def _first_late(session: Session, after: int) -> int:
    """The first entry that may have been committed after ``after`` was read, though its id is lower."""
    query = select(LogEntry.at).where(LogEntry.id <= after).order_by(LogEntry.id.desc()).limit(1)
    at = session.execute(query).scalar()
    if at is None:
        return after
    return session.execute(select(func.min(LogEntry.id)).where(LogEntry.at >= at - LOOK_BACK)).scalar_one()


def fact(number: int, kind: str, conversation_id: int | None, message_id: int | None, contact_id: int | None) -> Fact:
    """A log entry as one event of the stream."""
    told = {"kind": kind, "conversation_id": conversation_id, "message_id": message_id, "contact_id": contact_id}
    chunk = b"id: %d\ndata: %s\n\n" % (number, orjson.dumps(told))
    return Fact(number, ROLE_RANK[LEAST_ROLE.get(kind, Role.AGENT)], chunk)
