"""Whatever arrives at a webhook, signed or not, is answered with a status we mean: never a 500."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from gateway.app import create_app
from gateway.models.database import Database
from gateway.runtime import build
from gateway.settings import Settings
from gateway.webhooks.intake import intake_of
from tests.webhooks.conftest import ACCOUNT, PUBLIC_URL, TOKEN, count, message

ROUTES = st.sampled_from(["messages", "statuses", "voice/incoming", "voice/status"])
HEADERS = st.sampled_from(
    ["X-Twilio-Signature", "X-Twilio-Webhooks-Signature-Settings", "Content-Type", "X-Forwarded-Host", "User-Agent"]
)
LATIN = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30)
NAMES = st.sampled_from(
    [*message(), "CallSid", "CallStatus", "MessageStatus", "ChannelMetadata", "MediaUrl0", "Latitude"]
)
VALUES = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.sampled_from(["", "\x00", "whatsapp:", ACCOUNT, "null", "[]", "{}", "x" * 300]),
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, redis_url: str) -> Iterator[Flask]:
    var = tmp_path_factory.mktemp("hostile")
    (var / "rabta.db").write_bytes(migrated_sqlite.read_bytes())
    told = Settings.from_env({"VAR_DIR": str(var), "REDIS_URL": redis_url, "PUBLIC_URL": PUBLIC_URL})
    told = replace(told, twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, trusted_proxies=("127.0.0.0/8",))
    app = create_app(told, build(told))
    yield app
    intake_of(app).close()


def kept(app: Flask) -> int:
    database: Database = app.extensions["rabta"].database
    return count(database, "raw_requests")


@bounds(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROUTES, st.sampled_from(["GET", "POST"]), st.binary(max_size=200), LATIN, st.dictionaries(HEADERS, LATIN))
def test_unsigned(app: Flask, route: str, method: str, body: bytes, query: str, headers: dict[str, str]) -> None:
    before = kept(app)
    response = app.test_client().open(
        f"/webhooks/twilio/{route}", method=method, data=body, query_string=query, headers=headers
    )
    assert response.status_code in (400, 403)
    assert kept(app) == before


@bounds(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROUTES, st.dictionaries(NAMES, VALUES, max_size=6), st.sets(NAMES, max_size=2))
def test_signed(app: Flask, route: str, changes: dict[str, str], missing: set[str]) -> None:
    before = kept(app)
    fields = {name: value for name, value in (message() | changes).items() if name not in missing}
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC_URL}/webhooks/twilio/{route}", fields)
    response = app.test_client().post(
        f"/webhooks/twilio/{route}", data=fields, headers={"X-Twilio-Signature": signature}
    )
    assert response.status_code in (200, 204, 400, 403)
    assert response.status_code in (200, 204) or kept(app) == before


@pytest.mark.parametrize("length", ["x", "-1", "1e9", "99999999999", "²"])
def test_odd_lengths(app: Flask, length: str) -> None:
    response = app.test_client().post("/webhooks/twilio/messages", environ_overrides={"CONTENT_LENGTH": length})
    assert response.status_code in (400, 403, 413)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods(app: Flask, method: str) -> None:
    assert app.test_client().open("/webhooks/twilio/messages", method=method).status_code == 405
