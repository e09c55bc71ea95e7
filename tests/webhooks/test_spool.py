"""The disk keeps what the database cannot take, and gives it back once, whole and in order."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from gateway.core import clock
from gateway.core.errors import StorageUnavailable
from gateway.core.events import EventRef
from gateway.core.http import WebhookRequest
from gateway.core.ids import new_uuid
from gateway.desk.inbound import Incoming
from gateway.models.database import Database
from gateway.models.inbound import InboundEvent
from gateway.runtime import build
from gateway.settings import Settings
from gateway.webhooks import replay, spool
from gateway.webhooks.intake import Intake, intake_of
from gateway.webhooks.spool import Spool, decode, encode
from gateway.webhooks.writer import Writer
from tests.webhooks.builders import incoming, wait_until
from tests.webhooks.conftest import count, message

Post = Callable[..., TestResponse]


class Outage:
    """A database that can be taken away: every new attempt fails as a refused connection does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.down = False
        self.attempts = 0
        commit = Writer._commit

        def _commit(writer: Writer, items: Any) -> list[bool]:
            self.attempts += 1
            if self.down:
                raise OperationalError("INSERT", {}, ConnectionRefusedError("refused"))
            return commit(writer, items)

        monkeypatch.setattr(Writer, "_commit", _commit)


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Outage:
    return Outage(monkeypatch)


def keys(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(InboundEvent.key).order_by(InboundEvent.id)))


def test_a_database_that_goes_and_returns(post: Post, app: Flask, database: Database, outage: Outage) -> None:
    assert post("/messages", message(1)).status_code == 200
    outage.down = True
    assert [post("/messages", message(number)).status_code for number in (2, 3, 3, 1, 4)] == [200] * 5
    assert intake_of(app).spool.count() == 5
    assert count(database, "inbound_events") == 1
    outage.down = False
    wait_until(lambda: not intake_of(app).spool.waiting())
    assert keys(database) == [f"message:SM{number:032x}" for number in (1, 2, 3, 4)]
    assert post("/messages", message(5)).status_code == 200
    wait_until(lambda: count(database, "inbound_events") == 5)


def test_new_requests_queue_behind_those_on_disk(post: Post, app: Flask, database: Database, outage: Outage) -> None:
    intake = intake_of(app)
    with intake.spool.lock() as ours:  # nobody replays meanwhile
        assert ours
        outage.down = True
        post("/messages", message(1))
        outage.down = False
        assert post("/messages", message(2)).status_code == 200
        assert intake.spool.count() == 2
        assert count(database, "inbound_events") == 0
    wait_until(lambda: not intake.spool.waiting())
    assert keys(database) == [f"message:SM{number:032x}" for number in (1, 2)]


def test_replay_wakes_the_lanes(post: Post, app: Flask, redis: Redis, outage: Outage) -> None:
    outage.down = True
    post("/messages", message(1))
    assert redis.llen("rq:queue:lanes") == 0
    outage.down = False
    wait_until(lambda: redis.llen("rq:queue:lanes") == 1)


