"""Calls under way: many threads wait for the provider, one thread gathers what became of them."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

import structlog

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Calls(Generic[T]):
    """Runs functions in at most ``most`` threads; only the thread that begins them also collects."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pool = ThreadPoolExecutor(most, thread_name_prefix="call")
        self._done: SimpleQueue[Future[T | None]] = SimpleQueue()
        self.under_way = 0

    @property
    def room(self) -> int:
        """How many more can begin at once."""
        return max(0, self._most - self.under_way)

    def begin(self, function: Callable[[], T | None]) -> None:
        self.under_way += 1
        self._pool.submit(function).add_done_callback(self._done.put)

    def collect(self, wait_seconds: float) -> list[T]:
        """Results that are there, waiting for the first one; a function that raised or returned None has none."""
        results: list[T] = []
        try:
            ended = self._done.get(timeout=wait_seconds)
            while True:
                self.under_way -= 1
                if (result := self._result(ended)) is not None:
                    results.append(result)
                ended = self._done.get_nowait()
        except Empty:
            return results

    def close(self) -> None:
        """Wait for what is under way and end the threads."""
        self._pool.shutdown(wait=True)

    def _result(self, ended: Future[T | None]) -> T | None:
        if error := ended.exception():
            log.error("call_failed", error=repr(error)[:500])
            return None
        return ended.result()
