"""A callback tells what became of one of our messages."""

from collections.abc import Sequence
from typing import cast

from gateway.core.events import StatusChanged
from gateway.desk import statuses
from handlers.turn import Turn


def status_changed(turn: Turn) -> None:
    """Move the delivery forward, or keep the news aside until its message is known."""
    statuses.advance(turn.session, cast(StatusChanged, turn.received.event))


def statuses_changed(turns: Sequence[Turn]) -> None:
    """The same for several callbacks of one transaction."""
    if turns:
        statuses.advance_all(turns[0].session, [cast(StatusChanged, turn.received.event) for turn in turns])
