"""Migrations and models agree, and every migration can be taken back."""

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from gateway.core import clock
from gateway.core.ids import new_uuid
from gateway.models import migrate
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry


def test_models_and_migrations_agree(database: Database) -> None:
    assert migrate.drift(database) == []


def test_down_to_nothing_and_up_again(database: Database) -> None:
    migrate.downgrade(database, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(database)
    assert migrate.drift(database) == []


CONTACT = "INSERT INTO contacts (id, name, profile_name, attributes, created_at) VALUES (1, '', '', '{}', :now)"
ADDRESS = """INSERT INTO addresses (id, contact_id, kind, value, match_key, last_channel_id, last_inbound_at,
        created_at)
    VALUES (1, 1, 'phone', '+1', '+1', 'whatsapp', :now, :now)"""
MESSAGE = """INSERT INTO messages (id, contact_id, address_id, address, channel_id, channel_type, direction, kind, text,
        payload, forwarded, frequently_forwarded, author, status, created_at)
    VALUES (1, 1, 1, '+1', 'whatsapp', 'whatsapp', 'outbound', 'text', 'hi', '{}', false, false, 'bot', 'sent', :now)"""
MEDIA = """INSERT INTO media (message_id, position, claimed_type, state, attempts, created_at)
    VALUES (1, 0, '', 'stored', 0, :now)"""


RAW = """INSERT INTO raw_requests (id, provider, account, route, method, path, query, headers, body, received_at)
    VALUES (:id, 'twilio', 'AC1', 'messages', 'POST', '/', '', '{}', '', :now)"""
EVENT = """INSERT INTO inbound_events (request_id, account, key, lane, kind, state, attempts, received_at)
    VALUES (:id, 'AC1', :key, '+1', 'message', 'pending', 0, :now)"""


def test_events_survive_that_their_requests_may_be_forgotten(database: Database) -> None:
    migrate.downgrade(database, "0003")
    kept, gone = ({"id": new_uuid().hex, "key": key, "now": "2026-01-01 00:00:00"} for key in "ab")
    with database.begin() as session:
        for row in (kept, gone):
            session.execute(text(RAW), row)
            session.execute(text(EVENT), row)
    migrate.upgrade(database)
    with database.begin() as session:
        session.execute(text("DELETE FROM raw_requests WHERE id = :id"), gone)
    migrate.downgrade(database, "0003")
    with database.read() as session:
        linked = text("SELECT key, request_id IS NOT NULL FROM inbound_events ORDER BY id")
        assert [tuple(row) for row in session.execute(linked)] == [("a", True), ("b", False)]
    migrate.upgrade(database)
    assert migrate.drift(database) == []


def test_rows_survive_the_way_up_and_down(database: Database) -> None:
    migrate.downgrade(database, "0001")
    with database.begin() as session:
        for statement in (CONTACT, ADDRESS, MESSAGE, MEDIA):
            session.execute(text(statement), {"now": "2026-01-01 00:00:00"})
    migrate.upgrade(database)
    with database.read() as session:
        assert session.execute(text("SELECT address_id, channel_id FROM session_windows")).one() == (1, "whatsapp")
    migrate.downgrade(database, "0001")
    with database.read() as session:
        kept = text("SELECT text FROM messages JOIN media ON media.message_id = messages.id")
        assert session.execute(kept).scalars().all() == ["hi"]
    migrate.upgrade(database)


@pytest.mark.parametrize("statement", ["UPDATE event_log SET kind = 'x'", "DELETE FROM event_log"])
def test_event_log_is_append_only(database: Database, statement: str) -> None:
    with database.begin() as session:
        session.add(LogEntry(at=clock.now(), kind="conversation_started", actor="system", data={}))
    with pytest.raises(DatabaseError, match="append-only"), database.begin() as session:
        session.execute(text(statement))
