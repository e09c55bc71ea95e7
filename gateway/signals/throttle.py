"""How often something may be tried: counted in Redis for all processes, in this one's memory while Redis is away."""

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from limits import RateLimitItem
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from gateway.signals.connection import REQUEST_TIMEOUT_SECONDS

ASK_REDIS_AGAIN_SECONDS = 5.0

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Throttle:
    """Moving windows by rule and key. Safe to share between threads."""

    def __init__(self, redis_url: str, timeout_seconds: float = REQUEST_TIMEOUT_SECONDS) -> None:
        spelled = f"redis+{redis_url}" if redis_url.startswith("unix:") else redis_url
        storage = RedisStorage(
            spelled,
            key_prefix="rabta:throttle",
            socket_timeout=timeout_seconds,
            socket_connect_timeout=timeout_seconds,
        )
        self._shared = MovingWindowRateLimiter(storage)
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._away_until = 0.0

    def hit(self, rule: RateLimitItem, key: str) -> float | None:
        """Count one try; None: go on, else the seconds to wait."""
        return self._with(lambda limiter: None if limiter.hit(rule, key) else _wait(limiter, rule, key))

    def forget(self, rule: RateLimitItem, key: str) -> None:
        """Forget all tries of ``key``."""
        self._with(lambda limiter: limiter.clear(rule, key))

    def _with(self, use: Callable[[MovingWindowRateLimiter], T]) -> T:
        if time.monotonic() >= self._away_until:
            try:
                return use(self._shared)
            except (RedisError, OSError) as error:
                self._away_until = time.monotonic() + ASK_REDIS_AGAIN_SECONDS
                log.warning("throttle_counts_alone", error=str(error))
        return use(self._own)


def _wait(limiter: MovingWindowRateLimiter, rule: RateLimitItem, key: str) -> float:
    return max(1.0, limiter.get_window_stats(rule, key).reset_time - time.time())
