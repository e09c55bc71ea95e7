"""The API as a client sees it: a real application over both databases, with rows made by the desk's own functions."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from gateway.config.running import RunningConfig
from gateway.config.versions import Versions
from gateway.core import clock
from gateway.core.business import Business, Channel, Queue
from gateway.core.events import SeenAddress
from gateway.core.replies import Reply
from gateway.core.words import AddressKind, Author, ChannelType, Role
from gateway.desk import contacts, conversations, outbox, tokens, users
from gateway.models.contact import SessionWindow
from gateway.models.database import Database
from gateway.runtime import Runtime, build
from gateway.settings import Settings
from tests.apps import app_of

PASSWORD = "correct horse battery"
PUBLIC_URL = "http://care.test"
BUSINESS = Business(
    name="Chaand",
    timezone="Asia/Karachi",
    languages=("en", "ur"),
    default_language="en",
    channels=(
        Channel("whatsapp", "twilio", ChannelType.WHATSAPP, "whatsapp:+14155238886"),
        Channel("sms", "twilio", ChannelType.SMS, "+14155550100"),
        Channel("phone", "twilio", ChannelType.VOICE, "+14155550100"),
    ),
    queues=(Queue("support", "Support"), Queue("billing", "Billing")),
)


class FixedVersions(Versions):
    """One configuration that never changes; the API needs no flows or answers of it."""

    def newest(self) -> RunningConfig:
        return RunningConfig(1, BUSINESS, None, None, None)


@pytest.fixture
def settings(tmp_path: Path, redis_url: str) -> Settings:
    return Settings.from_env(
        {"VAR_DIR": str(tmp_path / "var"), "REDIS_URL": redis_url, "PUBLIC_URL": PUBLIC_URL, "MEDIA_MAX_MB": "1"}
    )


@pytest.fixture
def runtime(settings: Settings, database: Database) -> Runtime:
    runtime = build(settings)
    runtime.database = database
    runtime.versions = FixedVersions(database)
    return runtime


@pytest.fixture
def app(settings: Settings, runtime: Runtime) -> Flask:
    return app_of(settings, runtime)


class Caller:
    """Calls the API with one token."""

    def __init__(self, client: FlaskClient, secret: str) -> None:
        self._client, self.headers = client, {"Authorization": f"Bearer {secret}"}

    def __call__(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = self.headers | options.pop("headers", {})
        return self._client.open(f"/api/v1{path}", method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self("POST", path, **options)

    def patch(self, path: str, **options: Any) -> TestResponse:
        return self("PATCH", path, **options)


@pytest.fixture
def sara(runtime: Runtime) -> int:
    """An agent."""
    with runtime.work() as session:
        return users.create(session, email="sara@example.com", name="Sara", role=Role.AGENT, password=PASSWORD)


@pytest.fixture
def caller(app: Flask, runtime: Runtime) -> Callable[..., Caller]:
    """``caller(role, email)``: a client with a token of its own."""

    def make(role: Role, email: str | None = None) -> Caller:
        with runtime.work() as session:
            _, secret = tokens.create(session, name=f"test {role}", role=role, email=email)
        return Caller(app.test_client(), secret)

    return make


@pytest.fixture
def agent(caller: Callable[..., Caller], sara: int) -> Caller:
    return caller(Role.AGENT, "sara@example.com")


@pytest.fixture
def admin(caller: Callable[..., Caller]) -> Caller:
    return caller(Role.ADMIN)


@pytest.fixture
def customer(runtime: Runtime) -> Callable[..., int]:
    """``customer("+92…")``: the id of a new contact with this address."""

    def make(address: str = "+923001234567", name: str = "Ayesha") -> int:
        seen = [SeenAddress(AddressKind.PHONE, address)]
        with runtime.work() as session:
            return contacts.resolve(session, seen, profile_name=name, channel_id="whatsapp").contact_id

    return make


@pytest.fixture
def conversation(runtime: Runtime, customer: Callable[..., int]) -> Callable[..., int]:
    """``conversation("+92…")``: the id of a new conversation, with the bot's greeting in it.

    The customer wrote ``heard_hours_ago`` on WhatsApp; None: never.
    """

    def make(address: str = "+923001234567", said: int = 1, heard_hours_ago: float | None = 1) -> int:
        contact_id = customer(address)
        with runtime.work() as session:
            found = contacts.resolve(
                session, [SeenAddress(AddressKind.PHONE, address)], profile_name=None, channel_id="whatsapp"
            )
            opened = conversations.start(
                session, contact_id, channel_id="whatsapp", channel_type="whatsapp",
                address_id=found.address_id, language="en",
            )  # fmt: skip
            if heard_hours_ago is not None:
                at = clock.now() - timedelta(hours=heard_hours_ago)
                session.add(SessionWindow(address_id=found.address_id, channel_id="whatsapp", last_inbound_at=at))
            for number in range(said):
                reply = Reply(text=f"Hello {number}")
                outbox.say(session, opened, reply, author=Author.BOT, business=BUSINESS, epoch=opened.epoch)
        return opened.id

    return make


@pytest.fixture
def picture() -> bytes:
    """A small PNG."""
    out = io.BytesIO()
    Image.new("RGB", (600, 300), "teal").save(out, "PNG")
    return out.getvalue()
