"""One client's queue, and the end of a stream whose session has ended."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import pytest
from starlette.requests import Request

from gateway.core.words import ROLE_RANK, Role
from gateway.desk import users
from gateway.live import app as live
from gateway.live import hub as hubs
from gateway.live.hub import RELOAD, Client, Hub
from gateway.live.journal import Fact, Journal, fact
from gateway.models.database import Database

T = TypeVar("T")


def in_a_loop(work: Coroutine[Any, Any, T]) -> T:
    """The result of ``work`` in a loop of its own; in a thread, because a browser's tests leave one in this."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


AGENTS = ROLE_RANK[Role.AGENT]


def facts(*numbers: int, rank: int = AGENTS) -> list[Fact]:
    return [Fact(number, rank, b"%d;" % number) for number in numbers]


def test_a_client_hears_in_order_what_its_role_may() -> None:
    async def run() -> list[bytes | None]:
        client = Client(Role.AGENT)
        client.put(facts(1, 2))
        client.put(facts(3, rank=AGENTS + 1))
        client.put(facts(4))
        return [await client.take(0.01), await client.take(0.01)]

    assert in_a_loop(run()) == [b"1;2;4;", None]


def test_who_does_not_keep_up_loads_the_page_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "QUEUE", 3)

    async def run() -> bytes | None:
        client = Client(Role.AGENT)
        client.put(facts(1, 2, 3))
        client.put(facts(4))
        return await client.take(0.01)

    assert in_a_loop(run()) == RELOAD


def test_a_hub_tells_everybody_and_survives_a_database_that_is_away(sqlite: Database) -> None:
    journal = Journal(sqlite)
    answers: list[Any] = [[fact(1, "note_added", 2, None, None)], []]

    async def run() -> bytes | None:
        hub = Hub(journal)
        client = Client(Role.AGENT)
        hub.clients.add(client)
        journal.news = lambda: answers.pop(0)  # type: ignore[method-assign]
        reader = asyncio.create_task(hub.run())
        heard = await client.take(60)
        reader.cancel()
        return heard

    assert b'"kind":"note_added"' in (in_a_loop(run()) or b"")


@pytest.mark.parametrize("ends", ["signed out", "deactivated", "closing"])
def test_a_stream_ends_with_its_session(sqlite: Database, monkeypatch: pytest.MonkeyPatch, ends: str) -> None:
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.02)
    with sqlite.begin() as session:
        user_id = users.create(session, email="a@example.com", name="A", role=Role.AGENT, password="long enough 1")
        token = users.session_create(session, user_id)

    def end(hub: Hub) -> None:
        if ends == "closing":
            return hub.close()
        with sqlite.begin() as session:
            users.session_end(session, token) if ends == "signed out" else users.deactivate(session, user_id)

    async def run() -> list[bytes]:
        hub, client = Hub(Journal(sqlite)), Client(Role.AGENT)
        hub.clients.add(client)
        state = SimpleNamespace(database=sqlite, hub=hub)
        request = SimpleNamespace(app=SimpleNamespace(state=state), cookies={users.SESSION_COOKIE: token})
        heard: list[bytes] = []
        stream: AsyncIterator[bytes] = live._happening(cast(Request, request), hub, client)
        async with asyncio.timeout(60), aclosing(cast(Any, stream)):
            async for chunk in stream:
                heard.append(chunk)
                if len(heard) == 5:
                    end(hub)
        return heard

    heard = in_a_loop(run())
    assert heard[:5] == [live.HEARTBEAT] * 5, "a session that lives is left alone"
    assert (heard[-1] == live.SIGNED_OUT) is (ends != "closing")
