"""A frugal HTTP/1.1 load generator: kept-alive connections on asyncio protocols, requests made beforehand."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.wire import Messages


@dataclass(slots=True)
class Result:
    """Latencies in seconds, one a request; ``statuses`` counts answers by status code."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile_ms(self, share: float) -> float:
        return percentile_ms(self.latencies, share)


def percentile_ms(latencies: list[float], share: float) -> float:
    """The latency in ms below which ``share`` of the samples lie; 0 without samples."""
    ordered = sorted(latencies)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 1) if ordered else 0.0


class Connection(asyncio.Protocol):
    """One request at a time; resolves to the status code when the whole answer is in."""

    def __init__(self) -> None:
        self.messages = Messages()
        self.waiter: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def ask(self, request: bytes) -> "asyncio.Future[int]":
        self.waiter = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.waiter

    def data_received(self, data: bytes) -> None:
        for head, _ in self.messages.feed(data):
            if self.waiter and not self.waiter.done():
                self.waiter.set_result(int(head[9:12]))

    def connection_lost(self, error: Exception | None) -> None:
        if self.waiter and not self.waiter.done():
            self.waiter.set_exception(ConnectionError("the server hung up"))


async def connect(port: int) -> Connection:
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    return connection


async def saturate(port: int, requests: list[bytes], clients: int) -> Result:
    """Send all requests over ``clients`` connections as fast as they are answered."""
    result = Result()
    source = iter(requests)
    connections = [await connect(port) for _ in range(clients)]
    started = time.perf_counter()
    await asyncio.gather(*(_drain(connection, source, result) for connection in connections))
    result.seconds = time.perf_counter() - started
    for connection in connections:
        connection.transport.close()
    return result


async def _drain(connection: Connection, source: Iterator[bytes], result: Result) -> None:
    for request in source:
        before = time.perf_counter()
        status = await connection.ask(request)
        result.latencies.append(time.perf_counter() - before)
        result.statuses[status] = result.statuses.get(status, 0) + 1
