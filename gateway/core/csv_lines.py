"""CSV as any spreadsheet writes it, line by line: encodings and delimiters found out, no line longer than it may be."""

import csv
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from gateway.core.errors import InvalidPayload

MAX_LINE = 8_000
ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
DELIMITERS = ",;\t|"


def lines_of(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """Numbered lines, each at most one character longer than allowed; what cannot be decoded becomes U+FFFD."""
    buffered = io.BufferedReader(file) if isinstance(file, io.RawIOBase) else file
    head = buffered.read(4_096)
    text = io.TextIOWrapper(io.BufferedReader(_Joined(head, buffered)), encoding=_encoding(head), errors="replace")
    number = 0
    while line := text.readline(MAX_LINE + 1):
        number += 1
        whole = line
        while not whole.endswith("\n") and (whole := text.readline(MAX_LINE)):
            pass  # the rest of a line that is too long
        yield number, line.rstrip("\r\n")


def delimiter_of(header: str) -> str:
    """What stands most often between the names of the first line."""
    return max(DELIMITERS, key=header.count)


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line.

    Raises:
        InvalidPayload: a quote that does not end.
    """
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, strict=True), [])]
    except csv.Error as error:
        raise InvalidPayload(f"not a row of cells: {error}") from error


def _encoding(head: bytes) -> str:
    for mark, encoding in ENCODINGS:
        if head.startswith(mark):
            return encoding
    if b"\0" in head[:2]:  # UTF-16 without a mark
        return "utf-16-be" if head[:1] == b"\0" else "utf-16-le"
    return "utf-8"


class _Joined(io.RawIOBase):
    """What was read already, then the rest of the file."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._head[: len(buffer)] if self._head else self._rest.read(len(buffer))
        self._head = self._head[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)
