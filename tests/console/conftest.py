"""The application with the console, a business of its own, and people to sign in as."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy.orm import Session

from automation.classify import NO_TOPICS
from gateway.config.versions import Versions
from gateway.core import clock
from gateway.core.business import Business, Channel, Queue
from gateway.core.sending_rules import SendingRules
from gateway.core.templates import Templates
from gateway.core.words import ChannelType, Role
from gateway.desk import conversations, users
from gateway.models.contact import Address, Contact, SessionWindow
from gateway.models.database import Database
from gateway.runtime import Runtime, build
from gateway.settings import Settings
from tests.apps import app_of

PASSWORD = "a long enough one"

BUSINESS = Business(
    name="Kapra House",
    timezone="Asia/Karachi",
    languages=("en", "ur"),
    default_language="en",
    channels=(
        Channel("wa", "twilio", ChannelType.WHATSAPP, "whatsapp:+14155238886", read_marks=True),
        Channel("sms", "twilio", ChannelType.SMS, "+14155550100"),
    ),
    queues=(Queue("orders", "Orders"), Queue("returns", "Returns")),
)


@pytest.fixture
def runtime(sqlite: Database, redis: Redis, redis_url: str, tmp_path: Any) -> Iterator[Runtime]:
    environ = {
        "VAR_DIR": str(tmp_path),
        "REDIS_URL": redis_url,
        "SECRET_KEY": "s" * 32,
        "DATABASE_URL": str(sqlite.engine.url),
    }
    built = build(Settings.from_env(environ))
    parts = {"business": BUSINESS, "sending": SendingRules(), "templates": Templates(), "quiet": None}
    running = SimpleNamespace(**parts, topics=NO_TOPICS)
    built.versions = cast(Versions, SimpleNamespace(newest=lambda: running))
    yield built
    built.database.engine.dispose()


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    app = app_of(runtime.settings, runtime)
    app.testing = True
    return app


@pytest.fixture
def people(runtime: Runtime) -> dict[str, int]:
    """Two agents and a supervisor, by first name."""
    with runtime.work() as session:
        return {
            name: users.create(
                session, email=f"{name}@example.com", name=name.title(), role=role, password=PASSWORD,
                timezone="Asia/Karachi",
            )
            for name, role in (("sara", Role.AGENT), ("omar", Role.AGENT), ("hina", Role.SUPERVISOR))
        }  # fmt: skip


class Browser:
    """A test client that reads the token of the form it sends, as a browser would."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.client.get(path, **kwargs)

    def post(self, path: str, data: dict[str, str] | None = None, htmx: bool = False, **kwargs: Any) -> Any:
        headers = {"HX-Request": "true", "HX-Request-Type": "partial"} if htmx else {}
        return self.client.post(path, data={**(data or {}), "csrf_token": self.token()}, headers=headers, **kwargs)

    def token(self) -> str:
        page = self.client.get("/console/login", follow_redirects=True).text
        return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]

    def sign_in(self, name: str, password: str = PASSWORD) -> Any:
        return self.post("/console/login", {"email": f"{name}@example.com", "password": password})


@pytest.fixture
def browser(app: Flask) -> Callable[[], Browser]:
    """Makes browsers, each with its own cookies."""
    return lambda: Browser(app.test_client())


@pytest.fixture
def sara(browser: Callable[[], Browser], people: dict[str, int]) -> Browser:
    made = browser()
    made.sign_in("sara")
    return made


@pytest.fixture
def omar(browser: Callable[[], Browser], people: dict[str, int]) -> Browser:
    made = browser()
    made.sign_in("omar")
    return made


def add_conversation(session: Session, name: str = "Ayesha Khan", phone: str = "+923001234567") -> int:
    """A contact who wrote just now on WhatsApp, and the conversation the bot has with them."""
    now = clock.now()
    contact = Contact(name="", profile_name=name, language="ur", attributes={"city": "Lahore"}, created_at=now)
    session.add(contact)
    session.flush()
    address = Address(
        contact_id=contact.id, kind="phone", value=phone, match_key=phone, last_inbound_at=now, created_at=now
    )
    session.add(address)
    session.flush()
    session.add(SessionWindow(address_id=address.id, channel_id="wa", last_inbound_at=now))
    return conversations.start(
        session, contact.id, channel_id="wa", channel_type="whatsapp", address_id=address.id, language="ur"
    ).id


@pytest.fixture
def conversation_id(runtime: Runtime) -> int:
    with runtime.work() as session:
        return add_conversation(session)
