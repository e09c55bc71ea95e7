"""Where the provider's requests arrive: read, verify, keep, answer. Everything else happens later, in the lane."""

from collections.abc import Callable

import structlog
from flask import Blueprint, Flask, Response, current_app, request
from prometheus_client import Counter

from gateway.core.errors import RabtaError
from gateway.runtime import Runtime, runtime_of
from gateway.webhooks.greeting import greeting
from gateway.webhooks.intake import intake_of
from gateway.webhooks.reading import read

METHODS = ["GET", "POST"]
XML = "text/xml; charset=utf-8"
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

log = structlog.get_logger(__name__)
accepted = Counter("rabta_webhooks_accepted_total", "Webhook requests kept, repeats included", ["route"])
refused = Counter("rabta_webhooks_refused_total", "Webhook requests answered with an error", ["route", "reason"])


def register(app: Flask) -> None:
    """Open the webhooks, and see to what an earlier process left on disk as soon as anybody asks anything."""
    blueprint = Blueprint("twilio", __name__, url_prefix="/webhooks/twilio")
    for route, answer in ANSWERS.items():
        name, view = route.replace("/", "_"), _view(route, answer)
        blueprint.add_url_rule(f"/{route}", name, view, methods=METHODS, provide_automatic_options=False)
    app.register_blueprint(blueprint)
    app.before_request(_resume_once)


def _view(route: str, answer: Callable[[Runtime], Response]) -> Callable[[], Response]:
    counted = accepted.labels(route)

    def take() -> Response:
        runtime = runtime_of(current_app)
        try:
            intake_of(current_app).accept("twilio", read(request.environ, route, runtime.settings))
        except RabtaError as error:
            refused.labels(route, type(error).__name__).inc()
            log.warning("webhook_refused", route=route, kind=type(error).__name__, reason=str(error))
            raise
        counted.inc()
        return answer(runtime)

    return take


def _no_reply(runtime: Runtime) -> Response:
    """The answer to a message goes out by REST, so the TwiML is empty."""
    return Response(EMPTY_TWIML, content_type=XML)


def _nothing(runtime: Runtime) -> Response:
    return Response(status=204)


def _speech(runtime: Runtime) -> Response:
    """A caller waits: what they hear is the one answer that goes out with the request."""
    return Response(greeting(runtime), content_type=XML)


ANSWERS: dict[str, Callable[[Runtime], Response]] = {
    "messages": _no_reply,
    "statuses": _nothing,
    "voice/incoming": _speech,
    "voice/status": _nothing,
}


def _resume_once() -> None:
    """Not when the application is built: a command line builds one too."""
    intake_of(current_app).resume()
