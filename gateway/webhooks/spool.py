"""This host's fsynced files for verified requests that the database cannot take now, one file each, in order.

A file is written aside, synced and renamed, so it is whole or absent; its first line is the digest of the rest.
"""

import base64
import fcntl
import hashlib
import itertools
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import structlog
from prometheus_client import Counter

from gateway.core.errors import StorageUnavailable
from gateway.core.events import EventRef
from gateway.core.http import WebhookRequest
from gateway.desk.inbound import Incoming

SUFFIX = ".request"
HALF = ".half"
STALE_SECONDS = 60

log = structlog.get_logger(__name__)
spooled = Counter("rabta_webhooks_spooled_total", "Requests kept on disk because the database was not available")
set_aside = Counter("rabta_webhooks_set_aside_total", "Spooled or refused requests that only people can sort out")


class Spool:
    """A folder of waiting requests, shared by all processes of this host."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count()
        self._last_ns = 0

    def put(self, item: Incoming) -> None:
        """Keep ``item`` on disk; when this returns, it outlives a power cut.

        Raises:
            StorageUnavailable: the disk is full or broken.
        """
        self._write(self.folder, encode(item))
        spooled.inc()

    def put_aside(self, item: Incoming, reason: str) -> None:
        """Keep a request that the database refuses where people find it, and never try it again.

        Raises:
            StorageUnavailable: the disk is full or broken.
        """
        name = self._write(self.folder / "aside", encode(item))
        set_aside.inc()
        log.error("request_set_aside", file=name, reason=reason)

    def waiting(self) -> bool:
        """Whether anything waits: cheap, asked before every batch."""
        try:
            with os.scandir(self.folder) as entries:
                return any(entry.name.endswith(SUFFIX) for entry in entries)
        except FileNotFoundError:
            return False

    def count(self) -> int:
        return len(self.names())

    def names(self) -> list[str]:
        """The waiting files, oldest first."""
        try:
            return sorted(name for name in os.listdir(self.folder) if name.endswith(SUFFIX))
        except FileNotFoundError:
            return []

    def load(self, name: str) -> Incoming | None:
        """The request in a file; one that cannot be read is set aside, and None returned."""
        try:
            return decode((self.folder / name).read_bytes())
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            self.set_aside(name, f"corrupt: {error}")
            return None

    def remove(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def set_aside(self, name: str, reason: str) -> None:
        """Move a file out of the way, to where people find it."""
        aside = self.folder / "aside"
        aside.mkdir(exist_ok=True)
        os.replace(self.folder / name, aside / name)
        set_aside.inc()
        log.error("spool_file_set_aside", file=name, reason=reason)

    def tidy(self) -> None:
        """Remove halves that a crash left: they were never acknowledged."""
        oldest = time.time() - STALE_SECONDS
        for path in self.folder.glob(f"*{HALF}"):
            with suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()

    @contextmanager
    def lock(self) -> Iterator[bool]:
        """True inside the block for one thread of this host at a time; never waits."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
            else:
                yield True

    def _next_name(self) -> str:
        """Names sort by time, also when the clock steps back under this process."""
        self._last_ns = max(time.time_ns(), self._last_ns + 1)
        return f"{self._last_ns:020d}-{os.getpid()}-{next(self._numbers)}{SUFFIX}"

    def _write(self, folder: Path, content: bytes) -> str:
        name = self._next_name()
        half = folder / f"{name}{HALF}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write_synced(half, content)
            os.rename(half, folder / name)
            _sync(folder)
        except OSError as error:
            with suppress(OSError):
                half.unlink(missing_ok=True)
            log.error("spool_failed", error=error.strerror)
            raise StorageUnavailable("neither database nor disk can take the request now") from error
        return name


def encode(item: Incoming) -> bytes:
    request = item.request
    content = orjson.dumps(
        {
            "id": item.id,
            "provider": item.provider,
            "received_at": item.received_at,
            "refs": [[ref.account, ref.key, ref.lane, ref.kind] for ref in item.refs],
            "route": request.route,
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "headers": request.headers,
            "body": base64.b64encode(request.body).decode(),
            "account": request.account,
        }
    )
    return _digest(content) + b"\n" + content


def decode(data: bytes) -> Incoming:
    """The request in a file's bytes.

    Raises:
        ValueError: the digest does not fit, or the content is not what ``encode`` writes.
    """
    digest, _, content = data.partition(b"\n")
    if digest != _digest(content):
        raise ValueError("digest does not fit")
    told: dict[str, Any] = orjson.loads(content)
    names = ("route", "method", "path", "query", "headers", "account")
    request = WebhookRequest(body=base64.b64decode(told["body"]), **{name: told[name] for name in names})
    refs = tuple(EventRef(*ref) for ref in told["refs"])
    return Incoming(uuid.UUID(told["id"]), told["provider"], request, refs, datetime.fromisoformat(told["received_at"]))


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _write_synced(path: Path, content: bytes) -> None:
    with open(path, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make the rename itself durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
