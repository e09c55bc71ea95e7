"""Calls of the business's own services against a server that answers well, badly, slowly or too much."""

import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from automation.flows.requests import Answered, Call, Result
from gateway.core.errors import Unanswered
from gateway.core.own_services import Service
from gateway.desk import requests
from gateway.jobs.http_call import LARGEST_BYTES, Caller
from gateway.jobs.run_request import serve
from gateway.models.database import Database
from gateway.models.request import Request
from tests import care
from tests.automation.flows import library

Reply = bytes | Callable[[socket.socket], None]


class Server(socketserver.ThreadingTCPServer):
    """Says ``reply`` to whoever has sent a head and the body it promises, whatever that may be."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.reply: Reply = ok({})
        self.heard: list[str] = []
        self.over = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Handler(socketserver.BaseRequestHandler):
    server: Server

    def handle(self) -> None:
        heard = b""
        while b"\r\n\r\n" not in heard or not _whole(heard):
            if not (more := self.request.recv(65536)):
                return
            heard += more
        self.server.heard.append(heard.decode())
        if isinstance(self.server.reply, bytes):
            self.request.sendall(self.server.reply)
        else:
            self.server.reply(self.request)


def _whole(heard: bytes) -> bool:
    head, _, body = heard.partition(b"\r\n\r\n")
    lengths = [int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return len(body) >= sum(lengths)


def ok(value: object, status: str = "200 OK", *more: str) -> bytes:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Content-Type: application/json", *more]
    return "\r\n".join([*head, "", ""]).encode() + body


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield made
        made.over.set()
        made.shutdown()


def caller(server: Server, *addresses: str, **changes: Any) -> Caller:
    service = Service(f"shop.example:{server.port}", **{"private": True, "insecure": True} | changes)
    return Caller((service,), {"SHOP": "Bearer s3cret"}, lambda host, port: list(addresses or ("127.0.0.1",)))


def request(server: Server, path: str = "/orders/5", method: str = "GET", **more: Any) -> Call:
    given: dict[str, Any] = {"headers": {}, "body": {}, "expects": {}, "timeout_seconds": 20.0} | more
    return Call(method, f"http://shop.example:{server.port}{path}", **given)


def test_a_call_and_its_answer(server: Server) -> None:
    server.reply = ok({"eta": "Monday", "pieces": 2, "gift": False, "note": "x"})
    shop = caller(server, secrets={"Authorization": "SHOP"})
    asked = request(
        server,
        method="POST",
        headers={"X-City": "لاہور", "authorization": "mine", "HOST": "evil"},
        body={"n": "ü"},
        expects={"eta": "text", "pieces": "number", "gift": "boolean"},
    )
    assert shop.call(asked, "request-7", 10) == Answered(Result.FOUND, {"eta": "Monday", "pieces": 2, "gift": False})
    (heard,) = server.heard
    head, _, body = heard.partition("\r\n\r\n")
    assert head.startswith("POST /orders/5 HTTP/1.1\r\n")
    lines = {line.lower() for line in head.split("\r\n")[1:]}
    assert lines >= {
        f"host: shop.example:{server.port}", "authorization: bearer s3cret", "idempotency-key: request-7",
        "x-city: لاہور", "content-type: application/json",
    }  # fmt: skip
    assert sum(line.startswith(("authorization:", "host:")) for line in lines) == 2
    assert json.loads(body) == {"n": "ü"}


@pytest.mark.parametrize(
    ("reply", "why", "again"),
    [
        (ok(b"<html>"), "the answer is no JSON", False),
        (ok(b'{"a": NaN}'), "the answer is no JSON: NaN is no number", False),
        (ok(b'{"a": 1e999}'), "the answer is no JSON: 1e999 is no number", False),
        (ok(b"[" * 30_000), "the answer is no JSON", False),
        (ok(b'{"a": "\xff"}'), "the answer is no JSON", False),
        (ok([1, 2]), "the answer is no JSON object", False),
        (ok({"eta": 5}), "the answer does not fit: eta is no text", False),
        (ok({"other": "x"}), "the answer does not fit: eta is missing", False),
        (ok({"eta": "x" * LARGEST_BYTES}), "the answer is larger than 64 kB", False),
        (ok({}, "200 OK", "Content-Encoding: gzip"), "the answer is compressed", False),
        (ok({}, "302 Found", "Location: http://169.254.169.254/latest/"), "the service answered 302", False),
        (ok({}, "403 Forbidden"), "the service answered 403", False),
        (ok({}, "503 Service Unavailable"), "the service answered 503", True),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "BadStatusLine", True),
        (ok({"eta": "Monday"})[:-5], "the answer broke off", True),
        (b"", "RemoteDisconnected", True),
    ],
)
def test_answers_that_cannot_be_used(server: Server, reply: bytes, why: str, again: bool) -> None:
    server.reply = reply
    with pytest.raises(Unanswered) as found:
        caller(server).call(request(server, expects={"eta": "text"}), "k", 10)
    assert (why in found.value.why, found.value.again, found.value.arrived) == (True, again, True), found.value.why
    assert len(server.heard) == 1


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_what_is_not_there_is_missing(server: Server, status: str) -> None:
    server.reply = ok(b"no", status)
    assert caller(server).call(request(server), "k", 10) == Answered(Result.MISSING)


def silent(server: Server) -> Callable[[socket.socket], None]:
    return lambda _: server.over.wait(60) and None


def dripping(head: bytes) -> Callable[[Server], Callable[[socket.socket], None]]:
    """A byte now and then, never the end: no read takes long, all of them would take for ever."""

    def reply_of(server: Server) -> Callable[[socket.socket], None]:
        def reply(connection: socket.socket) -> None:
            connection.sendall(head)
            while not server.over.wait(0.02):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

        return reply

    return reply_of


@pytest.mark.parametrize(
    ("reply_of", "whose"),
    [
        (silent, "flow"),
        (silent, "host"),
        (silent, "request"),
        (dripping(b"HTTP/1.1 200 OK\r\nX-Slow: "), "flow"),
        (dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"), "flow"),
        (dripping(b"HTTP/1.1 200 OK\r\n\r\n"), "flow"),
    ],
)
def test_the_time_is_bounded_as_a_whole(server: Server, reply_of: Any, whose: str) -> None:
    server.reply = reply_of(server)
    seconds = {"flow": 20.0, "host": 20.0, "request": 20.0} | {whose: 0.4}
    shop = caller(server, timeout_seconds=seconds["host"])
    with pytest.raises(Unanswered, match=r"no answer in 0\.4 s|in time") as found:
        shop.call(request(server, timeout_seconds=seconds["flow"]), "k", seconds["request"])
    assert found.value.again


@pytest.mark.parametrize(
    ("addresses", "changes", "why"),
    [
        (["127.0.0.1"], {"private": False}, "shop.example is 127.0.0.1: it is in a private network"),
        (["93.184.216.34", "10.0.0.1"], {"private": False}, "shop.example is 10.0.0.1"),
        (["169.254.169.254"], {}, "no service has such an address"),
        (["::ffff:169.254.169.254"], {}, "no service has such an address"),
    ],
)
def test_forbidden_addresses_are_not_reached(
    server: Server, addresses: list[str], changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(Unanswered) as found:
        caller(server, *addresses, **changes).call(request(server), "k", 10)
    assert (why in found.value.why, found.value.again, found.value.arrived) == (True, False, False)
    assert server.heard == []


def test_the_name_is_looked_up_once(server: Server) -> None:
    """A second look-up could say something else."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.255.255.1"]

    Caller(caller(server).services, {}, resolve).call(request(server), "k", 10)
    assert (asked, len(server.heard)) == (["shop.example"], 1)


