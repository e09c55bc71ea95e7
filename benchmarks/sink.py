"""A light provider: takes sends and content, notes when each arrived, may wait and may call back. Keeps nothing else.

It runs inside the load generator's loop, so that both ends of a message share one clock.
"""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from urllib.parse import parse_qs, urldefrag

from benchmarks.load import connect
from benchmarks.signing import ACCOUNT, http_post
from benchmarks.wire import Messages


class Sink:
    """``arrived`` is called with the customer's address and the time of each send."""

    def __init__(self, delay_seconds: float = 0.0, callbacks: tuple[str, ...] = ()) -> None:
        self.delay_seconds = delay_seconds
        self.callbacks = callbacks
        self.arrived: Callable[[str, float], None] = lambda to, at: None
        self.sends = 0
        self.called_back = 0
        self._pending: asyncio.Queue[tuple[str, dict[str, str]]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> int:
        """Listen on a free port and return it."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Provider(self), "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def begin_callbacks(self, web_port: int) -> None:
        self._tasks = [asyncio.create_task(self._call_back(web_port)) for _ in range(8)]

    async def all_called_back(self) -> None:
        """Until every callback there is to make was taken by the product."""
        while self._tasks and self.called_back < self.sends * len(self.callbacks):
            await asyncio.sleep(0.02)

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._server.close()

    def take(self, form: dict[str, list[str]], at: float) -> dict[str, object]:
        self.sends += 1
        sid, to, sender = "SM" + uuid.uuid4().hex, form["To"][0], form["From"][0]
        self.arrived(to, at)
        callback = form.get("StatusCallback", [""])[0]
        for status in self.callbacks if callback else ():
            fields = {"MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "SmsStatus": status, "To": to}
            fields |= {"From": sender, "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01"}
            self._pending.put_nowait((urldefrag(callback).url, fields))
        return {"sid": sid, "status": "queued", "account_sid": ACCOUNT, "to": to, "from": sender, "num_media": "0"}

    async def _call_back(self, web_port: int) -> None:
        connection = await connect(web_port)
        while True:
            url, fields = await self._pending.get()
            await connection.ask(http_post(url, fields))
            self.called_back += 1


class _Provider(asyncio.Protocol):
    """One keep-alive connection of the product's client."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.messages = Messages()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        at = time.perf_counter()
        for head, body in self.messages.feed(data):
            answer = self._answer(head.split(b" ", 2)[1].decode(), body, at)
            asyncio.get_running_loop().call_later(self.sink.delay_seconds, self._write, answer)

    def _answer(self, path: str, body: bytes, at: float) -> dict[str, object]:
        if path.endswith("/Messages.json") and body:
            return self.sink.take(parse_qs(body.decode()), at)
        if "/Content" in path:
            return {"sid": "HX" + uuid.uuid4().hex, "account_sid": ACCOUNT, "friendly_name": "b", "language": "en"}
        return {"messages": [], "next_page_uri": None}

    def _write(self, answer: dict[str, object]) -> None:
        body = json.dumps(answer).encode()
        head = f"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.transport.write(head.encode() + body)
