"""Content at the provider as this process knows it: found or made before the claim, given up for a while if refused."""

import time
from collections.abc import Callable, Collection, Mapping
from functools import partial

import structlog
from sqlalchemy.orm import Session

from gateway.channels.base import Adapter
from gateway.core.errors import Action, SendError
from gateway.desk import contents
from gateway.models.database import Database

FRESH_SECONDS = 3600.0
"""After this a shape is looked up again, which also marks it as used."""
TRIES = 2
TRY_AGAIN_SECONDS = 1.0
GIVEN_UP_SECONDS = 300.0
TIDY_EVERY_SECONDS = 3600.0

log = structlog.get_logger(__name__)


class Shelf:
    """Shapes by hash. ``later`` runs a function in another thread."""

    def __init__(self, database: Database, later: Callable[[Callable[[], None]], None]) -> None:
        self._database = database
        self._later = later
        self._known: dict[str, tuple[str, float]] = {}
        self._given_up: dict[str, float] = {}
        self._tries: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._tidy_at = 0.0

    def ready(self) -> Collection[str]:
        """Hashes of deliveries that may be claimed: made, or given up so that words go out instead."""
        now = time.monotonic()
        fresh = {known for known, (_, until) in self._known.copy().items() if until > now}
        return fresh | {given_up for given_up, until in self._given_up.copy().items() if until > now}

    def sid_of(self, content_hash: str | None) -> str | None:
        """The provider's id; None: send the words."""
        return self._known[content_hash][0] if content_hash in self._known else None

    def want(self, session: Session, adapters: Mapping[str, Adapter]) -> bool:
        """Look for shapes (hash → whose) among those that exist, begin to make the others; True: some can go now."""
        return any([self._find(session, content_hash, adapter) for content_hash, adapter in adapters.items()])

    def _find(self, session: Session, content_hash: str, adapter: Adapter) -> bool:
        sid = contents.use(session, adapter.account, [content_hash]).get(content_hash)
        if sid:
            self._know(content_hash, sid)
        elif content_hash not in contents.shapes():
            self._give_up(content_hash)
        else:
            self._begin_to_make(content_hash, adapter)
            return False
        return True

    def _begin_to_make(self, content_hash: str, adapter: Adapter) -> None:
        if self._not_before.get(content_hash, 0.0) <= time.monotonic():
            self._not_before[content_hash] = time.monotonic() + GIVEN_UP_SECONDS  # one maker at a time
            self._later(partial(self._make, content_hash, adapter))

    def forget(self, content_hash: str, adapter: Adapter) -> None:
        """The provider says that it is gone."""
        self._known.pop(content_hash, None)
        self._not_before.pop(content_hash, None)
        with self._database.begin() as session:
            contents.forget(session, adapter.account, content_hash)

    def tidy(self, adapter: Adapter) -> None:
        """Once an hour: delete what nobody used for a week, at the provider and then here."""
        if time.monotonic() >= self._tidy_at:
            self._tidy_at = time.monotonic() + TIDY_EVERY_SECONDS
            self._later(partial(delete_unused, self._database, adapter))

    def _make(self, content_hash: str, adapter: Adapter) -> None:
        try:
            made = adapter.create_content(contents.shapes()[content_hash])
            with self._database.begin() as session:
                kept = contents.keep(session, adapter.account, content_hash, made)
        except SendError as error:
            return self._failed(content_hash, error)
        except Exception as error:  # the database is away: without another try, what needs it would wait for minutes
            return self._failed(content_hash, SendError("content_not_kept", type(error).__name__, Action.RETRY))
        self._know(content_hash, kept)
        if kept != made:
            adapter.delete_content(made)  # another process was faster

    def _failed(self, content_hash: str, error: SendError) -> None:
        log.warning("content_not_made", code=error.code, error=error.text)
        self._tries[content_hash] = self._tries.get(content_hash, 0) + 1
        if self._tries[content_hash] >= TRIES:
            return self._give_up(content_hash)
        self._not_before[content_hash] = time.monotonic() + TRY_AGAIN_SECONDS

    def _know(self, content_hash: str, sid: str) -> None:
        self._known[content_hash] = (sid, time.monotonic() + FRESH_SECONDS)
        self._given_up.pop(content_hash, None)
        self._no_more_tries(content_hash)

    def _give_up(self, content_hash: str) -> None:
        self._given_up[content_hash] = time.monotonic() + GIVEN_UP_SECONDS
        self._no_more_tries(content_hash)

    def _no_more_tries(self, content_hash: str) -> None:
        self._tries.pop(content_hash, None)
        self._not_before.pop(content_hash, None)


def delete_unused(database: Database, adapter: Adapter) -> None:
    """Delete content unused for a week; what the provider does not delete now is tried again next time."""
    with database.begin() as session:
        retired = contents.retire_unused(session, adapter.account)
    for external_id in retired:
        try:
            adapter.delete_content(external_id)
        except SendError as error:
            log.warning("content_not_deleted", code=error.code, error=error.text)
            continue
        with database.begin() as session:
            contents.bury(session, adapter.account, external_id)
