"""Bring a database to the newest shape, or back down; safe when several processes start at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from gateway.models import search_index
from gateway.models.database import Database
from gateway.models.tables import metadata

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 7_246_582  # any constant of ours: PostgreSQL's advisory lock for migrations


def upgrade(database: Database, revision: str = "head") -> None:
    """Migrate up to ``revision``; waits while another process migrates."""
    with _moving(database) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Migrate down to ``revision`` (``base``: empty)."""
    with _moving(database) as connection:
        command.downgrade(_config(connection), revision)


def make_revision(database: Database, message: str, revision: str) -> None:
    """Write a new migration from the difference between models and database (for developers)."""
    with database.engine.begin() as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=revision)


def drift(database: Database) -> list[object]:
    """What a migration is still missing against the models; empty when they agree."""
    with database.engine.connect() as connection:
        named = {"include_name": lambda name, *_: not search_index.is_ours(name)}
        context = MigrationContext.configure(connection, opts={"compare_type": True, **named})
        return list(compare_metadata(context, metadata))


@contextmanager
def _moving(database: Database) -> Iterator[Connection]:
    """One transaction that no other migration shares."""
    if database.is_sqlite:
        with _tables_may_be_copied(database) as connection, connection.begin():
            yield connection
            _check_references(connection)
        return
    with database.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        yield connection


@contextmanager
def _tables_may_be_copied(database: Database) -> Iterator[Connection]:
    """SQLite changes most of a table by copying it: dropping the old one must not count as deleting its rows."""
    with database.engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF")  # inside a transaction it would do nothing
        try:
            yield connection
        finally:
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.close()


def _check_references(connection: Connection) -> None:
    broken = connection.execute(text("PRAGMA foreign_key_check")).fetchmany(5)
    if broken:
        raise RuntimeError(f"a migration would leave rows that point nowhere: {broken}")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
