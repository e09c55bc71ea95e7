"""The live application in this process, spoken to as a server would: its answers, its streams, its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from starlette.applications import Starlette

from gateway.core.words import Role
from gateway.desk import log, users
from gateway.live import app as live
from gateway.live import hub as hubs
from gateway.live import journal as journals
from gateway.live.app import create_live
from gateway.models.database import Database
from gateway.models.wakes import Wakes
from gateway.settings import Settings
from gateway.signals import live as nudges
from gateway.signals.wakes import Waker
from tests.live.test_hub import in_a_loop

HOST = "127.0.0.1:8002"
CONSOLE = "http://127.0.0.1:8000"
NOBODY = "unix:///nonexistent/redis.sock"


@dataclass
class Heard:
    """One request's answer as it comes; setting ``hang_up`` ends it from this side."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    hang_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        self.body += message.get("body", b"")

    async def receive(self) -> dict[str, Any]:
        await self.hang_up.wait()
        return {"type": "http.disconnect"}

    async def hears(self, word: bytes) -> None:
        async with asyncio.timeout(60):
            while word not in self.body:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def asked(app: Any, path: str = "/live", query: str = "", **headers: str) -> AsyncIterator[Heard]:
    heard = Heard()
    given = {"host": HOST} | {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }
    talk = asyncio.create_task(app(scope, heard.receive, heard.send))
    try:
        yield heard
    finally:
        heard.hang_up.set()
        async with asyncio.timeout(60):
            await talk


@asynccontextmanager
async def up(database: Database, redis_url: str) -> AsyncIterator[Starlette]:
    app = create_live(Settings(redis_url=redis_url, web_port=8000, public_url="https://care.example"), database)
    async with app.router.lifespan_context(app):
        yield app


def sign_in(database: Database, role: Role = Role.AGENT) -> str:
    with database.begin() as session:
        user_id = users.create(session, email=f"{role}@example.com", name=role, role=role, password="long enough 1")
        return f"{users.SESSION_COOKIE}={users.session_create(session, user_id)}"


def happen(database: Database, conversation_id: int, kind: str = "message_received") -> None:
    with database.begin() as session:
        log.write(session, kind, actor="contact", conversation_id=conversation_id)


def test_what_happens_is_heard_by_who_may_as_soon_as_it_is_told(
    database: Database, redis: Redis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "LOOK_SECONDS", 3600)  # without a nudge nobody would hear of it
    cookie, boss = sign_in(database), sign_in(database, Role.SUPERVISOR)

    async def run() -> tuple[bytes, bytes]:
        async with (
            up(database, redis_url) as app,
            asked(app, cookie=cookie, origin=CONSOLE) as agent,
            asked(app, cookie=boss) as supervisor,
        ):
            await agent.hears(b"from now on")
            await supervisor.hears(b"from now on")
            await asyncio.to_thread(happen, database, 41, "operator_paged")
            await asyncio.to_thread(happen, database, 42)
            nudging = asyncio.create_task(nudge())
            await agent.hears(b'"conversation_id":42')
            await supervisor.hears(b'"conversation_id":42')
            nudging.cancel()
            assert agent.headers["access-control-allow-origin"] == CONSOLE
            return agent.body, supervisor.body

    async def nudge() -> None:
        while True:  # the first ones may come before the listener does
            await asyncio.to_thread(Waker(redis).ring, Wakes(live=True))
            await asyncio.sleep(0.05)

    heard = in_a_loop(run())
    assert [b"operator_paged" in body for body in heard] == [False, True]


@pytest.mark.parametrize(("after", "header"), [("after=1", {}), ("", {"last_event_id": "1"})])
def test_what_was_missed_comes_first(sqlite: Database, after: str, header: dict[str, str]) -> None:
    cookie = sign_in(sqlite)
    for number in (7, 8):
        happen(sqlite, number)

    async def run() -> bytes:
        async with up(sqlite, NOBODY) as app, asked(app, query=after, cookie=cookie, **header) as heard:
            await heard.hears(b'"conversation_id":8')
            return heard.body

    assert b"retry: 2000" in in_a_loop(run())


def test_who_missed_too_much_loads_the_page_again(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "MISSED_AT_MOST", 1)
    cookie = sign_in(sqlite)
    for number in range(3):
        happen(sqlite, number)

    async def run() -> None:
        async with up(sqlite, NOBODY) as app, asked(app, query="after=0", cookie=cookie) as heard:
            await heard.hears(b"event: reload")

    in_a_loop(run())


@pytest.mark.parametrize(
    ("origin", "signed_in", "status"),
    [
        (CONSOLE, True, 200),
        ("https://care.example", True, 200),
        ("https://evil.example", True, 403),
        (CONSOLE, False, 401),
        ("", False, 401),
    ],
)
def test_who_may_listen(sqlite: Database, origin: str, signed_in: bool, status: int) -> None:
    headers = {"cookie": sign_in(sqlite) if signed_in else f"{users.SESSION_COOKIE}=made-up"}
    if origin:
        headers["origin"] = origin

    async def run() -> int:
        async with up(sqlite, NOBODY) as app, asked(app, **headers) as heard:
            await heard.hears(b"\n")
            return heard.status

    assert in_a_loop(run()) == status


def test_streams_end_when_the_server_stops(sqlite: Database) -> None:
    cookie = sign_in(sqlite)

    async def run() -> None:
        async with up(sqlite, NOBODY) as app:
            stream = asked(app, cookie=cookie)
            heard = await stream.__aenter__()
            await heard.hears(b"from now on")
            app.state.hub.close()
            await stream.__aexit__(None, None, None)
            assert not app.state.hub.clients

    in_a_loop(run())


def test_the_server_may_import_it_before_it_forks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    lazy = live.FromEnvironment()

    async def run() -> bytes:
        async with asked(lazy, "/healthz") as heard:
            await heard.hears(b"ok")
            return heard.body

    assert in_a_loop(run()) == b"ok\n"


def test_nudges_come_back_with_redis(redis: Redis, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nudges, "RETRY_SECONDS", 0.01)
    whole, failures, nudged = nudges._hear, iter(range(2)), []

    async def hear(url: str, nudge: Any) -> None:
        await whole(NOBODY if next(failures, None) is not None else url, nudge)

    monkeypatch.setattr(nudges, "_hear", hear)

    async def run() -> None:
        listening = asyncio.create_task(nudges.listen(redis_url, lambda: nudged.append(1)))
        async with asyncio.timeout(60):
            while len(nudged) < 2:
                await asyncio.sleep(0.01)
                await asyncio.to_thread(Waker(redis).ring, Wakes(live=True))
        listening.cancel()

    in_a_loop(run())
    assert len(nudged) >= 2
