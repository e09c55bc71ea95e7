"""A web request as bytes and words, free of any web framework: what is verified, kept and parsed."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """One request to a webhook, as received.

    ``path`` and ``query`` are undecoded (``/webhooks/twilio/messages``, ``a=1%202``); ``headers`` have lower-case
    names and are decoded as Latin-1, as WSGI gives them; ``body`` is raw.
    """

    route: str
    """``messages``, ``statuses``, ``voice/incoming`` …: which webhook it came to."""
    method: str
    path: str
    query: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    account: str = ""
    """Set once verified."""
    base: str = ""
    """Scheme and host that a trusted proxy named; empty: only the configured public URL counts."""
    memo: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What an adapter has decoded already, so that each request is decoded once."""
