"""What becomes of a file on a channel: sent as it is, converted, given as a link, or refused. Data and one function.

The figures are the provider's (twilio/CONTRACT.md 5), or careful where it names none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.core.words import ChannelType

MB = 1_000_000
VOICE_NOTE, PICTURE, FILM, SONG = "audio/ogg", "image/jpeg", "video/mp4", "audio/mpeg"


class Why(StrEnum):
    """Why a file goes out other than as it was handed in."""

    TOO_LARGE = "too_large"
    NOT_TAKEN = "not_taken"
    UNSURE = "unsure"
    """The name of its type is taken, but what is inside may not be."""
    NO_FILES = "no_files"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    """By the provider, after it was sent."""
    NOT_READY = "not_ready"


@dataclass(frozen=True, slots=True)
class File:
    """A file to send; ``size`` in bytes, None: unknown. ``ours``: we hold its bytes, so that it can be converted."""

    content_type: str
    size: int | None = None
    ours: bool = True


@dataclass(frozen=True, slots=True)
class Fits:
    pass


@dataclass(frozen=True, slots=True)
class Convert:
    """Make it a ``to`` of at most ``most_bytes``, or leave it if it is one already; else it goes as a link."""

    to: str
    most_bytes: int
    why: Why


@dataclass(frozen=True, slots=True)
class Link:
    why: Why


@dataclass(frozen=True, slots=True)
class Refuse:
    why: Why


Fit = Fits | Convert | Link | Refuse


@dataclass(frozen=True, slots=True)
class Carries:
    """A channel's files: most bytes by content type, and what other pictures, sounds and films are made into."""

    most_bytes: Mapping[str, int] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    """By kind (``image``, ``audio``, ``video``); a kind that is missing goes as a link."""
    unsure: frozenset[str] = frozenset()


def _types(names: str) -> list[str]:
    return names.split()


def _each(types: str, most_bytes: int) -> dict[str, int]:
    return dict.fromkeys(_types(types), most_bytes)


OFFICE = "application/vnd.openxmlformats-officedocument."
DOCUMENTS = (
    f"application/pdf application/msword {OFFICE}wordprocessingml.document "
    f"{OFFICE}presentationml.presentation {OFFICE}spreadsheetml.sheet"
)
CARDS = "text/vcard text/x-vcard"
SOUNDS = "audio/ogg audio/amr audio/3gpp audio/aac audio/mpeg audio/mp4"

NOTHING = Carries()
WHATSAPP = Carries(
    _each("image/jpeg image/png", 5 * MB)
    | _each("image/webp", 100_000)  # a sticker
    | _each(f"{SOUNDS} video/mp4 video/3gpp {DOCUMENTS} {CARDS}", 16 * MB),
    {"image": PICTURE, "audio": VOICE_NOTE, "video": FILM},
    frozenset({VOICE_NOTE, FILM}),
)
MMS = Carries(
    _each("image/jpeg image/png image/gif", 5 * MB)
    | _each(f"{SOUNDS} video/mp4 video/3gpp application/pdf {CARDS}", 500_000),
    {"image": PICTURE, "audio": SONG},
)
RCS = Carries(
    _each("image/jpeg image/png image/gif video/mp4 audio/mpeg application/pdf", 5 * MB),
    {"image": PICTURE, "audio": SONG, "video": FILM},
)
MESSENGER = Carries(
    _each("image/jpeg image/png image/gif video/mp4 audio/mpeg audio/mp4 application/pdf", 5 * MB),
    {"image": PICTURE, "audio": SONG, "video": FILM},
)
CARRIES: Mapping[ChannelType, Carries] = {
    ChannelType.WHATSAPP: WHATSAPP,
    ChannelType.SMS: NOTHING,
    ChannelType.MMS: MMS,
    ChannelType.RCS: RCS,
    ChannelType.MESSENGER: MESSENGER,
    ChannelType.WEBCHAT: WHATSAPP,
}
"""A channel that is missing carries neither files nor links."""

CONVERTIBLE = frozenset(
    _types(
        "image/jpeg image/png image/webp image/gif image/bmp image/x-ms-bmp image/tiff image/avif "
        "audio/ogg audio/opus audio/webm audio/wav audio/x-wav audio/mpeg audio/mp4 audio/m4a audio/x-m4a audio/aac "
        "audio/amr audio/3gpp audio/flac audio/x-flac audio/aiff audio/x-aiff "
        "video/mp4 video/webm video/quicktime video/3gpp video/x-m4v video/x-matroska video/ogg"
    )
)
ALIASES = {
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/mp3": "audio/mpeg",
    "audio/opus": "audio/ogg",
    "image/jpg": "image/jpeg",
    "application/ogg": "audio/ogg",
    "video/x-m4v": "video/mp4",
}
"""Other names of the same thing."""


def fit(file: File, channel_type: ChannelType) -> Fit:
    """What the channel takes of this file."""
    carries = CARRIES.get(channel_type)
    if carries is None:
        return Refuse(Why.NO_FILES)
    if file.size == 0:
        return Refuse(Why.EMPTY)
    if not carries.most_bytes:
        return Link(Why.NO_FILES)
    kind = plain(file.content_type)
    most = carries.most_bytes.get(kind)
    if most is None:
        return _other(file, carries, Why.NOT_TAKEN)
    if (file.size or 0) > most:
        return _other(file, carries, Why.TOO_LARGE)
    if file.ours and kind in carries.unsure:
        return Convert(kind, most, Why.UNSURE)
    return Fits()


def plain(content_type: str) -> str:
    """A content type without parameters, by its usual name."""
    bare = content_type.partition(";")[0].strip().lower()
    return ALIASES.get(bare, bare)


def _other(file: File, carries: Carries, why: Why) -> Fit:
    """Not as it is: converted where that can be, else a link."""
    target = carries.targets.get(file.content_type.partition("/")[0])
    if target is None or not file.ours or file.content_type.partition(";")[0].strip().lower() not in CONVERTIBLE:
        return Link(why)
    return Convert(target, carries.most_bytes[target], why)
