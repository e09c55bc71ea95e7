"""A language model's service that does as it is told, one exchange after the other: also badly."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Reads the request, then does what the stub was told."""

    protocol_version = "HTTP/1.1"
    server: "Stub"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers), json.loads(body)))
        self.server.next()(self)

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers), None))
        self.server.next()(self)

    def log_message(self, format: str, *args: Any) -> None:
        return

    def give(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Stub(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        self.behaviours: list[Behaviour] = []
        self.over = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def does(self, *behaviours: Behaviour) -> None:
        """In turn; the last one for ever."""
        self.behaviours = list(behaviours)

    def next(self) -> Behaviour:
        return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked hung up, as they should."""

    def close(self) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()


def completion(content: Any, **more: Any) -> bytes:
    message = {"role": "assistant", "content": content}
    return json.dumps({"choices": [{"message": message}], "usage": {"total_tokens": 120}, **more}).encode()


def says(answer: str = "", cited: list[str] | None = None, abstain: bool = False, **more: Any) -> Behaviour:
    """A well-formed answer."""
    content = json.dumps({"answer": answer, "cited_ids": cited or [], "abstain": abstain, **more})
    return lambda handler: handler.give(200, completion(content))


def writes(content: Any) -> Behaviour:
    """Any content of the message."""
    return lambda handler: handler.give(200, completion(content))


def gives(status: int, body: bytes = b"{}", **headers: str) -> Behaviour:
    return lambda handler: handler.give(
        status, body, {name.replace("_", "-"): value for name, value in headers.items()}
    )


def resets(handler: Handler) -> None:
    """The connection breaks without a word."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def is_silent(handler: Handler) -> None:
    """Nothing comes until everything is over."""
    handler.server.over.wait(60)


def dribbles_body(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    _dribble(handler, b" ")


def dribbles_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _dribble(handler, b"x")


def _dribble(handler: Handler, byte: bytes) -> None:
    while not handler.server.over.wait(0.02):
        handler.wfile.write(byte)
        handler.wfile.flush()


def is_huge(handler: Handler) -> None:
    """More than anybody would read, of a length that it does not tell."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    for _ in range(64):
        handler.wfile.write(b" " * 65_536)
    handler.close_connection = True
