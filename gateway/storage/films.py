"""Film made into what every phone plays: H.264 and AAC in MP4, upright, small enough."""

from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from gateway.core.files import Why
from gateway.storage.failed import CannotConvert
from gateway.storage.streams import opened, seconds_of

MOST_SECONDS = 300.0
MOST_PIXELS = 4096 * 2304
EDGE = 960
"""About what phones send each other; a third of the work of 1280."""
SOUND_BITS, SOUND_RATE = 96_000, 48_000
LEAST_BITS, USUAL_BITS, MOST_BITS = 150_000, 1_000_000, 2_500_000
FILLED = 0.92
"""How much of the bytes allowed we aim at: an encoder does not hit its mark exactly."""
PLAYS = frozenset({"yuv420p", "yuvj420p"})
TURNS = {90: ("transpose", "cclock"), -90: ("transpose", "clock"), 270: ("transpose", "clock"),
         180: ("rotate", "PI"), -180: ("rotate", "PI")}  # fmt: skip


def convert(given: Path, made: Path, content_type: str, to: str, most_bytes: int) -> bool:
    """Write ``given`` as an MP4; False: it is right as it is. What is right inside is copied, not encoded anew.

    Raises:
        CannotConvert: unreadable, without pictures, or too long to be made small enough.
    """
    small = given.stat().st_size <= most_bytes
    with opened(given, content_type) as source:
        if not source.streams.video:
            raise CannotConvert(Why.UNREADABLE)
        right = small and _plays(source)
        if right and content_type == to:
            return False
        with av.open(str(made), "w", format="mp4", options={"movflags": "faststart"}) as target:
            if right:
                _copy(source, target)
            else:
                _transcode(source, target, most_bytes)
    if made.stat().st_size > most_bytes:
        raise CannotConvert(Why.TOO_LARGE)
    return True


def _plays(source: InputContainer) -> bool:
    picture = source.streams.video[0].codec_context
    sounds = [stream.codec_context.name for stream in source.streams.audio]
    return picture.name == "h264" and picture.pix_fmt in PLAYS and sounds in ([], ["aac"])


def _copy(source: InputContainer, target: OutputContainer) -> None:
    wanted = [*source.streams.video[:1], *source.streams.audio[:1]]
    copies = {stream.index: target.add_stream_from_template(stream) for stream in wanted}
    for packet in source.demux(wanted):
        if packet.dts is not None:
            packet.stream = copies[packet.stream.index]
            target.mux(packet)


def _transcode(source: InputContainer, target: OutputContainer, most_bytes: int) -> None:
    video = source.streams.video[0]
    audio = source.streams.audio[0] if source.streams.audio else None
    if video.width * video.height > MOST_PIXELS:
        raise CannotConvert(Why.TOO_LARGE)
    bits = _bits(seconds_of(source), most_bytes, SOUND_BITS if audio else 0)
    video.thread_type = "AUTO"
    screen = _Screen(target, video, _first(source), bits)
    speaker = _Speaker(target) if audio else None
    _run(source, target, [stream for stream in (video, audio) if stream], screen, speaker)


def _run(
    source: InputContainer,
    target: OutputContainer,
    streams: list[VideoStream | AudioStream],
    screen: "_Screen",
    speaker: "_Speaker | None",
) -> None:
    for frame in source.decode(*streams):
        if isinstance(frame, VideoFrame | av.AudioFrame) and (frame.time or 0.0) > MOST_SECONDS:
            raise CannotConvert(Why.TOO_LONG)
        if isinstance(frame, VideoFrame):
            screen.show(frame)
        elif speaker and isinstance(frame, av.AudioFrame):
            speaker.play(frame)
    screen.show(None)
    if speaker:
        speaker.play(None)


def _first(source: InputContainer) -> VideoFrame:
    """The first picture; the film is at its beginning again."""
    for frame in source.decode(video=0):
        source.seek(0)
        return frame
    raise CannotConvert(Why.UNREADABLE)


def _size(first: VideoFrame) -> tuple[int, int]:
    """As people see it, within the edge, even as the encoder wants it."""
    scale = min(1.0, EDGE / max(first.width, first.height))
    width, height = (max(2, int(edge * scale) // 2 * 2) for edge in (first.width, first.height))
    return (height, width) if abs(first.rotation) in (90, 270) else (width, height)


def _bits(seconds: float | None, most_bytes: int, sound_bits: int) -> int:
    """Bits a second for the pictures."""
    if seconds is None:
        return USUAL_BITS
    bits = int(most_bytes * 8 * FILLED / max(seconds, 1.0)) - sound_bits
    if seconds > MOST_SECONDS or bits < LEAST_BITS:
        raise CannotConvert(Why.TOO_LONG)
    return min(bits, MOST_BITS)


class _Screen:
    """Turns, scales and encodes pictures."""

    def __init__(self, target: OutputContainer, video: VideoStream, first: VideoFrame, bits: int) -> None:
        self._target = target
        self._turn = _turning(video, first.rotation)
        rate = min(video.average_rate or 30, 30)
        self._out = target.add_stream("libx264", rate=rate, options={"preset": "superfast", "profile": "main"})
        self._out.width, self._out.height = _size(first)
        self._out.pix_fmt = "yuv420p"
        self._out.bit_rate = bits
        self._out.codec_context.time_base = video.time_base or Fraction(1, 90_000)

    def show(self, frame: VideoFrame | None) -> None:
        """One more picture; None: that was all."""
        even = frame and self._upright(frame).reformat(width=self._out.width, height=self._out.height, format="yuv420p")
        self._target.mux(self._out.encode(even))

    def _upright(self, frame: VideoFrame) -> VideoFrame:
        if self._turn is None:
            return frame
        self._turn.push(frame)
        return cast(VideoFrame, self._turn.pull())


class _Speaker:
    """Resamples and encodes sound."""

    def __init__(self, target: OutputContainer) -> None:
        self._target = target
        self._out = target.add_stream("aac", rate=SOUND_RATE, layout="stereo")
        self._out.bit_rate = SOUND_BITS
        self._resampler = AudioResampler(format=self._out.format, layout="stereo", rate=SOUND_RATE)

    def play(self, frame: av.AudioFrame | None) -> None:
        """One more frame; None: that was all."""
        for even in self._resampler.resample(frame):
            self._target.mux(self._out.encode(even))
        if frame is None:
            self._target.mux(self._out.encode(None))


def _turning(video: VideoStream, degrees: int) -> Graph | None:
    """Phones film lying on their side and say so beside the pictures."""
    if degrees not in TURNS:
        return None
    name, how = TURNS[degrees]
    graph = Graph()
    graph.link_nodes(graph.add_buffer(template=video), graph.add(name, how), graph.add("buffersink")).configure()
    return graph
