"""A WSGI environment as a ``WebhookRequest``: undecoded, so that what is signed and kept is what was sent."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from gateway.core.errors import BodyTooLarge, InvalidPayload
from gateway.core.http import WebhookRequest
from gateway.settings import Settings
from gateway.webhooks.proxies import forwarded_base

BODY_MAX_BYTES = 1_000_000
PATH_SAFE = "/:@!$&'()*+,;=-._~"
NEVER_KEPT = frozenset({"HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_PROXY"})
LOCAL_HOSTS = ("http://127.0.0.1", "http://localhost", "http://[::1]")


def read(environ: Mapping[str, Any], route: str, settings: Settings) -> WebhookRequest:
    """The request of this environment.

    Raises:
        BodyTooLarge: a body of more than ``BODY_MAX_BYTES``.
        InvalidPayload: a length that is no number.
    """
    method = environ["REQUEST_METHOD"]
    return WebhookRequest(
        route=route,
        method=method,
        path=quote(environ["PATH_INFO"], PATH_SAFE, encoding="latin-1"),
        query=environ.get("QUERY_STRING", ""),
        headers=_headers(environ),
        body=b"" if method in ("GET", "HEAD") else _body(environ),
        base=forwarded_base(environ, settings.trusted_proxies) if _is_local(settings.public_url) else "",
    )


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") and name not in NEVER_KEPT
    }
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    return headers


def _body(environ: Mapping[str, Any]) -> bytes:
    length = environ.get("CONTENT_LENGTH") or ""
    if length and not length.isdecimal():
        raise InvalidPayload("Content-Length is no number")
    if length and int(length) > BODY_MAX_BYTES:
        raise BodyTooLarge(f"more than {BODY_MAX_BYTES} bytes")
    if not length and not environ.get("wsgi.input_terminated"):
        return b""  # without a length, reading on would wait for a connection that stays open
    body: bytes = environ["wsgi.input"].read(int(length) if length else BODY_MAX_BYTES + 1)
    if len(body) > BODY_MAX_BYTES:
        raise BodyTooLarge(f"more than {BODY_MAX_BYTES} bytes")
    return body


def _is_local(public_url: str) -> bool:
    """No public address is configured, so a trusted proxy in front knows better than we do."""
    return public_url.startswith(LOCAL_HOSTS)
