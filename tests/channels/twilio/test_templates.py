"""Templates at Twilio by the adapter: the whole list or none, oldest first, without what options are made of."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, jsonify, request

from gateway.channels.twilio import templates
from gateway.channels.twilio.client import make_client
from gateway.core.errors import Action, SendError
from gateway.core.provider_templates import Submission
from gateway.core.replies import Option
from gateway.settings import Settings
from tests.simulator.conftest import ACCOUNT, TOKEN, serve


class Twilio:
    """Answers the list with ``rows`` by pages of two, or with ``broken``."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.broken: Any = None
        self.heard: list[Any] = []

    def app(self) -> Flask:
        app = Flask("twilio")

        @app.get("/content/v1/ContentAndApprovals")
        def listed() -> Response:
            if self.broken is not None:
                return jsonify(self.broken)
            page = request.args.get("Page", 0, int)
            more = len(self.rows) > 2 * (page + 1)
            url = f"https://content.twilio.com/v1/ContentAndApprovals?Page={page + 1}" if more else None
            meta = {"key": "contents", "next_page_url": url, "url": "x", "page": page, "page_size": 2}
            return jsonify(contents=self.rows[2 * page : 2 * page + 2], meta=meta)

        @app.post("/content/v1/<path:path>")
        def made(path: str) -> tuple[Response, int]:
            self.heard.append((path, request.get_json()))
            return jsonify(sid="HX1", name="n", status="received"), 201

        return app


@pytest.fixture
def twilio() -> Iterator[tuple[Twilio, Any]]:
    twilio = Twilio()
    server, url = serve(twilio.app())
    settings = Settings(twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, twilio_api_base=url)
    yield twilio, make_client(settings)
    server.shutdown()
    server.server_close()


def row(name: str, created: str | None = "2026-11-01T10:00:00Z", **more: Any) -> dict[str, Any]:
    return {
        "sid": f"HX{name}",
        "friendly_name": name,
        "language": "en",
        "date_created": created,
        "variables": {"1": "Ali"},
        "types": {"twilio/text": {"body": "Hi {{1}}!"}},
        "approval_requests": {"status": "Approved", "category": "UTILITY", "name": name, "rejection_reason": ""},
    } | more


def test_all_pages_oldest_first_without_options(twilio: tuple[Twilio, Any]) -> None:
    provider, client = twilio
    provider.rows = [
        row("newest", "2026-11-03T10:00:00Z"),
        row("rabta_buttons_3"),
        row("rabta_list_4_described"),
        row("undated", None),
        row("oldest", "2026-11-01T10:00:00Z"),
    ]
    assert [one.name for one in templates.list_templates(client)] == ["undated", "oldest", "newest"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, {"approval": "approved", "category": "UTILITY", "body": "Hi {{1}}!", "variables": {"1": "Ali"}}),
        ({"approval_requests": None, "variables": None}, {"approval": "unsubmitted", "category": "", "variables": {}}),
        ({"approval_requests": {"status": None}}, {"approval": "unsubmitted"}),
        ({"types": {"twilio/card": {"title": "Card"}}}, {"body": "Card", "types": ("twilio/card",)}),
        ({"types": None}, {"body": "", "types": ()}),
        ({"friendly_name": None, "language": None}, {"name": "", "language": ""}),
        ({"approval_requests": {"status": "rejected", "rejection_reason": "vague"}}, {"rejection": "vague"}),
    ],
)
def test_how_a_record_reads(twilio: tuple[Twilio, Any], more: dict[str, Any], expected: dict[str, Any]) -> None:
    provider, client = twilio
    provider.rows = [row("order_en", **more)]
    (found,) = templates.list_templates(client)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize("broken", [{}, [], {"a": 1, "b": 2}, {"contents": 5, "meta": {"key": "contents"}}])
def test_a_list_that_cannot_be_read_is_no_empty_list(twilio: tuple[Twilio, Any], broken: Any) -> None:
    provider, client = twilio
    provider.broken = broken
    with pytest.raises(SendError) as error:
        templates.list_templates(client)
    assert error.value.action is Action.UNKNOWN


def test_a_list_without_end_is_not_read_to_it(twilio: tuple[Twilio, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    provider, client = twilio
    monkeypatch.setattr(templates, "MOST_TEMPLATES", 3)
    provider.rows = [row(f"t{number}") for number in range(10)]
    with pytest.raises(SendError, match="more than 3 templates"):
        templates.list_templates(client)


@pytest.mark.parametrize(
    ("buttons", "types"),
    [
        ((), {"twilio/text": {"body": "Hi {{1}}!"}}),
        (
            (Option("ok", "OK"),),
            {
                "twilio/quick-reply": {
                    "body": "Hi {{1}}!",
                    "actions": [{"type": "QUICK_REPLY", "title": "OK", "id": "ok"}],
                }
            },
        ),
    ],
)
def test_what_is_made_and_asked_for(
    twilio: tuple[Twilio, Any], buttons: tuple[Option, ...], types: dict[str, Any]
) -> None:
    provider, client = twilio
    submission = Submission("order_en", "en", "UTILITY", "Hi {{1}}!", {"1": "Ali"}, buttons)
    assert templates.create_template(client, submission) == "HX1"
    templates.request_approval(client, "HX1", submission)
    (_, content), (path, approval) = provider.heard
    assert _without_nulls(content["types"]) == types
    assert (content["friendly_name"], content["language"], content["variables"]) == ("order_en", "en", {"1": "Ali"})
    assert path == "Content/HX1/ApprovalRequests/whatsapp"
    assert (approval["name"], approval["category"]) == ("order_en", "UTILITY")


def _without_nulls(value: Any) -> Any:
    """The client writes every type and field it knows, most of them as null."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
