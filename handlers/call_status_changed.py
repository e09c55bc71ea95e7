"""A call moved on or ended."""

from gateway.core.errors import InvalidPayload
from gateway.core.events import CallStatusChanged
from gateway.desk import calls
from handlers.turn import Turn


def call_status_changed(turn: Turn) -> None:
    """Keep the call's state and, at its end, how long it took."""
    event = turn.received.event
    if not isinstance(event, CallStatusChanged):
        raise InvalidPayload(f"{type(event).__name__} is no news of a call")
    calls.change(turn.session, event, turn.received.received_at)
