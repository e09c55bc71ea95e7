"""Group commit: requests that arrive together share one transaction, written by one thread of this process."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue

import structlog

from gateway.core.errors import InvalidPayload, RabtaError, StorageUnavailable
from gateway.desk.inbound import Incoming
from gateway.models.database import Database
from gateway.models.wakes import Wakes
from gateway.signals.wakes import Waker
from gateway.webhooks.writer import Writer

WAIT_SECONDS = 4.0
"""A request waits so long for its commit; the provider gives up after 15 s."""
REST_SECONDS = 2.0
"""After a failure the database is left alone so long: nobody waits for the next time-out."""
BATCH_MAX = 256
GATHER_SECONDS = 0.002

log = structlog.get_logger(__name__)


class _Waiting:
    """A request in the queue; its lock is released when it is decided."""

    __slots__ = ("decided", "error", "item", "new")

    def __init__(self, item: Incoming) -> None:
        self.item = item
        self.new = False
        self.error: RabtaError | None = None
        self.decided = threading.Lock()
        self.decided.acquire()


class Recorder:
    """``held`` says that the database must not be written now (requests before us still wait on disk)."""

    def __init__(self, database: Database, waker: Waker, held: Callable[[], bool]) -> None:
        self._database = database
        self._waker = waker
        self._held = held
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._guard = threading.Lock()
        self._process: int | None = None
        self._thread: threading.Thread | None = None
        self._busy_since: float | None = None
        self._rests_until = 0.0

    def record(self, item: Incoming) -> bool:
        """Wait for the commit that holds ``item``; True if it was new.

        Raises:
            StorageUnavailable: not committed within ``WAIT_SECONDS``, or not now.
            InvalidPayload: the database refuses this very request.
        """
        if self._process != os.getpid():
            self._start()
        if self._is_stuck():
            raise StorageUnavailable("the database hangs")
        waiting = _Waiting(item)
        self._queue.put(waiting)
        if not waiting.decided.acquire(timeout=WAIT_SECONDS):
            raise StorageUnavailable("the database is slow")
        if waiting.error is not None:
            raise waiting.error
        return waiting.new

    def close(self) -> None:
        """End the thread once all is written and rung; a later request starts another."""
        with self._guard:
            if self._thread is None or self._process != os.getpid():
                return
            self._process = None
            self._queue.put(None)
        self._thread.join(WAIT_SECONDS)

    def _start(self) -> None:
        """Threads do not survive a fork: each process starts its own with its first request."""
        with self._guard:
            if self._process == os.getpid():
                return
            self._queue = SimpleQueue()
            self._busy_since = None
            self._thread = threading.Thread(target=self._run, args=(self._queue,), name="recorder", daemon=True)
            self._thread.start()
            self._process = os.getpid()

    def _is_stuck(self) -> bool:
        since = self._busy_since
        return since is not None and time.monotonic() - since > WAIT_SECONDS

    def _run(self, queue: SimpleQueue[_Waiting | None]) -> None:
        writer = Writer(self._database)
        batch: list[_Waiting] = []
        while batch := _next_batch(queue, gather=len(batch) > 1):
            self._busy_since = time.monotonic()
            self._decide(writer, batch)
            self._busy_since = None
            self._wake(batch)
        writer.close()

    def _decide(self, writer: Writer, batch: Sequence[_Waiting]) -> None:
        """Give every request of the batch its outcome, whatever happens."""
        try:
            self._write(writer, batch)
        except RabtaError as error:
            for waiting in batch:
                waiting.error = error
        except Exception as error:
            log.error("recorder_failed", exc_info=error)
            for waiting in batch:
                waiting.error = StorageUnavailable("the recorder failed")
        for waiting in batch:
            waiting.decided.release()

    def _write(self, writer: Writer, batch: Sequence[_Waiting]) -> None:
        if time.monotonic() < self._rests_until or self._held():
            raise StorageUnavailable("requests before this one wait on disk")
        try:
            stored = writer.write([waiting.item for waiting in batch])
        except InvalidPayload:
            if len(batch) == 1:
                raise
            self._write_one_by_one(writer, batch)
        except StorageUnavailable as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            log.error("database_unavailable", error=str(error), requests=len(batch))
            raise
        else:
            for waiting, new in zip(batch, stored, strict=True):
                waiting.new = new

    def _write_one_by_one(self, writer: Writer, batch: Sequence[_Waiting]) -> None:
        """One request that the database refuses must not take its neighbours with it."""
        for waiting in batch:
            try:
                self._write(writer, [waiting])
            except RabtaError as error:
                waiting.error = error

    def _wake(self, batch: Sequence[_Waiting]) -> None:
        lanes = {ref.lane for waiting in batch if waiting.new for ref in waiting.item.refs}
        try:
            self._waker.ring(Wakes(lanes=lanes))
        except Exception as error:  # a hint, and this thread is the only one: it must not end
            log.error("wake_broke", exc_info=error)


def _next_batch(queue: SimpleQueue[_Waiting | None], gather: bool) -> list[_Waiting]:
    """Wait for one request, then take all that came with it; empty when the thread shall end.

    ``gather``: requests come in company, so a moment's patience saves each of them most of a commit's cost.
    """
    first = queue.get()
    if gather:
        time.sleep(GATHER_SECONDS)
    batch = [] if first is None else [first]
    with suppress(Empty):
        while batch and len(batch) < BATCH_MAX:
            waiting = queue.get_nowait()
            if waiting is None:
                queue.put(None)  # for the next call
                break
            batch.append(waiting)
    return batch
