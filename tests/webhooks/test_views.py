"""What Twilio gets to hear, and what is kept: the contract of DESIGN.md 6."""

import hashlib
import io
import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import select
from werkzeug.test import TestResponse

from gateway.models.database import Database
from gateway.models.inbound import InboundEvent, Lane, RawRequest
from gateway.runtime import Runtime
from gateway.webhooks.intake import intake_of
from tests.webhooks.conftest import ACCOUNT, OTHER_TOKEN, count, message, signed

FIRST = "message:SM" + "0" * 31 + "1"
Post = Callable[..., TestResponse]
STATUS = {
    "MessageSid": "SM9",
    "MessageStatus": "delivered",
    "To": "whatsapp:+923001234567",
    "AccountSid": ACCOUNT,
}
CALL = {"CallSid": "CA1", "AccountSid": ACCOUNT, "From": "+923001234567", "To": "+14155238886", "CallStatus": "ringing"}


@pytest.mark.parametrize(
    ("route", "fields", "status", "key", "lane"),
    [
        ("/messages", message(), 200, FIRST, "whatsapp:+923001234567"),
        (
            "/messages",
            message(From="+923001234567", To="8585"),
            200,
            FIRST,
            "sms:+923001234567",
        ),
        ("/statuses", STATUS, 204, "status:SM9:delivered", "whatsapp:+923001234567"),
        ("/voice/incoming", CALL, 200, "call:CA1", "call:CA1"),
        ("/voice/status", CALL | {"CallStatus": "completed"}, 204, "call_status:CA1:completed", "call:CA1"),
    ],
)
def test_accepted(
    post: Post, database: Database, route: str, fields: dict[str, str], status: int, key: str, lane: str
) -> None:
    assert post(route, fields).status_code == status
    with database.read() as session:
        assert session.execute(select(InboundEvent.key, InboundEvent.lane, InboundEvent.state)).all() == [
            (key, lane, "pending")
        ]
        assert session.scalars(select(Lane.key).where(Lane.due_at.is_not(None))).all() == [lane]
        raw = session.scalars(select(RawRequest)).one()
        assert raw.body.startswith(next(iter(fields)).encode())
        assert raw.headers["x-twilio-signature"]


def test_the_answer_is_empty_twiml(post: Post) -> None:
    response = post("/messages", message())
    assert response.content_type.startswith("text/xml")
    assert response.text.endswith("<Response/>")


def test_a_repeat_is_accepted_and_kept_once(post: Post, database: Database) -> None:
    assert [post("/messages", message()).status_code for _ in range(3)] == [200, 200, 200]
    assert (count(database, "inbound_events"), count(database, "raw_requests")) == (1, 1)


def test_both_tokens_count_during_a_rotation(post: Post) -> None:
    assert post("/messages", message(), token=OTHER_TOKEN).status_code == 200


def test_a_get_is_read_from_its_query(client: FlaskClient, database: Database) -> None:
    query = signed("/messages", message())["data"]
    arguments = signed("/messages", {}, query=str(query))
    arguments.pop("data")
    assert client.get("/webhooks/twilio/messages", **arguments).status_code == 200
    assert count(database, "inbound_events") == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({**message(), "AccountSid": "AC" + "9" * 32}, 403),
        ({k: v for k, v in message().items() if k != "AccountSid"}, 400),
        ({k: v for k, v in message().items() if k != "MessageSid"}, 400),
        ({k: v for k, v in message().items() if k != "From"}, 400),
        ({k: v for k, v in message().items() if k != "To"}, 400),
        ({**message(), "MessageSid": ""}, 400),
        ({**message(), "MessageSid": "SM" * 100}, 400),
        ({**message(), "MessageSid": "SM\x00"}, 400),
        ({**message(), "From": "whatsapp:"}, 400),
        ({}, 400),
    ],
)
def test_refused_and_nothing_kept(post: Post, database: Database, fields: dict[str, str], status: int) -> None:
    assert post("/messages", fields).status_code == status
    assert (count(database, "inbound_events"), count(database, "raw_requests")) == (0, 0)


