"""Databases of one's own on the PostgreSQL server at hand (``TEST_POSTGRES_URL``), for tests, judge and benchmarks."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

URL = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/test")


def answers() -> bool:
    """Is there a server?"""
    try:
        psycopg.connect(URL, connect_timeout=30).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def own_database(purpose: str) -> Iterator[str]:
    """The URL of an empty database that is dropped at the end, whoever still uses it."""
    name = f"rabta_{purpose}_{uuid.uuid4().hex[:10]}"
    _order(f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        yield URL.rsplit("/", 1)[0] + "/" + name
    finally:
        _order(f"DROP DATABASE {name} WITH (FORCE)")


def _order(statement: str) -> None:
    with psycopg.connect(URL, autocommit=True, connect_timeout=30) as admin:
        admin.execute(statement.encode())
