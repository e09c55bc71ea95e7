"""A provider's edge on this machine: takes messages as Twilio's REST does, with levers for all that goes wrong."""

import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ACCOUNT = "AC" + "0" * 31 + "1"


@dataclass(frozen=True)
class Lever:
    """What happens to one request: an answer of its own, a delay, or no answer: ``drop`` before it is taken,
    ``keep`` after; ``hold`` leaves the caller waiting until ``Sink.released``.
    """

    status: int = 0
    code: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drop: bool = False
    keep: bool = False
    hold: bool = False


@dataclass
class Sink:
    """What came in: ``messages`` as Twilio would show them, ``requests`` as (method, path)."""

    url: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    lists_all: bool = False
    """A look-up shows everything, the oldest first, whatever was asked for."""
    contents: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    typing: list[dict[str, str]] = field(default_factory=list)
    typing_refused: bool = False
    levers: deque[Lever] = field(default_factory=deque)
    content_levers: deque[Lever] = field(default_factory=deque)
    delay: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def bodies(self) -> list[str]:
        return [message["body"] for message in self.messages]

    def take(self, form: dict[str, list[str]]) -> dict[str, Any]:
        with self.lock:
            message = {
                "sid": f"SM{len(self.messages):032x}",
                "status": "queued",
                "to": form["To"][0],
                "from": form["From"][0],
                "body": form.get("Body", [""])[0],
                "date_created": formatdate(usegmt=True),
                "error_code": None,
                "form": form,
            }
            self.messages.append(message)
        return message


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    sink: Sink

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.sink.requests.append(("POST", self.path))
        self.sink.headers = dict(self.headers)
        if "/messaging/v3/Indicators/Typing.json" in self.path:
            return self._typing(json.loads(body))
        is_content = "/content/" in self.path
        levers = self.sink.content_levers if is_content else self.sink.levers
        lever = levers.popleft() if levers else Lever(delay=self.sink.delay)
        time.sleep(lever.delay)
        if lever.keep and not is_content:
            self.sink.take(parse_qs(body.decode()))
        if lever.hold:
            self.sink.released.wait(120)
        if lever.drop or lever.keep:
            self.close_connection = True
            self.connection.close()
            return
        if lever.status:
            error = {"code": lever.code, "message": f"error {lever.code}", "status": lever.status}
            return self._answer(lever.status, error, lever.headers)
        return self._answer(201, self._content(body) if is_content else self.sink.take(parse_qs(body.decode())))

    def _typing(self, data: dict[str, str]) -> None:
        self.sink.typing.append(data)
        if self.sink.typing_refused:
            return self._answer(400, {"code": 20001, "message": "no", "status": 400})
        self._answer(200, {"success": True})

    def do_GET(self) -> None:
        self.sink.requests.append(("GET", self.path))
        asked = parse_qs(urlsplit(self.path).query)
        found = self.sink.messages if self.sink.lists_all else self._between(asked["From"], asked["To"])
        self._answer(200, {"messages": found, "next_page_uri": None, "page": 0, "page_size": 50})

    def _between(self, sender: list[str], to: list[str]) -> list[dict[str, Any]]:
        return [m for m in reversed(self.sink.messages) if [m["to"]] == to and [m["from"]] == sender]

    def do_DELETE(self) -> None:
        self.sink.requests.append(("DELETE", self.path))
        known = self.sink.contents.pop(self.path.rsplit("/", 1)[1], None)
        self._answer(204 if known else 404, {} if known else {"code": 20404, "message": "not found"})

    def _content(self, body: bytes) -> dict[str, Any]:
        with self.sink.lock:
            sid = f"HX{len(self.sink.contents):032x}"
            self.sink.contents[sid] = json.loads(body)
        return {"sid": sid}

    def _answer(self, status: int, payload: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        body = b"" if status == 204 else json.dumps(payload).encode()
        self.send_response_only(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news here."""


@contextmanager
def running(port: int = 0) -> Iterator[Sink]:
    sink = Sink()
    server = Server(("127.0.0.1", port), type("Bound", (Handler,), {"sink": sink}))
    sink.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()
        thread.join(60)


if __name__ == "__main__":
    with running(8799) as running_sink:
        threading.Event().wait(3600)
