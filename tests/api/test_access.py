"""Who may ask: tokens, roles, and how errors look."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from gateway.api.access import Throttle
from gateway.core import clock
from gateway.core.errors import InvalidPayload, NotFound
from gateway.core.words import Role
from gateway.desk import tokens, users
from gateway.runtime import Runtime
from tests.api.conftest import PASSWORD, Caller

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what is settled before any query."""

PATHS = (
    "messages",
    "messages/1",
    "contacts",
    "conversations",
    "calls",
    "events",
    "channels",
    "templates",
    "media/1/content",
)
HEADERS = (None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic YTpi", "bearer \xff\xfe", "Bearer a b")


@ON_SQLITE
@pytest.mark.parametrize("header", HEADERS)
def test_without_a_valid_token_nothing_is_told(app: Flask, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for path in PATHS:
        response = app.test_client().get(f"/api/v1/{path}", headers=headers)
        assert response.status_code == 401
        assert response.mimetype == "application/problem+json"
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert set(response.json) == {"type", "title", "status", "detail"}


def test_a_revoked_token_and_one_of_a_deactivated_user_end(app: Flask, runtime: Runtime, sara: int) -> None:
    with runtime.work() as session:
        token_id, revoked = tokens.create(session, name="old", role=Role.AGENT)
        tokens.revoke(session, token_id)
        tokens.revoke(session, token_id)
        _, hers = tokens.create(session, name="hers", role=Role.AGENT, email="SARA@example.com")
    ask = app.test_client()
    assert Caller(ask, revoked).get("/messages").status_code == 401
    assert Caller(ask, hers).get("/messages").status_code == 200
    with runtime.work() as session:
        users.deactivate(session, sara)
    assert Caller(ask, hers).get("/messages").status_code == 401


def test_a_token_is_kept_as_a_hash_and_its_use_noted_once_a_minute(app: Flask, runtime: Runtime) -> None:
    with runtime.work() as session:
        _, secret = tokens.create(session, name="x", role=Role.AGENT)
    with runtime.database.read() as session:
        before = tokens.all_of(session)[0]
        assert tokens.hash_of(secret) != secret
        assert before.last_used_at is None
    caller = Caller(app.test_client(), secret)
    start = clock.now()
    for after, expected in ((0, 0), (30, 0), (61, 61)):
        with clock.frozen(start + timedelta(seconds=after)):
            assert caller.get("/channels").status_code == 200
        with runtime.database.read() as session:
            assert tokens.all_of(session)[0].last_used_at == start + timedelta(seconds=expected)


def test_a_token_is_worth_no_more_than_its_user(runtime: Runtime, sara: int) -> None:
    with runtime.work() as session:
        with pytest.raises(InvalidPayload, match="agent"):
            tokens.create(session, name="x", role=Role.ADMIN, email="sara@example.com")
        with pytest.raises(NotFound):
            tokens.create(session, name="x", role=Role.AGENT, email="nobody@example.com")
        with pytest.raises(NotFound):
            tokens.revoke(session, 99)


def test_the_bootstrap_token_finds_the_first_admin_when_there_is_one(app: Flask, runtime: Runtime) -> None:
    secret = "bootstrap-secret"
    with runtime.work() as session:
        first = tokens.ensure(session, secret)
        found = tokens.find(session, secret)
        assert found is not None
        assert (found.role, found.user_id) == (Role.ADMIN, None)
        admin = users.create(session, email="a@example.com", name="Amna", role=Role.ADMIN, password=PASSWORD)
        tokens.revoke(session, first)
        assert tokens.ensure(session, secret) == first
        found = tokens.find(session, secret)
        assert found is not None
        assert found.user_id == admin
    assert Caller(app.test_client(), secret).get("/events").status_code == 200


@pytest.mark.parametrize(
    ("role", "method", "path", "body", "expected"),
    [
        (Role.AGENT, "GET", "/events", None, 403),
        (Role.SUPERVISOR, "GET", "/events", None, 200),
        (Role.ADMIN, "GET", "/events", None, 200),
        (Role.AGENT, "POST", "/contacts/1/merge", {"contact_id": 2}, 403),
        (Role.SUPERVISOR, "POST", "/contacts/1/merge", {"contact_id": 2}, 404),
        (Role.AGENT, "POST", "/contacts/1/unmerge", {"merge_id": 2}, 403),
    ],
)
def test_roles(
    caller: Callable[..., Caller], role: Role, method: str, path: str, body: dict[str, int] | None, expected: int
) -> None:
    response = caller(role)(method, path, json=body) if body else caller(role)(method, path)
    assert response.status_code == expected
    if expected == 403:
        assert response.json["detail"].startswith("this needs the role supervisor")


def test_too_many_requests(app: Flask, admin: Caller, agent: Caller) -> None:
    app.extensions["rabta_api_throttle"] = Throttle(3)
    answers = [admin.get("/channels").status_code for _ in range(7)]  # a minute may begin among them
    assert answers[:3] == [200, 200, 200]
    assert 429 in answers[3:]
    refused = next(answer for _ in range(7) if (answer := admin.get("/channels")).status_code == 429)
    assert refused.mimetype == "application/problem+json"
    assert int(refused.headers["Retry-After"]) > 0
    assert agent.get("/channels").status_code == 200


@ON_SQLITE
@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/nothing-here", {}, 404),
        ("GET", "/messages/999", {}, 404),
        ("GET", "/messages/0", {}, 404),
        ("GET", f"/messages/{2**64}", {}, 404),
        ("GET", "/messages/x", {}, 404),
        ("DELETE", "/messages", {}, 405),
        ("GET", "/messages?limit=0", {}, 422),
        ("GET", "/messages?limit=201", {}, 422),
        ("GET", "/messages?unheard=of", {}, 422),
        ("GET", "/messages?status=sideways", {}, 422),
        ("GET", "/messages?external_id=a%00b", {}, 422),
        ("GET", "/messages?cursor=bm9uc2Vuc2U", {}, 400),
        ("GET", "/messages?cursor=WzFd%F0", {}, 400),
        ("GET", "/messages?cursor=W10", {}, 400),
        ("GET", "/messages?cursor=Wy0xXQ", {}, 400),
        ("GET", "/conversations?assignee=somebody", {}, 422),
        ("PATCH", "/contacts/1", {"json": {"nickname": "A"}}, 422),
        ("PATCH", "/contacts/1", {"json": {"timezone": "Mars/Olympus"}}, 422),
        ("PATCH", "/contacts/1", {"json": {"language": "en\n"}}, 422),
        ("PATCH", "/contacts/1", {"json": {"name": "x" * 201}}, 422),
        ("PATCH", "/contacts/1", {"json": {"name": "a\0b"}}, 422),
        ("PATCH", "/contacts/1", {"data": '{"name": "\\ud800"}', "content_type": "application/json"}, 422),
        ("PATCH", "/contacts/1", {"data": '{"attributes": {"a": NaN}}', "content_type": "application/json"}, 422),
        ("PATCH", "/contacts/1", {"data": "{broken", "content_type": "application/json"}, 400),
        ("PATCH", "/contacts/1", {"data": "name=A", "content_type": "text/plain"}, 415),
        ("PATCH", "/contacts/1", {"json": ["a"]}, 422),
        ("PATCH", "/contacts/1", {"json": {"attributes": {"a": [1]}}}, 422),
        ("POST", "/media", {"data": {"other": "x"}}, 422),
        ("GET", "/contacts?address=" + "9" * 161, {}, 422),
    ],
)  # fmt: skip
def test_every_error_is_a_problem(
    admin: Caller, method: str, path: str, options: dict[str, object], status: int
) -> None:
    response = admin(method, path, **options)
    assert response.status_code == status, response.data
    assert response.mimetype == "application/problem+json"
    assert response.json["status"] == status
    assert response.json["title"]
    assert response.json["detail"]


@ON_SQLITE
def test_the_fields_at_fault_are_named(admin: Caller) -> None:
    response = admin.get("/messages?limit=zero&unheard=of")
    assert response.json["errors"] == {
        "query": {"limit": ["Not a valid integer."], "unheard": ["Unknown field."]},
    }
