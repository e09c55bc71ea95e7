"""Which errors of a database pass by themselves, and writers who take turns."""

import sqlite3

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway.models.database import Database, is_passing

NOBODY = Exception("the server closed the connection")


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (OperationalError("SELECT", {}, NOBODY), True),
        (InterfaceError("SELECT", {}, NOBODY), True),
        (PoolTimeout("QueuePool limit"), True),
        (DBAPIError("SELECT", {}, NOBODY, connection_invalidated=True), True),
        (DBAPIError("SELECT", {}, NOBODY), False),
        (IntegrityError("INSERT", {}, NOBODY), False),
        (ValueError("no error of a database"), False),
    ],
)
def test_trouble_that_passes(error: Exception, passing: bool) -> None:
    assert is_passing(error) is passing


def test_what_is_wrong_with_a_statement_does_not_pass(database: Database) -> None:
    with pytest.raises(SQLAlchemyError) as caught, database.read() as session:
        session.execute(text("SELECT * FROM no_such_table"))
    assert not is_passing(caught.value)


def test_a_locked_file_passes(sqlite: Database) -> None:
    path = str(sqlite.engine.url.database)
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with sqlite.read() as session:
        session.execute(text("PRAGMA busy_timeout=1"))
        with pytest.raises(OperationalError) as caught:
            session.execute(text("DELETE FROM lanes"))
    stranger.close()
    assert is_passing(caught.value)
    with sqlite.begin() as session:
        session.execute(text("DELETE FROM lanes"))


@pytest.mark.postgresql
def test_a_lost_connection_passes(postgresql: Database) -> None:
    with pytest.raises(SQLAlchemyError) as caught, postgresql.begin() as session:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert is_passing(caught.value)
    with postgresql.read() as session:
        assert session.execute(text("SELECT 1")).scalar() == 1
