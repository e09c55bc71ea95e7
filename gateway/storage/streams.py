"""Opening sound and film for conversion: by the format they are said to be, never by what a file asks to read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer

from gateway.core.files import Why
from gateway.storage.failed import CannotConvert

DEMUXERS = {
    "audio/ogg": "ogg", "video/ogg": "ogg",
    "audio/webm": "matroska", "video/webm": "matroska", "video/x-matroska": "matroska",
    "audio/wav": "wav", "audio/x-wav": "wav", "audio/mpeg": "mp3", "audio/aac": "aac", "audio/amr": "amr",
    "audio/flac": "flac", "audio/x-flac": "flac", "audio/aiff": "aiff", "audio/x-aiff": "aiff",
    "audio/mp4": "mov", "audio/3gpp": "mov", "video/mp4": "mov", "video/3gpp": "mov", "video/quicktime": "mov",
}  # fmt: skip
"""Named here, so that no playlist can pass for a film and have other files read."""
UNREADABLE = (av.FFmpegError, ValueError, OSError, MemoryError)


@contextmanager
def opened(path: Path, content_type: str) -> Iterator[InputContainer]:
    """A file to decode; whatever is wrong with it inside the block means that it cannot be read.

    Raises:
        CannotConvert: unreadable.
    """
    with path.open("rb") as file:
        try:
            with _open(file, content_type) as container:
                yield container
        except UNREADABLE as error:
            raise CannotConvert(Why.UNREADABLE) from error


def seconds_of(container: InputContainer) -> float | None:
    """How long it says it lasts; recordings of browsers do not say."""
    return container.duration / av.time_base if container.duration else None


def _open(file: BinaryIO, content_type: str) -> InputContainer:
    demuxer = DEMUXERS.get(content_type)
    if demuxer is None:
        raise ValueError(f"no demuxer for {content_type}")
    return av.open(file, format=demuxer, mode="r")
