"""Joins the console to the application: pages, login, CSRF, throttle, words for templates."""

from flask import Flask, redirect, url_for
from werkzeug.wrappers import Response

from gateway.console import (
    actions,
    auth,
    campaign_views,
    formats,
    inbox_views,
    marks,
    media_views,
    question_views,
    saved_view_actions,
    search_views,
    thread_views,
)
from gateway.console.blueprint import blueprint
from gateway.runtime import runtime_of
from gateway.signals.throttle import Throttle

VIEWS = (
    auth,
    inbox_views,
    thread_views,
    actions,
    media_views,
    campaign_views,
    question_views,
    search_views,
    saved_view_actions,
)
"""Modules whose import puts their views on the blueprint."""


def register(app: Flask) -> None:
    """Add the console to ``app``."""
    app.config.update(
        SESSION_COOKIE_NAME="rabta_form",
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,  # the webhooks and the API have no forms; the blueprint's guard checks
        WTF_CSRF_TIME_LIMIT=None,  # a page may stay open for a whole shift
        WTF_CSRF_SSL_STRICT=False,  # the Referer does not survive every proxy; token and SameSite do
    )
    app.session_interface = auth.Cookies()
    app.extensions["rabta_throttle"] = Throttle(runtime_of(app).settings.redis_url)
    auth.csrf.init_app(app)
    app.jinja_env.filters.update(formats.FILTERS | marks.FILTERS)
    app.jinja_env.globals.update(marks.GLOBALS)
    app.register_blueprint(blueprint)
    app.add_url_rule("/", "home", _home)


def _home() -> Response:
    return redirect(url_for("console.inbox"))
