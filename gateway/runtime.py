"""The composition root: what a process needs to do its work, built once from the settings.

RQ calls jobs by name with plain arguments, so they ask ``current()`` for the runtime of their process.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from gateway.channels.registry import Registry
from gateway.channels.twilio.adapter import TwilioAdapter
from gateway.config.running import RunningConfig
from gateway.config.versions import Versions
from gateway.core.crm import CrmClient, CrmSettings
from gateway.crm.registry import client_of
from gateway.models.database import Database
from gateway.settings import Settings
from gateway.signals.connection import REQUEST_TIMEOUT_SECONDS, connect
from gateway.signals.wakes import Waker
from gateway.signals.work import unit_of_work
from gateway.storage.store import MediaStore

if TYPE_CHECKING:  # workers need no web framework
    from flask import Flask


@dataclass(slots=True)
class Runtime:
    settings: Settings
    database: Database
    waker: Waker
    registry: Registry
    storage: MediaStore
    versions: Versions
    _crm: tuple[CrmSettings, CrmClient] | None = None

    def config(self) -> RunningConfig:
        """The newest published config, looked up at most every 2 s."""
        return self.versions.newest()

    def published(self, version: int) -> RunningConfig | None:
        """An older version of the config, for what began with it; None: it can be used no more."""
        return self.versions.published(version)

    def crm(self) -> CrmClient:
        """The CRM that the newest config names; ask it in jobs only. It is kept: it knows its token and who is busy."""
        settings, kept = self.config().crm, self._crm
        if kept is None or kept[0] != settings:
            kept = (settings, client_of(settings, self.database, dict(self.settings.crm_secrets)))
            self._crm = kept
        return kept[1]

    @contextmanager
    def work(self) -> Iterator[Session]:
        """One write transaction, then its wakes."""
        with unit_of_work(self.database, self.waker) as session:
            yield session


def build(
    settings: Settings, redis_timeout_seconds: float = REQUEST_TIMEOUT_SECONDS, repeatable: bool = False
) -> Runtime:
    """A runtime for this process; connects lazily, so it may be built before the database is up.

    ``repeatable`` is for lane workers alone: see ``Database``.
    """
    database = Database(settings.database_url, sqlite_synchronous=settings.sqlite_synchronous, repeatable=repeatable)
    return Runtime(
        settings=settings,
        database=database,
        waker=Waker(connect(settings.redis_url, redis_timeout_seconds)),
        registry=Registry({"twilio": TwilioAdapter.from_settings(settings)}),
        storage=MediaStore(settings.media_url),
        versions=Versions(database),
    )


_current: Runtime | None = None


def use(runtime: Runtime) -> None:
    """Make ``runtime`` the one that jobs of this process find."""
    global _current
    _current = runtime


def current() -> Runtime:
    """The runtime of this process, built from the environment if nobody set one."""
    global _current
    if _current is None:
        _current = build(Settings.from_env())
    return _current


def runtime_of(app: "Flask") -> Runtime:
    """The runtime a Flask application was built with."""
    runtime: Runtime = app.extensions["rabta"]
    return runtime
