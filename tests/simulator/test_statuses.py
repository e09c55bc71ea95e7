"""Statuses on their way: order, signature, retries, repeats, and what the phone does to them."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.simulator.carrier import plan, refusal
from gateway.simulator.state import Levers, Message
from gateway.simulator.webhooks import Overrides
from tests.simulator.conftest import AYESHA, SHOP, SHOP_SMS, Product, Running

Eventually = Callable[[Callable[[], Any]], Any]
WHATSAPP = f"whatsapp:{AYESHA}"


def sent(running: Running, product: Product, fragment: str = "", **form: Any) -> str:
    """A WhatsApp message inside the window, its callback at the product."""
    running.control("window", user=WHATSAPP)
    callback = f"{product.url}/statuses?delivery=abc{fragment}"
    answer = running.send(**({"To": WHATSAPP, "From": SHOP, "Body": "x", "StatusCallback": callback} | form))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["sid"])


def test_steps_in_order_with_whatsapps_fields(running: Running, product: Product) -> None:
    sid = sent(running, product)
    for _ in range(3):
        running.control("advance", s=sid)
    assert product.statuses(sid) == ["sent", "delivered", "read"]
    last = product.seen[-1]
    assert (last["EventType"], last["ChannelToAddress"], last["delivery"]) == ("READ", "+92300123XXXX", "abc")


def test_sms_has_its_own_fields(running: Running, product: Product) -> None:
    sid = sent(running, product, To=AYESHA, From=SHOP_SMS)
    running.control("advance", s=sid, to="delivered")
    assert "ChannelPrefix" not in product.seen[-1]
    assert len(product.seen[-1]["RawDlrDoneDate"]) == 10


def test_by_itself_and_read_when_looked_at(running: Running, product: Product, eventually: Eventually) -> None:
    running.control("auto", on=True)
    sid = sent(running, product)
    eventually(lambda: product.statuses(sid) == ["sent", "delivered"])
    running.control("read", sids=[sid])
    eventually(lambda: product.statuses(sid)[-1] == "read")


def test_a_sms_is_never_read(running: Running, product: Product) -> None:
    sid = sent(running, product, To=AYESHA, From=SHOP_SMS)
    running.control("advance", s=sid, to="delivered")
    running.control("read", sids=[sid])
    assert running.control("messages")[-1]["status"] == "delivered"


def test_the_resource_never_goes_back(running: Running, product: Product) -> None:
    sid = sent(running, product)
    for status in ("delivered", "sent"):
        running.control("advance", s=sid, to=status)
    assert product.statuses(sid) == ["delivered", "sent"]
    assert running.control("messages")[-1]["status"] == "delivered"


MESSAGE = Message("SM1", True, SHOP, WHATSAPP, "x", "queued")
BY_SERVICE = Message("SM1", True, SHOP, WHATSAPP, "x", "accepted", service="MG1")
DOOMED = Message("SM1", True, SHOP, WHATSAPP, "x", "queued", fate=63016)
DOOMED_SMS = Message("SM1", True, SHOP_SMS, AYESHA, "x", "queued", fate=30006)


@pytest.mark.parametrize(
    ("message", "levers", "statuses"),
    [
        (MESSAGE, Levers(), ["sent", "delivered"]),
        (BY_SERVICE, Levers(), ["queued", "sent", "delivered"]),
        (MESSAGE, Levers(disorder=True), ["delivered", "sent"]),
        (DOOMED, Levers(), ["undelivered"]),
        (DOOMED_SMS, Levers(disorder=True), ["sent", "undelivered"]),
    ],
)
def test_plan(message: Message, levers: Levers, statuses: list[str]) -> None:
    assert [status for status, _ in plan(message, levers)] == statuses


def test_a_slow_network_takes_longer() -> None:
    assert sum(s for _, s in plan(MESSAGE, Levers(slow=True))) > 5 * sum(s for _, s in plan(MESSAGE, Levers()))


@pytest.mark.parametrize(
    ("fragment", "answers", "tries"),
    [
        ("", [503, 200], 1),
        ("#rc=3&rp=ct,rt,5xx", [503, 500, 200], 3),
        ("#rc=1&rp=5xx", [503, 503, 200], 2),
        ("#rc=3&rp=ct,rt,5xx", [403, 200], 1),
        ("#rc=2&rp=all", [404, 200], 2),
    ],
)
def test_retries_as_the_fragment_asks(
    running: Running, product: Product, fragment: str, answers: list[int], tries: int
) -> None:
    sid = sent(running, product, fragment)
    product.answers = answers
    running.control("advance", s=sid)
    assert product.statuses(sid) == ["sent"] * tries
    assert len({headers["I-Twilio-Idempotency-Token"] for headers in product.headers}) == 1


@pytest.mark.parametrize(
    ("fragment", "outcome", "again"),
    [
        ("", "ct", True),
        ("", "5xx", False),
        ("rp=5xx", "5xx", True),
        ("rp=5xx", "ct", False),
        ("rp=all", "rt", True),
        ("rp=all", "2xx", False),
        ("rc=many&rp=4xx", "4xx", True),
    ],
)
def test_overrides(fragment: str, outcome: str, again: bool) -> None:
    assert Overrides.of(fragment).again(outcome) is again


def test_nobody_there(running: Running, product: Product) -> None:
    sid = sent(running, product, StatusCallback="http://127.0.0.1:1/statuses#rc=2&rp=ct")
    answer = running.control("advance", s=sid)["callback"]
    assert (answer["status"], answer["attempt"]) == (None, 3)
    assert running.control("wire")[-1]["note"].startswith("11200")


def test_shared_key_signs_instead(running: Running, product: Product) -> None:
    product.secret = "shared-secret"
    running.control("shared_key", id="webhooks_sharedkey_1", secret="shared-secret")
    assert running.control("inbound", to=SHOP, frm=WHATSAPP, body="sha256")["status"] == 200
    running.control("shared_key", id="webhooks_sharedkey_1", secret="wrong")
    assert running.control("inbound", to=SHOP, frm=WHATSAPP, body="sha256")["status"] == 403


def test_json_webhooks_carry_their_hash(running: Running, product: Product) -> None:
    assert running.control("post", url=f"{product.url}/events", as_json={"a": 1})["status"] == 200
    assert len(product.seen[-1]["bodySHA256"]) == 64


def test_files_of_the_business_are_fetched(running: Running, product: Product, eventually: Eventually) -> None:
    running.control("auto", on=True)
    sid = sent(running, product, MediaUrl="http://127.0.0.1:1/gone.jpg")
    eventually(lambda: product.statuses(sid) == ["undelivered"])
    assert product.seen[-1]["ErrorCode"] == "63019"


@pytest.mark.parametrize(
    ("content_type", "size", "code"),
    [
        ("image/jpeg", 5_000_000, None),
        ("image/jpeg", 5_000_001, 63034),
        ("image/gif", 10, 63021),
        ("audio/ogg", 10, None),
        ("application/zip", 10, 63021),
    ],
)
def test_files_that_whatsapp_does_not_carry(content_type: str, size: int, code: int | None) -> None:
    assert refusal(content_type, size) == code


def test_typing_reads_and_shows_dots(running: Running, product: Product) -> None:
    sid = running.control("inbound", to=SHOP, frm=WHATSAPP, body="hello")["MessageSid"]
    body = {"channel": "WHATSAPP", "messageId": sid}
    assert running.rest("POST", "/messaging/v3/Indicators/Typing.json", json=body).json() == {"success": True}
    assert running.control("messages")[-1]["tick"] == "read"
    assert running.rest("POST", "/messaging/v3/Indicators/Typing.json", json={}).status_code == 400