def test_a_full_disk_is_a_503(post: Post, app: Flask, outage: Outage, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    outage.down = True
    monkeypatch.setattr(spool, "_write_synced", full)
    assert post("/messages", message(1)).status_code == 503
    assert os.listdir(intake_of(app).spool.folder) == []


def test_with_both_down_nobody_waits_for_the_database_again_and_again(
    post: Post, outage: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Spool, "put", _refuse)
    outage.down = True
    assert [post("/messages", message(number)).status_code for number in range(5)] == [503] * 5
    assert outage.attempts == 1


def _refuse(*arguments: Any) -> None:
    raise StorageUnavailable("full")


def test_a_corrupt_file_is_set_aside_and_the_rest_goes_on(app: Flask, database: Database) -> None:
    intake = intake_of(app)
    for number in (1, 2, 3):
        intake.spool.put(incoming(number))
    victim = intake.spool.folder / intake.spool.names()[1]
    victim.write_bytes(victim.read_bytes()[:-10])
    intake.resume()
    wait_until(lambda: not intake.spool.waiting())
    assert keys(database) == ["message:SM1", "message:SM3"]
    assert os.listdir(intake.spool.folder / "aside") == [victim.name]


def test_a_file_that_the_database_refuses_is_set_aside(app: Flask, database: Database) -> None:
    intake = intake_of(app)
    for number in (1, 2, 3):
        bad = "x" * 5000 if number == 2 else f"sms:+{number}"
        intake.spool.put(incoming(number, lane=bad if not database.is_sqlite else f"sms:+{number}"))
    intake.resume()
    wait_until(lambda: not intake.spool.waiting())
    assert count(database, "inbound_events") == (3 if database.is_sqlite else 2)


def test_a_request_that_the_database_refuses_is_kept_aside(settings: Settings, postgresql: Database) -> None:
    runtime = build(settings)
    runtime.database = postgresql
    intake = Intake(runtime)
    intake.keep(incoming(1, lane="x" * 5000))
    assert not intake.spool.waiting()
    assert len(os.listdir(intake.spool.folder / "aside")) == 1
    intake.close()


def test_a_new_process_replays_what_the_last_one_left(app: Flask, database: Database) -> None:
    intake_of(app).spool.put(incoming(1))
    assert app.test_client().get("/healthz").status_code == 200
    wait_until(lambda: keys(database) == ["message:SM1"])


def test_one_replays_at_a_time(tmp_path: Path) -> None:
    here, there = Spool(tmp_path), Spool(tmp_path)
    with here.lock() as first, there.lock() as second:
        assert (first, second) == (True, False)
    with there.lock() as again:
        assert again


def test_halves_of_a_crash_are_not_replayed_but_cleared(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    half = tmp_path / "00000000000000000001-1-1.request.half"
    half.write_bytes(b"half")
    spool.tidy()
    assert (spool.waiting(), half.exists()) == (False, True)
    os.utime(half, (0, 0))
    spool.tidy()
    assert not half.exists()


def test_names_sort_as_they_came_though_the_clock_steps_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(tmp_path)
    items = [incoming(number) for number in range(4)]
    for item, now in zip(items, (5_000, 4_000, 4_000, 6_000), strict=True):
        monkeypatch.setattr("gateway.webhooks.spool.time.time_ns", lambda now=now: now)
        spool.put(item)
    loaded = [spool.load(name) for name in spool.names()]
    assert [item.refs[0].key for item in loaded if item] == [f"message:SM{number}" for number in range(4)]


words = st.text(st.characters(codec="utf-8"), max_size=20)


@given(words, st.binary(max_size=100), st.dictionaries(words, words, max_size=3), st.lists(words, max_size=3))
def test_a_file_holds_the_whole_request(query: str, body: bytes, headers: dict[str, str], lanes: list[str]) -> None:
    request = WebhookRequest("messages", "POST", "/x", query, headers, body, "AC1")
    refs = tuple(EventRef("AC1", f"message:{lane}", lane, "message") for lane in lanes)
    item = Incoming(new_uuid(), "twilio", request, refs, clock.now())
    assert decode(encode(item)) == item


@given(st.binary(max_size=200))
def test_no_octets_are_taken_for_a_request(data: bytes) -> None:
    with pytest.raises(ValueError, match="digest"):
        decode(data)


def test_a_replay_that_breaks_in_an_unknown_way_is_tried_again(
    app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were its thread gone, everything would pile up on disk until somebody restarted the process."""
    monkeypatch.setattr(replay, "PAUSE_SECONDS", 0.01)
    broken = [RuntimeError("unknown"), MemoryError()]
    store = replay.Replayer._store

    def _store(replayer: replay.Replayer, writer: Writer, items: Any) -> None:
        if broken:
            raise broken.pop()
        store(replayer, writer, items)

    monkeypatch.setattr(replay.Replayer, "_store", _store)
    intake = intake_of(app)
    intake.spool.put(incoming(1))
    intake.resume()
    wait_until(lambda: not intake.spool.waiting())
    assert (broken, count(database, "inbound_events")) == ([], 1)
