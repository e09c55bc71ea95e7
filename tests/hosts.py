"""A host's workers as processes of their own, to be killed at moments that are certain, and what comes after."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import text

from gateway.config.files import read_folder
from gateway.config.publish import publish
from gateway.core import clock
from gateway.desk import deliveries
from gateway.jobs.process_lane import drain
from gateway.jobs.send_lane import Sender
from gateway.models.database import Database
from gateway.runtime import Runtime
from gateway.settings import Settings
from gateway.worker import duties
from tests import care
from tests.outbound.sink import Sink
from tests.platform.processes import children, until

ROOT = Path(__file__).resolve().parents[1]
RATE = 400
ENOUGH_SECONDS = 120
"""How long a condition may take on a machine that is busy with other things."""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE {} = ANY(pg_blocking_pids(pid))"

UNDER_WAY = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""


def environment(database: Database, redis_url: str, sink: Sink, var_dir: Path, workers: int) -> dict[str, str]:
    """What a host is told; the example business is published for it, with a sender that is fast."""
    files = read_folder(ROOT / "config")
    care_yaml = files["care.yaml"].replace("rate_per_second: 80", f"rate_per_second: {RATE}")
    publish(database, files | {"care.yaml": care_yaml}, "test")
    return {
        "DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        "REDIS_URL": redis_url,
        "VAR_DIR": str(var_dir),
        "PUBLIC_URL": "https://care.example.com",
        "SECRET_KEY": "s" * 32,
        "TWILIO_ACCOUNT_SID": care.ACCOUNT,
        "TWILIO_AUTH_TOKEN": "t" * 32,
        "TWILIO_API_BASE": sink.url,
        "WORKERS": str(workers),
        "EMBEDDINGS": "off",  # what is shown here needs no good matcher, and loading one takes seconds
        "LOG_LEVEL": "CRITICAL",
    }


@contextmanager
def working(told: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """All workers of a host, in a process group of their own; at the end the whole host is killed at once."""
    command = [sys.executable, "-m", "gateway.worker"]
    crew = subprocess.Popen(command, cwd=ROOT, env=told | {"PATH": os.environ["PATH"]}, start_new_session=True)
    try:
        yield crew
    finally:
        with suppress(ProcessLookupError):
            os.killpg(crew.pid, signal.SIGKILL)
        crew.wait(60)


def processes(crew: "subprocess.Popen[bytes]", told: dict[str, str]) -> dict[str, int]:
    """The processes of a host that has just begun, by what they do: they are forked in this order."""
    names = list(duties(Settings.from_env(told)))
    assert until(lambda: len(children(crew.pid)) >= len(names), ENOUGH_SECONDS)
    return dict(zip(names, sorted(children(crew.pid)), strict=False))


@contextmanager
def held_back(database: Database, rows: str) -> Iterator[Callable[[], bool]]:
    """A transaction of ours locks ``rows``, so nobody gets past them; tells whether somebody waits for us."""
    with database.engine.connect() as connection:
        ours = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        assert connection.execute(text(f"{rows} FOR UPDATE")).all()
        yield lambda: number(database, WAITING.format(ours)) > 0


def lapse(database: Database, table: str) -> None:
    """The claims of the dead lapse; first the database must have noticed that they are dead."""
    assert until(lambda: number(database, UNDER_WAY) == 0, ENOUGH_SECONDS)
    with database.begin() as session:
        session.execute(text(f"UPDATE {table} SET claimed_until = claimed_until - interval '1 minute'"))


def minutes_later(runtime: Runtime) -> None:
    """What the clock would do in the next minutes: lapsed claims are taken over, unclear calls are looked up."""
    with patch("gateway.jobs.send_lane.LOOK_EVERY_SECONDS", 0):  # its pace is by a clock that cannot be frozen
        _go_on(runtime)


def _go_on(runtime: Runtime) -> None:
    sender = Sender(runtime)
    now = clock.now()
    for seconds in range(35, 400, 30):
        with clock.frozen(now + timedelta(seconds=seconds)):
            while drain(runtime):
                pass
            with runtime.work() as session:
                deliveries.mark_stale(session)
            _send_all(runtime, sender)
    sender.close()


def _send_all(runtime: Runtime, sender: Sender) -> None:
    due = True
    while due:
        sender.run()
        with runtime.database.read() as session:
            due = bool(deliveries.due(session))


def number(database: Database, statement: str) -> int:
    return int(column(database, statement)[0])


def column(database: Database, statement: str) -> list[Any]:
    with database.read() as session:
        return list(session.execute(text(statement)).scalars())
