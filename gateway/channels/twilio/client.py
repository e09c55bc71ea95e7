"""Twilio's own client over connections that are kept: pooled, timed, never retried, and movable to another host."""

import json
import logging
from base64 import b64encode
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProxyError

from gateway.channels.twilio.errors import not_sent, refusal, unknown_outcome
from gateway.settings import Settings

TIMEOUT_SECONDS = 10.0
CONNECT_SECONDS = 5.0
POOL_SIZE = 64

log = logging.getLogger(__name__)


def make_client(settings: Settings, timeout_seconds: float = TIMEOUT_SECONDS) -> Client:
    """A client for our account, by API key where there is one; safe to share between threads."""
    by_key = bool(settings.twilio_api_key)
    return Client(
        settings.twilio_api_key if by_key else settings.twilio_account_sid or "unset",
        settings.twilio_api_secret if by_key else settings.twilio_auth_token or "unset",
        account_sid=settings.twilio_account_sid or "unset",
        http_client=PooledHttpClient(settings.twilio_api_base, timeout_seconds),
        environment={"": ""},  # never its own look at the environment
    )


class _Connection(HTTPConnection):
    """Tells apart what failed before it stood, and writes head and body at once: one packet."""

    _held: list[Any] | None = None

    def connect(self) -> None:
        try:
            super().connect()
        except (HTTPError, OSError) as error:
            raise NewConnectionError(self, str(error)) from error

    def request(self, *args: Any, **options: Any) -> None:
        self._held = []
        try:
            super().request(*args, **options)
        finally:
            held, self._held = self._held, None
        self.send(b"".join(held))

    def send(self, data: Any) -> None:
        if self._held is None:
            super().send(data)
        else:
            self._held.append(data)


class _TlsConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class PooledHttpClient(HttpClient):  # type: ignore[misc]  # the library has no types
    """Raises ``SendError`` for everything but a 2xx. ``base`` stands in for ``https://{product}.twilio.com``."""

    def __init__(self, base: str = "", timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        super().__init__(log, False, timeout_seconds)
        self._base = base.rstrip("/")

    def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One exchange, tried once; a redirect is no answer.

        Raises:
            SendError: refused, not sent, or (``Action.UNKNOWN``) without a whole answer.
        """
        sent = dict(headers or {})
        if auth:
            sent["Authorization"] = "Basic " + b64encode(":".join(auth).encode()).decode()
        try:
            answer = self._connections.request(
                method.upper(),
                self._located(uri, params),
                body=_encoded(data, sent),
                headers=sent,
                timeout=Timeout(connect=CONNECT_SECONDS, read=timeout or self.timeout),
            )
        except (NewConnectionError, ConnectTimeoutError, ProxyError) as error:
            raise not_sent(_reason(error)) from error
        except (HTTPError, OSError) as error:
            raise unknown_outcome(_reason(error)) from error
        text = answer.data.decode("utf-8", "replace")
        if not 200 <= answer.status < 300:
            raise refusal(answer.status, text, answer.headers)
        return Response(answer.status, text, answer.headers)

    @cached_property
    def _connections(self) -> PoolManager:
        """Made at the first call, so that a fork before it shares nothing."""
        options: dict[str, Any] = {"maxsize": POOL_SIZE, "block": False, "retries": False, "ca_certs": certifi.where()}
        proxy = _proxy_for(self._base or "https://api.twilio.com")
        pools = ProxyManager(proxy, **options) if proxy else PoolManager(**options)
        pools.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
        return pools

    def _located(self, uri: str, params: Mapping[str, Any] | None) -> str:
        query = urlencode(params, doseq=True) if params else ""
        if self._base:
            parts = urlsplit(uri)
            query = "&".join(part for part in (parts.query, query) if part)
            uri = f"{self._base}/{(parts.hostname or '').partition('.')[0]}{parts.path}"
        return f"{uri}{'&' if '?' in uri else '?'}{query}" if query else uri


def _encoded(data: Mapping[str, Any] | None, headers: Mapping[str, str]) -> bytes | None:
    if data is None or headers.get("Content-Type") is None:
        return None
    if headers["Content-Type"].startswith("application/json"):
        return json.dumps(data).encode()
    return urlencode(data, doseq=True).encode()


def _proxy_for(url: str) -> str | None:
    parts = urlsplit(url)
    if not parts.hostname or proxy_bypass(parts.hostname):
        return None
    return getproxies().get(parts.scheme)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
