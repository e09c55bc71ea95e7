"""What can happen to us, in words no provider would recognise: adapters make these, handlers take them."""

from dataclasses import dataclass, field
from datetime import datetime

from gateway.core.errors import Verdict
from gateway.core.words import AddressKind, ChannelType, Kind


@dataclass(frozen=True, slots=True)
class EventRef:
    """One event inside a raw request, named before the 2xx: enough to deduplicate and to order it.

    ``key`` is unique within ``account``; ``lane`` is one address's stream; ``kind`` picks parser and handler
    (``message``, ``status``, ``call``, ``call_status``).
    """

    account: str
    key: str
    lane: str
    kind: str


@dataclass(frozen=True, slots=True)
class SeenAddress:
    """An address as the provider wrote it, never rewritten: ``value`` is E.164, a BSUID or a page-scoped id."""

    kind: AddressKind
    value: str


@dataclass(frozen=True, slots=True)
class InboundMedia:
    """A file the provider holds for us; ``content_type`` is what it claims, checked when fetched."""

    url: str
    content_type: str
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class Location:
    latitude: float
    longitude: float
    label: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What the customer tapped: ``id`` as we gave it with the option, ``title`` as they read it."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A customer's message. ``addresses`` has the one to answer to first, then others that came with it."""

    account: str
    external_id: str
    sender: str
    """Our own connected address that was written to, as the provider writes it (``whatsapp:+1…``, ``+1…``)."""
    channel_type: ChannelType
    addresses: tuple[SeenAddress, ...]
    kind: Kind
    text: str = ""
    media: tuple[InboundMedia, ...] = ()
    location: Location | None = None
    selection: Selection | None = None
    flow_response: dict[str, object] | None = None
    contacts: tuple[dict[str, object], ...] = ()
    reaction_to: str | None = None
    reply_to: str | None = None
    referral: dict[str, str] | None = None
    forwarded: bool = False
    frequently_forwarded: bool = False
    profile_name: str | None = None
    opt_out: str | None = None
    """Twilio's ``OptOutType`` (``STOP``, ``START``, ``HELP``): the provider has answered already."""
    service: str | None = None
    """Messaging Service the sender belongs to, where named."""
    extra: dict[str, object] = field(default_factory=dict)
    """Fields kept for people and later parts (place names, unknown types)."""


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """News of one of our messages; ``delivery_token`` is ours, from the callback URL."""

    account: str
    external_id: str
    status: str
    delivery_token: str | None = None
    error_code: str | None = None
    error_text: str | None = None
    extra: dict[str, object] = field(default_factory=dict)
    verdict: Verdict | None = None
    """What ``error_code`` means for us, where there is one."""


@dataclass(frozen=True, slots=True)
class CallReceived:
    account: str
    external_id: str
    sender: str
    address: SeenAddress | None
    """None: the caller withheld the number."""
    caller_shown: str = ""
    extra: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallStatusChanged:
    account: str
    external_id: str
    status: str
    duration_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """An event with the facts of its receipt."""

    id: int
    received_at: datetime
    event: MessageReceived | StatusChanged | CallReceived | CallStatusChanged
    again: bool = False
    """It was done once, and somebody asked for a replay."""


Event = MessageReceived | StatusChanged | CallReceived | CallStatusChanged
