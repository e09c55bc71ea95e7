"""Conversations that ended, as rows to be written back to the CRM: collected from the event log, claimed, settled.

The log says what ended, whoever ended it; a row's key comes from its entry, so that collecting twice collects once.
Of one conversation only the oldest open row can be taken: the CRM hears of its endings in their order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, func, literal_column, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import NotFound
from gateway.desk import dialect
from gateway.models.crm import CrmWrite
from gateway.models.log_entry import LogEntry
from gateway.models.tables import metadata

writes, entries = metadata.tables[CrmWrite.__tablename__], metadata.tables[LogEntry.__tablename__]
earlier = writes.alias("earlier")

LOOKS_BACK = timedelta(seconds=60)
"""An entry may be seen later than one that was written after it: a transaction takes 20 s at most."""
AT_FIRST = timedelta(hours=1)
"""What ended so long before writing back was switched on is written, too."""
AT_MOST = timedelta(days=3)
COLLECTED_AT_ONCE = 500
CLAIM_LASTS = timedelta(seconds=60)
GIVEN_UP_AFTER = timedelta(days=7)
RESTS = (30, 60, 120, 300, 600)
"""Seconds before an absent CRM is tried again, for all rows alike."""

OPEN = writes.c.state.in_([literal_column("'waiting'"), literal_column("'running'")])
FIRST = ~exists().where(
    earlier.c.conversation_id == writes.c.conversation_id,
    earlier.c.id < writes.c.id,
    earlier.c.state.in_(("waiting", "running")),
)
INSERT = dialect.both(writes, lambda statement: statement.on_conflict_do_nothing())


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this process alone has, for a while."""

    id: int
    key: str
    conversation_id: int
    data: dict[str, Any]
    attempts: int
    """This time included."""
    claimed_by: str
    created_at: datetime
    """When the conversation ended."""


def collect(session: Session) -> int:
    """Make rows for what ended lately; returns how many entries were looked at."""
    newest: datetime | None = session.execute(select(func.max(writes.c.created_at))).scalar()
    now = clock.now()
    since = max(newest - LOOKS_BACK, now - AT_MOST) if newest else now - AT_FIRST
    ended = (
        select(entries.c.id, entries.c.at, entries.c.conversation_id, entries.c.actor, entries.c.data)
        .where(entries.c.kind == "conversation_resolved", entries.c.at >= since, entries.c.conversation_id.is_not(None))
        .order_by(entries.c.at, entries.c.id)
        .limit(COLLECTED_AT_ONCE)
    )
    rows = [_row(entry) for entry in session.execute(ended)]
    if rows:
        session.execute(INSERT[dialect.name_of(session)], rows)
    return len(rows)


def due(session: Session) -> bool:
    """Whether something is to be written now."""
    return session.execute(select(writes.c.id).where(OPEN, writes.c.due_at <= clock.now()).limit(1)).first() is not None


def claim(session: Session, who: str) -> Claimed | None:
    """The row that is due longest; ``who`` names this claim alone."""
    now = clock.now()
    first = select(writes.c.id).where(OPEN, FIRST, writes.c.due_at <= now).order_by(writes.c.due_at, writes.c.id)
    taken = (
        update(writes)
        .where(writes.c.id.in_(first.limit(1).with_for_update(skip_locked=True)), OPEN)
        .values(state="running", attempts=writes.c.attempts + 1, claimed_by=who, due_at=now + CLAIM_LASTS)
        .returning(*(writes.c[name] for name in Claimed.__slots__))
    )
    row = session.execute(taken).first()
    return Claimed(*row) if row else None


def written(session: Session, claimed: Claimed, reference: str) -> None:
    """The CRM has it; what waited for the CRM to come back need wait no longer."""
    values = {"state": "written", "reference": reference[:80], "error": "", "settled_at": clock.now()}
    if _settle(session, claimed, values) and claimed.attempts > 1:
        session.execute(update(writes).where(writes.c.state == "waiting").values(due_at=clock.now()))


def refused(session: Session, claimed: Claimed, why: str) -> None:
    """Trying again would change nothing before people have mended something."""
    _settle(session, claimed, {"state": "failed", "error": why[:300], "settled_at": clock.now()})


def away(session: Session, claimed: Claimed, why: str) -> None:
    """The CRM is not there: nothing is tried for a while, and nothing is lost for days."""
    now = clock.now()
    if now - claimed.created_at > GIVEN_UP_AFTER:
        return refused(session, claimed, f"given up after {GIVEN_UP_AFTER.days} days: {why}")
    later = now + timedelta(seconds=RESTS[min(claimed.attempts, len(RESTS)) - 1])
    if _settle(session, claimed, {"state": "waiting", "error": why[:300], "due_at": later, "claimed_by": None}):
        sooner = (writes.c.state == "waiting") & (writes.c.due_at < later)
        session.execute(update(writes).where(sooner).values(due_at=later))
    return None


def listed(session: Session, states: Sequence[str], most: int) -> list[Any]:
    """Rows in these states, the newest first."""
    chosen = select(writes).where(writes.c.state.in_(states)).order_by(writes.c.id.desc()).limit(most)
    return list(session.execute(chosen).all())


def counts(session: Session) -> dict[str, int]:
    """How many there are, by state."""
    found = session.execute(select(writes.c.state, func.count()).group_by(writes.c.state)).all()
    return {state: number for state, number in found}


def replay(session: Session, ids: Sequence[int] = ()) -> int:
    """Try again what failed, or these rows whatever became of them; a CRM that has one keeps it once.

    Raises:
        NotFound: there is no such row.
    """
    chosen = writes.c.id.in_(ids) if ids else writes.c.state == "failed"
    values = {"state": "waiting", "attempts": 0, "due_at": clock.now(), "claimed_by": None, "settled_at": None}
    found = session.execute(update(writes).where(chosen).values(values).returning(writes.c.id)).scalars().all()
    if missing := set(ids) - set(found):
        raise NotFound(f"there is no row {min(missing)}")
    return len(found)


def forget(session: Session, before: datetime, most: int) -> bool:
    """Delete what was written before then, ``most`` at once; False: there is no more."""
    old = select(writes.c.id).where(writes.c.state == "written", writes.c.settled_at < before).limit(most)
    return len(session.execute(delete(writes).where(writes.c.id.in_(old)).returning(writes.c.id)).all()) == most


def _row(entry: Any) -> dict[str, Any]:
    data = {"ended_by": entry.actor, "disposition": str(entry.data.get("disposition") or "")}
    key = f"rabta-{entry.conversation_id}-{entry.id}-{entry.at:%Y%m%d%H%M%S}"
    return {
        "key": key,
        "conversation_id": entry.conversation_id,
        "data": data,
        "state": "waiting",
        "attempts": 0,
        "due_at": entry.at,
        "error": "",
        "reference": "",
        "created_at": entry.at,
    }


def _settle(session: Session, claimed: Claimed, values: dict[str, Any]) -> bool:
    """Only while the claim holds."""
    mine = and_(writes.c.id == claimed.id, writes.c.claimed_by == claimed.claimed_by, writes.c.state == "running")
    return session.execute(update(writes).where(mine).values(values).returning(writes.c.id)).first() is not None
