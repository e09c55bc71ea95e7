"""The web application for a test: made once for each public address, then lent to one test after the other."""

from functools import cache

from flask import Flask

from gateway.api.access import REQUESTS_PER_MINUTE
from gateway.api.access import Throttle as ApiThrottle
from gateway.app import create_app
from gateway.runtime import Runtime, use
from gateway.settings import Settings
from gateway.signals.throttle import Throttle
from gateway.webhooks.intake import Intake


def app_of(settings: Settings, runtime: Runtime) -> Flask:
    """As ``create_app`` makes it, in a hundredth of the time; not for settings with trusted proxies."""
    assert not settings.trusted_proxies
    app = _made(settings.public_url)
    app.testing = False
    app.config.update(SECRET_KEY=settings.secret_key)
    app.extensions["rabta"] = runtime
    app.extensions["rabta_intake"] = Intake(runtime)
    app.extensions["rabta_api_throttle"] = ApiThrottle(REQUESTS_PER_MINUTE)
    app.extensions["rabta_throttle"] = Throttle(runtime.settings.redis_url)
    use(runtime)
    return app


@cache
def _made(public_url: str) -> Flask:
    """Its runtime only says what is written into the OpenAPI."""
    return create_app(Settings("sqlite://", "redis://127.0.0.1:1", public_url, "s" * 32))
