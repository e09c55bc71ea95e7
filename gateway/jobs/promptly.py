"""Read marks for what the bot answers: rung while the answer is on its way, and only when there is little to do."""

import time
from collections.abc import Callable, Iterable

from gateway.core.business import Channel
from gateway.desk.deliveries import Claimed
from gateway.models.wakes import Wakes

FEW = 4
"""More answers than these in one turn: the sender is busy, and nobody gets a mark."""
PAUSE_SECONDS = 0.5


class ReadMarks:
    """Gathers whose answers go out in a turn. Between claim and arrival is the moment: later, dots would follow
    the answer, and earlier they would delay it."""

    def __init__(self, ring: Callable[[Wakes], None]) -> None:
        self._ring = ring
        self._answered: set[int] = set()
        self._not_before = 0.0

    def note(self, channel: Channel, deliveries: Iterable[Claimed]) -> None:
        """These are being sent."""
        if channel.read_marks:
            self._answered |= {each.conversation_id for each in deliveries if each.conversation_id is not None}

    def ring(self) -> None:
        """Let their messages be marked, or forget them when there are many or it was done just now."""
        answered, self._answered = self._answered, set()
        if not 0 < len(answered) <= FEW or time.monotonic() < self._not_before:
            return
        self._not_before = time.monotonic() + PAUSE_SECONDS
        self._ring(Wakes(seen=answered))
