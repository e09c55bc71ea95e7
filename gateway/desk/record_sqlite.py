"""A batch of requests into SQLite: the caller holds the only write lock, so looking first and inserting then is safe.

Plain SQL to the driver: the batch is on the provider's time, and values are written as the column types would.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import orjson
from sqlalchemy import Connection

from gateway.core.events import EventRef
from gateway.desk.incoming import Incoming, headers_of, without_nul

RAW = """
INSERT INTO raw_requests (id, provider, account, route, method, path, query, headers, body, received_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
EVENT = """
INSERT INTO inbound_events (request_id, account, key, lane, kind, received_at, state, attempts)
VALUES (?, ?, ?, ?, ?, ?, 'pending', 0)
"""
LANE = """
INSERT INTO lanes (key, due_at) VALUES (?, ?)
ON CONFLICT (key) DO UPDATE SET due_at = min(coalesce(due_at, excluded.due_at), excluded.due_at)
"""
KNOWN = "SELECT account, key FROM inbound_events WHERE key IN ({})"


def record(connection: Connection, items: Sequence[Incoming]) -> set[uuid.UUID]:
    """Insert what is new; the raw rows that were."""
    known = _known(connection, [ref for item in items for ref in item.refs])
    events: list[tuple[str, ...]] = []
    due: dict[str, str] = {}
    new: dict[uuid.UUID, Incoming] = {}
    for item in items:
        for ref in item.refs:
            if (ref.account, ref.key) not in known:
                known.add((ref.account, ref.key))
                new[item.id] = item
                events.append((item.id.hex, ref.account, ref.key, ref.lane, ref.kind, _moment(item.received_at)))
                due.setdefault(ref.lane, _moment(item.received_at))
    if new:
        connection.exec_driver_sql(RAW, [_raw_row(item) for item in new.values()])
        connection.exec_driver_sql(EVENT, events)
        connection.exec_driver_sql(LANE, sorted(due.items()))
    return set(new)


def _known(connection: Connection, refs: Collection[EventRef]) -> set[tuple[str, str]]:
    marks = ",".join("?" * len(refs))
    rows = connection.exec_driver_sql(KNOWN.format(marks), tuple(ref.key for ref in refs))
    return {(row[0], row[1]) for row in rows}


def _raw_row(item: Incoming) -> tuple[str | bytes, ...]:
    request = item.request
    return (
        item.id.hex,
        item.provider,
        request.account,
        request.route,
        request.method,
        without_nul(request.path),
        without_nul(request.query),
        orjson.dumps(headers_of(item)).decode(),
        request.body,
        _moment(item.received_at),
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
