"""What every answer has in common: security headers, and errors in the form the caller reads (page, JSON, text)."""

import structlog
from flask import Flask, Response, jsonify, render_template, request
from markupsafe import escape
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, default_exceptions

from gateway.core.errors import (
    BodyTooLarge,
    Conflict,
    Forbidden,
    InvalidPayload,
    NotFound,
    RabtaError,
    StorageUnavailable,
)

STATUS_OF: dict[type[RabtaError], int] = {
    Forbidden: 403,
    InvalidPayload: 400,
    NotFound: 404,
    Conflict: 409,
    BodyTooLarge: 413,
    StorageUnavailable: 503,
}
"""Our errors as HTTP; those not listed are bugs: 500."""

DATABASE_DOWN = (OperationalError, InterfaceError, PoolTimeout)

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'{live}; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}

log = structlog.get_logger(__name__)


def register_headers(app: Flask) -> None:
    """Security headers on every page, no guessing of types anywhere; a view that sets one of its own keeps it."""

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if response.mimetype == "text/html":
            for name, value in PAGE_HEADERS.items():
                response.headers.setdefault(name, value)
            response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY.format(live=_live(app)))
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def register_errors(app: Flask) -> None:
    """Every error leaves in the caller's form, and an unexpected one is logged with its trace."""
    for code in default_exceptions:
        app.register_error_handler(code, _http_error)
    for kind in DATABASE_DOWN:
        app.register_error_handler(kind, _database_error)
    app.register_error_handler(RabtaError, _our_error)
    app.register_error_handler(Exception, _unexpected)


def error_response(status: int, title: str, detail: str) -> Response:
    """An error as problem+json under ``/api``, short text under ``/webhooks``, a page elsewhere."""
    if request.path.startswith("/api/"):
        response = jsonify(type="about:blank", title=title, status=status, detail=detail)
        response.mimetype = "application/problem+json"
    elif request.path.startswith("/webhooks/"):
        response = Response(f"{detail}\n", mimetype="text/plain")
    else:
        response = Response(render_template("console/error.html", title=title, detail=detail), mimetype="text/html")
    response.status_code = status
    return response


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:  # a redirect or a ready answer
        return error.get_response()  # type: ignore[return-value]
    response = error_response(error.code or 500, error.name, error.description or error.name)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            response.headers[name] = value
    return response


def _our_error(error: RabtaError) -> Response:
    status = STATUS_OF.get(type(error), 500)
    if status == 500:
        return _unexpected(error)
    return error_response(status, default_exceptions[status]().name, str(error))


def _database_error(error: Exception) -> Response:
    log.error("database_unavailable", error=type(error).__name__)
    response = error_response(503, "Service Unavailable", "The database cannot be reached just now; please try again.")
    response.headers["Retry-After"] = "5"
    return response


def _unexpected(error: Exception) -> Response:
    log.error("request_failed", path=str(escape(request.path)), exc_info=error)
    return error_response(500, InternalServerError().name, "Something went wrong on our side; it has been noted.")


def _live(app: Flask) -> str:
    """The live stream's origin when it is another port of this host: the browser came with no proxy in between."""
    settings = app.extensions["rabta"].settings
    host, _, port = request.host.rpartition(":")
    return f" http://{host}:{settings.live_port}" if port == str(settings.web_port) else ""
