"""How long a text is as SMS: its encoding, the units it takes and the segments it is billed as."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Literal

GSM7_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet of 3GPP TS 23.038: one septet each."""
GSM7_EXTENSION = frozenset("\f^{}\\[~]|€")
"""Behind an escape: two septets, never parted between segments."""
GSM7 = GSM7_BASIC | GSM7_EXTENSION
GSM7_ROOM, UCS2_ROOM = (160, 153), (70, 67)
"""Units that fit a message of one segment, and each segment of a longer one, whose header takes the rest."""


@dataclass(frozen=True, slots=True)
class Segments:
    """``units`` are septets in GSM-7 and 16-bit units in UCS-2; an empty text has none and no segment."""

    encoding: Literal["gsm7", "ucs2"]
    units: int
    segments: int


def count(text: str) -> Segments:
    """What ``text`` costs as SMS; one character outside GSM-7 makes all of it UCS-2."""
    if GSM7.issuperset(text):
        widths = [2 if character in GSM7_EXTENSION else 1 for character in text]
        return Segments("gsm7", sum(widths), _segments(widths, GSM7_ROOM))
    widths = [2 if character > "\uffff" else 1 for character in text]
    return Segments("ucs2", sum(widths), _segments(widths, UCS2_ROOM))


def _segments(widths: list[int], room: tuple[int, int]) -> int:
    units, (alone, each) = sum(widths), room
    if units <= alone:
        return 1 if units else 0
    return ceil(units / each) if units == len(widths) else _packed(widths, each)


def _packed(widths: Iterable[int], room: int) -> int:
    """Segments filled one after the other: what takes two units goes whole into one of them."""
    segments, used = 1, 0
    for width in widths:
        used += width
        if used > room:
            segments, used = segments + 1, width
    return segments
