"""What a handler gets: the event, the transaction to write in, the config, and what was understood beforehand."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from automation.faq.model import Match
from gateway.config.running import RunningConfig
from gateway.core.events import Received


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message asks, worked out before the write transaction began."""

    match: Match
    distress: str = ""
    """What danger it tells of; empty: none."""


@dataclass(frozen=True, slots=True)
class Turn:
    session: Session
    received: Received
    config: RunningConfig
    understanding: Understanding | None = None
    """None for events that ask nothing (statuses, calls)."""
    published: Callable[[int], RunningConfig | None] = lambda _: None
    """An older version of the config by its number, while it can still be used."""
