"""Public links to stored media, for providers and in words to customers: signed, expiring, good for one file only."""

import mimetypes
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from itsdangerous import BadData, URLSafeSerializer

from gateway.core import clock
from gateway.core.errors import NotFound
from gateway.settings import Settings

GOOD_FOR = timedelta(hours=24)
SHARED_FOR = timedelta(days=7)
"""A customer may open a link days later."""
SALT = "rabta.media.public"


class LinkExpired(NotFound):
    """The link was ours, and its time is over."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a link is good for: a file, or what was made of it for a channel."""

    media_id: int
    variant_id: int | None = None


def public_url(settings: Settings, media_id: int, filename: str | None = None, variant_id: int | None = None) -> str:
    """A URL under ``PUBLIC_URL`` where anyone may fetch this file (or its variant) for the next 24 h."""
    name = quote((filename or "file").replace("/", "_"), safe="") or "file"
    return _url(settings, Ticket(media_id, variant_id), GOOD_FOR, name)


def shared_url(settings: Settings, media_id: int, content_type: str) -> str:
    """A short URL for a customer to open within 7 days; the file's own name comes with the download."""
    return _url(settings, Ticket(media_id), SHARED_FOR, f"file{mimetypes.guess_extension(content_type) or ''}")


def read_token(settings: Settings, token: str) -> Ticket:
    """What a link stands for.

    Raises:
        LinkExpired: its time is over.
        NotFound: not signed by us.
    """
    try:
        media_id, expires, *variant = _serializer(settings).loads(token)
        ticket = Ticket(int(media_id), *(int(number) for number in variant))
    except (BadData, ValueError, TypeError):
        raise NotFound("no such file") from None
    if clock.now().timestamp() > expires:
        raise LinkExpired("this link has expired")
    return ticket


def _url(settings: Settings, ticket: Ticket, good_for: timedelta, name: str) -> str:
    expires = int((clock.now() + good_for).timestamp())
    said = [ticket.media_id, expires] + ([ticket.variant_id] if ticket.variant_id else [])
    return f"{settings.public_url}/media/{_serializer(settings).dumps(said)}/{name}"


def _serializer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret_key, salt=SALT)
