"""Things to do later, in threads of the simulator: one waits, a few work."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

Job = Callable[[], object]

log = structlog.get_logger(__name__)


class Scheduler:
    def __init__(self, workers: int = 24) -> None:
        self._heap: list[tuple[float, int, Job]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="simulator")
        self._thread = threading.Thread(target=self._run, name="simulator-clock", daemon=True)
        self._thread.start()

    def after(self, seconds: float, job: Job) -> None:
        """Run ``job`` in ``seconds``; jobs of one moment start in the order they were given."""
        with self._changed:
            heapq.heappush(self._heap, (time.monotonic() + seconds, next(self._order), job))
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self) -> None:
        while job := self._next():
            self._pool.submit(_told, job)

    def _next(self) -> Job | None:
        with self._changed:
            while not self._closed:
                wait = self._heap[0][0] - time.monotonic() if self._heap else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._heap)[2]
                self._changed.wait(wait)
            return None


def _told(job: Job) -> None:
    """Nobody waits for these results: what breaks is told here, or nowhere."""
    try:
        job()
    except Exception:
        log.exception("simulator_job_broke")
