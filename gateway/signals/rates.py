"""How fast a sender may send: one token bucket for all workers in Redis, one of this process while Redis is away."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

TAKE = """
local now = redis.call('TIME')
local moment = now[1] + now[2] / 1000000
local rate, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = math.min(burst, (tonumber(kept[1]) or burst) + (moment - (tonumber(kept[2]) or moment)) * rate)
local granted = math.max(0, math.min(wanted, math.floor(tokens)))
tokens = tokens - granted
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(moment))
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate * 1000) + 1000)
return {granted, tostring(math.max(0, (1 - tokens) / rate))}
"""


@dataclass(frozen=True, slots=True)
class Grant:
    """How many may go at once, and after how many seconds the next one may."""

    granted: int
    wait_seconds: float


class Rates:
    """Token buckets by sender; safe to share between threads."""

    def __init__(self, redis: Redis, seconds: Callable[[], float] = time.monotonic) -> None:
        self._take: Any = redis.register_script(TAKE)
        self._local = LocalBuckets(seconds)

    def take(self, sender: str, wanted: int, rate: float, burst: float) -> Grant:
        """Take up to ``wanted`` tokens; ``rate`` a second come back, ``burst`` are kept at most (at least 1)."""
        burst = max(1.0, burst)
        try:
            granted, wait = self._take(keys=[f"rate:{sender}"], args=[rate, burst, wanted])
        except (RedisError, OSError) as error:
            log.warning("rates_are_local", error=str(error))
            return self._local.take(sender, wanted, rate, burst)
        return Grant(int(granted), float(wait))


class LocalBuckets:
    """The same for one process alone: the limit then holds per process."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._kept: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, sender: str, wanted: int, rate: float, burst: float) -> Grant:
        with self._lock:
            now = self._seconds()
            tokens, at = self._kept.get(sender, (burst, now))
            tokens = min(burst, tokens + (now - at) * rate)
            granted = max(0, min(wanted, int(tokens)))
            self._kept[sender] = (tokens - granted, now)
            return Grant(granted, max(0.0, (1 - tokens + granted) / rate))
