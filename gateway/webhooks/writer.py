"""Writes requests to the database over one kept connection, and tells apart what went wrong."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from gateway.core.errors import InvalidPayload, StorageUnavailable
from gateway.desk import inbound
from gateway.desk.inbound import Incoming
from gateway.models.database import Database

UNSTORABLE = (DataError, IntegrityError, UnicodeError)


class Writer:
    """For one thread only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None

    def write(self, items: Sequence[Incoming]) -> list[bool]:
        """Commit what is new of ``items``; for each whether it was.

        A connection that broke since the last call, or a deadlock, is worth one more try at once.

        Raises:
            StorageUnavailable: the database cannot take anything now.
            InvalidPayload: the database refuses these very items, whenever asked.
        """
        if self._connection is not None:
            with suppress(StorageUnavailable):
                return self._attempt(items)
        return self._attempt(items)

    def close(self) -> None:
        """Give the connection up; the next write makes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError, OSError):
                connection.invalidate()
            with suppress(SQLAlchemyError, OSError):
                connection.close()

    def _attempt(self, items: Sequence[Incoming]) -> list[bool]:
        try:
            return self._commit(items)
        except UNSTORABLE as error:
            self.close()
            raise InvalidPayload(f"the database refuses it: {type(error).__name__}") from error
        except (SQLAlchemyError, OSError) as error:
            self.close()
            raise StorageUnavailable(f"the database is not available: {type(error).__name__}") from error

    def _commit(self, items: Sequence[Incoming]) -> list[bool]:
        if self._connection is None:
            self._connection = self._connect()
        if self._database.is_sqlite:
            with self._connection.begin():
                return inbound.record_batch(self._connection, items)
        return inbound.record_batch(self._connection, items)

    def _connect(self) -> Connection:
        """PostgreSQL commits each statement by itself: a batch is one round trip."""
        connection = self._database.engine.connect()
        if self._database.is_sqlite:
            return connection
        return connection.execution_options(isolation_level="AUTOCOMMIT")
