"""One reader a process, any number of clients: reads the log when nudged and every 5 s, tells everybody."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence

import structlog
from sqlalchemy.exc import SQLAlchemyError

from gateway.core.words import ROLE_RANK, Role
from gateway.live.journal import Fact, Journal

LOOK_SECONDS = 5.0
GATHER_SECONDS = 0.02
"""Nudges that come closer than this are answered by one look."""
APART_SECONDS = 0.1
"""Under steady load the log is read so often, not for every message."""
QUEUE = 1000
RELOAD = b"event: reload\ndata: too much was missed\n\n"

log = structlog.get_logger(__name__)


class Client:
    """One open stream: what waits to be sent, at most 1,000 events."""

    __slots__ = ("_chunks", "_ready", "rank")

    def __init__(self, role: Role) -> None:
        self.rank = ROLE_RANK[role]
        self._chunks: deque[bytes] = deque()
        self._ready = asyncio.Event()

    def put(self, facts: Sequence[Fact]) -> None:
        """Queue what this role may hear; one who does not keep up is told to load the page again."""
        heard = [each.chunk for each in facts if each.rank <= self.rank]
        if len(self._chunks) + len(heard) > QUEUE:
            self._chunks.clear()
            heard = [RELOAD]
        if heard:
            self._chunks.extend(heard)
            self._ready.set()

    def wake(self) -> None:
        """Let ``take`` return, with or without something."""
        self._ready.set()

    async def take(self, timeout_seconds: float) -> bytes | None:
        """All that waits, as one chunk; None after ``timeout_seconds`` without any."""
        try:
            await asyncio.wait_for(self._ready.wait(), timeout_seconds)
        except TimeoutError:
            return None
        self._ready.clear()
        waiting = b"".join(self._chunks)
        self._chunks.clear()
        return waiting


class Hub:
    """Reads the log once for all clients."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.clients: set[Client] = set()
        self.closing = asyncio.Event()
        self._nudged = asyncio.Event()

    def nudge(self) -> None:
        """Look now."""
        self._nudged.set()

    def close(self) -> None:
        """End all streams, their pages come again to whoever is up; and the reading, once it is done with this look."""
        self.closing.set()
        self._nudged.set()
        for client in self.clients:
            client.wake()

    async def run(self) -> None:
        """Read and tell until closed; a database that is away is asked again at the next look."""
        started = False
        while not self.closing.is_set():
            try:
                if not started:
                    await asyncio.to_thread(self.journal.start)
                    started = True
                await self._look()
            except SQLAlchemyError as error:
                log.warning("live_cannot_read", error=type(error).__name__)
            await self._rest()

    async def _look(self) -> None:
        while facts := await asyncio.to_thread(self.journal.news):
            for client in tuple(self.clients):
                client.put(facts)

    async def _rest(self) -> None:
        """Until a nudge that somebody is there to hear of, or 5 s."""
        looked = time.monotonic()
        while (left := looked + LOOK_SECONDS - time.monotonic()) > 0:
            try:
                await asyncio.wait_for(self._nudged.wait(), left)
            except TimeoutError:
                return
            await asyncio.sleep(max(GATHER_SECONDS, looked + APART_SECONDS - time.monotonic()))
            self._nudged.clear()
            if self.clients or self.closing.is_set():
                return
