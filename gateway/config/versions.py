"""Keeps the newest published version compiled, and the last good one when a newer one is broken."""

import time
from threading import Lock

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from gateway.config.compile import compile_files
from gateway.config.problems import listing
from gateway.config.running import RunningConfig
from gateway.core.errors import ConfigError
from gateway.models.config_version import ConfigVersion
from gateway.models.database import Database

LOOK_EVERY_SECONDS = 2.0
OLDER_KEPT = 8
"""Older versions that are kept compiled, each a megabyte or so: flows go on in the version they began with."""

_NEWEST_ID = select(func.max(ConfigVersion.id))

log = structlog.get_logger(__name__)

_inherited: RunningConfig | None = None


def hand_down(database: Database) -> None:
    """Compile the newest version in a process that is about to fork: its children share it, page by page.

    Raises:
        ConfigError: there is none that compiles.
        SQLAlchemyError: the database is away.
    """
    global _inherited
    _inherited = Versions(database).newest()


class Versions:
    """One per process; ``newest`` is safe from several threads and looks into the database at most every 2 s."""

    def __init__(self, database: Database, look_every_seconds: float = LOOK_EVERY_SECONDS) -> None:
        self._database = database
        self._look_every_seconds = look_every_seconds
        self._lock = Lock()
        self._running: RunningConfig | None = None
        self._seen: int | None = None
        self._looked_at = -1e9
        self._older: dict[int, RunningConfig | None] = {}

    def newest(self) -> RunningConfig:
        """The newest version that compiles, as known since at most 2 s.

        Raises:
            ConfigError: nothing is published, or the only version there is has problems.
        """
        if self._running is not None and time.monotonic() - self._looked_at < self._look_every_seconds:
            return self._running
        with self._lock:
            if self._running is None or time.monotonic() - self._looked_at >= self._look_every_seconds:
                self._try_to_look()
            if self._running is None:
                raise ConfigError("no usable config is published; run: flask --app wsgi config publish")
            return self._running

    def published(self, version: int) -> RunningConfig | None:
        """A version as it was published, for what began with it; None: there is none, or it compiles no more.

        The last few are kept compiled; a further one is read from the database.
        """
        if self._running is not None and self._running.version == version:
            return self._running
        with self._lock:
            if version not in self._older:
                self._older[version] = self._compiled(version)
                if len(self._older) > OLDER_KEPT:
                    self._older.pop(next(iter(self._older)))
            return self._older[version]

    def _compiled(self, version: int) -> RunningConfig | None:
        with self._database.read() as session:
            files = session.scalar(select(ConfigVersion.files).where(ConfigVersion.id == version))
        compiled = compile_files(files, version) if files else None
        return compiled if isinstance(compiled, RunningConfig) else None

    def _try_to_look(self) -> None:
        """A database that is down changes nothing for whoever has a config already."""
        self._looked_at = time.monotonic()
        try:
            self._look()
        except SQLAlchemyError:
            if self._running is None:
                raise
            log.warning("config_not_looked_up", version=self._running.version)

    def _look(self) -> None:
        with self._database.read() as session:
            newest = session.scalar(_NEWEST_ID)
            if newest is None or newest == self._seen:
                return
            if self._running is None and _inherited is not None and _inherited.version == newest:
                self._seen, self._running = newest, _inherited
                return
            files = session.scalar(select(ConfigVersion.files).where(ConfigVersion.id == newest)) or {}
        self._seen = newest
        compiled = compile_files(files, newest)
        if isinstance(compiled, RunningConfig):
            if self._running is not None:
                compiled.faq.stand_in(self._running.faq)
            self._running = compiled
        else:
            log.error("config_broken", version=newest, problems=listing(compiled))
            self._running = self._running or self._last_good(newest)

    def _last_good(self, before: int) -> RunningConfig | None:
        older = select(ConfigVersion.id, ConfigVersion.files).where(ConfigVersion.id < before)
        with self._database.read() as session:
            rows = session.execute(older.order_by(ConfigVersion.id.desc()).limit(10)).all()
        compiled = (compile_files(files, version) for version, files in rows)
        return next((config for config in compiled if isinstance(config, RunningConfig)), None)
