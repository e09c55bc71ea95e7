"""A campaign on PostgreSQL: how long a hundred thousand rows take to check, and how well four senders keep one rate."""

import asyncio
import io
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.servers import PYTHON, environment, free_port, running
from benchmarks.sink import Sink
from gateway import embedded_redis
from gateway.config.files import read_folder
from gateway.config.publish import publish
from gateway.core import clock
from gateway.desk.campaigns import drafts, intake, lists, moves, queries, results
from gateway.desk.campaigns.drafts import Draft, Options
from gateway.desk.campaigns.moves import Move
from gateway.jobs.run_campaigns import Runner
from gateway.models import migrate
from gateway.models.database import Database
from gateway.models.template import Template
from gateway.runtime import Runtime, build
from gateway.settings import Settings
from tests.postgresql import own_database

ROWS = int(os.environ.get("CAMPAIGN_ROWS", "100000"))
SENDERS = 4
RATE = 80
SECONDS = 60
SETTLED_AFTER = 5.0
"""The sender's bucket is full at the beginning: its burst is not the rate."""
WORK = "from gateway.settings import Settings; from gateway.worker import {what}; {call}"


def measure() -> dict[str, object]:
    """Seconds to check the rows, and the rate over a minute."""
    with tempfile.TemporaryDirectory() as folder, own_database("bench") as url, ExitStack() as stack:
        settings = _prepared(Path(folder), url)
        stack.enter_context(redis(Path(folder), settings))
        return {"prepare": _prepare(settings), "rate": asyncio.run(_send(settings))}


def _prepared(folder: Path, url: str) -> dict[str, str]:
    database = Database(url)
    migrate.upgrade(database)
    publish(database, read_folder(Path("config")), "benchmark")
    usual = {"account": "AC", "approval": "approved", "category": "UTILITY", "synced_at": clock.now()}
    with database.begin() as session:
        for language in ("en", "ur"):
            session.add(Template(name="order_update", language=language, external_id=f"HX{language:0>32}", **usual))
    database.engine.dispose()
    made = environment(folder, free_port(), url)
    return made | {"REDIS_URL": f"unix://{folder / 'redis.sock'}", "CARE_CONFIG": "config"}


@contextmanager
def redis(folder: Path, settings: dict[str, str]) -> Iterator[None]:
    command = [embedded_redis.find_program(), "--port", "0", "--unixsocket", str(folder / "redis.sock"), "--save", ""]
    with running(command, settings, listens=False):
        time.sleep(0.5)
        yield


def _prepare(settings: dict[str, str]) -> dict[str, object]:
    """From the file to ``ready``: read, written, contacts made, duplicates found, each row explained."""
    runtime = _runtime(settings)
    started = time.perf_counter()
    campaign_id = _hand_in(runtime, ROWS)
    handed_in = time.perf_counter() - started
    Runner(runtime).run(600)
    seconds = time.perf_counter() - started
    with runtime.database.read() as session:
        state, found = queries.campaign(session, campaign_id).state, results.of(session, campaign_id)
    if state != "ready" or found.rows != {"ready": ROWS * 99 // 100, "refused": ROWS // 100}:
        raise RuntimeError(f"not as expected: {state} {found.rows} {found.refused}")
    runtime.database.engine.dispose()
    return {"rows": ROWS, "seconds": round(seconds, 1), "handed_in_seconds": round(handed_in, 1)}


async def _send(settings: dict[str, str]) -> dict[str, object]:
    """Four senders share one bucket; the provider counts by the second."""
    sink, arrivals = Sink(delay_seconds=0.1), list[float]()
    sink.arrived = lambda to, at: arrivals.append(at)
    settings = settings | {"TWILIO_API_BASE": f"http://127.0.0.1:{await sink.start()}"}
    runtime = _runtime(settings)
    campaign_id = await asyncio.to_thread(_ready, runtime)
    with _workers(settings), runtime.work() as session:
        moves.make(session, campaign_id, Move.START)
        session.commit()
        deadline = time.monotonic() + SECONDS * 3
        while not arrivals or time.perf_counter() < arrivals[0] + SETTLED_AFTER + SECONDS + 1:
            if time.monotonic() > deadline:
                raise RuntimeError(f"only {len(arrivals)} messages came")
            await asyncio.sleep(0.2)
    sink.stop()
    return _judged(arrivals)


def _ready(runtime: Runtime) -> int:
    campaign_id = _hand_in(runtime, RATE * (SECONDS + 30), first=1_000_000)
    Runner(runtime).run(120)
    return campaign_id


def _judged(arrivals: list[float]) -> dict[str, object]:
    begin = arrivals[0] + SETTLED_AFTER
    by_second = [0] * SECONDS
    for at in arrivals:
        if begin <= at < begin + SECONDS:
            by_second[int(at - begin)] += 1
    rate = sum(by_second) / SECONDS
    return {
        "senders": SENDERS,
        "wanted": RATE,
        "rate": round(rate, 2),
        "error_percent": round(abs(rate - RATE) / RATE * 100, 2),
        "slowest_second": min(by_second),
        "fastest_second": max(by_second),
    }


def _hand_in(runtime: Runtime, number: int, first: int = 0) -> int:
    """A list whose every hundredth line is a duplicate."""
    numbers = (first + (at - 1 if at % 100 == 99 else at) for at in range(number))
    listed = "phone,language,name,order,news\n" + "".join(
        f"+92300{at:07},{'ur' if at % 2 else 'en'},Customer {at},GC-{at},left our warehouse today\n" for at in numbers
    )
    options = Options(urgent=True, ladder=False)
    draft = Draft("Benchmark", "order_update", "whatsapp", options, {"csv": "benchmark.csv"})
    with runtime.work() as session:
        campaign_id, _ = drafts.create(session, draft, runtime.config().business)
    intake.take_list(runtime.work, campaign_id, lists.read_csv(io.BytesIO(listed.encode())))
    return campaign_id


@contextmanager
def _workers(settings: dict[str, str]) -> Iterator[None]:
    """Four hosts' senders, and one of everything else that a campaign needs."""
    calls = [("work", "work('sends', Settings.from_env())")] * SENDERS
    calls += [("work", "work('campaigns', Settings.from_env())"), ("tick", "tick(Settings.from_env())")]
    commands = [[PYTHON, "-c", WORK.format(what=what, call=call)] for what, call in calls]
    started = [subprocess.Popen(command, env=os.environ | settings) for command in commands]
    try:
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(20)


def _runtime(settings: dict[str, str]) -> Runtime:
    return build(Settings.from_env(settings), 5)
