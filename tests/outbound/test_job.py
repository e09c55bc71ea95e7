"""Woken by a commit, run by a worker: the job's way in, and the marks that say who is awake."""

from collections.abc import Sequence
from typing import Any

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from gateway import runtime as runtimes
from gateway.jobs import send_lane
from gateway.signals.wakes import SENDS
from tests.outbound.conftest import Desk


@pytest.fixture
def current(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(runtimes, "_current", desk.runtime)
    monkeypatch.setattr(send_lane, "_sender", desk.sender)
    return desk


def test_a_commit_wakes_the_sender(current: Desk, redis: Redis) -> None:
    queue = Queue(SENDS, connection=redis)
    current.say("first")
    current.say("second")
    assert len(queue) == 1, "who is awake is not woken again"
    SimpleWorker([queue], connection=redis).work(burst=True)
    assert current.sink.bodies == ["first", "second"]
    current.say("third")
    assert len(queue) == 1, "who was looked at may be woken again"
    SimpleWorker([queue], connection=redis).work(burst=True)
    assert current.sink.bodies == ["first", "second", "third"]


def test_redis_away_does_not_keep_messages_back(current: Desk, redis: Redis) -> None:
    current.say("Hello")
    current.sender.runtime.waker._redis = Redis.from_url("unix:///nonexistent.sock", retry=None)
    send_lane.send_lanes([1])
    assert current.states() == ["accepted"]


def test_time_up_rings_for_the_rest(current: Desk, redis: Redis) -> None:
    for number in range(3):
        current.say("Hello", number=f"+92300123450{number}")
    redis.flushall()
    current.sender.run(seconds=0.0)
    assert current.sink.bodies == []
    (job,) = Queue(SENDS, connection=redis).jobs
    assert job.args[0] == [current.deliveries()[0].contact_id]


def test_how_calls_ended_is_written_down_although_the_database_hiccups(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.say("Hello")
    whole, failures = send_lane.settle, iter(range(3))

    def settle(session: Session, ended: Sequence[Any]) -> None:
        if ended and next(failures, None) is not None:
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        whole(session, ended)

    monkeypatch.setattr(send_lane, "settle", settle)
    monkeypatch.setattr(send_lane, "HICCUP_REST_SECONDS", 0.01)
    desk.send()
    assert desk.states() == ["accepted"]
    assert desk.sink.bodies == ["Hello"]
