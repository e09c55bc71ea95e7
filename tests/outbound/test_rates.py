"""One bucket for all workers, and a local one while Redis is away."""

import pytest
from redis import Redis

from gateway.signals.rates import Grant, LocalBuckets, Rates


def test_a_burst_then_the_rate(redis: Redis) -> None:
    rates = Rates(redis)
    assert rates.take("a", 3, rate=1.0, burst=5.0) == Grant(3, 0.0)
    assert rates.take("a", 5, rate=1.0, burst=5.0).granted == 2
    empty = rates.take("a", 1, rate=1.0, burst=5.0)
    assert empty.granted == 0
    assert 0.5 < empty.wait_seconds <= 1.0
    assert rates.take("b", 1, rate=1.0, burst=5.0).granted == 1


def test_two_processes_share_a_bucket(redis: Redis, redis_url: str) -> None:
    with Redis.from_url(redis_url) as other:
        assert Rates(redis).take("a", 4, 0.1, 5.0).granted + Rates(other).take("a", 4, 0.1, 5.0).granted == 5


def test_without_redis_the_limit_holds_per_process() -> None:
    rates = Rates(Redis.from_url("unix:///nonexistent.sock", retry=None), seconds=lambda: 7.0)
    assert rates.take("a", 9, 2.0, 5.0) == Grant(5, 0.5)
    assert rates.take("a", 1, 2.0, 5.0) == Grant(0, 0.5)


@pytest.mark.parametrize(("passed", "granted"), [(0.0, 0), (0.4, 0), (0.5, 1), (1.6, 3), (60.0, 4)])
def test_tokens_come_back(passed: float, granted: int) -> None:
    now = [0.0]
    buckets = LocalBuckets(lambda: now[0])
    buckets.take("a", 4, 2.0, 4.0)
    now[0] = passed
    assert buckets.take("a", 9, 2.0, 4.0).granted == granted


def test_a_burst_below_one_still_lets_one_go(redis: Redis) -> None:
    assert Rates(redis).take("slow", 2, rate=0.1, burst=0.0).granted == 1
