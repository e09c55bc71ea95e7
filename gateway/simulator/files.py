"""Bytes of media either way, in a folder or (without one) in memory."""

from pathlib import Path

import requests

FETCH_SECONDS = 15
MOST_BYTES = 16_000_000


class Files:
    def __init__(self, folder: Path | None) -> None:
        self._folder = folder / "media" if folder else None
        self._memory: dict[str, bytes] = {}
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)

    def put(self, sid: str, data: bytes) -> None:
        if self._folder:
            (self._folder / sid).write_bytes(data)
        else:
            self._memory[sid] = data

    def get(self, sid: str) -> bytes | None:
        """The bytes of a media SID, already checked to be one."""
        if not self._folder:
            return self._memory.get(sid)
        path = self._folder / sid
        return path.read_bytes() if path.is_file() else None

    def remove(self, sid: str) -> None:
        self._memory.pop(sid, None)
        if self._folder:
            (self._folder / sid).unlink(missing_ok=True)


def fetch(url: str) -> tuple[bytes, str, str] | None:
    """A file that the business offers, as ``(bytes, content type, name)``; None if it cannot be had."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            with session.get(url, timeout=FETCH_SECONDS, stream=True) as answer:
                answer.raise_for_status()
                data = answer.raw.read(MOST_BYTES + 1, decode_content=True)
    except (requests.RequestException, OSError):
        return None
    if len(data) > MOST_BYTES:
        return None
    content_type = answer.headers.get("Content-Type", "application/octet-stream").partition(";")[0]
    return data, content_type, _filename(answer.headers.get("Content-Disposition", ""))


def _filename(disposition: str) -> str:
    _, found, name = disposition.partition("filename=")
    return name.partition(";")[0].strip().strip('"') if found else ""
