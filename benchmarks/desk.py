"""The desk on PostgreSQL with a million messages: how long the server takes for the inbox, a conversation, a search."""

import os
import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import quote

from flask.testing import FlaskClient

from benchmarks import desk_rows
from benchmarks.campaign import redis
from benchmarks.servers import environment, free_port
from gateway.app import create_app
from gateway.config.files import read_folder
from gateway.config.publish import publish
from gateway.core.words import Role
from gateway.desk import users
from gateway.models import migrate
from gateway.models.database import Database
from gateway.runtime import build
from gateway.settings import Settings
from tests.postgresql import own_database

MESSAGES = int(os.environ.get("DESK_MESSAGES", "1000000"))
TALKS = MESSAGES // 5
AGENTS = 50
ROUNDS = int(os.environ.get("DESK_ROUNDS", "60"))
PASSWORD = "a long enough one"
AS_ONE_TYPES = {"HX-Request": "true", "HX-Request-Type": "partial"}
CHANCE = random.Random(11)

VIEWS = ("mine", "waiting", "bot", "all", "resolved")
LONGEST = f"/console/conversations/{TALKS}?view=all"
PAGES: dict[str, Callable[[], str]] = {
    **{f"inbox, {view}": partial("/console/inbox?view={}".format, view) for view in VIEWS},
    "inbox, filtered": lambda: f"/console/inbox?view=all&mood=angry&language=ur&queue={_one('orders', 'returns')}",
    "conversation": lambda: f"/console/conversations/{CHANCE.randint(1, TALKS)}?view=all",
    "conversation of 2,000 messages": lambda: LONGEST,
    "conversation at a message": lambda: f"{LONGEST}&message={MESSAGES - CHANCE.randint(1, desk_rows.LONG - 1)}",
    "search, common word": lambda: _search(_one("order", "my", "کہاں", "delivery", "mera")),
    "search, two common words": lambda: _search(_one("order late", "refund kab", "کہاں آرڈر", "my payment")),
    "search, as one types": lambda: _search(_one("or", "del", "pay", "مي", "ka")),
    "search, rare word": lambda: _search(desk_rows.rare(CHANCE)),
    "search, order number": lambda: _search(f"GC-{CHANCE.randint(1, MESSAGES)}"),
    "search, name": lambda: _search(_one("muhammad khan", "عائشة", "zoe", "hina malik", "fatima")),
    "search, phone": lambda: _search(f"0{3000000000 + CHANCE.randint(1, MESSAGES // 10) * 7}"),
    "search, nothing": lambda: _search("zzz qqq"),
}


def measure() -> dict[str, object]:
    """Milliseconds a page, p50 and p95, asked one after the other."""
    with tempfile.TemporaryDirectory() as folder, own_database("bench") as url:
        settings = environment(Path(folder), free_port(), url)
        settings |= {"REDIS_URL": f"unix://{Path(folder) / 'redis.sock'}", "CARE_CONFIG": "config"}
        started = time.perf_counter()
        _prepare(url)
        filled = round(time.perf_counter() - started, 1)
        with redis(Path(folder), settings):
            client = _signed_in(settings)
            return {"filled_seconds": filled, "messages": MESSAGES} | {
                name: _timed(client, page) for name, page in PAGES.items()
            }


def _prepare(url: str) -> None:
    database = Database(url)
    migrate.upgrade(database)
    publish(database, read_folder(Path("config")), "benchmark")
    with database.begin() as session:
        for number in range(AGENTS):
            users.create(
                session, email=f"agent{number}@example.com", name=f"Agent {number}", role=Role.AGENT, password=PASSWORD
            )
    database.engine.dispose()
    desk_rows.fill(url, MESSAGES, AGENTS)


def _signed_in(settings: dict[str, str]) -> FlaskClient:
    client = create_app(Settings.from_env(settings), build(Settings.from_env(settings), 5)).test_client()
    page = client.get("/console/login").text
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    form = {"email": "agent1@example.com", "password": PASSWORD, "csrf_token": token}
    if client.post("/console/login", data=form).status_code >= 400:
        raise RuntimeError("nobody could sign in")
    return client


def _timed(client: FlaskClient, page: Callable[[], str]) -> dict[str, float]:
    took = []
    for _ in range(ROUNDS):
        path = page()
        started = time.perf_counter()
        answer = client.get(path, headers=AS_ONE_TYPES if "/search" in path else {})
        took.append((time.perf_counter() - started) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status}")
    took.sort()
    return {"p50_ms": round(took[len(took) // 2], 1), "p95_ms": round(took[int(len(took) * 0.95)], 1)}


def _search(words: str) -> str:
    return f"/console/search?q={quote(words)}"


def _one(*choices: str) -> str:
    return CHANCE.choice(choices)
