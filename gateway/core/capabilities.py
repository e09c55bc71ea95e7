"""What each channel can carry (twilio/CONTRACT.md 4 to 6): data, so that rendering a reply is a table look-up."""

from dataclasses import dataclass

from gateway.core.words import ChannelType


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Limits in characters and bytes; 0: the channel has no such thing."""

    text: int = 1600
    buttons: int = 0
    button_title: int = 0
    list_rows: int = 0
    list_title: int = 0
    list_description: int = 0
    options_text: int = 0
    """Longest text beside buttons or a list."""
    media_per_message: int = 1
    media_bytes: int = 16_000_000
    """Of all files of a message together; each type's own bound stands in ``gateway.core.files``."""
    caption: bool = True
    bold: bool = False
    """Whether ``*word*`` is shown as a bold word; elsewhere the stars would stand there as they are."""
    directions: bool = True
    """Whether invisible marks of direction may stand in a text; old phones show them as boxes, and SMS are short."""


WHATSAPP = Capabilities(
    bold=True, buttons=3, button_title=20, list_rows=10, list_title=24, list_description=72, options_text=1024
)
SMS = Capabilities(directions=False, media_per_message=10, media_bytes=5_000_000)
PLAIN = Capabilities(media_bytes=5_000_000)

BY_TYPE: dict[ChannelType, Capabilities] = {
    ChannelType.WHATSAPP: WHATSAPP,
    ChannelType.SMS: SMS,
    ChannelType.MMS: SMS,
}


def capabilities_of(channel_type: ChannelType) -> Capabilities:
    """The channel's limits; an unlisted channel carries text and one file."""
    return BY_TYPE.get(channel_type, PLAIN)
