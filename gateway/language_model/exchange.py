"""One HTTP exchange with a service that may misbehave: ended on time whatever it does, bounded, never redirected."""

import socket
import threading
import time
from contextlib import contextmanager, suppress
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from gateway.language_model.errors import ModelFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LARGEST_ANSWER = 256_000
"""Bytes: an answer of ours has a few hundred."""
CONNECTIONS = 16
CHUNK = 16_384


class Exchanges:
    """Posts JSON with a key; safe between threads."""

    def __init__(self, key: str) -> None:
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.auth = _Bearer(key)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(pool_maxsize=CONNECTIONS, max_retries=0))

    def post(self, url: str, body: "Mapping[str, Any]", seconds: float) -> tuple[int, "Mapping[str, str]", bytes]:
        """Status, headers and body, all within ``seconds``.

        Raises:
            ModelFailed: timeout, unreachable, broken_off, too_large.
        """
        return self._exchange("POST", url, seconds, json=body)

    def get(self, url: str, seconds: float) -> tuple[int, "Mapping[str, str]", bytes]:
        """The same for a look at what there is."""
        return self._exchange("GET", url, seconds)

    def close(self) -> None:
        """Give up the connections that are kept."""
        self._session.close()

    def _exchange(self, method: str, url: str, seconds: float, **more: Any) -> tuple[int, "Mapping[str, str]", bytes]:
        until = time.monotonic() + seconds
        try:
            with _ended_after(seconds), self._session.request(
                method, url, timeout=seconds, allow_redirects=False, stream=True,
                headers={"Accept": "application/json", "Accept-Encoding": "identity"}, **more,
            ) as response:  # fmt: skip
                answer = response.status_code, response.headers, _bounded(response)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise _failure(error, late=time.monotonic() >= until) from error
        if time.monotonic() >= until:  # what we ended ourselves may look whole
            raise ModelFailed("timeout")
        return answer


def _bounded(response: requests.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(CHUNK):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise ModelFailed("too_large")
    return bytes(body)


def _failure(error: Exception, *, late: bool) -> ModelFailed:
    if late or isinstance(error, requests.Timeout):
        return ModelFailed("timeout")
    if isinstance(error, requests.exceptions.SSLError):
        return ModelFailed("tls")
    return ModelFailed("unreachable" if isinstance(error, requests.ConnectionError) else "broken_off")


class _Bearer(AuthBase):
    """The key, and nothing else that lies about on the machine (``~/.netrc``)."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


_under_way = threading.local()
"""The connection that this thread uses, so that a timer can end it: a time-out of reads alone does not end an answer
that dribbles in."""


class _Noted:
    def request(self, *args: Any, **options: Any) -> None:
        _under_way.holder[:] = [self]
        super().request(*args, **options)  # type: ignore[misc]

    def connect(self) -> None:
        _under_way.holder[:] = [self]
        super().connect()  # type: ignore[misc]


class _Connection(_Noted, HTTPConnection):
    pass


class _TlsConnection(_Noted, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


@contextmanager
def _ended_after(seconds: float) -> "Iterator[None]":
    """Whatever this thread's connection does, it ends then."""
    holder: list[Any] = []
    _under_way.holder = holder
    timer = threading.Timer(seconds, _end, (holder,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        holder.clear()  # the connection may serve somebody else from now on
        timer.cancel()


def _end(holder: list[Any]) -> None:
    for connection in list(holder):
        if (sock := getattr(connection, "sock", None)) is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
