"""Health, readiness and metrics, with each part up and down."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import insert

from gateway.app import create_app
from gateway.core import clock
from gateway.core.words import Role
from gateway.desk import tokens
from gateway.models.database import Database
from gateway.models.inbound import InboundEvent
from gateway.models.log_entry import LogEntry
from gateway.runtime import build
from gateway.settings import Settings
from gateway.webhooks import metrics

Client = Callable[..., FlaskClient]


@pytest.fixture
def client(redis: Redis, redis_url: str, tmp_path: Path) -> Client:
    def make(database: Database | None = None, **changes: object) -> FlaskClient:
        settings = Settings.from_env({"VAR_DIR": str(tmp_path), "REDIS_URL": redis_url})
        runtime = build(replace(settings, **changes))
        if database:
            runtime.database = database
        return create_app(runtime.settings, runtime).test_client()

    return make


def test_alive_whatever_is_down(client: Client) -> None:
    answer = client(database_url="postgresql://nobody@127.0.0.1:1/none").get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_ready(client: Client, database: Database) -> None:
    answer = client(database).get("/readyz")
    assert answer.status_code == 200
    assert answer.json["ready"] is True
    assert answer.json["database"] == {"ok": True, "oldest_pending_seconds": 0}
    assert answer.json["redis"] == {
        "ok": True,
        "waiting_jobs": dict.fromkeys(("lanes", "sends", "chores", "campaigns", "requests"), 0),
    }


def test_database_down(client: Client) -> None:
    answer = client(database_url="postgresql://nobody@127.0.0.1:1/none").get("/readyz")
    assert answer.status_code == 503
    assert "cannot be read" in answer.json["database"]["reason"]


def test_redis_down(client: Client, sqlite: Database) -> None:
    answer = client(sqlite, redis_url="redis://127.0.0.1:1").get("/readyz")
    assert answer.status_code == 503
    assert answer.json["database"]["ok"] is True
    assert "wait for it" in answer.json["redis"]["reason"]


def test_events_that_wait_too_long(client: Client, database: Database) -> None:
    _event(database, key="message:SM1", state="pending", age=timedelta(minutes=5))
    answer = client(database).get("/readyz")
    assert answer.status_code == 503
    assert answer.json["database"]["oldest_pending_seconds"] >= 300


def test_requests_on_disk_are_counted(tmp_path: Path) -> None:
    assert metrics.spooled(tmp_path / "none") == 0
    for name in ("1.request", "2.request", ".3.request", "replay.lock"):
        (tmp_path / name).touch()
    assert metrics.spooled(tmp_path) == 2


def test_requests_on_disk(client: Client, sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "spooled", lambda folder: 1)
    answer = client(sqlite).get("/readyz")
    assert (answer.status_code, answer.json["spool"]["requests"]) == (503, 1)


def test_metrics_count_what_waits(client: Client, database: Database) -> None:
    _event(database, key="message:SM1", state="pending", age=timedelta(seconds=30))
    _event(database, key="message:SM2", state="failed", age=timedelta(hours=2))
    with database.begin() as session:
        for to, age in (("failed", 1), ("delivered", 1), ("failed", 10)):
            entry = {"at": clock.now() - timedelta(minutes=age), "kind": "delivery_changed", "actor": "system"}
            session.execute(insert(LogEntry).values(**entry, data={"to": to}))
    lines = client(database).get("/metrics").text.splitlines()
    for line in (
        "rabta_events_pending 1.0",
        "rabta_events_set_aside 1.0",
        "rabta_deliveries_failed_5m 1.0",
        'rabta_deliveries_unfinished{state="queued"} 0.0',
        'rabta_jobs_waiting{queue="lanes"} 0.0',
        "rabta_database_up 1.0",
        "rabta_redis_up 1.0",
    ):
        assert line in lines
    assert any(line.startswith("process_resident_memory_bytes") for line in lines)


def test_metrics_without_database_and_redis(client: Client) -> None:
    down = client(database_url="postgresql://nobody@127.0.0.1:1/none", redis_url="redis://127.0.0.1:1")
    lines = down.get("/metrics").text.splitlines()
    assert {"rabta_database_up 0.0", "rabta_redis_up 0.0"} <= set(lines)


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "198.51.100.7"}, 401),
        ("198.51.100.7", {}, 401),
        ("198.51.100.7", {"Authorization": "Bearer wrong"}, 401),
    ],
)
def test_metrics_are_for_the_host_itself(
    client: Client, sqlite: Database, peer: str, headers: dict[str, str], status: int
) -> None:
    answer = client(sqlite).get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": peer})
    assert answer.status_code == status


@pytest.mark.parametrize(("role", "status"), [(Role.AGENT, 401), (Role.SUPERVISOR, 200), (Role.ADMIN, 200)])
def test_metrics_for_others_with_a_token(client: Client, sqlite: Database, role: Role, status: int) -> None:
    with sqlite.begin() as session:
        _, secret = tokens.create(session, name="prometheus", role=role)
    headers = {"Authorization": f"Bearer {secret}"}
    answer = client(sqlite).get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "198.51.100.7"})
    assert answer.status_code == status


def _event(database: Database, key: str, state: str, age: timedelta) -> None:
    row = {"account": "AC1", "key": key, "lane": "sms:+15550100", "kind": "message", "state": state}
    with database.begin() as session:
        session.execute(insert(InboundEvent).values(**row, attempts=0, received_at=clock.now() - age))
