"""Drains lanes: events in order, their effects exactly once, those of different lanes together (docs/adr/0003).

A drainer takes any lane that is due, whatever it was woken for: one job under load does the work of many wakes.
"""

import os
import socket
import threading
import time
from collections import Counter as Tally
from collections.abc import Sequence
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError

from gateway.core.errors import InvalidPayload, UnknownChannel
from gateway.core.events import Event, EventRef, Received
from gateway.core.http import WebhookRequest
from gateway.desk import lanes
from gateway.jobs.waves import waves
from gateway.models.database import is_passing
from gateway.models.wakes import Wakes, wakes_of
from gateway.runtime import Runtime, current
from handlers.dispatch import handle_all, handler_of
from handlers.turn import Turn
from handlers.understanding import understand

LANES_AT_ONCE = 16
EVENTS_AT_ONCE = 50
SECONDS = 2.0
RING_EVERY_SECONDS = 0.01
HOPELESS = (UnknownChannel, InvalidPayload)
"""Trying again changes nothing: a person must act first."""
HICCUP_REST_SECONDS = 1.0
HICCUPS_FORGIVEN = 300
"""A database that is in trouble is not the event's fault, up to this often in one process; then it is."""
HICCUPS_KEPT = 10_000
RELEASE_TRIES = 3

log = structlog.get_logger(__name__)
processed = Counter("rabta_events_processed_total", "Inbound events done", ["kind"])
failed = Counter("rabta_events_failed_total", "Tries of inbound events that failed", ["kind"])
_hiccups: Tally[int] = Tally()
"""By event, since this process began."""


def process_lanes(named: Sequence[str]) -> None:
    """RQ's way in: drain what is due; ``named`` are the lanes whose wake this job is, no more than a hint."""
    runtime = current()
    runtime.waker.asleep(named)
    drain(runtime)


def host_and_process(process: int) -> str:
    """How the names of a process's drainers begin."""
    return f"{socket.gethostname()[:30]}:{process}:"


def drain(runtime: Runtime, seconds: float = SECONDS) -> int:
    """Process due lanes until none is left or the time is up, then ring for the rest; returns the events done."""
    drainer = _Drainer(runtime, time.monotonic() + seconds)
    while drainer.batch():
        if drainer.out_of_time:
            drainer.ring_for_the_rest()
            break
    return drainer.done


