"""The running business as ``config/care.yaml`` tells it: plain values, checked when they were loaded."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from gateway.core.words import ChannelType


@dataclass(frozen=True, slots=True)
class Channel:
    """A connected sender. ``address`` is the provider's spelling (``whatsapp:+1…``, ``+1…``, ``8585``, ``RABTA``)."""

    id: str
    provider: str
    """``twilio`` (later ``meta``): which adapter speaks for it."""
    type: ChannelType
    address: str
    service: str | None = None
    """Messaging Service SID the sender belongs to."""
    queue: str | None = None
    """Where handoffs from this channel go, if not to the default."""
    hours: str | None = None
    """When people answer on it, within the hours of their queue; None: whenever the queue is open."""
    rate_per_second: float = 80.0
    burst: float = 80.0
    daily_limit: int | None = None
    """Messages that we begin, a calendar day of the business; None: no limit of the provider's is known."""
    read_marks: bool = False
    """Whether customers see that we have read and are writing, where the provider can show it."""
    mms: bool = False
    """SMS only: whether files may go by MMS, to those countries that have it."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of people."""

    id: str
    name: str
    skills: tuple[str, ...] = ()
    hours: str | None = None
    sla: str | None = None
    assigns: bool = False
    """Whoever has room is given the next one; else all are offered all, and the first to claim has it."""
    capacity: int = 5
    """Conversations that one person holds at once, unless said otherwise for them."""
    max_waiting: int | None = None
    """With so many in line, further ones go to ``overflow_to``, or are told that it takes longer."""
    overflow_to: str | None = None
    overflow_after_minutes: float | None = None
    """Who waits longer than this goes to ``overflow_to``."""


@dataclass(frozen=True, slots=True)
class Standard:
    """What is promised to who waits for people; None: nothing of this kind. Time counts while the queue is open."""

    id: str
    name: str
    first_response_minutes: float | None = None
    next_response_minutes: float | None = None
    resolution_hours: float | None = None
    acknowledge_minutes: float | None = None
    """If no person has answered by then, the bot says that the message was seen."""
    target_percent: float = 90.0
    warn_percent: float = 80.0
    """So much of the time passed: people are warned."""


@dataclass(frozen=True, slots=True)
class Desk:
    """How people work here."""

    reopen_hours: float = 24.0
    """Who writes this soon after the end goes on with the same conversation …"""
    reopen_to: str = "agent"
    """… with the one who had it (``agent``), their ``queue``, or the ``bot``."""
    return_to_bot_hours: float | None = None
    """An answered conversation in which nobody wrote for so long goes back to the bot; None: never by itself."""
    tiers: Mapping[str, int] = field(default_factory=dict)
    """Points in line of customers of a tier."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days things are kept that nobody needs any more."""

    raw_request_days: int = 30
    """Requests as they came, whose events are done: until then an event can be done again."""
    held_status_days: int = 7
    """Callbacks that concern no message of ours."""
    question_days: int = 90
    """Messages without a good answer, and what they ask; no longer are they grouped either."""
    answer_days: int = 400
    """Which answers were given, and whether they helped."""
    request_days: int = 7
    """What flows asked other systems, and the answers."""


@dataclass(frozen=True, slots=True)
class Business:
    name: str
    timezone: str
    languages: tuple[str, ...]
    default_language: str
    channels: tuple[Channel, ...]
    queues: tuple[Queue, ...]
    retention: Retention = Retention()
    standards: tuple[Standard, ...] = ()
    desk: Desk = Desk()

    def channel(self, channel_id: str) -> Channel | None:
        return next((c for c in self.channels if c.id == channel_id), None)

    def channel_of(self, sender: str, service: str | None, *, voice: bool = False) -> Channel | None:
        """The channel written to (``voice``: called): by its address, or by the Messaging Service it belongs to."""
        spelled = sender.strip().lower()
        able = [c for c in self.channels if (c.type is ChannelType.VOICE) == voice]
        for channel in able:
            if channel.address.lower() == spelled:
                return channel
        return next((c for c in able if service and c.service == service), None)

    def queue(self, queue_id: str | None) -> Queue | None:
        return next((queue for queue in self.queues if queue.id == queue_id), None)

    def standard_of(self, queue_id: str | None) -> Standard | None:
        """What a queue's customers are promised."""
        queue = self.queue(queue_id)
        return next((one for one in self.standards if queue and one.id == queue.sla), None)

    def queue_for(self, skills: Collection[str], channel_id: str) -> str:
        """Where people can do that: the channel's own queue if it can, else the first that can, else as without it."""
        channel = self.channel(channel_id)
        usual = (channel.queue if channel else None) or self.default_queue
        able = [queue.id for queue in self.queues if set(queue.skills) & set(skills)]
        return usual if usual in able or not able else able[0]

    @property
    def default_queue(self) -> str:
        return self.queues[0].id
