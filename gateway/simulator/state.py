"""The things a simulated Twilio knows: customers with their phones, messages, files, and what can go wrong."""

import time
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any


def new_sid(prefix: str) -> str:
    return prefix + uuid.uuid4().hex


@dataclass(slots=True)
class Levers:
    """Ways to break things for one customer; all off: a good phone on a good line."""

    window_hours: float | None = None
    """Pretend that the customer last wrote this long ago; None: as it really is."""
    blocked: bool = False
    no_whatsapp: bool = False
    opted_out: bool = False
    landline: bool = False
    slow: bool = False
    duplicates: bool = False
    disorder: bool = False
    hidden: bool = False
    """WhatsApp user name set: webhooks carry a business-scoped id in place of the number."""
    fail_next: int | None = None
    """Error code for the next send to this customer."""
    answer_seconds: float = 0.0
    """The provider takes this long to answer a send to this customer."""
    drop_next: bool = False
    """The next send is processed, but its response is lost."""


@dataclass(slots=True)
class Customer:
    id: str
    name: str
    number: str
    """E.164"""
    language: str
    colour: str = "teal"
    levers: Levers = field(default_factory=Levers)

    @property
    def bsuid(self) -> str:
        digits = self.number.lstrip("+")
        return f"{'PK' if digits.startswith('92') else 'US'}.{int(digits) * 982451653 % 10**20:020d}"

    def address(self, channel: str) -> str:
        """How the provider writes this customer on ``channel`` (``whatsapp`` or ``sms``)."""
        if channel != "whatsapp":
            return self.number
        return f"whatsapp:{self.bsuid if self.levers.hidden else self.number}"

    def owns(self, address: str) -> bool:
        return address.removeprefix("whatsapp:") in (self.number, self.bsuid)


@dataclass(slots=True)
class Media:
    sid: str
    content_type: str
    filename: str = ""
    url: str = ""
    """Where the business offers it, for outbound files."""
    size: int = 0


@dataclass(slots=True)
class Message:
    """One message either way; ``outbound`` as Twilio has it: from the business to the customer."""

    sid: str
    outbound: bool
    sender: str
    """The business's address."""
    customer: str
    """The customer's address as written."""
    body: str
    status: str
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)
    sent: float | None = None
    error_code: int | None = None
    media: list[Media] = field(default_factory=list)
    service: str | None = None
    callback: str | None = None
    fate: int | None = None
    """Error that will end it, decided when it was accepted."""
    content: dict[str, Any] | None = None
    """Buttons, list or card as the phone shows it."""
    fields: dict[str, str] = field(default_factory=dict)
    """What else its webhook carried."""
    tick: str = ""
    """Inbound only, as the customer sees it: sending, refused, delivered, read."""
    reaction: str = ""

    @property
    def channel(self) -> str:
        return "whatsapp" if self.customer.startswith("whatsapp:") else "sms"

    @property
    def sender_address(self) -> str:
        return self.sender if self.outbound else self.customer

    @property
    def to_address(self) -> str:
        return self.customer if self.outbound else self.sender


@dataclass(slots=True)
class Wire:
    """One request that went over the wire, either way."""

    id: int
    at: float
    to_product: bool
    method: str
    target: str
    status: int | None
    millis: int
    signed: bool
    customer: str = ""
    what: str = ""
    """A few words for the row: ``message in``, ``status delivered``."""
    attempt: int = 1
    request: dict[str, Any] = field(default_factory=dict)
    answer: str = ""
    note: str = ""


def plain(thing: Any) -> dict[str, Any]:
    """A state object as JSON-ready values."""
    return asdict(thing)


def message_from(data: dict[str, Any]) -> Message:
    return Message(**{**data, "media": [Media(**entry) for entry in data["media"]]})


def customer_from(data: dict[str, Any]) -> Customer:
    return Customer(**{**data, "levers": Levers(**data["levers"])})
