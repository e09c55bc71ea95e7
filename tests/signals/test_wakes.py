"""Wakes as they stand in Redis: who is marked awake, and which jobs wait."""

import pytest
from redis import Redis
from rq import Queue

from gateway.models.wakes import Wakes
from gateway.signals.connection import connect
from gateway.signals.wakes import CHORES, CHORES_WAITING_ENOUGH, LANES, SENDS, WAITING_JOBS_ENOUGH, Waker


def jobs(redis: Redis, queue: str) -> list[object]:
    return [job.args[0] for job in Queue(queue, connection=redis).get_jobs()]


def test_a_lane_that_is_awake_gets_no_second_job(redis: Redis) -> None:
    waker = Waker(redis)
    waker.ring(Wakes(lanes={"sms:+1", "sms:+2"}, sends={7}))
    waker.ring(Wakes(lanes={"sms:+1", "sms:+3"}, sends={7}))
    assert (jobs(redis, LANES), jobs(redis, SENDS)) == ([["sms:+1", "sms:+2"], ["sms:+3"]], [[7]])


def test_a_lane_that_was_looked_at_rings_again(redis: Redis) -> None:
    waker = Waker(redis)
    waker.ring(Wakes(lanes={"sms:+1"}, sends={7}))
    waker.asleep(["sms:+1"], [7])
    waker.ring(Wakes(lanes={"sms:+1"}, sends={7}))
    assert (len(jobs(redis, LANES)), len(jobs(redis, SENDS))) == (2, 2)


@pytest.mark.parametrize("queue", [LANES, SENDS])
def test_nobody_is_marked_awake_without_a_job_of_their_own(redis: Redis, queue: str) -> None:
    """A mark left behind by a busy moment would silence the next wake for half a minute."""
    waker = Waker(redis)
    for number in range(WAITING_JOBS_ENOUGH + 5):
        waker.ring(Wakes(lanes={f"sms:+{number}"}) if queue == LANES else Wakes(sends={number}))
    assert len(jobs(redis, queue)) == WAITING_JOBS_ENOUGH
    assert len(redis.keys("awake:*")) == WAITING_JOBS_ENOUGH


def test_a_full_queue_does_not_silence_the_other(redis: Redis) -> None:
    waker = Waker(redis)
    for number in range(WAITING_JOBS_ENOUGH):
        waker.ring(Wakes(lanes={f"sms:+{number}"}))
    waker.ring(Wakes(lanes={"sms:+99"}, sends={7}))
    assert (len(jobs(redis, LANES)), jobs(redis, SENDS)) == (WAITING_JOBS_ENOUGH, [[7]])


def test_a_redis_that_is_away_is_no_error() -> None:
    Waker(connect("redis://127.0.0.1:1")).ring(Wakes(lanes={"sms:+1"}))


def test_chores_stop_where_enough_wait_and_marks_go_together(redis: Redis) -> None:
    waker = Waker(redis)
    waker.ring(Wakes(media={1}, files={2}, seen={3, 4}))
    assert jobs(redis, CHORES) == [1, 2, [3, 4]]
    waker.ring(Wakes(media=set(range(100))))
    waker.ring(Wakes(seen={5}))
    assert len(jobs(redis, CHORES)) == CHORES_WAITING_ENOUGH


def test_only_the_first_within_its_time(redis: Redis) -> None:
    waker = Waker(redis)
    assert [waker.first("typing:1", 20), waker.first("typing:1", 20), waker.first("typing:2", 20)] == [
        True,
        False,
        True,
    ]
    assert 0 < redis.ttl("once:typing:1") <= 20
    assert not Waker(connect("redis://127.0.0.1:1")).first("typing:1", 20)