@pytest.mark.parametrize("signature", ["", "x", "ÄÖÜ", "a" * 5000, "=", "\u2028".encode().decode("latin-1")])
def test_a_bad_signature_is_a_403(client: FlaskClient, database: Database, signature: str) -> None:
    arguments = signed("/messages", message())
    arguments["headers"] = {"X-Twilio-Signature": signature}
    assert client.post("/webhooks/twilio/messages", **arguments).status_code == 403
    assert count(database, "raw_requests") == 0


def test_a_body_above_a_megabyte_is_a_413(post: Post, database: Database) -> None:
    assert post("/messages", message(Body="x" * 1_000_001)).status_code == 413
    assert count(database, "raw_requests") == 0


@pytest.mark.parametrize("body", ["", "x" * 5000, "a\x00b", "\ufffd", "سلام " * 300, "+ & = %00 %zz"])
def test_odd_texts_are_kept(post: Post, database: Database, body: str) -> None:
    assert post("/messages", message(Body=body)).status_code == 200
    assert count(database, "inbound_events") == 1


def test_one_wake_for_a_lane_however_many_messages(post: Post, app: Flask, redis: Redis) -> None:
    for number in range(5):
        post("/messages", message(number))
    intake_of(app).close()
    assert redis.llen("rq:queue:lanes") == 1


def test_a_call_is_answered_with_words(post: Post) -> None:
    text = post("/voice/incoming", CALL).text
    assert "<Say" in text
    assert "<Hangup" in text


def post_json(client: FlaskClient, body: bytes) -> TestResponse:
    query = f"bodySHA256={hashlib.sha256(body).hexdigest()}"
    arguments = signed("/messages", {}, query=query) | {"data": body, "content_type": "application/json"}
    return client.post("/webhooks/twilio/messages", **arguments)


def test_a_json_body_is_read_like_a_form(client: FlaskClient, database: Database) -> None:
    body = json.dumps(message() | {"NumMedia": 0, "Referral": None, "Extra": {"a": [1]}}).encode()
    assert post_json(client, body).status_code == 200
    with database.read() as session:
        assert session.scalars(select(InboundEvent.key)).one() == FIRST


@pytest.mark.parametrize(
    "body", [b"[1]", b'"x"', b"{", b"\xff", json.dumps({f"f{n}": "" for n in range(1001)}).encode()]
)
def test_json_that_is_no_object_of_values_is_a_400(client: FlaskClient, database: Database, body: bytes) -> None:
    assert post_json(client, body).status_code == 400
    assert count(database, "raw_requests") == 0


def test_a_caller_is_answered_though_the_config_cannot_be_read(
    post: Post, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "versions", None)
    response = post("/voice/incoming", CALL)
    assert response.status_code == 200
    assert "Thank you for calling." in response.text


def test_a_fault_of_ours_is_said_in_words_that_tell_nothing(
    post: Post, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_of(app), "keep", None)
    response = post("/messages", message())
    assert (response.status_code, response.text) == (500, "Something went wrong on our side; it has been noted.\n")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_a_405(client: FlaskClient, method: str) -> None:
    response = client.open("/webhooks/twilio/messages", method=method)
    assert response.status_code == 405
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))


def test_a_head_is_not_signed_and_so_refused(client: FlaskClient) -> None:
    assert client.head("/webhooks/twilio/messages").status_code == 403


def test_a_body_in_chunks_is_read(client: FlaskClient, database: Database) -> None:
    arguments = signed("/messages", message())
    stream = io.BytesIO(str(arguments.pop("data")).encode())
    environ = {"wsgi.input_terminated": True, "CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    response = client.post("/webhooks/twilio/messages", input_stream=stream, environ_overrides=environ, **arguments)
    assert response.status_code == 200
    assert count(database, "inbound_events") == 1
