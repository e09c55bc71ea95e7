"""Lanes: order, one at a time, failures that rest and then step aside, and nothing lost or done twice."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from gateway.core import clock
from gateway.desk import lanes, statuses
from gateway.jobs import process_lane
from gateway.jobs.process_lane import drain, process_lanes
from gateway.jobs.sweep import sweep
from gateway.models.contact import Contact
from gateway.models.database import Database
from gateway.models.inbound import InboundEvent, Lane
from gateway.models.message import Message
from gateway.models.wakes import Wakes
from gateway.runtime import Runtime, use
from gateway.signals.wakes import LANES
from handlers import dispatch
from handlers.turn import Turn
from tests import care

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def runtime(database: Database, redis_url: str, redis: Redis) -> Iterator[Runtime]:
    return care.runtime_on(database, redis_url)


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Turn], None]], None]:
    """Put a handler in the place of the one for messages."""

    def put(handler: Callable[[Turn], None]) -> None:
        monkeypatch.setattr(dispatch, "HANDLERS", {"message": handler})

    return put


def number(index: int) -> str:
    return f"whatsapp:+9230012345{index:02}"


def states(database: Database) -> list[str]:
    return [row.state for row in care.rows(database, InboundEvent)]


def test_a_lane_keeps_its_order_under_four_drainers(
    runtime: Runtime, handle: Callable[[Callable[[Turn], None]], None]
) -> None:
    seen: dict[str, list[str]] = defaultdict(list)
    busy: set[str] = set()

    def note(turn: Turn) -> None:
        event = turn.received.event
        address = event.addresses[0].value
        assert address not in busy, "two events of one lane at once"
        busy.add(address)
        seen[address].append(event.text)
        busy.discard(address)

    handle(note)
    care.record(runtime.database, *(care.request(str(n), number(n % 5)) for n in range(60)))
    drainers = [threading.Thread(target=drain, args=(runtime,)) for _ in range(4)]
    for drainer in drainers:
        drainer.start()
    for drainer in drainers:
        drainer.join()
    drain(runtime)
    assert set(states(runtime.database)) == {"done"}
    assert {lane: [int(text) for text in texts] for lane, texts in seen.items()} == {
        f"+9230012345{lane:02}": list(range(lane, 60, 5)) for lane in range(5)
    }


def test_many_customers_are_answered_once_each_by_several_drainers(runtime: Runtime) -> None:
    care.record(runtime.database, *(care.request("when are you open?", number(n)) for n in range(20)))
    drainers = [threading.Thread(target=drain, args=(runtime,)) for _ in range(3)]
    for drainer in drainers:
        drainer.start()
    for drainer in drainers:
        drainer.join()
    assert len(care.said(runtime.database)) == 20
    assert len(care.rows(runtime.database, Contact)) == 20


def test_the_same_event_is_done_once_even_if_a_claim_lapses(runtime: Runtime) -> None:
    care.record(runtime.database, care.request("when are you open?"))
    (event,) = care.rows(runtime.database, InboundEvent)
    with runtime.database.begin() as session:
        assert lanes.take(session, event.id)
    with runtime.database.begin() as session:
        assert not lanes.take(session, event.id)
    assert drain(runtime) == 0


def test_a_poisonous_event_rests_is_set_aside_and_lets_the_rest_pass(
    runtime: Runtime, handle: Callable[[Callable[[Turn], None]], None]
) -> None:
    done: list[str] = []

    def choke(turn: Turn) -> None:
        if turn.received.event.text == "poison":
            turn.session.execute(update(Lane).values(claimed_by="must be rolled back"))
            raise ValueError("cannot swallow")
        done.append(turn.received.event.text)

    handle(choke)
    care.record(runtime.database, care.request("before"), care.request("poison"), care.request("after"))
    care.record(runtime.database, care.request("elsewhere", number(1)))
    moment = clock.now() + timedelta(seconds=1)
    for wait in (0, 0.5, 1, 3, 9, 27):
        moment += timedelta(seconds=wait)
        with clock.frozen(moment):
            drain(runtime, seconds=30)
            tries = [row.attempts for row in care.rows(runtime.database, InboundEvent)][1]
            assert done == (["elsewhere", "before"] if tries < 5 else ["elsewhere", "before", "after"])
    assert states(runtime.database) == ["done", "failed", "done", "done"]
    event = care.rows(runtime.database, InboundEvent)[1]
    assert (event.attempts, event.error) == (5, "ValueError: cannot swallow")
    assert [(lane.due_at, lane.claimed_by) for lane in care.rows(runtime.database, Lane)] == [(None, None)] * 2


def test_new_events_do_not_shorten_a_resting_lanes_wait(
    runtime: Runtime, handle: Callable[[Callable[[Turn], None]], None]
) -> None:
    tried: list[str] = []

    def fail(turn: Turn) -> None:
        tried.append(turn.received.event.text)
        raise ValueError

    handle(fail)
    with clock.frozen(START):
        care.record(runtime.database, care.request("one"))
        drain(runtime)
        care.record(runtime.database, care.request("two"))
        drain(runtime)
    assert tried == ["one"]


def test_what_comes_while_a_lane_is_drained_is_not_left_behind(
    runtime: Runtime, handle: Callable[[Callable[[Turn], None]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived: list[str] = []
    handle(lambda turn: arrived.append(turn.received.event.text))
    process_all = process_lane._Drainer._process_all

    def then_one_more(drainer: process_lane._Drainer, events: Sequence[Any]) -> None:
        process_all(drainer, events)
        if len(arrived) == 1:
            care.record(runtime.database, care.request("late"))

    monkeypatch.setattr(process_lane._Drainer, "_process_all", then_one_more)
    care.record(runtime.database, care.request("early"))
    drain(runtime)
    assert arrived == ["early", "late"]


def test_a_crashed_drainers_lane_is_taken_over(runtime: Runtime) -> None:
    with clock.frozen(START):
        care.record(runtime.database, care.request("when are you open?"))
        with runtime.database.begin() as session:
            assert lanes.claim(session, "crashed") == ["whatsapp:+923001234567"]
        drain(runtime)
        assert care.said(runtime.database) == []
        assert sweep(runtime).lanes == set()
    with clock.frozen(START + timedelta(seconds=31)):
        assert sweep(runtime).lanes == {"whatsapp:+923001234567"}
        drain(runtime)
    assert len(care.said(runtime.database)) == 1


def test_time_runs_out_between_events_and_the_rest_is_rung_for(runtime: Runtime, redis: Redis) -> None:
    care.record(runtime.database, *(care.request("hello", number(n)) for n in range(3)))
    assert drain(runtime, seconds=0) == 1
    assert redis.llen(f"rq:queue:{LANES}") == 1
    assert states(runtime.database) == ["done", "pending", "pending"]


def test_losing_redis_loses_nothing(database: Database, redis: Redis, redis_url: str) -> None:
    deaf = care.runtime_on(database, "redis://127.0.0.1:1/0")
    care.record(database, care.request("when are you open?"))
    drain(deaf)
    care.record(database, care.request("refund please"))
    runtime = care.runtime_on(database, redis_url)
    with clock.frozen(clock.now() + timedelta(seconds=3)):
        found = sweep(runtime)
    assert found.lanes == {"whatsapp:+923001234567"}
    assert len(found.sends) == 1
    assert redis.llen(f"rq:queue:{LANES}") == 1


def test_a_job_drains_more_than_it_was_woken_for(runtime: Runtime, redis: Redis) -> None:
    care.record(runtime.database, *(care.request("hello", number(n)) for n in range(3)))
    runtime.waker.ring(Wakes(lanes={number(0)}))
    use(runtime)
    process_lanes([number(0)])
    assert states(runtime.database) == ["done"] * 3
    assert redis.get(f"awake:{number(0)}") is None
    assert sorted(redis.keys("awake:send:*")) == [b"awake:send:1", b"awake:send:2", b"awake:send:3"]


def test_replay_takes_only_what_is_not_to_do(runtime: Runtime) -> None:
    care.record(runtime.database, care.request("hello"))
    with runtime.work() as session:
        assert lanes.replay(session) == []
        assert lanes.replay(session, [1, 2]) == []
    drain(runtime)
    with runtime.work() as session:
        assert lanes.replay(session, [1, 2]) == [1]
    with runtime.database.read() as session:
        assert session.execute(select(Lane.due_at)).scalar() is not None
        assert session.execute(select(Message.id)).scalars().all()


def test_a_redis_that_hangs_slows_a_drainer_down_and_does_not_stop_it(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its time-out alone is longer than a drainer's time."""
    for index in range(3):
        care.record(runtime.database, care.request("hello", number(index)))
    monkeypatch.setattr(runtime.waker, "asleep", lambda *_: time.sleep(0.2))
    assert [drain(runtime, seconds=0.1) for _ in range(3)] == [1, 1, 1]


