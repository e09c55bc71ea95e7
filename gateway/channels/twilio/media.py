"""Downloads a file that Twilio holds: credentials for Twilio's own host only, redirects without them.

A URL that is not under our account at Twilio (or at ``TWILIO_API_BASE``) is refused before any connection is made.
"""

import ipaddress
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import HTTPBasicAuth

from gateway.channels.base import MediaStream
from gateway.core.errors import Action, SendError
from gateway.settings import Settings

API_HOST = "https://api.twilio.com"
MAX_REDIRECTS = 5
CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 5, 15, 45
CHUNK_BYTES = 65_536

BY_STATUS = {
    401: Action.PAGE,
    403: Action.PAGE,
    404: Action.RETRY,  # the file may follow its webhook by seconds
    408: Action.RETRY,
    425: Action.RETRY,
    429: Action.RETRY,
}
"""Other 4xx are final, 5xx worth another try."""


class MediaDownloader:
    """Opens media URLs for one account."""

    def __init__(self, settings: Settings) -> None:
        self._base = f"{settings.twilio_api_base}/api" if settings.twilio_api_base else API_HOST
        self._own = re.compile(rf"/2010-04-01/Accounts/{re.escape(settings.twilio_account_sid)}/[A-Za-z0-9/._-]+")
        self._auth = HTTPBasicAuth(
            settings.twilio_api_key or settings.twilio_account_sid,
            settings.twilio_api_secret or settings.twilio_auth_token,
        )

    @contextmanager
    def open(self, url: str) -> Iterator[MediaStream]:
        """The file behind ``url``, while the block lasts.

        Raises:
            SendError: refused (``FINAL``), our credentials are (``PAGE``), or worth another try (``RETRY``).
        """
        deadline = time.monotonic() + TOTAL_SECONDS
        with requests.Session() as session:
            session.auth = _nothing
            with _unreachable_is_retry():
                response = self._get(session, self._own_url(url))
            with response:
                yield _stream(response, deadline)

    def _own_url(self, url: str) -> str:
        """``url`` at the host we may show our credentials to."""
        for prefix in (self._base, API_HOST):
            path = url.removeprefix(prefix)
            if path != url and self._own.fullmatch(path) and "/../" not in path:
                return f"{self._base}{path}"
        raise SendError("media_host", "not a file of our account at the provider", Action.FINAL)

    def _get(self, session: requests.Session, url: str) -> requests.Response:
        auth: HTTPBasicAuth | None = self._auth
        for _ in range(MAX_REDIRECTS + 1):
            response = _once(session, url, auth)
            if not response.is_redirect:
                return _checked(response)
            response.close()
            url, auth = urljoin(response.url, response.headers["location"]), None
            self._check_redirect(url)
        raise SendError("media_redirects", f"more than {MAX_REDIRECTS} redirects", Action.FINAL)

    def _check_redirect(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SendError("media_redirect", "redirected to something that is no web address", Action.FINAL)
        if not _is_public(parts.hostname) and _is_public(urlsplit(self._base).hostname or ""):
            raise SendError("media_redirect", "redirected into a private network", Action.FINAL)


def _once(session: requests.Session, url: str, auth: HTTPBasicAuth | None) -> requests.Response:
    return session.get(
        url,
        auth=auth,
        allow_redirects=False,
        stream=True,
        timeout=(CONNECT_SECONDS, READ_SECONDS),
        headers={"Accept-Encoding": "identity"},
    )


def _nothing(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Stands where requests would otherwise put credentials from a ``.netrc``."""
    return request


def _checked(response: requests.Response) -> requests.Response:
    status = response.status_code
    if status == 200:
        return response
    action = BY_STATUS.get(status, Action.RETRY if status >= 500 else Action.FINAL)
    after = response.headers.get("retry-after", "")
    response.close()
    raise SendError(
        str(status),
        "the provider did not hand out the file",
        action,
        retry_after=float(after) if after.isdecimal() else None,
    )


def _is_public(host: str) -> bool:
    """Whether every address of ``host`` is on the open internet; an unknown host is not."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return all(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_global for entry in found)


def _stream(response: requests.Response, deadline: float) -> MediaStream:
    length = response.headers.get("content-length", "")
    return MediaStream(
        content_type=response.headers.get("content-type", ""),
        filename=_filename(response.headers.get("content-disposition", "")),
        chunks=_chunks(response, deadline),
        length=int(length) if length.isdecimal() else None,
    )


def _filename(header: str) -> str | None:
    if not header:
        return None
    message = EmailMessage()
    try:
        message["Content-Disposition"] = header.encode("latin-1", "replace").decode("utf-8", "replace")
        name = message.get_filename()
    except (ValueError, IndexError, AttributeError):  # a header the parser cannot take is no name
        return None
    return re.split(r"[/\\]", name)[-1][:240] or None if name else None


def _chunks(response: requests.Response, deadline: float) -> Iterator[bytes]:
    with _unreachable_is_retry():
        for chunk in response.iter_content(CHUNK_BYTES):
            if time.monotonic() > deadline:
                raise SendError("media_slow", f"not done in {TOTAL_SECONDS} s", Action.RETRY)
            yield chunk


@contextmanager
def _unreachable_is_retry() -> Iterator[None]:
    try:
        yield
    except requests.RequestException as error:
        raise SendError("media_network", type(error).__name__, Action.RETRY) from error
