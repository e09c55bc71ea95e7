"""Connections and transactions: one engine a process, short units of work, SQLite and PostgreSQL alike."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from gateway.core.folding import folded
from gateway.models.turns import TurnTaking

STATEMENT_TIMEOUT_MS = 20_000
"""Write transactions end within 20 s: the live stream's look-back of 30 s counts on it."""

UNANSWERED_MS = 10_000
"""A database host that vanishes without a word is noticed after this long; the kernel alone takes a quarter hour."""


class Database:
    """An engine and its sessions. ``begin()`` is the only way to write: one block, one transaction."""

    def __init__(
        self, url: str, pool_size: int = 8, sqlite_synchronous: str = "NORMAL", repeatable: bool = False
    ) -> None:
        """``repeatable``: what a crash of the database takes back is done again from rows that were committed for good.

        Such work (lanes) commits without waiting for the disk on PostgreSQL. Nothing of it can leave the house before
        it is durable: a delivery is claimed by a commit that does wait, and the log on disk is written in order.
        """
        self.engine = make_engine(url, pool_size, sqlite_synchronous, repeatable)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A session whose block is one write transaction (SQLite: ``BEGIN IMMEDIATE``)."""
        with self._sessions() as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading: never takes SQLite's write lock, rolled back at the end."""
        with self._sessions() as session:
            if self.is_sqlite:
                session.connection(execution_options={"rabta_read": True})
            yield session
            session.rollback()

    def dispose(self) -> None:
        """Drop all pooled connections (after a fork, at shutdown)."""
        self.engine.dispose(close=False)


def is_passing(error: BaseException) -> bool:
    """Is it the database's trouble of the moment (locked, slow, gone), and no fault of what was asked of it?"""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, OperationalError):
        code = getattr(error.orig, "sqlite_errorcode", None)  # SQLite calls a missing table operational, too
        return code is None or code & 0xFF != sqlite3.SQLITE_ERROR
    return isinstance(error, InterfaceError | PoolTimeout)


def make_engine(url: str, pool_size: int, sqlite_synchronous: str, repeatable: bool = False) -> Engine:
    """``hide_parameters``: what an error says ends in logs, and parameters hold customers' words and numbers."""
    if url.startswith("sqlite"):
        return _sqlite_engine(url, sqlite_synchronous)
    url = url.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1)
    options = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={STATEMENT_TIMEOUT_MS // 2}"
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=5,
        pool_pre_ping=False,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 3,
            "tcp_user_timeout": UNANSWERED_MS,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 2,
            "options": options + (" -c synchronous_commit=off" if repeatable else ""),
        },
    )


def _sqlite_engine(url: str, synchronous: str) -> Engine:
    arguments = {"timeout": 10, "check_same_thread": False, "factory": TurnTaking}
    engine = create_engine(url, hide_parameters=True, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def _prepare(connection: TurnTaking, _record: Any) -> None:
        # We begin ourselves, IMMEDIATE, so that a reader never becomes a writer midway.
        connection.isolation_level = None
        connection.create_function("rabta_folded", 1, folded, deterministic=True)
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("rabta_read", False):
            connection.exec_driver_sql("BEGIN")
            return
        writer: Any = connection.connection.dbapi_connection
        writer.take_turn()
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