def locked(*_: object) -> None:
    raise OperationalError("UPDATE", {}, Exception("database is locked"))


def test_a_database_in_trouble_costs_an_event_no_try(
    runtime: Runtime, handle: Callable[[Callable[[Turn], None]], None]
) -> None:
    done: list[str] = []
    troubles = iter(range(20))
    handle(lambda turn: locked() if next(troubles, None) is not None else done.append(turn.received.event.text))
    moment = clock.now()
    care.record(runtime.database, care.request("hello"))
    for _ in range(21):
        assert done == []
        moment += timedelta(seconds=process_lane.HICCUP_REST_SECONDS)
        with clock.frozen(moment):
            drain(runtime)
    assert done == ["hello"]
    (event,) = care.rows(runtime.database, InboundEvent)
    assert (event.state, event.attempts) == ("done", 0)


def test_an_event_that_always_troubles_the_database_is_set_aside_in_the_end(
    runtime: Runtime, handle: Callable[[Callable[[Turn], None]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_lane, "HICCUPS_FORGIVEN", 3)
    process_lane._hiccups.clear()
    handle(locked)
    moment = clock.now()
    care.record(runtime.database, care.request("hello"))
    tries = []
    for _ in range(8):
        moment += timedelta(seconds=30)
        with clock.frozen(moment):
            drain(runtime)
        tries.append(care.rows(runtime.database, InboundEvent)[0].attempts)
    assert tries == [0, 0, 0, 1, 2, 3, 4, 5]
    assert states(runtime.database) == ["failed"]


@pytest.mark.parametrize("broken", ["release", "_process_all"])
def test_lanes_are_given_back_whatever_breaks(runtime: Runtime, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """Else nobody could answer these customers for half a minute."""
    care.record(runtime.database, care.request("when are you open?"))
    owner = lanes if broken == "release" else process_lane._Drainer
    whole = getattr(owner, broken)

    def once(*given: Any) -> Any:
        monkeypatch.setattr(owner, broken, whole)
        locked()

    monkeypatch.setattr(owner, broken, once)
    monkeypatch.setattr(process_lane, "HICCUP_REST_SECONDS", 0.01)
    try:
        drain(runtime)
    except OperationalError:
        assert broken == "_process_all"
    assert [(lane.claimed_until, lane.claimed_by) for lane in care.rows(runtime.database, Lane)] == [(None, None)]
    drain(runtime)
    assert len(care.said(runtime.database)) == 1


def test_a_dead_process_holds_no_lanes(runtime: Runtime) -> None:
    care.record(runtime.database, *(care.request("hello", number(n)) for n in range(3)))
    with runtime.database.begin() as session:
        for index, who in enumerate(("here:41:7", "here:417:7", "there:41:7")):
            lanes.claim(session, who, keys=[number(index)])
    with runtime.database.begin() as session:
        assert lanes.free(session, "here:41:") == [number(0)]
        assert lanes.free(session, "here:41:") == []
    with runtime.database.read() as session:
        assert lanes.due(session) == [number(0)]


def test_a_sweep_rings_also_when_its_other_duties_fail(
    runtime: Runtime, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    care.record(runtime.database, care.request("hello"))
    monkeypatch.setattr(statuses, "held_too_late", locked)
    with clock.frozen(clock.now() + timedelta(seconds=3)), pytest.raises(OperationalError):
        sweep(runtime)
    assert redis.llen(f"rq:queue:{LANES}") == 1
