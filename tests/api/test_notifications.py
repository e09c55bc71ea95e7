"""Notifications by the API: one message a key, refused with every reason, put off with the moment."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.core import clock
from gateway.runtime import Runtime
from tests.api.conftest import BUSINESS, Caller
from tests.campaigns.conftest import NIGHT, TEMPLATES, approve
from tests.care import FixedVersions, config

NEWS: dict[str, Any] = {"to": "+923001234567", "template": "late", "variables": {"order": "A-1"}}


@pytest.fixture
def admin(admin: Caller, runtime: Runtime) -> Caller:
    runtime.versions = FixedVersions(replace(config(business=BUSINESS), templates=TEMPLATES))  # type: ignore[assignment]
    approve(runtime.database)
    return admin


def test_it_is_queued_with_what_it_says(admin: Caller) -> None:
    made = admin.post("/notifications", json=NEWS)
    assert made.status_code == 201
    message = made.json["message"]
    assert (message["status"], message["text"], message["author"], message["conversation_id"]) == (
        "queued", "Late: A-1, dear customer.", "system", None
    )  # fmt: skip
    assert made.json["explanation"]["how"] == "template"
    assert admin.get(f"/messages/{message['id']}").json["address"] == "+923001234567"


@pytest.mark.parametrize("by_header", [True, False])
def test_the_same_key_is_one_message(admin: Caller, by_header: bool) -> None:
    more: dict[str, Any] = {"headers": {"Idempotency-Key": "k"}} if by_header else {}
    body = NEWS if by_header else NEWS | {"idempotency_key": "k"}
    first, second = (admin.post("/notifications", json=body, **more).json for _ in range(2))
    assert (first["message"]["id"], second["explanation"]) == (second["message"]["id"], None)
    assert len(admin.get("/messages").json["data"]) == 1


def test_to_a_contact_that_is_known(admin: Caller, customer: Callable[..., int]) -> None:
    contact = customer()
    body = {key: value for key, value in NEWS.items() if key != "to"} | {"contact_id": contact}
    assert admin.post("/notifications", json=body).json["message"]["contact_id"] == contact
    assert admin.post("/notifications", json=body | {"contact_id": 99}).status_code == 404


def test_at_night_it_is_put_off(admin: Caller, runtime: Runtime) -> None:
    running = replace(config(business=BUSINESS), templates=TEMPLATES, quiet=NIGHT)
    runtime.versions = FixedVersions(running)  # type: ignore[assignment]
    with clock.frozen(datetime(2027, 3, 1, 17, 0, tzinfo=UTC)):
        made = admin.post("/notifications", json=NEWS)
        urgent = admin.post("/notifications", json=NEWS | {"urgent": True})
    assert (made.status_code, made.json["message"]) == (201, None)
    assert made.json["not_before"] == "2027-03-02T04:00:00+00:00"
    assert urgent.json["message"]["status"] == "queued"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"variables": {}}, "variable_missing"),
        ({"template": "unheard_of"}, "template_unknown"),
        ({"template": "offer"}, "not_opted_in"),
        ({"channel_id": "fax"}, "channel_unknown"),
    ],
)
def test_what_may_not_go_says_why(admin: Caller, change: dict[str, Any], reason: str) -> None:
    refused = admin.post("/notifications", json=NEWS | change)
    assert (refused.status_code, reason in refused.json["errors"]["reasons"]) == (422, True)
    assert refused.json["detail"]
    assert admin.get("/messages").json["data"] == []


@pytest.mark.parametrize("change", [{"to": "12"}, {"contact_id": 1}, {"purpose": "reply"}, {"idempotency_key": ""}])
def test_what_makes_no_sense_is_refused(admin: Caller, change: dict[str, Any]) -> None:
    assert admin.post("/notifications", json=NEWS | change).status_code == 422
    assert admin.post("/notifications", json=NEWS, headers={"Idempotency-Key": "x" * 81}).status_code == 422
