"""Thumbnails: small WebP pictures of stored images, made where a hostile image can only fail."""

import io
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MAX_PIXELS = 40_000_000
EDGE = 480
CONTENT_TYPE = "image/webp"

UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning)
"""What Pillow raises for broken or oversized images."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Size of the original as people see it (turned upright), and its thumbnail."""

    width: int
    height: int
    thumbnail: bytes


def preview(file: BinaryIO) -> Preview | None:
    """A thumbnail at most 480 pixels wide and high; None for what is no image, broken, or over 40 megapixels."""
    try:
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                return None
            return _shrunk(image)
    except UNREADABLE:
        return None


def _shrunk(image: Image.Image) -> Preview:
    width, height = image.size
    if image.getexif().get(0x0112, 1) >= 5:  # stored lying on its side
        width, height = height, width
    image.draft("RGB", (EDGE * 2, EDGE * 2))  # JPEG: decode at a fraction of the size
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((EDGE, EDGE))
    if upright.mode not in ("RGB", "RGBA"):
        upright = upright.convert("RGBA" if "transparency" in upright.info or upright.mode == "LA" else "RGB")
    out = io.BytesIO()
    upright.save(out, "WEBP", quality=75)
    return Preview(width, height, out.getvalue())
