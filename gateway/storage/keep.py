"""Takes a file in: counted, hashed, sniffed, previewed, and stored under a key of our own."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast

from gateway.core.errors import InvalidPayload
from gateway.storage.preview import preview
from gateway.storage.sniff import HEAD_BYTES, sniff
from gateway.storage.store import MediaStore, new_key

IN_MEMORY_BYTES = 1_000_000
CHUNK_BYTES = 65_536


class FileRefused(InvalidPayload):
    """Too large or empty: trying again would not help."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored file. ``thumbnail_key``, ``width`` and ``height`` are set for images that could be read."""

    content_type: str
    size: int
    sha256: str
    storage_key: str
    thumbnail_key: str | None = None
    width: int | None = None
    height: int | None = None


def keep(store: MediaStore, chunks: Iterable[bytes], *, claimed: str, max_bytes: int) -> Kept:
    """Store what ``chunks`` hold, at most ``max_bytes``.

    Raises:
        FileRefused: empty or too large.
        OSError: the store did not take it.
    """
    with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as spooled:
        file = cast(BinaryIO, spooled)
        size, sha256 = _count(file, chunks, max_bytes)
        content_type = sniff(_head(file), claimed)
        key = new_key()
        file.seek(0)
        store.put(key, read_in_chunks(file))
        kept = Kept(content_type, size, sha256, key)
        return _with_preview(store, kept, file) if content_type.startswith("image/") else kept


def read_in_chunks(file: IO[bytes], size: int = CHUNK_BYTES) -> Iterator[bytes]:
    """The rest of ``file``, piece by piece."""
    while chunk := file.read(size):
        yield chunk


def _count(file: BinaryIO, chunks: Iterable[bytes], max_bytes: int) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            raise FileRefused(f"larger than {max_bytes / 1_000_000:g} MB")
        digest.update(chunk)
        file.write(chunk)
    if not size:
        raise FileRefused("the file is empty")
    return size, digest.hexdigest()


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(HEAD_BYTES)


def _with_preview(store: MediaStore, kept: Kept, file: BinaryIO) -> Kept:
    file.seek(0)
    small = preview(file)
    if small is None:
        return kept
    key = new_key()
    store.put(key, [small.thumbnail])
    return Kept(kept.content_type, kept.size, kept.sha256, kept.storage_key, key, small.width, small.height)
