"""Workers for real: jobs taken, crashes mended, Redis away and back, stopping in good order."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue

from automation.flows.requests import Lookup
from gateway import embedded_redis
from gateway.config.publish import ensure_published
from gateway.desk import lanes, requests
from gateway.jobs.process_lane import host_and_process
from gateway.models import migrate
from gateway.models.database import Database
from gateway.settings import Settings
from gateway.signals.wakes import CHORES, LANES, REQUESTS, SENDS
from gateway.worker import duties, give_back
from tests import care
from tests.outbound.builders import open_conversation
from tests.platform.processes import alive, children, until


@contextmanager
def crew(redis_url: str, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    environment = os.environ | {"REDIS_URL": redis_url, "VAR_DIR": str(folder)}
    process = subprocess.Popen([sys.executable, "-m", "tests.platform.crew"], env=environment)
    try:
        assert until(lambda: bool(children(process.pid)))
        yield process
    finally:
        process.terminate()
        process.wait(60)


def lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def test_one_queue_a_worker(tmp_path: Path) -> None:
    settings = Settings.from_env({"VAR_DIR": str(tmp_path), "WORKERS": "3"})
    queues = ["sends", "chores", "campaigns", "requests"]
    assert list(duties(settings)) == ["lanes-1", "lanes-2", "lanes-3", *queues, "clock"]
    assert {LANES, SENDS, CHORES} == {"lanes", "sends", "chores"}


def test_jobs_are_done_and_a_crashed_worker_is_replaced(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    queue, marks = Queue(LANES, connection=redis), tmp_path / "marks"
    with crew(redis_url, tmp_path) as parent:
        queue.enqueue("tests.platform.jobs.mark", str(marks))
        assert until(lambda: len(lines(marks)) == 1)
        queue.enqueue("tests.platform.jobs.kill_itself", str(marks))
        assert until(lambda: len(lines(marks)) == 2)
        queue.enqueue("tests.platform.jobs.mark", str(marks))
        assert until(lambda: len(lines(marks)) == 3)
        first, killed, replaced = lines(marks)
        assert first == killed != replaced
        assert lines(tmp_path / "buried") == [killed]
        assert parent.poll() is None


def test_what_a_crashed_worker_had_is_given_to_the_living(sqlite: Database, redis: Redis, redis_url: str) -> None:
    care.record(sqlite, care.request("hello"))
    with sqlite.begin() as session:
        assert lanes.claim(session, host_and_process(4711) + "1") == ["whatsapp:+923001234567"]
        conversation = open_conversation(session)
        requests.begin(session, conversation, "now", 1, Lookup("order", {}))
        assert requests.claim(session, host_and_process(4711) + "2", 1)
    give_back(Settings(database_url=str(sqlite.engine.url), redis_url=redis_url), 4711)
    with sqlite.read() as session:
        assert requests.any_due(session)
        assert lanes.due(session) == ["whatsapp:+923001234567"]
    assert redis.llen(f"rq:queue:{LANES}") == redis.llen(f"rq:queue:{REQUESTS}") == 1


def test_the_job_under_way_is_finished_before_the_end(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    with crew(redis_url, tmp_path) as parent:
        Queue(LANES, connection=redis).enqueue("tests.platform.jobs.slow_mark", str(marks), 2.0)
        assert until((tmp_path / "marks.started").exists)
        parent.terminate()
        assert parent.wait(60) == 0
        assert len(lines(marks)) == 1


def test_who_will_not_stop_is_killed_and_its_lanes_are_given_back(
    redis: Redis, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STOP_SECONDS", "0.5")
    marks = tmp_path / "marks"
    with crew(redis_url, tmp_path) as parent:
        (stubborn,) = children(parent.pid)
        Queue(LANES, connection=redis).enqueue("tests.platform.jobs.slow_mark", str(marks), 60.0)
        assert until((tmp_path / "marks.started").exists)
        parent.terminate()
        assert parent.wait(60) == 0
    assert lines(tmp_path / "buried") == [str(stubborn)]
    assert lines(marks) == []


def test_children_end_with_a_killed_parent(redis_url: str, tmp_path: Path) -> None:
    with crew(redis_url, tmp_path) as parent:
        workers = children(parent.pid)
        parent.kill()
        parent.wait()
        assert until(lambda: not any(alive(pid) for pid in workers))


def test_redis_that_comes_late_and_goes_for_a_while(tmp_path: Path) -> None:
    settings = Settings.from_env({"VAR_DIR": str(tmp_path)})
    marks = tmp_path / "marks"
    with crew(settings.redis_url, tmp_path) as parent:
        for expected in (1, 2):
            server = subprocess.Popen(embedded_redis.prepare(settings))
            assert until(settings.redis_socket.exists)
            client = Redis.from_url(settings.redis_url)
            Queue(LANES, connection=client).enqueue("tests.platform.jobs.mark", str(marks))
            assert until(lambda expected=expected: len(lines(marks)) == expected)
            client.close()
            server.kill()
            server.wait()
        assert parent.poll() is None
        parent.terminate()
        assert parent.wait(60) == 0  # though Redis is gone again


def test_without_redis_messages_are_answered(tmp_path: Path) -> None:
    settings = Settings.from_env({"VAR_DIR": str(tmp_path)})
    database = Database(settings.database_url)
    migrate.upgrade(database)
    ensure_published(database, settings.care_config)
    with crew(settings.redis_url, tmp_path):
        care.record(database, care.request("hello"))
        assert until(lambda: bool(care.said(database)))
