"""One HTTP exchange with a system outside, all of it within so many seconds, with an answer of so many bytes at most.

The name is looked up once and the connection goes to that address, so that no second look-up can lead elsewhere. No
redirect is followed. A watchdog ends what takes longer than it may, however slowly its bytes drip in.
"""

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from threading import Timer
from typing import Any

import certifi
from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from gateway.core.errors import Unanswered
from gateway.core.own_services import Target, refused

LOOK_UPS_AT_ONCE = 8

Resolve = Callable[[str, int], list[str]]


def addresses_of(host: str, port: int) -> list[str]:
    """A host's addresses, the preferred one first; none where nobody knows it."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; names of headers count in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Exchange:
    """One request and its answer. ``private``: the other side stands in our own network; ``largest``: bytes."""

    def __init__(
        self,
        target: Target,
        seconds: float,
        *,
        private: bool = False,
        largest: int = 64_000,
        resolve: Resolve | None = None,
    ) -> None:
        self._target, self._seconds, self._private, self._largest = target, seconds, private, largest
        self._resolve = resolve or addresses_of
        self._until = time.monotonic() + seconds
        self._over = False
        self._socket: socket.socket | None = None
        """Kept by us too: the connection lets go of it once the head of an answer without a length is there."""

    @property
    def _left(self) -> float:
        return max(0.01, self._until - time.monotonic())

    def run(self, method: str, headers: Mapping[str, Any], body: bytes | None = None) -> Answer:
        """Ask, and wait for the whole answer.

        Raises:
            Unanswered: nobody there, not to be called, broken off, too late, or too large.
        """
        connection = self._connection(self._address())
        watchdog = Timer(self._left, self._break_off, [connection])
        watchdog.daemon = True
        watchdog.start()
        try:
            self._connect(connection)
            return self._exchange(connection, method, headers, body)
        finally:
            watchdog.cancel()
            connection.close()

    def _address(self) -> str:
        """Where to connect to; of several addresses none may be forbidden."""
        host = self._target.host
        found = self._looked_up(_look_ups().submit(self._resolve, host, self._target.port))
        for address in found:
            if reason := refused(address, private=self._private):
                raise Unanswered(f"{host} is {address}: {reason}", arrived=False, again=False)
        if not found:
            raise Unanswered(f"{host} has no address", arrived=False)
        return found[0]

    def _looked_up(self, looked_up: "Future[list[str]]") -> list[str]:
        try:
            return looked_up.result(self._left)
        except TooLate:
            raise Unanswered(f"{self._target.host} was not looked up in time", arrived=False) from None

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

    def _exchange(
        self, connection: HTTPConnection, method: str, headers: Mapping[str, Any], body: bytes | None
    ) -> Answer:
        try:
            connection.request(method, self._target.path, body, headers, preload_content=False)
            with closing(connection.getresponse()) as response:
                taken = self._taken(response)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise Unanswered(self._why(error)) from error
        if self._over:  # what was cut off may look like the end
            raise Unanswered(self._why(None))
        return Answer(response.status, response.headers, taken)

    def _taken(self, response: BaseHTTPResponse) -> bytes:
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Unanswered("the answer is compressed, though we asked for it plain", again=False)
        taken: bytes = response.read(self._largest + 1, decode_content=False)
        if len(taken) > self._largest:
            raise Unanswered(f"the answer is larger than {self._largest // 1000} kB", again=False)
        if response.length_remaining:
            raise HTTPException("the answer broke off")
        return taken

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
