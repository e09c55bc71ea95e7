"""Errors in the caller's form, headers on every answer, and whose forwarded headers count."""

from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from gateway.app import create_app
from gateway.core.errors import Conflict, Forbidden, InvalidPayload, NotFound, RabtaError, StorageUnavailable
from gateway.settings import Settings


def make_app(tmp_path: Path, **environment: str) -> Flask:
    return create_app(Settings.from_env({"VAR_DIR": str(tmp_path), **environment}))


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return make_app(tmp_path)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize(
    ("path", "mimetype"),
    [
        ("/no/such/page", "text/html"),
        ("/webhooks/no/such", "text/plain"),
        ("/api/v1/no/such", "application/problem+json"),
    ],
)
def test_unknown_addresses_answer_in_the_callers_form(client: FlaskClient, path: str, mimetype: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (404, mimetype)
    assert "not found" in answer.text.lower()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("x"), 404),
        (Conflict("x"), 409),
        (Forbidden("x"), 403),
        (InvalidPayload("x"), 400),
        (StorageUnavailable("x"), 503),
        (RabtaError("secret"), 500),
        (ValueError("secret"), 500),
        (OperationalError("SELECT secret", {}, Exception()), 503),
    ],
)
def test_errors_become_answers(app: Flask, error: Exception, status: int) -> None:
    @app.get("/api/v1/boom")
    def boom() -> str:
        raise error

    answer = app.test_client().get("/api/v1/boom")
    assert (answer.status_code, answer.json["status"]) == (status, status)
    assert "secret" not in answer.text


def test_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.delete("/healthz")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_security_headers(client: FlaskClient) -> None:
    headers = client.get("/no/such/page").headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY")


@pytest.mark.parametrize(
    ("trusted", "peer", "seen"),
    [
        ("", "127.0.0.1", "http://localhost 127.0.0.1"),
        ("10.0.0.0/8", "127.0.0.1", "http://localhost 127.0.0.1"),
        ("10.0.0.0/8", "10.1.2.3", "https://care.example.com 198.51.100.7"),
        ("10.0.0.0/8, ::1", "::1", "https://care.example.com 198.51.100.7"),
    ],
)
def test_forwarded_headers_count_from_trusted_proxies_only(tmp_path: Path, trusted: str, peer: str, seen: str) -> None:
    app = make_app(tmp_path, TRUSTED_PROXIES=trusted)

    @app.get("/seen")
    def show() -> str:
        return f"{request.scheme}://{request.host} {request.remote_addr}"

    forwarded = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}
    answer = app.test_client().get(
        "/seen", headers={**forwarded, "X-Forwarded-Host": "care.example.com"}, environ_base={"REMOTE_ADDR": peer}
    )
    assert answer.text == seen
