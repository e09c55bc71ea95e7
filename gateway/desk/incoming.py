"""A request on its way into the database."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from gateway.core.events import EventRef
from gateway.core.http import WebhookRequest


@dataclass(frozen=True, slots=True)
class Incoming:
    """A verified request with the events named in it; ``id`` is that of its raw row."""

    id: uuid.UUID
    provider: str
    request: WebhookRequest
    refs: tuple[EventRef, ...]
    received_at: datetime
    """UTC."""


def without_nul(text: str, stand_in: str = "%00") -> str:
    """PostgreSQL's text takes no NUL; the body is kept as bytes and needs none of this."""
    return text.replace("\x00", stand_in)


def headers_of(item: Incoming) -> dict[str, str]:
    return {name: without_nul(value, "\ufffd") for name, value in item.request.headers.items()}
