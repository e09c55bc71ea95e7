"""From the customer's message to our request at the provider: latency at a steady rate, and the most that is sustained.

The whole product runs as ``make run`` starts it, on PostgreSQL; load generator and provider share its two cores.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import servers
from benchmarks.accept import QUESTION
from benchmarks.load import Connection, connect, percentile_ms
from benchmarks.signing import http_post, inbound_form
from benchmarks.sink import Sink
from tests.postgresql import own_database

CUSTOMERS = 1000
STEADY_RATE = 20
STEADY_SECONDS = 30
SUSTAINED_SECONDS = 20
OUTSTANDING = 256
GIVE_UP_SECONDS = 60
Scenario = Callable[[int, Sink], Awaitable[dict[str, float]]]
CALLBACKS = ("sent", "delivered", "read")


@dataclass(slots=True)
class Field:
    """Who asked when, and when the first answer to each arrived."""

    asked: dict[str, float] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    def arrived(self, to: str, at: float) -> None:
        started = self.asked.pop(to, None)
        if started is not None:
            self.latencies.append(at - started)
            self.answered.set()


def measure() -> dict[str, object]:
    """``{"steady": {...}, "sustained": {...}, "sustained_100ms": {...}, "sustained_callbacks": {...}}``."""
    return {
        "steady": _run(_steady),
        "sustained": _run(_sustained),
        "sustained_100ms": _run(_sustained, delay_seconds=0.1),
        "sustained_callbacks": _run(_sustained, callbacks=CALLBACKS),
    }


def _run(scenario: Scenario, delay_seconds: float = 0.0, callbacks: tuple[str, ...] = ()) -> dict[str, float]:
    async def all_of_it() -> dict[str, float]:
        async with _product(delay_seconds, callbacks) as (port, sink):
            return await scenario(port, sink)

    return asyncio.run(all_of_it())


@asynccontextmanager
async def _product(delay_seconds: float, callbacks: tuple[str, ...]) -> AsyncIterator[tuple[int, Sink]]:
    sink = Sink(delay_seconds, callbacks)
    base = f"http://127.0.0.1:{await sink.start()}"
    port = servers.free_port()
    with tempfile.TemporaryDirectory() as folder, own_database("bench") as url:
        environment = servers.environment(Path(folder), port, url, TWILIO_API_BASE=base)
        started = servers.everything(environment)
        await asyncio.to_thread(started.__enter__)
        try:
            sink.begin_callbacks(port)
            await _greet_everybody(port, sink)
            yield port, sink
        finally:
            sink.stop()
            await asyncio.to_thread(started.__exit__, None, None, None)


async def _greet_everybody(port: int, sink: Sink) -> None:
    """Every customer has written once before, so that what is measured is an answer and not a first greeting."""
    seen = Field()
    sink.arrived = seen.arrived
    await _ask_all(port, seen, range(CUSTOMERS))
    await _quiet(seen)
    await sink.all_called_back()


async def _ask_all(port: int, seen: Field, numbers: range) -> None:
    connections = [await connect(port) for _ in range(8)]
    chunks = [list(numbers)[start::8] for start in range(8)]
    await asyncio.gather(*(_ask_in_turn(c, port, seen, chunk) for c, chunk in zip(connections, chunks, strict=True)))


async def _ask_in_turn(connection: Connection, port: int, seen: Field, numbers: list[int]) -> None:
    for number in numbers:
        await _ask(connection, port, seen, number)


async def _ask(connection: Connection, port: int, seen: Field, number: int) -> None:
    form = inbound_form(number, QUESTION)
    request = http_post(f"http://127.0.0.1:{port}/webhooks/twilio/messages", form)
    seen.asked[form["From"]] = time.perf_counter()
    status = await connection.ask(request)
    if status != 200:
        raise RuntimeError(f"webhook answered {status}")


async def _quiet(seen: Field) -> None:
    """Until every question has its answer.

    Raises:
        RuntimeError: some are still open after a minute: they were lost, and no figure would be honest.
    """
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while seen.asked:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{len(seen.asked)} messages were never answered")
        await asyncio.sleep(0.05)


async def _steady(port: int, sink: Sink) -> dict[str, float]:
    seen = Field()
    sink.arrived = seen.arrived
    connections = [await connect(port) for _ in range(4)]
    started = time.perf_counter()
    for number in range(STEADY_RATE * STEADY_SECONDS):
        await asyncio.sleep(max(0.0, started + number / STEADY_RATE - time.perf_counter()))
        await _ask(connections[number % 4], port, seen, number % CUSTOMERS)
    await _quiet(seen)
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    row = {name: percentile_ms(seen.latencies, share) for name, share in shares.items()}
    return row | {"rate": STEADY_RATE, "messages": len(seen.latencies)}


async def _sustained(port: int, sink: Sink) -> dict[str, float]:
    """Answers a second, at most ``OUTSTANDING`` questions open; the last answer and callback stop the clock."""
    seen = Field()
    sink.arrived = seen.arrived
    before = sink.called_back
    connections = [await connect(port) for _ in range(16)]
    started = time.perf_counter()
    lanes = [range(start, CUSTOMERS, 16) for start in range(16)]
    await asyncio.gather(
        *(_keep_asking(c, port, seen, lane, started) for c, lane in zip(connections, lanes, strict=True))
    )
    await _quiet(seen)
    await sink.all_called_back()
    seconds = time.perf_counter() - started
    return {
        "rate": round(len(seen.latencies) / seconds, 1),
        "messages": len(seen.latencies),
        "p50_ms": percentile_ms(seen.latencies, 0.5),
        "p99_ms": percentile_ms(seen.latencies, 0.99),
        "callbacks": sink.called_back - before,
    }


async def _keep_asking(connection: Connection, port: int, seen: Field, lane: range, started: float) -> None:
    while True:
        for number in lane:
            if time.perf_counter() - started > SUSTAINED_SECONDS:
                return
            while len(seen.asked) >= OUTSTANDING or f"whatsapp:+92300{number:07d}" in seen.asked:
                seen.answered.clear()
                await asyncio.wait_for(seen.answered.wait(), GIVE_UP_SECONDS)
            await _ask(connection, port, seen, number)