def test_a_look_up_that_hangs_is_not_waited_for(server: Server) -> None:
    def resolve(host: str, port: int) -> list[str]:
        server.over.wait(60)
        return []

    with pytest.raises(Unanswered, match="not looked up in time") as found:
        Caller(caller(server).services, {}, resolve).call(request(server), "k", 0.05)
    assert not found.value.arrived
    server.over.set()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://evil.example/", "not among calls.hosts"),
        ("http://shop.example/", "not among calls.hosts"),
        ("http://shop.example:{port}/orders/..%2Fadmin", "leads elsewhere"),
    ],
)
def test_calls_that_go_elsewhere_are_not_made(server: Server, url: str, why: str) -> None:
    call = Call("GET", url.replace("{port}", str(server.port)), {}, {}, {}, 5.0)
    with pytest.raises(Unanswered, match=why) as found:
        caller(server).call(call, "k", 10)
    assert (found.value.arrived, found.value.again, server.heard) == (False, False, [])


def test_a_secret_that_is_not_set_is_named(server: Server) -> None:
    with pytest.raises(Unanswered, match="CALL_SECRET_OTHER is not set"):
        caller(server, secrets={"Authorization": "OTHER"}).call(request(server), "k", 10)
    assert server.heard == []


def test_who_is_not_there_was_not_reached(server: Server) -> None:
    server.shutdown()
    server.server_close()
    with pytest.raises(Unanswered, match="NewConnectionError") as found:
        caller(server).call(request(server), "k", 10)
    assert (found.value.arrived, found.value.again) == (False, True)


