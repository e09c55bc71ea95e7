"""A provider's media host on this machine, with levers, and rows as the desk leaves them."""

import base64
import io
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import insert

from gateway.config.running import RunningConfig
from gateway.config.versions import Versions
from gateway.core import clock
from gateway.core.business import Business, Channel, Queue
from gateway.core.events import SeenAddress
from gateway.core.words import AddressKind, ChannelType
from gateway.desk import contacts
from gateway.models.database import Database
from gateway.models.message import Media, Message
from gateway.runtime import Runtime, build
from gateway.settings import Settings

ACCOUNT = "AC" + "1" * 32
TOKEN = "secret-token"
BASIC = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
OURS = f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1"
CDN = "/cdn/ME1"


@dataclass
class Answer:
    """One answer of the provider's host."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/octet-stream"
    headers: dict[str, str] = field(default_factory=dict)
    pause_seconds: float = 0.0
    """Between two pieces of the body."""
    claimed_length: int | None = None


class MediaHost:
    """Answers each path from a list, the last one again and again; keeps what it was asked."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, str | None]] = []
        """Path and Authorization of each request."""

    def put(self, path: str, *answers: Answer) -> None:
        self.answers[path] = list(answers)

    def file(self, body: bytes, content_type: str, **headers: str) -> str:
        """Our account's file, behind the redirect that Twilio answers with; returns its URL."""
        self.put(OURS, Answer(307, headers={"Location": f"{self.base}{CDN}"}))
        self.put(CDN, Answer(200, body, content_type, headers))
        return self.base + OURS

    def next(self, path: str) -> Answer:
        answers = self.answers.get(path, [Answer(404)])
        return answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture
def host() -> Iterator[MediaHost]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append((self.path, self.headers.get("Authorization")))
            _answer(self, found.next(self.path))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = MediaHost(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join(60)


def _answer(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    handler.send_response(answer.status)
    length = len(answer.body) if answer.claimed_length is None else answer.claimed_length
    for name, value in {"Content-Type": answer.content_type, "Content-Length": str(length), **answer.headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    for start in range(0, len(answer.body), 40_000):
        try:
            handler.wfile.write(answer.body[start : start + 40_000])
            handler.wfile.flush()
        except OSError:  # the client had enough
            return
        time.sleep(answer.pause_seconds)


@pytest.fixture
def settings(tmp_path: Path, redis_url: str, host: MediaHost) -> Settings:
    return Settings.from_env(
        {
            "VAR_DIR": str(tmp_path / "var"),
            "REDIS_URL": redis_url,
            "PUBLIC_URL": "https://care.example.com/gate",
            "MEDIA_MAX_MB": "1",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_BASE": host.base,
        }
    )


class OneChannel(Versions):
    """A business with one sender."""

    def newest(self) -> RunningConfig:
        channel = Channel("whatsapp", "twilio", ChannelType.WHATSAPP, "whatsapp:+14155238886")
        business = Business("Chaand", "UTC", ("en",), "en", (channel,), (Queue("support", "Support"),))
        return RunningConfig(1, business, None, None, None)


@pytest.fixture
def runtime(settings: Settings, database: Database) -> Runtime:
    runtime = build(settings)
    runtime.database = database
    runtime.versions = OneChannel(database)
    return runtime


@pytest.fixture
def pending(runtime: Runtime) -> Callable[..., int]:
    """``pending(url, claimed)``: the id of a file that a message came with."""

    def make(url: str, claimed: str = "image/png", channel_id: str = "whatsapp") -> int:
        with runtime.work() as session:
            seen = [SeenAddress(AddressKind.PHONE, "+923001234567")]
            contact = contacts.resolve(session, seen, profile_name=None, channel_id="whatsapp")
            message = {
                "contact_id": contact.contact_id, "address": contact.address, "channel_id": channel_id,
                "channel_type": "whatsapp", "direction": "inbound", "kind": "image", "author": "contact",
                "status": "received", "created_at": clock.now(),
            }  # fmt: skip
            message_id = session.execute(insert(Message).values(message).returning(Message.id)).scalar_one()
            row = {"message_id": message_id, "source_url": url, "claimed_type": claimed, "due_at": clock.now()}
            row["created_at"] = clock.now()
            return session.execute(insert(Media).values(row).returning(Media.id)).scalar_one()

    return make


def image(width: int = 600, height: int = 300, kind: str = "PNG", mode: str = "RGB", **options: object) -> bytes:
    """A picture as bytes."""
    out = io.BytesIO()
    Image.new(mode, (width, height), "teal" if mode in ("RGB", "RGBA") else 7).save(out, kind, **options)
    return out.getvalue()
