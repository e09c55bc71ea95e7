"""Changes as the page follows them: a bounded, numbered list that readers wait on."""

import itertools
import json
import threading
from collections import deque
from collections.abc import Iterator
from typing import Any

KEPT = 1000
HEARTBEAT_SECONDS = 15.0


class Feed:
    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._events: deque[tuple[int, str, str]] = deque(maxlen=KEPT)
        self._changed = threading.Condition()
        self._last = 0
        self._closed = False

    @property
    def last(self) -> int:
        return self._last

    def publish(self, kind: str, data: Any) -> None:
        with self._changed:
            self._last = next(self._ids)
            self._events.append((self._last, kind, json.dumps(data, ensure_ascii=False)))
            self._changed.notify_all()

    def close(self) -> None:
        """End every reader."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def follow(self, after: int) -> Iterator[str]:
        """Server-sent events from ``after`` on, for as long as the reader stays."""
        yield "retry: 1000\n\n"
        while not self._closed:
            fresh, missed = self._since(after)
            if missed:
                after = self._last
                yield f"id: {after}\nevent: reload\ndata: {{}}\n\n"
            for number, kind, data in fresh:
                after = number
                yield f"id: {number}\nevent: {kind}\ndata: {data}\n\n"
            if not fresh and not missed:
                yield ": still here\n\n"

    def _since(self, after: int) -> tuple[list[tuple[int, str, str]], bool]:
        with self._changed:
            if self._last == after and not self._closed:
                self._changed.wait(HEARTBEAT_SECONDS)
            if self._last < after or (self._events and self._events[0][0] > after + 1):
                return [], True
            return [event for event in self._events if event[0] > after], False
