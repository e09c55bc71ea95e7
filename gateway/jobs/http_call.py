"""Calls the business's own services for flows: listed hosts, the address looked up, a bounded time, a bounded answer.

The name is looked up once and the connection goes to that address, so that no second look-up can lead elsewhere. No
redirect is followed. A watchdog ends what takes longer than it may, however slowly its bytes drip in.
"""

import json
import math
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPException
from threading import Timer
from typing import Any

import certifi
from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from automation.flows.requests import Answered, Call, Result, unfit
from gateway.core.errors import Unanswered
from gateway.core.own_services import Service, Target, climbs, refused, service_of, target_of, why_not

LARGEST_BYTES = 64_000
MISSING = frozenset({404, 410})
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""They may say something else in a moment."""
LOOK_UPS_AT_ONCE = 8

Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who may be called, and with which secrets."""

    services: tuple[Service, ...]
    secrets: Mapping[str, str] = field(default_factory=dict)
    resolve: Resolve = lambda host, port: addresses_of(host, port)

    def call(self, request: Call, key: str, left_seconds: float) -> Answered:
        """What the service answers; ``key`` lets it know a request again.

        Raises:
            Unanswered: nothing that can be used.
        """
        if reason := why_not(request.url, self.services):
            raise Unanswered(reason, arrived=False, again=False)
        target = target_of(request.url)
        service = service_of(target, self.services)
        if service is None or climbs(target.path):
            raise Unanswered("the address leads elsewhere", arrived=False, again=False)
        headers = self._headers(service, target, request, key)
        exchange = _Exchange(target, min(request.timeout_seconds, service.timeout_seconds, left_seconds))
        status, body = exchange.run(self._address(service, target, exchange), request, headers)
        return _read(status, body, request)

    def _headers(self, service: Service, target: Target, request: Call, key: str) -> dict[str, Any]:
        missing = [name for name in service.secrets.values() if name not in self.secrets]
        if missing:
            raise Unanswered(f"CALL_SECRET_{missing[0]} is not set", arrived=False, again=False)
        ours = {"Host": target.names[0], "Accept": "application/json", "Accept-Encoding": "identity"}
        ours |= {"User-Agent": "Rabta", "Idempotency-Key": key}
        secret = {header: self.secrets[name] for header, name in service.secrets.items()}
        named = {name.lower() for name in (*ours, *secret)}
        theirs = {name: text for name, text in request.headers.items() if name.lower() not in named}
        return {name: text.encode() for name, text in (theirs | ours | secret).items()}

    def _address(self, service: Service, target: Target, exchange: "_Exchange") -> str:
        """Where to connect to; of several addresses none may be forbidden."""
        found = exchange.wait_for(_look_ups().submit(self.resolve, target.host, target.port))
        for address in found:
            if reason := refused(address, private=service.private):
                raise Unanswered(f"{target.host} is {address}: {reason}", arrived=False, again=False)
        if not found:
            raise Unanswered(f"{target.host} has no address", arrived=False)
        return found[0]


def addresses_of(host: str, port: int) -> list[str]:
    """A host's addresses, the preferred one first; none where nobody knows it."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class _Exchange:
    """One request and its answer, all of it within so many seconds."""

    def __init__(self, target: Target, seconds: float) -> None:
        self._target, self._seconds = target, seconds
        self._until = time.monotonic() + seconds
        self._over = False
        self._socket: socket.socket | None = None
        """Kept by us too: the connection lets go of it once the head of an answer without a length is there."""

    @property
    def _left(self) -> float:
        return max(0.01, self._until - time.monotonic())

    def wait_for(self, looked_up: "Future[list[str]]") -> list[str]:
        try:
            return looked_up.result(self._left)
        except TooLate:
            raise Unanswered(f"{self._target.host} was not looked up in time", arrived=False) from None

    def run(self, address: str, request: Call, headers: Mapping[str, Any]) -> tuple[int, bytes]:
        """Status and body.

        Raises:
            Unanswered: broken off, too late, or too large.
        """
        connection = self._connection(address)
        watchdog = Timer(self._left, self._break_off, [connection])
        watchdog.daemon = True
        watchdog.start()
        try:
            self._connect(connection)
            return self._exchange(connection, request, headers)
        finally:
            watchdog.cancel()
            connection.close()

    def _connection(self, address: str) -> HTTPConnection:
        target = self._target
        if target.scheme == "http":
            return HTTPConnection(address, target.port, timeout=self._left)
        return HTTPSConnection(
            address,
            target.port,
            timeout=self._left,
            ssl_context=_tls(),
            server_hostname=target.host,
            assert_hostname=target.host,
        )

    def _connect(self, connection: HTTPConnection) -> None:
        try:
            connection.connect()
            self._socket = connection.sock
        except (HTTPError, OSError) as error:
            raise Unanswered(self._why(error), arrived=False) from error

    def _exchange(self, connection: HTTPConnection, request: Call, headers: Mapping[str, Any]) -> tuple[int, bytes]:
        body = None if request.method == "GET" else json.dumps(dict(request.body)).encode()
        typed = headers if body is None else {**headers, "Content-Type": b"application/json"}
        try:
            connection.request(request.method, self._target.path, body, typed, preload_content=False)
            with closing(connection.getresponse()) as response:
                taken = _taken(response)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise Unanswered(self._why(error)) from error
        if self._over:  # what was cut off may look like the end
            raise Unanswered(self._why(None))
        return response.status, taken

    def _break_off(self, connection: HTTPConnection) -> None:
        self._over = True
        try:
            if open_one := self._socket or connection.sock:
                open_one.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def _why(self, error: Exception | None) -> str:
        if error is None or self._over or time.monotonic() >= self._until:
            return f"no answer in {self._seconds:g} s"
        return f"{type(error).__name__}: {error}"


def _taken(response: BaseHTTPResponse) -> bytes:
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Unanswered("the answer is compressed, though we asked for it plain", again=False)
    taken: bytes = response.read(LARGEST_BYTES + 1, decode_content=False)
    if len(taken) > LARGEST_BYTES:
        raise Unanswered(f"the answer is larger than {LARGEST_BYTES // 1000} kB", again=False)
    if response.length_remaining:
        raise HTTPException("the answer broke off")
    return taken


def _read(status: int, body: bytes, request: Call) -> Answered:
    if status in MISSING:
        return Answered(Result.MISSING)
    if not 200 <= status < 300:
        raise Unanswered(f"the service answered {status}", again=status in PASSING)
    try:
        value = json.loads(body or b"{}", parse_constant=_no_number, parse_float=_number)
    except (ValueError, RecursionError) as error:
        raise Unanswered(f"the answer is no JSON: {error}"[:150], again=False) from error
    if not isinstance(value, dict):
        raise Unanswered("the answer is no JSON object", again=False)
    if reason := unfit(value, request.expects):
        raise Unanswered(f"the answer does not fit: {reason}", again=False)
    return Answered(Result.FOUND, {name: value[name] for name in request.expects or value})


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _number(text: str) -> float:
    return float(text) if math.isfinite(float(text)) else _no_number(text)


@cache
def _tls() -> ssl.SSLContext:
    """The machine's authorities (``SSL_CERT_FILE`` adds the business's own), and those of certifi."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


@cache
def _look_ups() -> ThreadPoolExecutor:
    """The system's resolver takes no time-out: who waits for it stands apart."""
    return ThreadPoolExecutor(LOOK_UPS_AT_ONCE, thread_name_prefix="look-up")
