"""Workers killed with -9 in the middle of 1,000 messages: none is lost, none is answered twice."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from gateway.models.database import Database
from gateway.models.wakes import Wakes
from gateway.runtime import Runtime, build
from gateway.settings import Settings
from tests import care, hosts
from tests.hosts import ENOUGH_SECONDS, column, number
from tests.outbound import sink as sinks
from tests.outbound.sink import Lever, Sink
from tests.platform.processes import until

QUESTIONS = ("what are your opening hours", "how long does delivery take", "how can I pay", "do you have a size guide")
CUSTOMERS = 125
"""They write before each of the two starts."""
HALF = CUSTOMERS * len(QUESTIONS)
ALL = 2 * HALF
VICTIMS = (("lanes-1", "sends", "clock"), ("lanes-2", "chores", "sends"))

DONE = "SELECT count(*) FROM inbound_events WHERE state = 'done'"
NEWEST = "SELECT id FROM inbound_events WHERE id = (SELECT max(id) FROM inbound_events)"
ANSWERS = "SELECT count(*) FROM messages WHERE direction = 'outbound' GROUP BY event_id"
UNSENT = (
    "SELECT concat_ws(' ', state, attempts, looks, error_code, error_text) FROM deliveries WHERE state <> 'accepted'"
)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinks.running() as running:
        yield running


@pytest.fixture
def environment(sink: Sink, postgresql: Database, redis_url: str, redis: Redis, tmp_path: Path) -> dict[str, str]:
    return hosts.environment(postgresql, redis_url, sink, tmp_path / "var", workers=2)


@pytest.fixture
def runtime(environment: dict[str, str]) -> Iterator[Runtime]:
    runtime = build(Settings.from_env(environment), 5)
    yield runtime
    runtime.database.engine.dispose()


@pytest.mark.postgresql
def test_killed_workers_lose_nothing_and_repeat_nothing(
    environment: dict[str, str], runtime: Runtime, postgresql: Database, sink: Sink
) -> None:
    for start, victims in enumerate(VICTIMS):
        _everybody_writes(runtime, first=start * CUSTOMERS)
        sink.levers.append(Lever(keep=True, hold=True))  # one call at least is under way when its process dies
        _work_and_be_killed(environment, postgresql, victims)
        assert 0 < number(postgresql, DONE) < HALF * (start + 1), "the kills must come in the middle"
    sink.released.set()
    with hosts.working(environment):
        assert until(lambda: number(postgresql, DONE) > ALL * 0.9, ENOUGH_SECONDS)
    hosts.minutes_later(runtime)
    assert column(postgresql, DONE) == [ALL]
    assert Counter(column(postgresql, ANSWERS)) == {1: ALL}
    assert column(postgresql, UNSENT) == []
    received = Counter((message["to"], message["body"]) for message in sink.messages)
    assert (len(received), set(received.values())) == (ALL, {1})


def _everybody_writes(runtime: Runtime, first: int) -> None:
    """Each customer asks each question once, so that each answer at the provider is a pair of its own."""
    for question in QUESTIONS:
        senders = [f"whatsapp:+92300{number:07}" for number in range(first, first + CUSTOMERS)]
        care.record(runtime.database, *(care.request(question, sender) for sender in senders))
        runtime.waker.ring(Wakes(lanes=set(senders[:20])))


def _work_and_be_killed(environment: dict[str, str], database: Database, victims: tuple[str, ...]) -> None:
    """Some processes are killed while all of them work, and then the whole host at once.

    One event is held back, so however fast they are, they cannot be done before they die.
    """
    before = number(database, DONE)
    with hosts.held_back(database, NEWEST), hosts.working(environment) as crew:
        processes = hosts.processes(crew, environment)
        for share, victim in enumerate(victims, 1):
            enough = before + share * HALF // 20
            assert until(lambda enough=enough: number(database, DONE) >= enough, ENOUGH_SECONDS)
            os.kill(processes[victim], signal.SIGKILL)
    hosts.lapse(database, "lanes")
