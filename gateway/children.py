"""Programs kept running side by side: their output told apart, each started again when it ends unasked.

Honcho runs a program and prints its lines; what it has not is here: restarts with a growing rest, and a pipe on every
program's standard input by which it notices that we are gone.
"""

import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, Queue
from threading import Thread
from typing import Any

from honcho.colour import get_colours
from honcho.printer import Message, Printer
from honcho.process import Popen, Process

from gateway.core import clock

LOOK_SECONDS = 0.2
STOP_SECONDS = 20.0
FIRST_REST_SECONDS = 1.0
LONGEST_REST_SECONDS = 30.0
CALM_SECONDS = 60.0
"""A program that ran this long has no failures behind it."""


@dataclass(slots=True)
class Child:
    name: str
    command: Sequence[str]
    colour: str
    pid: int | None = None
    started: float = 0.0
    due: float | None = None
    """When it is to be started (again); None: it runs, or is not wanted any more."""
    rest_seconds: float = FIRST_REST_SECONDS
    failures: int = 0
    _thread: Thread | None = field(default=None, repr=False)


class Children:
    """All programs of this host, by name, in the order they were added (and the reverse to stop)."""

    def __init__(self, environment: Mapping[str, str], printer: Any = None) -> None:
        self._environment = dict(environment)
        self._printer = printer or Printer()
        self._events: Queue[Any] = Queue()
        self._colours = get_colours()
        self._children: dict[str, Child] = {}
        self._pipe, self._held = os.pipe()  # ``_held`` closes with us, whatever ends us
        self._stopping = False

    def start(self, name: str, command: Sequence[str]) -> None:
        """Keep ``command`` running from now on."""
        self._children[name] = Child(name, command, next(self._colours))
        self._printer.width = max(self._printer.width, len(name), len("rabta"))
        self._launch(self._children[name])

    def say(self, text: str) -> None:
        """A line of our own between theirs."""
        self._printer.write(Message("line", text, clock.now().astimezone(), "rabta", None))

    def look(self) -> None:
        """Pass on output for a moment, and start what is due."""
        with suppress(Empty):
            self._take(self._events.get(timeout=LOOK_SECONDS))
            while True:
                self._take(self._events.get_nowait())
        for child in self._children.values():
            if child.due is not None and child.due <= time.monotonic() and not self._stopping:
                self._launch(child)

    def wait(self, done: Callable[[], bool], seconds: float) -> bool:
        """Look until ``done`` says so; False: it did not in time."""
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                return False
            self.look()
        return True

    def failing(self, times: int) -> str | None:
        """A program that ended unasked this often without a calm minute between."""
        return next((child.name for child in self._children.values() if child.failures >= times), None)

    def stop(self, last: str = "", patience_seconds: float = STOP_SECONDS) -> None:
        """End all, ``last`` after the others; those that will not go are killed with everything they started."""
        self._stopping = True
        names = [name for name in self._children if name != last]
        for group in (names, [last] if last in self._children else []):
            self._signal(group, signal.SIGTERM)
            self.wait(partial(self._gone, group), patience_seconds)
            self._signal(group, signal.SIGKILL)
        self.wait(partial(self._gone, list(self._children)), 2)

    def pid(self, name: str) -> int | None:
        return self._children[name].pid

    def _launch(self, child: Child) -> None:
        child.due, child.started = None, time.monotonic()
        process = Process(child.command, name=child.name, colour=child.colour, env=self._environment)
        process._child_ctor = partial(Popen, shell=False, stdin=self._pipe)
        child._thread = Thread(target=process.run, args=(self._events,), name=child.name, daemon=True)
        child._thread.start()

    def _take(self, message: Any) -> None:
        child = self._children[message.name]
        if message.type == "line":
            self._printer.write(message)
        elif message.type == "start":
            child.pid = message.data["pid"]
        else:
            self._ended(child, message.data["returncode"])

    def _ended(self, child: Child, code: int) -> None:
        child.pid = None
        if self._stopping:
            return
        if time.monotonic() - child.started > CALM_SECONDS:
            child.rest_seconds, child.failures = FIRST_REST_SECONDS, 0
        child.failures += 1
        child.due = time.monotonic() + child.rest_seconds
        self.say(f"{child.name} ended unasked (code {code}); starting it again in {child.rest_seconds:.0f} s")
        child.rest_seconds = min(child.rest_seconds * 2, LONGEST_REST_SECONDS)

    def _gone(self, names: Sequence[str]) -> bool:
        return all(self._children[name].pid is None for name in names)

    def _signal(self, names: Sequence[str], number: signal.Signals) -> None:
        """To each one's own process; a kill also to all it started (each leads a session of its own)."""
        for name in names:
            pid = self._children[name].pid
            if pid is not None:
                with suppress(ProcessLookupError, PermissionError):
                    (os.killpg if number == signal.SIGKILL else os.kill)(pid, number)
