"""Which function handles which kind of event."""

from collections.abc import Callable, Mapping, Sequence

from gateway.core.errors import NotFound
from handlers.call_received import call_received
from handlers.call_status_changed import call_status_changed
from handlers.message_received import message_received
from handlers.status_changed import status_changed, statuses_changed
from handlers.turn import Turn

Handler = Callable[[Turn], None]

HANDLERS: Mapping[str, Handler] = {
    "call": call_received,
    "call_status": call_status_changed,
    "message": message_received,
    "status": status_changed,
}


def handler_of(kind: str) -> Handler:
    """The function for a kind of event (``message``, ``status``, ``call``, ``call_status``).

    Raises:
        NotFound: no handler knows this kind; the event is kept and set aside.
    """
    try:
        return HANDLERS[kind]
    except KeyError:
        raise NotFound(f"no handler for events of kind {kind!r}") from None


def handle_all(turns: Sequence[tuple[str, Turn]]) -> None:
    """Handle events (kind, turn) of one transaction; news of deliveries go together.

    Raises:
        NotFound: no handler knows a kind.
    """
    for kind, turn in turns:
        if kind != "status":
            handler_of(kind)(turn)
    statuses_changed([turn for kind, turn in turns if kind == "status"])
