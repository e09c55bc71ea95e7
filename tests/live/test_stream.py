"""A real live server, real pages' requests: who may listen, what they hear, with Redis and without."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from redis import Redis

from gateway.core.words import Role
from gateway.desk import log, users
from gateway.models.database import Database
from gateway.settings import Settings
from gateway.signals.connection import connect
from gateway.signals.wakes import Waker
from gateway.signals.work import unit_of_work
from tests.platform.processes import until
from tests.ports import free_port

WEB_PORT = 8765


@dataclass
class Server:
    url: str
    database: Database
    process: subprocess.Popen[bytes]
    waker: Waker

    def sign_in(self, role: Role = Role.AGENT) -> str:
        with self.database.begin() as session:
            user_id = users.create(
                session, email=f"{role}@example.com", name=role, role=role, password="a long enough one"
            )
            return users.session_create(session, user_id)

    def happen(self, kind: str = "message_received", conversation_id: int = 1, nudge: bool = True) -> None:
        with contextlib.ExitStack() as stack:
            work = unit_of_work(self.database, self.waker) if nudge else self.database.begin()
            log.write(stack.enter_context(work), kind, actor="contact", conversation_id=conversation_id)


class Listener:
    """An open stream; lines come in by a thread."""

    def __init__(self, server: Server, cookie: str, headers: dict[str, str] | None = None, after: str = "") -> None:
        self.answer = requests.get(
            server.url + after, stream=True, timeout=60, cookies={users.SESSION_COOKIE: cookie}, headers=headers
        )
        self.lines: list[str] = []
        self.ended = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with contextlib.suppress(requests.RequestException, AttributeError, ValueError):
            for line in self.answer.iter_lines(chunk_size=1, decode_unicode=True):
                self.lines.append(line)
        self.ended.set()

    def ids(self) -> list[int]:
        return [int(line[4:]) for line in self.lines if line.startswith("id: ")]

    def wait(self, word: str) -> None:
        come = until(lambda: any(word in line for line in tuple(self.lines)))
        assert come, f"{word!r} did not come: {self.lines}"


@contextlib.contextmanager
def served(database: Database, redis_url: str, var: Path) -> Iterator[Server]:
    port = free_port()
    environ = {
        "DATABASE_URL": database.engine.url.render_as_string(hide_password=False).replace("+psycopg", ""),
        "REDIS_URL": redis_url,
        "VAR_DIR": str(var),
        "WEB_PORT": str(WEB_PORT),
        "SECRET_KEY": "s" * 32,
    }
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port)]
    process = subprocess.Popen([*command, "--no-ws", "gateway.live.app:app"], env=environ, stderr=subprocess.DEVNULL)
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/healthz")
        waker = Waker(connect(Settings.from_env(environ).redis_url))
        yield Server(f"http://127.0.0.1:{port}/live", database, process, waker)
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_up(url: str) -> None:
    assert until(lambda: _answers(url)), "the live server did not start"


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=30).ok
    except requests.ConnectionError:
        return False


@pytest.fixture
def server(database: Database, redis: Redis, redis_url: str, tmp_path: Path) -> Iterator[Server]:
    with served(database, redis_url, tmp_path) as up:
        yield up


def test_what_happens_is_heard_and_resumed_without_gaps(server: Server) -> None:
    cookie = server.sign_in()
    first = Listener(server, cookie)
    first.wait("from now on")
    server.happen(conversation_id=41)
    first.wait('"conversation_id":41')
    server.happen("operator_paged")
    server.happen(conversation_id=42)
    first.wait('"conversation_id":42')
    assert not any("operator_paged" in line for line in first.lines), "agents do not hear of it"
    seen, newest = first.ids()[-2:]  # before them came that its owner is online
    again = Listener(server, cookie, {"Last-Event-ID": str(seen)})
    again.wait('"conversation_id":42')
    assert again.ids()[-1] == newest
    boss = Listener(server, server.sign_in(Role.SUPERVISOR), after=f"?after={seen}")
    boss.wait("operator_paged")


@pytest.fixture
def sqlite_server(sqlite: Database, redis: Redis, redis_url: str, tmp_path: Path) -> Iterator[Server]:
    with served(sqlite, redis_url, tmp_path) as up:
        yield up


ORIGINS = [
    (f"http://127.0.0.1:{WEB_PORT}", 200),
    (None, 200),
    ("http://127.0.0.1:9999", 403),
    ("https://evil.example", 403),
    ("null", 403),
]


def test_only_the_console_and_only_who_is_signed_in_may_listen(sqlite_server: Server) -> None:
    cookies = {users.SESSION_COOKIE: sqlite_server.sign_in()}
    for origin, status in ORIGINS:
        headers = {"Origin": origin} if origin else {}
        with requests.get(sqlite_server.url, stream=True, timeout=30, cookies=cookies, headers=headers) as answer:
            assert answer.status_code == status, origin
            if origin and status == 200:
                assert answer.headers["Access-Control-Allow-Origin"] == origin
                assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    for cookie in ("", "made up"):
        cookies = {users.SESSION_COOKIE: cookie}
        assert requests.get(sqlite_server.url, timeout=30, cookies=cookies).status_code == 401


def test_without_redis_it_looks_by_itself(sqlite: Database, tmp_path: Path) -> None:
    with served(sqlite, "unix:///nonexistent/redis.sock", tmp_path) as server:
        listener = Listener(server, server.sign_in())
        listener.wait("from now on")
        server.happen(conversation_id=7, nudge=False)
        listener.wait('"conversation_id":7')


def test_the_server_ends_its_streams_when_it_stops(sqlite_server: Server) -> None:
    listener = Listener(sqlite_server, sqlite_server.sign_in())
    listener.wait("from now on")
    sqlite_server.process.terminate()
    assert sqlite_server.process.wait(60) == 0
    assert listener.ended.wait(60)
