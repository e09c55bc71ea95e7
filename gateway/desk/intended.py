"""What somebody means to say, what is known of the contact, what rules hold, and what comes of it: plain values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol

from gateway.core.business import Business
from gateway.core.sending_rules import SendingRules
from gateway.core.templates import Templates
from gateway.core.words import Purpose, Refusal


class QuietHours(Protocol):
    def next_allowed(self, at: datetime, timezone_name: str) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Intended:
    """One thing that somebody wants to say; a ``template``'s name with ``variables``, or ``text``."""

    purpose: Purpose
    text: str = ""
    media: tuple[tuple[str, int], ...] = ()
    """Files as (content type, bytes)."""
    options: int = 0
    template: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None
    """Of the template; else the contact's, else the business's."""
    channel_id: str | None = None
    """It begins with this channel, and takes no other unless ``others``."""
    others: bool = False
    """The purpose's ladder goes on behind ``channel_id``."""
    address_id: int | None = None
    """This address and no other."""
    urgent: bool = False
    """Quiet hours do not hold."""


@dataclass(frozen=True, slots=True)
class AddressFacts:
    id: int
    kind: str
    value: str
    windows: Mapping[str, datetime] = field(default_factory=dict)
    """By channel id: when the contact last wrote there."""
    opted_out: frozenset[str] = frozenset()
    """Channel ids."""
    opted_in: frozenset[str] = frozenset()
    dead: Mapping[str, str] = field(default_factory=dict)
    """By channel type: the code that said so."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database knows of one contact."""

    contact_id: int
    language: str | None = None
    timezone: str | None = None
    last_channel_id: str | None = None
    """Where they wrote last."""
    addresses: tuple[AddressFacts, ...] = ()
    """Those most recently heard from first."""
    withheld_until: datetime | None = None
    """The channel holds marketing back from them."""


@dataclass(frozen=True, slots=True)
class SenderFacts:
    """A channel of ours today."""

    sent_today: int = 0
    daily_limit: int | None = None
    next_day: datetime | None = None
    """When its limit counts anew."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every contact alike: gathered once for a whole batch."""

    business: Business
    sending: SendingRules
    templates: Templates
    approved: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Template name → language → the provider's id."""
    quiet: QuietHours | None = None
    senders: Mapping[str, SenderFacts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    refusal: Refusal
    words: str
    detail: str = ""
    """What it is about: a variable, a channel, a code."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A further way for the same message, taken if the one before fails or shows no delivery in ``after_seconds``."""

    channel_id: str
    channel_type: str
    sender: str
    """Our address there."""
    address_id: int
    to: str
    """The contact's address, without a channel's prefix."""
    text: str
    content_sid: str | None = None
    content_variables: Mapping[str, str] | None = None
    after_seconds: int = 30

    def as_row(self) -> dict[str, Any]:
        """As ``messages.ladder`` keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether and how something would go out; with ``allowed``, ``reasons`` are remarks (why later, why not there)."""

    allowed: bool
    how: str = ""
    """``free``, ``template``, ``parked`` (until the customer writes); empty: not at all."""
    purpose: Purpose = Purpose.REPLY
    channel_id: str | None = None
    channel_type: str | None = None
    address_id: int | None = None
    to: str = ""
    """The contact's address, without a channel's prefix."""
    language: str | None = None
    text: str = ""
    template: str | None = None
    content_sid: str | None = None
    content_variables: Mapping[str, str] | None = None
    reasons: tuple[Reason, ...] = ()
    characters: int = 0
    segments: int = 0
    """What an SMS is charged by; 0 elsewhere."""
    encoding: str = ""
    """``gsm7`` or ``ucs2`` on SMS."""
    cost_class: str = ""
    not_before: datetime | None = None
    rungs: tuple[Rung, ...] = ()
    alternative: "Explanation | None" = None
    """The nearest way that is allowed, where this one is not."""

    @property
    def words(self) -> str:
        """All reasons in one line."""
        return " ".join(reason.words for reason in self.reasons)
