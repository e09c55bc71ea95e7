"""Answers a request with a stored file: safe to open in the browser, in parts if asked, never sniffed.

The API, the console and the public links all serve through here; who may see the file is decided before.
"""

import mimetypes
from datetime import datetime
from email.utils import format_datetime
from typing import BinaryIO, Protocol
from urllib.parse import quote

from flask import Response, request
from werkzeug.wsgi import wrap_file

from gateway.core.errors import NotFound
from gateway.storage import preview
from gateway.storage.sniff import HEAD_BYTES
from gateway.storage.store import MediaStore

INLINE = frozenset({
    "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/heic", "image/bmp",
    "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr", "audio/x-wav", "audio/webm", "audio/3gpp",
    "video/mp4", "video/webm", "video/3gpp", "video/quicktime", "video/ogg",
    "application/pdf",
})  # fmt: skip
"""What a browser shows without running anything; all else is a download."""
POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
"""Browsers refuse to show a PDF in a sandbox; their viewers run it in one of their own."""


class Servable(Protocol):
    """What serving needs to know of a media row (``gateway.desk.media.get``)."""

    @property
    def storage_key(self) -> str | None: ...
    @property
    def thumbnail_key(self) -> str | None: ...
    @property
    def content_type(self) -> str | None: ...
    @property
    def sha256(self) -> str | None: ...
    @property
    def filename(self) -> str | None: ...
    @property
    def created_at(self) -> datetime: ...


def serve(store: MediaStore, file: Servable, *, thumbnail: bool = False) -> Response:
    """The file, or the part of it that the request's ``Range`` names; ``thumbnail`` asks for the small picture.

    Raises:
        NotFound: it is not stored (yet), has no thumbnail, or its bytes are gone.
    """
    key, content_type, etag = _chosen(file, thumbnail)
    size, stored = store.size(key), store.open(key)
    response = Response(wrap_file(request.environ, stored), content_type=content_type, direct_passthrough=True)
    if content_type == "audio/ogg":
        response.content_type = _with_codec(stored)
    response.content_length = size
    response.set_etag(etag)
    _add_headers(response, content_type, file.filename or _default_name(content_type), file.created_at)
    response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    return response


def disposition(content_type: str, filename: str) -> str:
    """``inline`` for what browsers show safely, else ``attachment``; the name in ASCII and in full (RFC 5987)."""
    kind = "inline" if content_type in INLINE else "attachment"
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\/%;' else "_" for c in filename)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _chosen(file: Servable, thumbnail: bool) -> tuple[str, str, str]:
    if file.storage_key is None or file.content_type is None:
        raise NotFound("this file is not stored")
    if not thumbnail:
        return file.storage_key, file.content_type, file.sha256 or file.storage_key
    if file.thumbnail_key is None:
        raise NotFound("this file has no thumbnail")
    return file.thumbnail_key, preview.CONTENT_TYPE, f"{file.sha256}-small"


def _with_codec(stored: BinaryIO) -> str:
    """WhatsApp takes Ogg only where its type names Opus."""
    is_opus = b"OpusHead" in stored.read(HEAD_BYTES)
    stored.seek(0)
    return "audio/ogg; codecs=opus" if is_opus else "audio/ogg"


def _default_name(content_type: str) -> str:
    return f"file{mimetypes.guess_extension(content_type) or '.bin'}"


def _add_headers(response: Response, content_type: str, filename: str, since: datetime) -> None:
    headers = response.headers
    headers["Content-Disposition"] = disposition(content_type, filename)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = PDF_POLICY if content_type == "application/pdf" else POLICY
    headers["X-Frame-Options"] = "SAMEORIGIN"
    headers["Cache-Control"] = "private, max-age=3600"
    headers["Last-Modified"] = format_datetime(since, usegmt=True)
