"""Brings what the provider approved into our tables: at start, hourly, and sooner while an approval is awaited."""

import time

import structlog

from gateway.config.publish import newest_version
from gateway.core.errors import SendError
from gateway.core.provider_templates import UNUSABLE
from gateway.desk import templates
from gateway.desk.templates import Synced
from gateway.runtime import Runtime, current
from gateway.signals.wakes import SYNC_TEMPLATES

LOOK_SECONDS = 60.0
AGAIN_SECONDS = (30.0, 3600.0)
"""After asking: until it is asked again if nothing came of it, at first and at most."""

log = structlog.get_logger(__name__)


def sync_templates() -> None:
    """RQ's way in; an account that cannot be asked now keeps the state it had."""
    try:
        sync(current())
    except SendError as error:
        log.warning("templates_not_synced", code=error.code, error=error.text)


def sync(runtime: Runtime) -> list[Synced]:
    """Ask every provider and keep what it has.

    Raises:
        SendError: one of them could not be asked.
    """
    ours = runtime.config().templates
    synced = []
    for adapter in runtime.registry.connected():
        found = adapter.list_templates()
        with runtime.work() as session:
            synced.append(templates.store(session, adapter.account, found, ours))
        for name, language, was, became in synced[-1].changed:
            if became in UNUSABLE:
                log.warning("template_unusable", template=name, language=language, was=was, became=became)
    return synced


class Syncing:
    """The clock's part: rings for the job when the config is new to it, or the state too old."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._version: int | None = None
        self._look_at = 0.0
        self._again, _ = AGAIN_SECONDS

    def step(self) -> None:
        """Look at most once a minute, more rarely while nothing comes of it."""
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOOK_SECONDS
        with self._runtime.database.read() as session:
            version, stale = newest_version(session), templates.is_stale(session)
        if version == self._version and not stale:
            self._again, _ = AGAIN_SECONDS
            return
        self._version = version
        self._look_at = time.monotonic() + self._again
        self._again = min(self._again * 2, AGAIN_SECONDS[1])
        self._runtime.waker.chore(SYNC_TEMPLATES)
