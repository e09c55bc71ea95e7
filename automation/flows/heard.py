"""What a customer said: words, an option tapped, files, a place on the map."""

from dataclasses import dataclass

from gateway.core.events import InboundMedia, Location


@dataclass(frozen=True, slots=True)
class Heard:
    """``selection_id`` is the id of an option they tapped; ``message`` names the message, so that files are found."""

    text: str = ""
    selection_id: str | None = None
    files: tuple[InboundMedia, ...] = ()
    location: Location | None = None
    message: str = ""
