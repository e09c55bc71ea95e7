"""Brings spooled requests into the database once it is back: in order, one thread a host, repeats absorbed."""

import os
import threading
import time
from collections.abc import Sequence

import structlog

from gateway.core.errors import InvalidPayload, StorageUnavailable
from gateway.desk.inbound import Incoming
from gateway.models.database import Database
from gateway.models.wakes import Wakes
from gateway.signals.wakes import Waker
from gateway.webhooks.spool import Spool
from gateway.webhooks.writer import Writer

CHUNK = 100
PAUSE_SECONDS = 0.5
PAUSE_MAX_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Replayer:
    """A thread that lives while anything waits in the spool."""

    def __init__(self, spool: Spool, database: Database, waker: Waker) -> None:
        self._spool = spool
        self._database = database
        self._waker = waker
        self._guard = threading.Lock()
        self._running: int | None = None
        """The process whose thread runs: after a fork it is not ours."""

    def start(self) -> None:
        """Begin, unless this process's thread runs already."""
        with self._guard:
            if self._running == os.getpid():
                return
            self._running = os.getpid()
            threading.Thread(target=self._run, name="spool-replay", daemon=True).start()

    def _run(self) -> None:
        writer = Writer(self._database)
        pause = PAUSE_SECONDS
        while not self._finished():
            if self._round(writer):
                pause = PAUSE_SECONDS
            else:
                time.sleep(pause)
                pause = min(pause * 2, PAUSE_MAX_SECONDS)
        writer.close()

    def _finished(self) -> bool:
        """Decided under the guard, so that a ``start`` just after finds either us or nobody."""
        with self._guard:
            if self._spool.waiting():
                return False
            self._running = None
            return True

    def _round(self, writer: Writer) -> bool:
        """Replay what waits; False if it is time to pause."""
        try:
            with self._spool.lock() as ours:
                if not ours:
                    return False
                self._spool.tidy()
                names = self._spool.names()
                for start in range(0, len(names), CHUNK):
                    self._replay(writer, names[start : start + CHUNK])
        except (StorageUnavailable, OSError) as error:
            log.warning("replay_waits", error=str(error))
            return False
        except Exception as error:  # whatever it is: while this thread is away all requests pile up on disk
            log.error("replay_broke", exc_info=error)
            return False
        return True

    def _replay(self, writer: Writer, names: Sequence[str]) -> None:
        loaded = [(name, item) for name in names if (item := self._spool.load(name))]
        try:
            self._store(writer, [item for _, item in loaded])
        except InvalidPayload as error:
            if len(loaded) == 1:
                self._spool.set_aside(loaded[0][0], str(error))
                return
            for name, _ in loaded:
                self._replay(writer, [name])
            return
        for name, _ in loaded:
            self._spool.remove(name)

    def _store(self, writer: Writer, items: Sequence[Incoming]) -> None:
        if not items:
            return
        stored = writer.write(items)
        lanes = {ref.lane for item, new in zip(items, stored, strict=True) if new for ref in item.refs}
        self._waker.ring(Wakes(lanes=lanes))
        log.info("replayed", requests=len(items), new=sum(stored))
