"""The event log's one pen: every fact is written in the transaction of what it tells, and never rewritten.

Facts are gathered and written together right before the commit: one statement instead of one each.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import event, insert
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.models.log_entry import LogEntry
from gateway.models.tables import metadata
from gateway.models.wakes import wakes_of

entries = metadata.tables[LogEntry.__tablename__]
INSERT = insert(entries).returning(entries.c.id)
GATHERED = "log_entries"


def write(
    session: Session,
    kind: str,
    *,
    actor: str,
    actor_id: int | None = None,
    contact_id: int | None = None,
    conversation_id: int | None = None,
    message_id: int | None = None,
    call_id: int | None = None,
    queue: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Add one fact and note that consoles want to know; ``data`` bears no text and no number of a person."""
    row = {
        "at": clock.now(),
        "kind": kind,
        "actor": actor,
        "actor_id": actor_id,
        "contact_id": contact_id,
        "conversation_id": conversation_id,
        "message_id": message_id,
        "call_id": call_id,
        "queue": queue,
        "data": dict(data or {}),
    }
    _gather(session, [row])


def write_all(
    session: Session, kind: str, *, actor: str, facts: Sequence[Mapping[str, Any]], actor_id: int | None = None
) -> None:
    """Add facts of one kind at once; each has ``contact_id``, ``conversation_id``, ``message_id`` and ``data``."""
    shared = {"at": clock.now(), "kind": kind, "actor": actor, "actor_id": actor_id, "call_id": None, "queue": None}
    _gather(session, [shared | dict(fact) for fact in facts])


def _gather(session: Session, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    wakes_of(session).live = True
    if session.in_nested_transaction():  # what a savepoint takes back must take its facts along
        session.execute(INSERT, rows)
    else:
        session.info.setdefault(GATHERED, []).extend(rows)


@event.listens_for(Session, "before_commit")
def _write_gathered(session: Session) -> None:
    if rows := session.info.pop(GATHERED, None):
        session.execute(INSERT, rows)


@event.listens_for(Session, "after_rollback")
def _drop_gathered(session: Session) -> None:
    session.info.pop(GATHERED, None)