def test_without_a_certificate_nothing_is_told(server: Server) -> None:
    """https to somebody who does not speak it: no request leaves."""
    call = Call("GET", f"https://shop.example:{server.port}/", {}, {}, {}, 5.0)
    with pytest.raises(Unanswered) as found:
        caller(server).call(call, "k", 0.3)
    assert not found.value.arrived
    assert server.heard == []


def test_header_values_cannot_break_out(server: Server) -> None:
    with pytest.raises(Unanswered, match="Invalid header value"):
        caller(server).call(request(server, headers={"X-City": "a\r\nX-Evil: 1"}), "k", 10)
    assert server.heard == []


FLOW = {"id": "slot", "triggers": {"words": {"en": ["slot"]}}, "nodes": [
    {"id": "get", "call": {"url": "https://x.example/", "expects": {"day": "text"}}, "failed": "sorry"},
    {"id": "done", "say": "On {get.day}", "goto": "end"},
    {"id": "sorry", "say": "Not now", "goto": "end"}]}  # fmt: skip


@pytest.mark.parametrize(
    ("reply", "said", "outcome"),
    [
        (ok({"day": "Mon\x00day", "more": 1}), "On Mon day", ""),
        (ok({"day": 5}), "Not now", "the answer does not fit: day is no text"),
    ],
)
def test_a_flow_calls_and_goes_on(
    server: Server, sqlite: Database, redis_url: str, reply: bytes, said: str, outcome: str
) -> None:
    server.reply = reply
    base, host = care.config(), f"127.0.0.1:{server.port}"
    flow = library(FLOW).flows["slot"]
    called = replace(flow.nodes["get"], url=f"http://{host}/")  # type: ignore[type-var]
    flows = {**base.flows.flows, "slot": replace(flow, nodes={**flow.nodes, "get": called})}
    services = (Service(host, private=True, insecure=True, secrets={"X-Key": "SHOP"}),)
    config = replace(base, flows=replace(base.flows, flows=flows), services=services)
    runtime = care.runtime_on(sqlite, redis_url, config, call_secrets=(("SHOP", "s3cret"),))
    care.write(runtime, "slot")
    with sqlite.begin() as session:
        (asked,) = requests.claim(session, "me", 1)
    serve(runtime, asked)
    assert care.said(sqlite)[-1].text == said
    (row,) = care.rows(sqlite, Request)
    assert row.outcome == outcome
    assert "X-Key: s3cret" in server.heard[0]
    assert "s3cret" not in str(row)
