"""The product's webhooks over a real database and Redis, and a Twilio that signs with its own library."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import text
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from gateway.models.database import Database
from gateway.runtime import Runtime, build
from gateway.settings import Settings
from gateway.webhooks import recorder
from gateway.webhooks.intake import intake_of
from tests.apps import app_of

ACCOUNT = "AC" + "1" * 32
TOKEN = "first-token"
OTHER_TOKEN = "second-token"
SHARED_KEY = ("webhooks_sharedkey_1", "shared-secret")
PUBLIC_URL = "https://care.example.com"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database of a busy machine is slow, not away; who tests the waiting says how long."""
    monkeypatch.setattr(recorder, "WAIT_SECONDS", 60.0)


@pytest.fixture
def settings(tmp_path: Path, redis_url: str) -> Settings:
    settings = Settings.from_env({"VAR_DIR": str(tmp_path / "var"), "REDIS_URL": redis_url, "PUBLIC_URL": PUBLIC_URL})
    return replace(
        settings,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_auth_token_secondary=OTHER_TOKEN,
        twilio_shared_keys=(SHARED_KEY,),
    )


@pytest.fixture
def runtime(settings: Settings, database: Database, redis: Redis) -> Runtime:
    runtime = build(settings)
    runtime.database.engine.dispose()
    runtime.database = database
    return runtime


@pytest.fixture
def app(settings: Settings, runtime: Runtime) -> Iterator[Flask]:
    app = app_of(settings, runtime)
    yield app
    intake_of(app).close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def post(client: FlaskClient) -> Callable[..., TestResponse]:
    """``post("/messages", fields)``: one webhook request as Twilio would make it."""

    def send(route: str, fields: dict[str, str], **changes: str) -> TestResponse:
        return client.post(f"/webhooks/twilio{route}", **signed(route, fields, **changes))

    return send


def signed(
    route: str, fields: dict[str, str], *, token: str = TOKEN, query: str = "", body: str | None = None
) -> dict[str, object]:
    """Arguments for a test client's request, signed by Twilio's own library."""
    url = f"{PUBLIC_URL}/webhooks/twilio{route}" + (f"?{query}" if query else "")
    return {
        "data": urlencode(fields) if body is None else body,
        "content_type": "application/x-www-form-urlencoded; charset=UTF-8",
        "query_string": query,
        "headers": {"X-Twilio-Signature": RequestValidator(token).compute_signature(url, fields)},
    }


def message(number: int = 1, **changes: str) -> dict[str, str]:
    """A WhatsApp text as Twilio sends it."""
    sid = f"SM{number:032x}"
    fields = {
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ProfileName": "Ayesha",
        "MessageType": "text",
        "SmsSid": sid,
        "WaId": "923001234567",
        "SmsStatus": "received",
        "Body": "Assalam o alaikum, order kahan hai?",
        "To": "whatsapp:+14155238886",
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": "whatsapp:+923001234567",
        "ApiVersion": "2010-04-01",
    }
    return fields | changes


def count(database: Database, table: str) -> int:
    with database.read() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
