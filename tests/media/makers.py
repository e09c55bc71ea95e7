"""Tiny files made on the spot: pictures, sounds and films to convert."""

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image


def picture(
    form: str = "PNG", size: tuple[int, int] = (64, 32), mode: str = "RGB", noise: bool = False, **save: object
) -> bytes:
    """One colour; with ``noise`` it cannot be packed well."""
    if noise:
        data = np.random.default_rng(7).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
        image = Image.fromarray(data).convert(mode)
    else:
        image = Image.new(mode, size, (200, 40, 40, 0)[: len(mode)])
    out = io.BytesIO()
    image.save(out, form, **save)
    return out.getvalue()


def sound(path: Path, form: str, codec: str, seconds: float = 1.0, rate: int = 48_000) -> Path:
    """A tone."""
    with av.open(str(path), "w", format=form) as target:
        out = target.add_stream(codec, rate=rate, layout="mono")
        tone = (np.sin(np.arange(int(rate * seconds)) / 20) * 12_000).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
        frame.rate = rate
        for even in av.AudioResampler(format=out.format, layout="mono", rate=rate).resample(frame):
            target.mux(out.encode(even))
        target.mux(out.encode(None))
    return path


def film(
    path: Path,
    form: str,
    codec: str,
    seconds: float = 1.0,
    size: tuple[int, int] = (64, 48),
    audio: str = "",
    rotation: int = 0,
) -> Path:
    """Moving greys, with a tone if an audio codec is named."""
    with av.open(str(path), "w", format=form) as target:
        out = target.add_stream(codec, rate=10)
        out.width, out.height = size
        out.pix_fmt = "yuv420p"
        voice = target.add_stream(audio, rate=48_000, layout="mono") if audio else None
        for number in range(int(10 * seconds)):
            frame = av.VideoFrame.from_ndarray(
                np.full((size[1], size[0], 3), number * 20 % 255, np.uint8), format="rgb24"
            )
            frame.pts, frame.time_base = number, Fraction(1, 10)
            target.mux(out.encode(frame))
        target.mux(out.encode(None))
        if voice:
            tone = np.zeros((1, int(48_000 * seconds)), np.int16)
            given = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
            given.rate = 48_000
            for even in av.AudioResampler(format=voice.format, layout="mono", rate=48_000).resample(given):
                target.mux(voice.encode(even))
            target.mux(voice.encode(None))
    return path
