"""Group commit: each request once, whatever the concurrency, and a neighbour's fault is nobody else's."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select, text

from gateway.core.errors import InvalidPayload, StorageUnavailable
from gateway.desk import inbound
from gateway.desk.inbound import Incoming
from gateway.models.database import Database
from gateway.models.inbound import InboundEvent, Lane, RawRequest
from gateway.models.wakes import Wakes, wakes_of
from gateway.signals.connection import connect
from gateway.signals.wakes import Waker
from gateway.webhooks import recorder as recorder_module
from gateway.webhooks.recorder import Recorder
from gateway.webhooks.writer import Writer
from tests.webhooks.builders import incoming, wait_until
from tests.webhooks.conftest import count


class Bell(Waker):
    """A waker that only listens."""

    def __init__(self) -> None:
        self.rung: list[Wakes] = []

    def ring(self, wakes: Wakes) -> None:
        if wakes:
            self.rung.append(wakes)


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def recorder(database: Database, bell: Bell) -> Iterator[Recorder]:
    recorder = Recorder(database, bell, held=lambda: False)
    yield recorder
    recorder.close()


def together(work: Callable[[Any], Any], arguments: list[Any], threads: int = 32) -> list[Any]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, arguments))


def test_a_thousand_repeats_at_once_are_one_event(recorder: Recorder, database: Database, bell: Bell) -> None:
    answers = together(recorder.record, [incoming(7) for _ in range(1000)])
    assert sorted(answers) == [False] * 999 + [True]
    assert (count(database, "inbound_events"), count(database, "raw_requests"), count(database, "lanes")) == (1, 1, 1)
    assert [wakes.lanes for wakes in bell.rung] == [{"whatsapp:+923001234567"}]


def test_two_processes_with_the_same_repeats(database: Database, bell: Bell) -> None:
    recorders = [Recorder(database, bell, held=lambda: False) for _ in range(2)]
    items = [incoming(number % 50, lane=f"sms:+1{number % 7}") for number in range(600)]
    answers = together(lambda named: recorders[named[0] % 2].record(named[1]), list(enumerate(items)))
    assert (sum(answers), count(database, "inbound_events"), count(database, "raw_requests")) == (50, 50, 50)
    for recorder in recorders:
        recorder.close()


def test_requests_that_wait_together_share_a_commit(
    recorder: Recorder, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, first_may_end, commits = Writer.write, threading.Event(), []

    def write(writer: Writer, items: Sequence[Incoming]) -> list[bool]:
        commits.append(len(items))
        first_may_end.wait(120)
        return whole(writer, items)

    monkeypatch.setattr(Writer, "write", write)
    with ThreadPoolExecutor(33) as pool:
        asked = [pool.submit(recorder.record, incoming(0))]
        wait_until(lambda: commits == [1])
        asked += [pool.submit(recorder.record, incoming(number)) for number in range(1, 33)]
        wait_until(lambda: recorder._queue.qsize() == 32)
        first_may_end.set()
    assert all(one.result() for one in asked)
    assert count(database, "inbound_events") == 33
    assert commits == [1, 32]


def test_events_of_a_lane_keep_the_order_of_the_batch(database: Database) -> None:
    items = [incoming(number, lane=f"sms:+{number % 3}") for number in (9, 4, 7, 1, 8, 2)]
    with database.engine.begin() as connection:
        assert inbound.record_batch(connection, items) == [True] * 6
    with database.read() as session:
        rows = session.execute(select(InboundEvent.lane, InboundEvent.key).order_by(InboundEvent.id)).all()
    for lane in {row.lane for row in rows}:
        expected = [item.refs[0].key for item in items if item.refs[0].lane == lane]
        assert [row.key for row in rows if row.lane == lane] == expected


def test_what_is_stored_is_what_came(database: Database) -> None:
    item = incoming(body=bytes(range(256)))
    with database.engine.begin() as connection:
        inbound.record_batch(connection, [item])
    with database.read() as session:
        raw = session.scalars(select(RawRequest)).one()
        assert (raw.id, raw.body, raw.headers) == (item.id, bytes(range(256)), item.request.headers)
        assert raw.received_at == item.received_at
        stored = session.scalars(select(InboundEvent)).one()
        assert (stored.request_id, stored.state, stored.attempts) == (item.id, "pending", 0)
        lane = session.scalars(select(Lane)).one()
        assert (lane.key, lane.due_at) == (item.refs[0].lane, item.received_at)


def test_a_lane_is_made_due_no_later_than_it_was(database: Database) -> None:
    first, second = incoming(1), incoming(2)
    for item in (second, first):
        with database.engine.begin() as connection:
            inbound.record_batch(connection, [item])
    with database.read() as session:
        assert session.scalars(select(Lane.due_at)).one() == first.received_at


def test_an_event_of_our_own_is_added_once_and_wakes_its_lane(database: Database) -> None:
    told = {"account": "rabta", "key": "timer:1", "lane": "whatsapp:+1", "kind": "timer", "payload": {"timer": 1}}
    for expected in (True, False):
        with database.begin() as session:
            assert inbound.record_own(session, **told) is expected  # type: ignore[arg-type]
            assert wakes_of(session).lanes == ({"whatsapp:+1"} if expected else set())
    with database.read() as session:
        stored = session.scalars(select(InboundEvent)).one()
        assert (stored.payload, stored.request_id, stored.account) == ({"timer": 1}, None, "rabta")


def test_what_the_database_refuses_does_not_take_its_neighbours_along(recorder: Recorder, database: Database) -> None:
    bad = "message:\ud800"

    def record(item: Incoming) -> bool | str:
        try:
            return recorder.record(item)
        except InvalidPayload:
            return "refused"

    answers = together(
        record, [incoming(number, key=bad if number == 5 else f"message:{number}") for number in range(40)]
    )
    assert (answers.count(True), answers.count("refused")) == (39, 1)
    assert count(database, "inbound_events") == 39


END_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def test_a_connection_that_broke_is_replaced_at_once(postgresql: Database, bell: Bell) -> None:
    recorder = Recorder(postgresql, bell, held=lambda: False)
    assert recorder.record(incoming(1)) is True
    with postgresql.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
        other.execute(text(END_ALL))
    assert recorder.record(incoming(2)) is True
    recorder.close()


@contextmanager
def blocked(database: Database) -> Iterator[None]:
    """Nobody can write inside the block."""
    with database.engine.begin() as connection:
        if database.is_sqlite:
            connection.execute(text("UPDATE lanes SET due_at = due_at"))
        else:
            connection.execute(text("LOCK TABLE inbound_events IN EXCLUSIVE MODE"))
        yield


def test_a_request_waits_no_longer_than_it_may(
    recorder: Recorder, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "WAIT_SECONDS", 0.2)
    with blocked(database):
        with pytest.raises(StorageUnavailable, match="slow"):
            recorder.record(incoming(1))
        wait_until(recorder._is_stuck)
        with pytest.raises(StorageUnavailable, match="hangs"):
            recorder.record(incoming(2))


def test_while_requests_wait_on_disk_the_database_is_not_written(database: Database, bell: Bell) -> None:
    held = threading.Event()
    held.set()
    recorder = Recorder(database, bell, held=held.is_set)
    with pytest.raises(StorageUnavailable):
        recorder.record(incoming(1))
    held.clear()
    assert recorder.record(incoming(1)) is True
    recorder.close()


def test_a_redis_that_is_gone_costs_nobody_anything(database: Database) -> None:
    recorder = Recorder(database, Waker(connect("redis://127.0.0.1:1")), held=lambda: False)
    assert [recorder.record(incoming(number)) for number in range(3)] == [True] * 3
    recorder.close()


def test_another_account_may_use_the_same_ids(recorder: Recorder, database: Database) -> None:
    assert [recorder.record(incoming(1, account=account)) for account in ("AC1", "AC2", "AC1")] == [True, True, False]
    assert count(database, "inbound_events") == 2


def test_a_bell_that_breaks_in_an_unknown_way_ends_nothing(
    recorder: Recorder, database: Database, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(wakes: Wakes) -> None:
        raise RuntimeError("no error of Redis")

    monkeypatch.setattr(bell, "ring", broken)
    assert [recorder.record(incoming(number)) for number in (1, 2)] == [True, True]
