"""What is forgotten and when: what is done and old, oldest first, a piece at a time; nothing that is still needed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from sqlalchemy import select, update

from gateway.core import clock, ids
from gateway.core.events import StatusChanged
from gateway.desk import lanes, statuses
from gateway.jobs import forget
from gateway.jobs.forget import Forgetting
from gateway.jobs.process_lane import drain
from gateway.models.database import Database
from gateway.models.inbound import InboundEvent, RawRequest
from gateway.models.message import HeldStatus
from gateway.runtime import Runtime
from tests import care

NOW = clock.now()


@pytest.fixture
def runtime(database: Database, redis_url: str, redis: Redis) -> Iterator[Runtime]:
    return care.runtime_on(database, redis_url)


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)


def forgotten(runtime: Runtime, days: float) -> int:
    """One round, so many days later; how many steps it took."""
    forgetting, steps = Forgetting(runtime, first_seconds=0), 1
    with clock.frozen(later(days)):
        while forgetting.step():
            steps += 1
    return steps


def test_requests_of_done_events_are_kept_for_thirty_days(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forget, "AT_ONCE", 2)
    database = runtime.database
    care.record(database, *(care.request(f"question {number}") for number in range(5)))
    drain(runtime)
    with database.begin() as session:
        session.execute(update(InboundEvent).where(InboundEvent.id == 2).values(state="failed"))
        session.execute(update(InboundEvent).where(InboundEvent.id == 4).values(state="pending"))
    assert forgotten(runtime, 29.9) == 1
    assert len(care.rows(database, RawRequest)) == 5
    assert forgotten(runtime, 30.1) == 4, "two, two, one, and none"
    with database.read() as session:
        needed = select(InboundEvent.request_id).where(InboundEvent.state != "done")
        assert set(session.scalars(select(RawRequest.id))) == set(session.scalars(needed))
    assert len(care.rows(database, InboundEvent)) == 5, "that they came is not forgotten: no repeat is answered"


def test_what_came_again_after_its_request_was_forgotten_is_still_a_repeat(runtime: Runtime) -> None:
    request = care.request("hello")
    care.record(runtime.database, request)
    drain(runtime)
    forgotten(runtime, 31)
    care.record(runtime.database, request)
    assert drain(runtime) == 0
    with runtime.work() as session:
        lanes.replay(session, [1])
    drain(runtime)
    (event,) = care.rows(runtime.database, InboundEvent)
    assert (event.state, event.attempts) == ("failed", 1)


def test_callbacks_of_others_are_kept_for_a_week(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forget, "AT_ONCE", 2)
    for days in (0, 0, 0, 5):
        with clock.frozen(later(days)), runtime.database.begin() as session:
            assert not statuses.advance(session, StatusChanged(care.ACCOUNT, "SMother", "sent"))
    assert forgotten(runtime, 6.9) == 1
    assert forgotten(runtime, 7.1) == 2
    assert [row.received_at for row in care.rows(runtime.database, HeldStatus)] == [later(5)]


def test_a_round_a_day(runtime: Runtime) -> None:
    care.record(runtime.database, care.request("hello"))
    drain(runtime)
    forgetting = Forgetting(runtime)
    with clock.frozen(later(31)):
        assert not forgetting.step(), "not while everybody starts"
    assert len(care.rows(runtime.database, RawRequest)) == 1
    forgetting._next = 0.0
    with clock.frozen(later(31)):
        assert [forgetting.step(), forgetting.step(), forgetting.step()] == [True, False, False]
    assert care.rows(runtime.database, RawRequest) == []


def test_ids_sort_by_their_moment() -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    before = ids.new_uuid()
    assert ids.first_uuid_of(moment) < ids.first_uuid_of(moment + timedelta(seconds=1))
    assert ids.first_uuid_of(clock.now() - timedelta(seconds=1)) < before < ids.first_uuid_of(later(1))
