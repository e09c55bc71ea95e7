"""What the business says about sending (``sending`` in ``config/care.yaml``): plain values, checked when loaded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from gateway.core.words import ChannelType, Purpose


@dataclass(frozen=True, slots=True)
class Ladder:
    """Channel types in the order they are tried, and how long each may stay without proof of delivery."""

    channels: tuple[ChannelType, ...]
    after_seconds: int = 30


WHATSAPP_THEN_SMS = (ChannelType.WHATSAPP, ChannelType.SMS)
USUAL_LADDERS: Mapping[Purpose, Ladder] = {
    Purpose.NOTICE: Ladder(WHATSAPP_THEN_SMS, 30),
    Purpose.HANDOVER: Ladder(WHATSAPP_THEN_SMS, 20),
}
USUAL_COSTS: Mapping[str, str] = {
    "whatsapp_free": "low",
    "whatsapp_utility": "medium",
    "whatsapp_authentication": "medium",
    "whatsapp_marketing": "high",
    "sms": "medium",
}
"""By channel type, with what it goes as: ``free`` text or a template's category. Prices change: data, not code."""


@dataclass(frozen=True, slots=True)
class SendingRules:
    window_margin: timedelta = timedelta(minutes=5)
    """A session window is taken as closed this much early."""
    parked: timedelta = timedelta(days=7)
    """How long a reply waits for the customer to write."""
    reply_waiting_template: str = "reply_waiting"
    ladders: Mapping[Purpose, Ladder] = field(default_factory=lambda: USUAL_LADDERS)
    opt_in_required: bool = True
    """Marketing goes only to those who opted in."""
    costs: Mapping[str, str] = field(default_factory=lambda: USUAL_COSTS)

    def cost_of(self, channel_type: str, category: str) -> str:
        """``low``, ``medium``, ``high`` or what the business calls it; empty where nobody said."""
        return self.costs.get(f"{channel_type}_{category.lower()}") or self.costs.get(channel_type, "")