class _Drainer:
    """One job's work: claims batches of lanes and gathers the wakes of their transactions, to ring them together."""

    def __init__(self, runtime: Runtime, until: float) -> None:
        self.done = 0
        self._runtime = runtime
        self._until = until
        self._who = f"{host_and_process(os.getpid())}{threading.get_ident() % 100_000}"
        self._wakes = Wakes()
        self._ring_at = 0.0

    @property
    def out_of_time(self) -> bool:
        return time.monotonic() >= self._until

    def batch(self) -> bool:
        """Claim, process and release some lanes; False: none is due."""
        with self._runtime.database.begin() as session:
            keys = lanes.claim(session, self._who, most=LANES_AT_ONCE)
            events = lanes.pending(session, keys, EVENTS_AT_ONCE) if keys else ()
        if not keys:
            return False
        self._runtime.waker.asleep(keys)
        try:
            self._process_all(events)
        finally:
            self._release(keys)
        self._ring()
        return True

    def ring_for_the_rest(self) -> None:
        with self._runtime.database.read() as session:
            rest = lanes.due(session, most=1)
        self._runtime.waker.asleep(rest)
        self._runtime.waker.ring(Wakes(lanes=set(rest)))

    def _release(self, keys: Sequence[str]) -> None:
        """Lanes that are not given back lie idle for 30 s: worth more than one try."""
        for left in reversed(range(RELEASE_TRIES)):
            try:
                with self._runtime.database.begin() as session:
                    lanes.release(session, keys, self._who)
                return
            except SQLAlchemyError as error:
                if not left or not is_passing(error):
                    raise
                log.warning("lanes_not_released", lanes=len(keys), error=type(error).__name__)
                time.sleep(HICCUP_REST_SECONDS)

    def _process_all(self, events: Sequence[Any]) -> None:
        resting: set[str] = set()
        for number, wave in enumerate(waves(events)):
            if self.out_of_time:  # never before the first one, though: a Redis that hangs may have taken all our time
                wave = [] if number else wave[:1]
            resting |= self._wave([row for row in wave if row.lane not in resting])
            if time.monotonic() >= self._ring_at:
                self._ring()

    def _wave(self, rows: Sequence[Any]) -> set[str]:
        """Do events of different lanes; returns the lanes that rest before the next try.

        They share a transaction, for a commit each costs more than the work. If one fails, all are taken back
        and each is done by itself.
        """
        if len(rows) > 1:
            try:
                self._together(rows)
                return set()
            except Exception as error:
                log.info("wave_taken_apart", events=len(rows), error=type(error).__name__)
        return {row.lane for row in rows if not self._alone(row)}

    def _together(self, rows: Sequence[Any]) -> None:
        config = self._runtime.config()
        received = [self._received(row) for row in rows]
        understood = [understand(one.event, config) for one in received]
        with self._runtime.database.begin() as session:
            mine = lanes.take_all(session, [row.id for row in rows])
            turns = [
                (row.kind, Turn(session, one, config, understanding, self._runtime.published))
                for row, one, understanding in zip(rows, received, understood, strict=True)
                if row.id in mine
            ]
            handle_all(turns)
        self._wakes.add(wakes_of(session))
        for row in rows:
            self._count(row)

    def _alone(self, row: Any) -> bool:
        """Do one event; False: it failed and its lane rests before the next try."""
        with structlog.contextvars.bound_contextvars(lane=row.lane, event_id=row.id):
            try:
                self._do(row)
            except Exception as error:
                failed.labels(row.kind).inc()
                return self._failed(row, error)
            self._count(row)
            return True

    def _do(self, row: Any) -> None:
        config = self._runtime.config()
        received = self._received(row)
        understanding = understand(received.event, config)
        with self._runtime.database.begin() as session:
            if lanes.take(session, row.id):
                handler_of(row.kind)(Turn(session, received, config, understanding, self._runtime.published))
        self._wakes.add(wakes_of(session))

    def _count(self, row: Any) -> None:
        processed.labels(row.kind).inc()
        self.done += 1

    def _received(self, row: Any) -> Received:
        return Received(row.id, row.received_at, self._parse(row), again=row.processed_at is not None)

    def _parse(self, row: Any) -> Event:
        if row.provider is None:
            raise InvalidPayload(f"event of kind {row.kind!r} came without a request, or it is kept no longer")
        request = WebhookRequest(row.route, row.method, row.path, row.query, row.headers, bytes(row.body), row.account)
        ref = EventRef(row.account, row.key, row.lane, row.kind)
        return self._runtime.registry.provider(row.provider).parse(request, ref)

    def _failed(self, row: Any, error: Exception) -> bool:
        if is_passing(error) and _hiccups[row.id] < HICCUPS_FORGIVEN:
            return self._hiccup(row, error)
        final = isinstance(error, HOPELESS)
        log.warning("event_failed", kind=row.kind, attempt=row.attempts + 1, error=str(error), exc_info=not final)
        with self._runtime.database.begin() as session:
            text = f"{type(error).__name__}: {error}"
            set_aside = lanes.fail(session, row.id, row.lane, text, final=final)
        self._wakes.add(wakes_of(session))
        return set_aside

    def _hiccup(self, row: Any, error: Exception) -> bool:
        """The database's trouble: no try is counted, and the lane goes on as soon as it may be over."""
        if len(_hiccups) >= HICCUPS_KEPT:
            _hiccups.clear()
        _hiccups[row.id] += 1
        log.warning("event_waits_for_the_database", kind=row.kind, error=type(error).__name__)
        with self._runtime.database.begin() as session:
            lanes.rest(session, row.lane, HICCUP_REST_SECONDS)
        return False

    def _ring(self) -> None:
        wakes, self._wakes = self._wakes, Wakes()
        self._runtime.waker.ring(wakes)
        self._ring_at = time.monotonic() + RING_EVERY_SECONDS
