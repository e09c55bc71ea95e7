"""The REST API on the application: every resource, and the OpenAPI that describes them."""

from typing import Any

from apispec import APISpec
from flask import Flask
from flask_smorest import Api as SmorestApi

from gateway.api import (
    calls,
    campaigns,
    channels,
    consents,
    contacts,
    conversations,
    crm_imports,
    customers,
    events,
    explain,
    follow_ups,
    media,
    messages,
    notifications,
    orders,
    people,
    questions,
    reports,
    search,
    templates,
)
from gateway.api.access import REQUESTS_PER_MINUTE, Throttle
from gateway.api.problems import MEDIA_TYPE, ProblemSchema
from gateway.runtime import runtime_of

RESOURCES = (
    messages, contacts, consents, conversations, calls, media, events, channels, templates, explain, follow_ups,
    notifications, campaigns, questions, reports, customers, orders, crm_imports, people, search,
)  # fmt: skip
DESCRIPTION = """Messages, contacts, conversations and calls of a Rabta gateway.

Every request bears a token (`Authorization: Bearer …`, made by `flask --app wsgi tokens create`). Lists come as
`{"data": […], "next": "…"|null}`: hand `next` back as `cursor`. Errors are problem+json (RFC 9457).
"""


class Api(SmorestApi):
    """flask-smorest with our problems in place of its errors; the application answers for all of them."""

    ERROR_SCHEMA = ProblemSchema
    spec: APISpec

    def _register_error_handlers(self) -> None:
        """``gateway.responses`` has them."""

    def _register_responses(self) -> None:
        super()._register_responses()
        for response in self.spec.components.responses_lazy.values():
            content = response.get("content", {})
            if "application/json" in content:
                content[MEDIA_TYPE] = content.pop("application/json")


def register(app: Flask, requests_per_minute: int = REQUESTS_PER_MINUTE) -> None:
    """Add ``/api/v1`` and its ``openapi.json`` to the application."""
    app.config.update(
        API_TITLE="Rabta",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    app.extensions["rabta_api_throttle"] = Throttle(requests_per_minute)
    api = Api(app, spec_kwargs=_about(runtime_of(app).settings.public_url))
    for resource in RESOURCES:
        api.register_blueprint(resource.blueprint)


def _about(public_url: str) -> dict[str, Any]:
    return {
        "info": {"description": DESCRIPTION},
        "servers": [{"url": public_url}],
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "security": [{"bearer": []}],
    }
