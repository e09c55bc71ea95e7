"""A batch of requests into PostgreSQL: one statement, one round trip, one commit."""

import uuid
from collections.abc import Sequence

import orjson
from sqlalchemy import Connection

from gateway.desk.incoming import Incoming, headers_of, without_nul

# One round trip for a whole batch. A data-modifying WITH sees the tables as they were, so what is new is told by
# RETURNING alone. Columns come as array literals: the driver would look at every element, which costs more than both.
AT_ONCE = """
WITH event AS (
    INSERT INTO inbound_events (request_id, account, key, lane, kind, received_at, state, attempts)
    SELECT named.*, 'pending', 0
    FROM unnest(%(ids)s::uuid[], %(accounts)s::text[], %(keys)s::text[], %(lanes)s::text[], %(kinds)s::text[],
                %(times)s::timestamptz[]) AS named
    ON CONFLICT (account, key) DO NOTHING
    RETURNING request_id, lane, received_at
), raw AS (
    INSERT INTO raw_requests (id, received_at, provider, account, route, method, path, query, headers, body)
    SELECT id, received_at, provider, account, route, method, path, query, headers, body
    FROM unnest(%(raw_ids)s::uuid[], %(raw_times)s::timestamptz[], %(providers)s::text[], %(raw_accounts)s::text[],
                %(routes)s::text[], %(methods)s::text[], %(paths)s::text[], %(queries)s::text[], %(headers)s::jsonb[],
                %(bodies)s::bytea[])
        AS request (id, received_at, provider, account, route, method, path, query, headers, body)
    WHERE id IN (SELECT request_id FROM event)
), due AS (
    INSERT INTO lanes (key, due_at)
    SELECT lane, min(received_at) FROM event GROUP BY lane ORDER BY lane
    ON CONFLICT (key) DO UPDATE SET due_at = least(lanes.due_at, excluded.due_at)
)
SELECT request_id FROM event
"""


def record(connection: Connection, items: Sequence[Incoming]) -> set[uuid.UUID]:
    """Insert what is new; the raw rows that were."""
    return {row[0] for row in connection.exec_driver_sql(AT_ONCE, _raws(items) | _events(items))}


def _raws(items: Sequence[Incoming]) -> dict[str, str]:
    requests = [item.request for item in items]
    return {
        "raw_ids": _array([str(item.id) for item in items]),
        "raw_times": _array([item.received_at.isoformat() for item in items]),
        "providers": _array([item.provider for item in items]),
        "raw_accounts": _array([request.account for request in requests]),
        "routes": _array([request.route for request in requests]),
        "methods": _array([request.method for request in requests]),
        "paths": _array([without_nul(request.path) for request in requests]),
        "queries": _array([without_nul(request.query) for request in requests]),
        "headers": _array([orjson.dumps(headers_of(item)).decode() for item in items]),
        "bodies": _array([f"\\x{request.body.hex()}" for request in requests]),
    }


def _events(items: Sequence[Incoming]) -> dict[str, str]:
    """Lanes together, and within a lane as they came."""
    named = sorted(((item, ref) for item in items for ref in item.refs), key=lambda pair: pair[1].lane)
    return {
        "ids": _array([str(item.id) for item, _ in named]),
        "times": _array([item.received_at.isoformat() for item, _ in named]),
        "accounts": _array([ref.account for _, ref in named]),
        "keys": _array([ref.key for _, ref in named]),
        "lanes": _array([ref.lane for _, ref in named]),
        "kinds": _array([ref.kind for _, ref in named]),
    }


def _array(values: Sequence[str]) -> str:
    """PostgreSQL's array literal of these texts; ``{}`` for none."""
    if not values:
        return "{}"
    return '{"' + '","'.join([value.replace("\\", "\\\\").replace('"', '\\"') for value in values]) + '"}'
