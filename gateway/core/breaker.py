"""Leaves a service alone that failed several times in a row: in each process by itself, forgotten when it ends."""

import time
from collections.abc import Callable
from threading import Lock

FAILURES = 5
REST_SECONDS = 60.0


class Breaker:
    """After ``FAILURES`` in a row nothing is asked for ``REST_SECONDS``; then one try decides. Safe between threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._lock = now, Lock()
        self._failures, self._until = 0, 0.0

    def allows(self) -> bool:
        """Whether it may be asked now; where it rested, this asker is the one that tries."""
        with self._lock:
            if self._failures < FAILURES:
                return True
            if self._now() < self._until:
                return False
            self._until = self._now() + REST_SECONDS
            return True

    def worked(self) -> None:
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES:
                self._until = self._now() + REST_SECONDS
