"""Remembers for some seconds what a CRM elsewhere said: a flow asks for the same order at each of its steps."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

MOST = 1_000

T = TypeVar("T")


class Cache:
    """At most ``MOST`` answers, the oldest go first. Safe between threads, each process has its own."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._now, self._lock = seconds, now, Lock()
        self._kept: OrderedDict[Hashable, tuple[float, object]] = OrderedDict()
        self._age = 0

    def get(self, key: Hashable, ask: Callable[[], T]) -> T:
        """The answer kept for ``key``, or a new one; one that failed is not kept."""
        with self._lock:
            found, age = self._kept.get(key), self._age
        if found is not None and found[0] > self._now():
            return cast("T", found[1])
        answer = ask()
        with self._lock:
            if age == self._age:  # else something was changed there while we asked
                self._kept[key] = (self._now() + self._seconds, answer)
                self._kept.move_to_end(key)
                while len(self._kept) > MOST:
                    self._kept.popitem(last=False)
        return answer

    def clear(self) -> None:
        """Something was changed there."""
        with self._lock:
            self._kept.clear()
            self._age += 1
