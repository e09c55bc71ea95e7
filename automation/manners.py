"""What a business wants done for customers who are angry or in distress (``bot.mood`` in ``care.yaml``)."""

from dataclasses import dataclass
from enum import StrEnum


class Course(StrEnum):
    HAND_OVER = "hand_over"
    OFFER = "offer"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Manners:
    """What comes of anger, and where those in distress go."""

    angry_twice: str = Course.HAND_OVER
    """Of a second angry message in a row."""
    angry_unanswered: str = Course.HAND_OVER
    """Of an angry message that the bot has no answer to."""
    empathy_every: int = 5
    """Messages from one word of understanding to the next, at least."""
    distress_queue: str | None = None
    """The queue of those in danger; None: that of their topic or channel, or the default one."""


USUAL = Manners()
