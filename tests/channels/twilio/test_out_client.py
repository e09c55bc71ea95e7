"""The wire: what Twilio would get from us, and how each way of failing is told."""

import base64
import json
import socket
import threading
from collections.abc import Iterator

import pytest

from gateway.channels.twilio.adapter import TwilioAdapter
from gateway.channels.twilio.client import PooledHttpClient
from gateway.core.errors import Action, SendError
from gateway.core.replies import Accepted, ContentShape, Sending
from gateway.core.words import ChannelType
from gateway.settings import Settings
from tests.outbound import sink as sinks
from tests.outbound.sink import ACCOUNT, Lever, Sink

HELLO = Sending(
    "whatsapp:+923001234567",
    "whatsapp:+14155238886",
    ChannelType.WHATSAPP,
    "Hello سلام",
    status_callback="https://care.example/webhooks/twilio/statuses?delivery=t0#rc=3",
)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinks.running() as running:
        yield running


def adapter(base: str, **more: str) -> TwilioAdapter:
    return TwilioAdapter(
        Settings(twilio_account_sid=ACCOUNT, twilio_auth_token="t" * 32, twilio_api_base=base, **more)  # type: ignore[arg-type]
    )


def test_a_text(sink: Sink) -> None:
    assert adapter(sink.url).send(HELLO) == Accepted("SM" + "0" * 32, "queued")
    assert sink.requests == [("POST", f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages.json")]
    assert sink.messages[0]["form"] == {
        "To": ["whatsapp:+923001234567"],
        "From": ["whatsapp:+14155238886"],
        "Body": ["Hello سلام"],
        "StatusCallback": ["https://care.example/webhooks/twilio/statuses?delivery=t0#rc=3"],
    }
    assert _credentials(sink) == f"{ACCOUNT}:{'t' * 32}"


def test_an_api_key_comes_before_the_token(sink: Sink) -> None:
    adapter(sink.url, twilio_api_key="SK1", twilio_api_secret="s3").send(HELLO)
    assert _credentials(sink) == "SK1:s3"
    assert ACCOUNT in sink.requests[0][1]


def test_files_and_content(sink: Sink) -> None:
    twilio = adapter(sink.url)
    twilio.send(Sending("+1", "+2", ChannelType.SMS, "Look", media_urls=("https://a/1", "https://a/2")))
    twilio.send(Sending("+1", "+2", ChannelType.SMS, "unused", content_sid="HX1", content_variables={"1": "آم"}))
    assert sink.messages[0]["form"]["MediaUrl"] == ["https://a/1", "https://a/2"]
    form = sink.messages[1]["form"]
    assert "Body" not in form
    assert (form["ContentSid"], json.loads(form["ContentVariables"][0])) == (["HX1"], {"1": "آم"})


@pytest.mark.parametrize(
    ("lever", "code", "action"),
    [
        (Lever(400, 21610), "21610", Action.OPT_OUT),
        (Lever(429, 20429, {"Retry-After": "2"}), "20429", Action.RETRY),
        (Lever(500, 20500), "20500", Action.UNKNOWN),
        (Lever(drop=True), "no_answer", Action.UNKNOWN),
        (Lever(keep=True), "no_answer", Action.UNKNOWN),
    ],
)
def test_what_goes_wrong(sink: Sink, lever: Lever, code: str, action: Action) -> None:
    sink.levers.append(lever)
    with pytest.raises(SendError) as caught:
        adapter(sink.url).send(HELLO)
    assert (caught.value.code, caught.value.action) == (code, action)
    assert len(sink.requests) == 1, "a POST is never repeated by the client itself"


def test_a_slow_answer_is_unknown(sink: Sink) -> None:
    sink.levers.append(Lever(delay=0.6))
    client = PooledHttpClient(sink.url, timeout_seconds=0.1)
    with pytest.raises(SendError) as caught:
        client.request("POST", "https://api.twilio.com/x", headers={"Content-Type": "x"}, data={"To": "1", "From": "2"})
    assert caught.value.action is Action.UNKNOWN


def test_a_refused_connection_means_not_sent() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(SendError) as caught:
        adapter(f"http://127.0.0.1:{port}").send(HELLO)
    assert (caught.value.code, caught.value.action) == ("connect", Action.RETRY)


def test_a_failed_handshake_means_not_sent(sink: Sink) -> None:
    with pytest.raises(SendError) as caught:
        adapter(sink.url.replace("http:", "https:")).send(HELLO)
    assert (caught.value.code, caught.value.action) == ("connect", Action.RETRY)


def test_an_unreadable_success_is_unknown() -> None:
    def answer(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\n<html")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,))
        thread.start()
        with pytest.raises(SendError) as caught:
            adapter(f"http://127.0.0.1:{listener.getsockname()[1]}").send(HELLO)
        thread.join(5)
    assert caught.value.action is Action.UNKNOWN


def test_connections_are_kept(sink: Sink) -> None:
    twilio = adapter(sink.url)
    for _ in range(3):
        twilio.send(HELLO)
    pools = twilio._client.http_client._connections.pools
    assert [pools[key].num_connections for key in pools.keys()] == [1]  # noqa: SIM118  # urllib3's container has no iterator


def test_looking_up_what_was_sent(sink: Sink) -> None:
    twilio = adapter(sink.url)
    twilio.send(HELLO)
    twilio.send(Sending("+1", "+2", ChannelType.SMS, "other"))
    (found,) = twilio.list_messages(HELLO.to, HELLO.sender)
    assert (found.external_id, found.text, found.status) == ("SM" + "0" * 32, "Hello سلام", "queued")
    assert found.created_at > 1_700_000_000
    assert "DateSent" not in sink.requests[-1][1]


def test_what_was_sent_is_found_behind_many_others(sink: Sink) -> None:
    """An answer not narrowed to the two addresses: 69 customers were once answered twice after a kill for this."""
    twilio = adapter(sink.url)
    for number in range(60):
        twilio.send(Sending(f"+1{number:07}", "+2", ChannelType.SMS, "other"))
    twilio.send(HELLO)
    sink.lists_all = True
    assert [found.text for found in twilio.list_messages(HELLO.to, HELLO.sender)] == [HELLO.text]


def test_buttons_and_lists_are_made_with_variables(sink: Sink) -> None:
    twilio = adapter(sink.url)
    buttons = twilio.create_content(ContentShape("buttons", 2))
    rows = twilio.create_content(ContentShape("list", 2, described=True))
    assert sink.contents[buttons]["types"] == {
        "twilio/quick-reply": {
            "body": "{{1}}",
            "actions": [
                {"type": "QUICK_REPLY", "title": "{{2}}", "id": "{{3}}"},
                {"type": "QUICK_REPLY", "title": "{{4}}", "id": "{{5}}"},
            ],
        }
    }
    assert sink.contents[rows]["types"]["twilio/list-picker"] == {
        "body": "{{1}}",
        "button": "{{2}}",
        "items": [
            {"item": "{{3}}", "id": "{{4}}", "description": "{{5}}"},
            {"item": "{{6}}", "id": "{{7}}", "description": "{{8}}"},
        ],
    }
    assert list(sink.contents[rows]["variables"]) == [str(number) for number in range(1, 9)]


def test_content_that_is_gone_is_deleted(sink: Sink) -> None:
    twilio = adapter(sink.url)
    made = twilio.create_content(ContentShape("buttons", 1))
    twilio.delete_content(made)
    twilio.delete_content(made)
    assert sink.contents == {}


def _credentials(sink: Sink) -> str:
    return base64.b64decode(sink.headers["Authorization"].removeprefix("Basic ")).decode()
