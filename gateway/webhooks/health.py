"""Is it alive, is it ready, and in figures: what load balancers and dashboards ask.

A host whose database is down still takes webhooks into its spool: balance by ``/healthz``, alert by ``/readyz``.
"""

from collections.abc import Callable
from typing import Any

import structlog
from flask import Blueprint, Response, current_app, jsonify, request
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from gateway.desk.figures import oldest_pending_seconds
from gateway.runtime import Runtime, runtime_of
from gateway.webhooks import metrics

LATE_SECONDS = 60.0
"""An event that waits longer says that nobody drains the lanes."""

blueprint = Blueprint("health", __name__)
log = structlog.get_logger(__name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process lives; nothing else is asked."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Each part by name; 503 as soon as one of them needs somebody's attention."""
    runtime = runtime_of(current_app)
    parts = {name: check(runtime) for name, check in CHECKS.items()}
    ready = all(part["ok"] for part in parts.values())
    response = jsonify(ready=ready, **parts)
    response.status_code = 200 if ready else 503
    return response


@blueprint.get("/metrics")
def show_metrics() -> Response:
    """Prometheus text, for this host's own monitor or with an API token."""
    runtime = runtime_of(current_app)
    if not metrics.may_read(runtime, request.remote_addr, dict(request.headers)):
        return Response("an API token is needed from here\n", 401, {"WWW-Authenticate": "Bearer"}, "text/plain")
    known = current_app.extensions.setdefault("rabta_figures", metrics.KnownFigures())
    return Response(metrics.exposition(runtime, known), content_type=metrics.CONTENT_TYPE)


def _database(runtime: Runtime) -> dict[str, Any]:
    try:
        with runtime.database.read() as session:
            oldest = oldest_pending_seconds(session)
    except SQLAlchemyError as error:
        log.warning("not_ready", part="database", error=str(error))
        return {"ok": False, "reason": f"cannot be read ({type(error).__name__})"}
    late = oldest > LATE_SECONDS
    return {"ok": not late, "oldest_pending_seconds": round(oldest, 1)} | ({"reason": "events wait"} if late else {})


def _redis(runtime: Runtime) -> dict[str, Any]:
    try:
        return {"ok": True, "waiting_jobs": metrics.jobs_waiting(runtime)}
    except (RedisError, OSError) as error:
        log.warning("not_ready", part="redis", error=str(error))
        return {"ok": False, "reason": f"cannot be reached ({type(error).__name__}); messages are kept and wait for it"}


def _spool(runtime: Runtime) -> dict[str, Any]:
    waiting = metrics.spooled(runtime.settings.spool_dir)
    return {"ok": waiting == 0, "requests": waiting} | ({"reason": "requests wait for the database"} if waiting else {})


CHECKS: dict[str, Callable[[Runtime], dict[str, Any]]] = {"database": _database, "redis": _redis, "spool": _spool}
