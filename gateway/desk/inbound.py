"""Where events enter the database: each once per (account, key), with its raw request and its lane made due.

``record_batch`` takes many requests at once, because the provider waits for the commit; ``record_own`` adds an event
of our own (a timer, the answer to a request) to the transaction that causes it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.words import EventState
from gateway.desk import dialect, lanes, record_postgresql, record_sqlite
from gateway.desk.incoming import Incoming
from gateway.models.inbound import InboundEvent
from gateway.models.tables import metadata

__all__ = ["Incoming", "record_batch", "record_own"]

events = metadata.tables[InboundEvent.__tablename__]


def _once(statement: dialect.Insert) -> Any:
    return statement.on_conflict_do_nothing(index_elements=[events.c.account, events.c.key]).returning(events.c.id)


ADD = dialect.both(events, _once)


def record_batch(connection: Connection, items: Sequence[Incoming]) -> list[bool]:
    """Store what is new of ``items``; for each whether any of its events was. The caller commits.

    Events of one lane get their ids in the order of ``items``; lanes are written in order of their keys, so that
    batches of several processes do not wait for each other in a ring.
    """
    dialect_of = record_postgresql if connection.dialect.name == "postgresql" else record_sqlite
    new = dialect_of.record(connection, items)
    return [item.id in new for item in items]


def record_own(
    session: Session, *, account: str, key: str, lane: str, kind: str, payload: dict[str, Any] | None = None
) -> bool:
    """Add an event of our own, make its lane due and note its wake; False if the key is known already."""
    row = {
        "account": account,
        "key": key,
        "lane": lane,
        "kind": kind,
        "payload": payload,
        "state": EventState.PENDING,
        "attempts": 0,
        "received_at": clock.now(),
    }
    if session.execute(ADD[dialect.name_of(session)], row).first() is None:
        return False
    lanes.wake(session, lane)
    return True
