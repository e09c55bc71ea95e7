"""Sound made into what plays as a voice note: Opus in Ogg (WhatsApp), or MP3 elsewhere."""

from pathlib import Path
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer

from gateway.core.files import VOICE_NOTE, Why
from gateway.storage.failed import CannotConvert
from gateway.storage.streams import opened, seconds_of

MOST_SECONDS = 3600.0
RATE = 48_000
CODECS = {VOICE_NOTE: ("ogg", "libopus", "opus", 32_000)}
"""Container, encoder, codec's name, bits a second."""
OTHERWISE = ("mp3", "libmp3lame", "mp3", 48_000)


def convert(given: Path, made: Path, content_type: str, to: str, most_bytes: int) -> bool:
    """Write the sound of ``given`` as a ``to``; False: it is one already, and small enough.

    Raises:
        CannotConvert: unreadable, without sound, over an hour, or never small enough.
    """
    container, encoder, codec, bits = CODECS.get(to, OTHERWISE)
    with opened(given, content_type) as source:
        if not source.streams.audio:
            raise CannotConvert(Why.UNREADABLE)
        if content_type == to and _has_only(source, codec) and given.stat().st_size <= most_bytes:
            return False
        if (seconds_of(source) or 0) > min(MOST_SECONDS, most_bytes * 8 / bits):
            raise CannotConvert(Why.TOO_LONG)
        with av.open(str(made), "w", format=container) as target:
            _transcode(source, target, encoder, bits)
    if made.stat().st_size > most_bytes:
        raise CannotConvert(Why.TOO_LARGE)
    return True


def _has_only(source: InputContainer, codec: str) -> bool:
    return len(source.streams) == 1 and source.streams.audio[0].codec_context.name == codec


def _transcode(source: InputContainer, target: OutputContainer, encoder: str, bits: int) -> None:
    out = cast(AudioStream, target.add_stream(encoder, rate=RATE, layout="mono"))
    out.bit_rate = bits
    resampler = av.AudioResampler(format=out.format, layout="mono", rate=RATE)
    for frame in source.decode(audio=0):
        if (frame.time or 0.0) > MOST_SECONDS:
            raise CannotConvert(Why.TOO_LONG)
        for even in resampler.resample(frame):
            target.mux(out.encode(even))
    for even in resampler.resample(None):
        target.mux(out.encode(even))
    target.mux(out.encode(None))
