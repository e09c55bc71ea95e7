"""Builds the Flask application: blueprints, errors, headers, commands."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.api import app as api
from gateway.commands.registry import COMMANDS
from gateway.console import app as console
from gateway.responses import register_errors, register_headers
from gateway.runtime import Runtime, build, use
from gateway.settings import Settings
from gateway.webhooks import health, media
from gateway.webhooks import views as webhooks
from gateway.webhooks.intake import Intake
from gateway.webhooks.proxies import is_trusted

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def create_app(settings: Settings, runtime: Runtime | None = None) -> Flask:
    """The web application; connects to nothing before the first request.

    Tests hand in their own ``runtime``; otherwise one is built from ``settings``.
    """
    app = Flask("gateway", static_folder=None, template_folder=None)
    app.config.update(SECRET_KEY=settings.secret_key, MAX_FORM_MEMORY_SIZE=2_000_000)
    app.session_interface = PageSessions()
    app.extensions["rabta"] = runtime or build(settings)
    app.extensions["rabta_intake"] = Intake(app.extensions["rabta"])
    use(app.extensions["rabta"])
    register_errors(app)
    register_headers(app)
    _register_pages(app)
    for command in COMMANDS:
        app.cli.add_command(command)
    if settings.trusted_proxies:
        app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
    return app


class PageSessions(SecureCookieSessionInterface):
    """Flask's signed cookie for pages; providers and programs bring none, and need not pay for its keys."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith(("/webhooks/", "/api/")):
            return self.session_class()
        return super().open_session(app, request)


class TrustedProxies:
    """Believes ``X-Forwarded-*`` of the proxies named in ``TRUSTED_PROXIES`` and of nobody else."""

    def __init__(self, app: "WSGIApplication", trusted: tuple[str, ...]) -> None:
        self._app, self._trusted = app, trusted
        self._behind_proxy = ProxyFix(app, x_for=1, x_proto=1, x_host=1, x_prefix=1)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        believed = is_trusted(str(environ.get("REMOTE_ADDR", "")), self._trusted)
        return (self._behind_proxy if believed else self._app)(environ, start_response)


def _register_pages(app: Flask) -> None:
    """One line a room: each adds its own when it opens."""
    webhooks.register(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(media.blueprint)
    api.register(app)
    console.register(app)
