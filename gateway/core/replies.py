"""What we want to say, before any channel decides how: handlers make replies, adapters send ``Sending``s."""

from dataclasses import dataclass

from gateway.core.errors import Verdict
from gateway.core.words import ChannelType


@dataclass(frozen=True, slots=True)
class Option:
    """A choice offered: a button or list row where the channel has them, a numbered line elsewhere."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class OutMedia:
    """A file to send: ``media_id`` is one we store, ``url`` one that is public already; exactly one is set.

    With a ``why`` it must be made ready before it goes out: made a ``to`` of at most ``most_bytes``, else a link.
    """

    content_type: str
    media_id: int | None = None
    url: str | None = None
    filename: str | None = None
    size: int | None = None
    """Bytes; None: unknown."""
    position: int = 0
    """Its place among the message's files."""
    why: str = ""
    to: str = ""
    most_bytes: int = 0
    variant_id: int | None = None
    """What goes out in its place: made of it for this channel."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing to say. ``options`` come with ``text``; ``list_button`` names a list's opener (≤ 20 characters)."""

    text: str = ""
    options: tuple[Option, ...] = ()
    media: tuple[OutMedia, ...] = ()
    language: str = "en"
    list_button: str = ""


@dataclass(frozen=True, slots=True)
class ContentShape:
    """The outline of a message with options, free of its words: equal shapes share one resource at the provider.

    ``kind`` is ``buttons`` or ``list``; ``options`` how many; ``described`` whether list rows carry a description.
    Its variables are numbered from 1: the text, for a list its opener's caption, then title, id (and description)
    of each option.
    """

    kind: str
    options: int
    described: bool = False


@dataclass(frozen=True, slots=True)
class Sending:
    """One provider call, complete: nothing in it needs the database."""

    to: str
    sender: str
    channel_type: ChannelType
    text: str = ""
    media_urls: tuple[str, ...] = ()
    content_sid: str | None = None
    content_variables: dict[str, str] | None = None
    status_callback: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider's 2xx: it took the message, no more."""

    external_id: str
    status: str


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """One of the provider's own records, listed to settle an unknown outcome."""

    external_id: str
    to: str
    sender: str
    text: str
    status: str
    created_at: float
    """Unix seconds."""
    error_code: str | None = None
    verdict: Verdict | None = None
    """What ``error_code`` means for us, where there is one."""
