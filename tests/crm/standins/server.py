"""An HTTP server that plays a CRM: it answers by its public documentation, and misbehaves when a test asks it to."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

Reply = tuple[int, Any]
Fault = Callable[["Heard"], tuple[int, dict[str, str], bytes] | None]


@dataclass(frozen=True, slots=True)
class Heard:
    """A request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass
class StandIn:
    """What all have: a log of what was asked, and faults for the next requests."""

    heard: list[Heard] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    busy_headers: dict[str, str] = field(default_factory=dict)

    def reply(self, heard: Heard) -> Reply:
        raise NotImplementedError

    def paths(self, method: str = "") -> list[str]:
        return [one.path for one in self.heard if method in ("", one.method)]


class Denied(Exception):  # said, not failed
    """An answer that is no 2xx."""

    def __init__(self, status: int, value: Any) -> None:
        super().__init__(status)
        self.reply = (status, value)


@contextmanager
def serving(stand_in: StandIn) -> Iterator[str]:
    """The address at which it listens meanwhile."""
    server = _Server(stand_in)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answering(status: int, value: Any, **headers: str) -> Fault:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return lambda _: (status, headers, body)


def slow(seconds: float) -> Fault:
    """Silence, then the true answer."""

    def wait(_: Heard) -> None:
        time.sleep(seconds)

    return wait


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, stand_in: StandIn) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.stand_in, self.lock = stand_in, threading.Lock()

    def handle_error(self, *_: Any) -> None:
        """Who hung up need not be told."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    """Head and body in one packet: in two, the second waits for the first one's acknowledgement."""

    def _any(self) -> None:
        heard = self._read()
        with self.server.lock:
            self.server.stand_in.heard.append(heard)
            fault = self.server.stand_in.faults.popleft() if self.server.stand_in.faults else None
        if fault is not None and (broken := fault(heard)) is not None:
            return self._write(*broken)
        with self.server.lock:
            try:
                status, value = self.server.stand_in.reply(heard)
            except Denied as denied:
                status, value = denied.reply
        body = b"" if value is None else json.dumps(value).encode()
        self._write(status, {}, body)

    do_GET = do_POST = do_PUT = do_PATCH = _any  # names of the library's

    def _read(self) -> Heard:
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        form = "form" in self.headers.get("Content-Type", "")
        body = dict(parse_qsl(raw.decode())) if form else json.loads(raw or b"null")
        return Heard(self.command, unquote(parts.path), dict(parse_qsl(parts.query)), dict(self.headers), body)

    def _write(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Not to the terminal."""
