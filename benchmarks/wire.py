"""Just enough HTTP/1.1 for both ends of a benchmark: whole messages out of a byte stream."""

from collections.abc import Iterator


class Messages:
    """Collects bytes and yields (head, body) of each complete message with a Content-Length."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        self._buffer += data
        while True:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            length = content_length(head)
            if not found or len(rest) < length:
                return
            self._buffer = rest[length:]
            yield head, rest[:length]


def content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0
