"""The figures of ``/metrics``: what the processes counted, and what the database says is waiting."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client.multiprocess import MultiProcessCollector
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from gateway.core.words import Role
from gateway.desk import tokens
from gateway.desk.figures import Figures, figures
from gateway.runtime import Runtime
from gateway.signals.connection import connect
from gateway.signals.wakes import Waker
from gateway.webhooks.spool import SUFFIX

__all__ = ["CONTENT_TYPE", "KnownFigures", "exposition", "jobs_waiting", "may_read", "spooled"]

FRESH_SECONDS = 5.0
"""The database is asked at most this often, however often and from wherever somebody scrapes."""

REDIS_SECONDS = 1.0

LOOPBACK = frozenset({"127.0.0.1", "::1"})
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip")

log = structlog.get_logger(__name__)


class KnownFigures:
    """The database's figures, asked at most every 5 s; one an application."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at = -FRESH_SECONDS
        self._known: Figures | None = None

    def newest(self, runtime: Runtime) -> Figures | None:
        """None: the database cannot be read."""
        with self._lock:
            if time.monotonic() - self._at >= FRESH_SECONDS:
                self._known = _read(runtime)
                self._at = time.monotonic()
            return self._known


def exposition(runtime: Runtime, known: KnownFigures) -> bytes:
    """Everything, in Prometheus's text format."""
    waiting = CollectorRegistry()
    waiting.register(_Waiting(runtime, known))
    return generate_latest(_counted(runtime)) + generate_latest(waiting)


def may_read(runtime: Runtime, peer: str | None, headers: Mapping[str, str]) -> bool:
    """Whoever asks from this machine itself, not through a proxy on it; others with a supervisor's API token."""
    if peer in LOOPBACK and not any(name in headers for name in FORWARDED):
        return True
    scheme, _, secret = headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        return False
    with runtime.database.read() as session:
        bearer = tokens.find(session, secret.strip())
    return bearer is not None and bearer.may(Role.SUPERVISOR)


def spooled(folder: Path) -> int:
    """Requests on this host's disk that the database has not taken yet."""
    try:
        return sum(1 for path in folder.iterdir() if path.suffix == SUFFIX and not path.name.startswith("."))
    except FileNotFoundError:
        return 0


def jobs_waiting(runtime: Runtime) -> dict[str, int]:
    """Jobs in Redis by queue, asked over a connection of its own, more patiently than a request may be.

    Raises:
        RedisError: Redis cannot be reached.
    """
    redis = connect(runtime.settings.redis_url, REDIS_SECONDS)
    try:
        return Waker(redis).depths()
    finally:
        redis.close()


def _counted(runtime: Runtime) -> CollectorRegistry:
    """This process's counters, or all processes' of this host where they share a folder."""
    folder = runtime.settings.prometheus_multiproc_dir
    if not folder:
        return REGISTRY
    registry = CollectorRegistry()
    untyped: Any = MultiProcessCollector
    untyped(registry, path=folder)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return registry


class _Waiting:
    """What waits, asked when somebody looks."""

    def __init__(self, runtime: Runtime, known: KnownFigures) -> None:
        self._runtime, self._known = runtime, known

    def collect(self) -> Iterator[Metric]:
        yield _gauge("rabta_spooled_requests", "Webhooks on disk", spooled(self._runtime.settings.spool_dir))
        known = self._known.newest(self._runtime)
        yield _gauge("rabta_database_up", "1: the database answers", float(known is not None))
        if known:
            yield from _from_database(known)
        depths = _depths(self._runtime)
        yield _gauge("rabta_redis_up", "1: Redis answers", float(depths is not None))
        yield _by("rabta_jobs_waiting", "Jobs in Redis, by queue", "queue", depths or {})


def _from_database(known: Figures) -> Iterator[Metric]:
    yield _gauge("rabta_events_pending", "Events not yet processed", known.events_pending)
    yield _gauge("rabta_events_oldest_pending_seconds", "Age of the oldest of them", known.oldest_pending_seconds)
    yield _gauge("rabta_events_set_aside", "Events given up after retries", known.events_set_aside)
    yield _by("rabta_deliveries_unfinished", "Deliveries on their way", "state", known.deliveries)
    yield _gauge("rabta_deliveries_oldest_queued_seconds", "Age of the oldest unsent", known.oldest_queued_seconds)
    yield _gauge("rabta_deliveries_failed_5m", "Failed in the last 5 minutes", known.deliveries_failed)
    yield _gauge("rabta_statuses_held", "Callbacks for messages we do not know", known.statuses_held)
    yield _gauge("rabta_media_pending", "Files not yet fetched", known.media_pending)
    yield _gauge("rabta_requests_open", "Asked of other systems and not settled", known.requests_open)
    yield _by("rabta_conversations_waiting", "Conversations that wait for a person", "queue", known.waiting)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _by(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _depths(runtime: Runtime) -> dict[str, int] | None:
    try:
        return jobs_waiting(runtime)
    except (RedisError, OSError):
        return None


def _read(runtime: Runtime) -> Figures | None:
    try:
        with runtime.database.read() as session:
            return figures(session)
    except SQLAlchemyError as error:
        log.warning("figures_unavailable", error=str(error))
        return None
