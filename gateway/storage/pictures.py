"""Pictures made into JPEG: upright, without what cameras write beside them, as large as may be."""

import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageOps

from gateway.core.files import Why
from gateway.storage.failed import CannotConvert
from gateway.storage.preview import FORMATS, MAX_PIXELS, UNREADABLE

STEPS = ((4096, 88), (3072, 82), (2048, 80), (1600, 75), (1280, 70), (800, 60), (480, 50))
"""Longest edge in pixels and JPEG quality, from the best on: the first that is small enough is taken."""


def convert(given: Path, made: Path, content_type: str, to: str, most_bytes: int) -> bool:
    """Write ``given`` as a JPEG of at most ``most_bytes``; of a moving picture, its first one.

    Raises:
        CannotConvert: unreadable, over 40 megapixels, or never small enough.
    """
    try:
        with Image.open(given, formats=(*FORMATS, "AVIF")) as image:
            if image.width * image.height > MAX_PIXELS:
                raise CannotConvert(Why.TOO_LARGE)
            upright = _on_white(ImageOps.exif_transpose(image))
            profile = image.info.get("icc_profile")
    except UNREADABLE as error:
        raise CannotConvert(Why.UNREADABLE) from error
    for data in _ever_smaller(upright, profile):
        if len(data) <= most_bytes:
            made.write_bytes(data)
            return True
    raise CannotConvert(Why.TOO_LARGE)


def _on_white(image: Image.Image) -> Image.Image:
    """JPEG has no transparency."""
    if image.mode not in ("RGBA", "LA", "PA") and "transparency" not in image.info:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    white = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(white, seen).convert("RGB")


def _ever_smaller(image: Image.Image, profile: bytes | None) -> Iterator[bytes]:
    for edge, quality in STEPS:
        image.thumbnail((edge, edge), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True, progressive=True, icc_profile=profile, exif=b"")
        yield out.getvalue()
