"""How many signed webhooks a second are taken: by the bare handler, by ours on SQLite and on PostgreSQL.

The three are measured in turn, several rounds, with requests of distinct customers (distinct lanes) from 32 clients.
A request counts as taken when its answer came; ours answers after the commit.
"""

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median

from benchmarks import servers
from benchmarks.load import Result, saturate
from benchmarks.signing import http_post, inbound_form
from tests.postgresql import own_database

CLIENTS = 32
REQUESTS = 6000
WARM_UP = 600
ROUNDS = 3
QUESTION = "What are your delivery charges?"

Row = dict[str, float]
Start = Callable[[dict[str, str]], AbstractContextManager[object]]


def measure() -> dict[str, object]:
    """``{"bare": {"rps", "p50_ms", "p99_ms", "max_ms"}, "sqlite": …, "sqlite_full": …, "postgresql": …, …}``."""
    rows: dict[str, list[Row]] = {}
    with tempfile.TemporaryDirectory() as folder, own_database("bench") as postgres_url:
        cases = {
            "bare": ("", servers.bare),
            "postgresql": (postgres_url, servers.web_alone),
            "sqlite": ("sqlite", servers.everything),
            "sqlite_full": ("sqlite", servers.everything),
        }
        for number in range(ROUNDS):
            for name, (url, start) in cases.items():
                row = _once(name, Path(folder) / f"{name}{number}", url, start)
                rows.setdefault(name, []).append(row)
    result: dict[str, object] = {name: _median(found) for name, found in rows.items()}
    return result | {"ratios": _ratios(rows), "postgresql_settings": servers.postgresql_settings(), "clients": CLIENTS}


def _once(name: str, folder: Path, database: str, start: Start) -> Row:
    port = servers.free_port()
    url = f"sqlite:///{folder / 'rabta.db'}" if database == "sqlite" else database
    more = {"SQLITE_SYNCHRONOUS": "FULL"} if name == "sqlite_full" else {}
    environment = servers.environment(folder, port, url, **more)
    with start(environment):
        target = f"{environment['PUBLIC_URL']}/webhooks/twilio/messages"
        asyncio.run(saturate(port, _requests(target, WARM_UP), CLIENTS))
        result = asyncio.run(saturate(port, _requests(target, REQUESTS), CLIENTS))
    return _row(name, result)


def _requests(url: str, count: int) -> list[bytes]:
    return [http_post(url, inbound_form(number, QUESTION)) for number in range(count)]


def _row(name: str, result: Result) -> Row:
    if set(result.statuses) != {200}:
        raise RuntimeError(f"{name}: not every request was taken: {result.statuses}")
    return {
        "rps": round(result.rate),
        "p50_ms": result.percentile_ms(0.5),
        "p99_ms": result.percentile_ms(0.99),
        "max_ms": result.percentile_ms(1.0),
    }


def _median(rows: list[Row]) -> Row:
    return {key: median(row[key] for row in rows) for key in rows[0]}


def _ratios(rows: dict[str, list[Row]]) -> dict[str, Row]:
    """Ours against bare, round by round, then the median: the machine's mood cancels out."""
    ratios = {}
    for name in rows.keys() - {"bare"}:
        pairs = list(zip(rows[name], rows["bare"], strict=True))
        ratios[name] = {
            "rps": round(median(ours["rps"] / bare["rps"] for ours, bare in pairs), 3),
            "p99": round(median(ours["p99_ms"] / bare["p99_ms"] for ours, bare in pairs), 2),
        }
    return ratios
