"""How session windows stand, for every resource that shows them."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import current_app

from gateway.core import clock
from gateway.desk.windows import window_of
from gateway.runtime import runtime_of

WindowOf = Callable[[str, datetime | None], dict[str, Any] | None]
"""From a channel's id and when the contact last wrote there; None: the channel has no window."""


def window_now() -> WindowOf:
    """By the running config and the clock."""
    config, now = runtime_of(current_app).config(), clock.now()
    types = {channel.id: channel.type.value for channel in config.business.channels}

    def shape(channel_id: str, last_inbound_at: datetime | None) -> dict[str, Any] | None:
        found = window_of(types.get(channel_id, ""), last_inbound_at, config.sending.window_margin, now)
        return asdict(found) if found else None

    return shape
