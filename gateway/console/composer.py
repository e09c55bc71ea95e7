"""What the reply box allows, and why: a pure function of whose turn it is, the session window and consent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.core.capabilities import capabilities_of
from gateway.core.words import ChannelType, ConversationState, Owner
from gateway.desk.windows import Window, window_of

CLOSING = timedelta(hours=2)
REFUSED_AFTER_STOP = (ChannelType.SMS, ChannelType.MMS)
"""Where the carrier lets nothing through after STOP; elsewhere who writes to us is answered."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides the reply box's state."""

    state: str
    owner: str
    is_mine: bool
    assignee: str | None
    contact: str
    channel_type: str
    last_inbound_at: datetime | None
    """Of the customer on this channel."""
    margin: timedelta
    """A session window counts as closed this much early."""
    opted_out_since: datetime | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Composer:
    """``state``: free, closing, closed (text waits for the customer), opted_out, resolved, bot, waiting or theirs."""

    state: str
    reason: str = ""
    """Why nothing can be written, and what can be done; or why it will wait."""
    closes_at: datetime | None = None
    limit: int = 1600
    """Characters a single message of the channel holds; longer ones are split."""

    @property
    def is_open(self) -> bool:
        return self.state in ("free", "closing", "closed")


def composer_of(facts: Facts) -> Composer:
    """The reply box for these facts."""
    closed = _not_ours(facts) or _not_allowed(facts)
    if closed:
        return closed
    limit = capabilities_of(ChannelType(facts.channel_type)).text
    window = _window(facts)
    if window is None or window.closes_at is None or not window.open:
        waits = window is not None
        return Composer("closed" if waits else "free", _it_waits(facts) if waits else "", limit=limit)
    is_closing = window.closes_at - facts.now < CLOSING
    return Composer("closing" if is_closing else "free", closes_at=window.closes_at, limit=limit)


def _window(facts: Facts) -> Window | None:
    return window_of(facts.channel_type, facts.last_inbound_at, facts.margin, facts.now)


def _it_waits(facts: Facts) -> str:
    since = "24 hours have passed since they wrote" if facts.last_inbound_at else "They have not written here yet"
    return f"{since}. What you write waits until {facts.contact} writes again; they are told that it does."


def _not_ours(facts: Facts) -> Composer | None:
    if facts.state == ConversationState.RESOLVED:
        return Composer("resolved", "This conversation is resolved. Reopen it to write.")
    if facts.owner == Owner.BOT:
        return Composer("bot", "The bot is talking. Take over to write.")
    if facts.owner == Owner.QUEUE:
        return Composer("waiting", "Nobody has this conversation yet. Claim it to write.")
    return None if facts.is_mine else Composer("theirs", f"{facts.assignee} has this conversation. Take it to write.")


def _not_allowed(facts: Facts) -> Composer | None:
    if facts.opted_out_since and facts.channel_type in REFUSED_AFTER_STOP:
        reason = f"{facts.contact} has opted out, so the carrier refuses what we send. They can write START."
        return Composer("opted_out", reason)
    window = _window(facts)
    if facts.opted_out_since and window is not None and not window.open:
        reason = f"{facts.contact} has opted out: until they write again nothing may go to them."
        return Composer("opted_out", reason)
    return None
