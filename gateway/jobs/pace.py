"""Which channels may send just now: their buckets, and rests that the provider asked for."""

import time
from collections.abc import Collection, Sequence

from gateway.core.business import Channel
from gateway.core.errors import Action, SendError
from gateway.desk.deliveries import Claimed
from gateway.signals.rates import Rates

REST_SECONDS = 1.0
"""After the provider said that we are too fast, without saying for how long."""
SHORTEST_REST_SECONDS = 0.1
"""Claims are not free: tokens gather meanwhile, and the rate stays the same."""
LONGEST_REST_SECONDS = 30.0
CAREFUL_SECONDS = 2.0
CAREFUL_CLAIMS = 12
TOO_FAST = "20429"


class Pace:
    """Kept per process; the buckets are shared by all."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._until: dict[str, float] = {}
        self._careful_until = 0.0

    def most(self, room: int) -> int:
        """How many to claim at once: few while a channel is at its limit, for what may not go is given back."""
        return min(room, CAREFUL_CLAIMS) if time.monotonic() < self._careful_until else room

    def resting(self) -> Collection[str]:
        """Channels that must not send now."""
        now = time.monotonic()
        self._until = {channel: until for channel, until in self._until.items() if until > now}
        return self._until.keys()

    def wait_seconds(self) -> float | None:
        """Until the first resting channel may go on; None: none rests."""
        resting = self.resting()
        return min(self._until[channel] for channel in resting) - time.monotonic() if resting else None

    def allow(self, channel: Channel, claimed: Sequence[Claimed]) -> tuple[Sequence[Claimed], Sequence[Claimed]]:
        """Those that may go now, and those that must not: the channel rests until the first of these may."""
        grant = self._rates.take(channel.id, len(claimed), channel.rate_per_second, channel.burst)
        if grant.granted < len(claimed):
            self._careful_until = time.monotonic() + CAREFUL_SECONDS
            self.rest(channel.id, max(grant.wait_seconds, SHORTEST_REST_SECONDS))
        return claimed[: grant.granted], claimed[grant.granted :]

    def heed(self, channel_id: str, error: SendError) -> None:
        """Rest when the provider says that we are too fast."""
        if error.action is Action.LATER or error.retry_after or error.code == TOO_FAST:
            self.rest(channel_id, error.retry_after or REST_SECONDS)

    def rest(self, channel_id: str, seconds: float) -> None:
        until = time.monotonic() + min(seconds, LONGEST_REST_SECONDS)
        self._until[channel_id] = max(until, self._until.get(channel_id, 0.0))
