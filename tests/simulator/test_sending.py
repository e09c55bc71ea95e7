"""`POST Messages` as the simulator takes or refuses it."""

from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.simulator.conftest import ACCOUNT, AYESHA, SHOP, SHOP_SMS, TOKEN, Product, Running

WHATSAPP = f"whatsapp:{AYESHA}"
REFUSED: list[tuple[dict[str, Any], int, int]] = [
    ({"Body": "x", "From": SHOP}, 400, 21604),
    ({"To": WHATSAPP, "Body": "x"}, 400, 21603),
    ({"To": WHATSAPP, "From": SHOP}, 400, 21602),
    ({"To": WHATSAPP, "From": SHOP, "Body": "x" * 1601}, 400, 21617),
    ({"To": "nobody", "From": SHOP, "Body": "x"}, 400, 21211),
    ({"To": AYESHA, "From": SHOP, "Body": "x"}, 400, 21910),
    ({"To": WHATSAPP, "From": "whatsapp:+15550001111", "Body": "x"}, 400, 63007),
    ({"To": AYESHA, "From": "+15550001111", "Body": "x"}, 400, 21606),
    ({"To": WHATSAPP, "From": SHOP, "MediaUrl": ["http://a.example/1"] * 11}, 400, 21623),
    ({"To": WHATSAPP, "From": SHOP, "MediaUrl": "ftp://a.example/1"}, 400, 21620),
    ({"To": WHATSAPP, "From": SHOP, "Body": "x", "StatusCallback": "http://under_score.example/"}, 400, 21609),
    ({"To": WHATSAPP, "From": SHOP, "Body": "x", "ContentVariables": "{}"}, 400, 21654),
    ({"To": WHATSAPP, "From": SHOP, "ContentSid": "HX1"}, 400, 21655),
    ({"To": WHATSAPP, "From": SHOP, "ContentSid": "HX" + "0" * 32}, 400, 21655),
    ({"To": WHATSAPP, "From": SHOP, "Body": "x", "ScheduleType": "later"}, 400, 20001),
    ({"To": WHATSAPP, "From": SHOP, "Body": "x", "ValidityPeriod": "soon"}, 400, 20001),
]


@pytest.mark.parametrize(("form", "status", "code"), REFUSED)
def test_refused(running: Running, form: dict[str, Any], status: int, code: int) -> None:
    answer = running.send(**form)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["status"] == status


def test_credentials_are_asked_for(running: Running) -> None:
    path = f"{running.url}/api/2010-04-01/Accounts/{ACCOUNT}.json"
    assert requests.get(path, timeout=60).json()["code"] == 20003
    assert requests.get(path, auth=(ACCOUNT, "wrong"), timeout=60).status_code == 401
    assert requests.get(path, auth=(ACCOUNT, TOKEN), timeout=60).json()["status"] == "active"


def test_accepted_listed_and_fetched(running: Running) -> None:
    sent = running.send(To=AYESHA, From=SHOP_SMS, Body="Salam").json()
    assert (sent["status"], sent["date_sent"], sent["num_media"]) == ("queued", None, "0")
    listing = f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    found = running.rest("GET", listing, params={"To": AYESHA, "From": SHOP_SMS}).json()
    assert [m["sid"] for m in found["messages"]] == [sent["sid"]]
    assert running.rest("GET", listing, params={"To": "+15005550006"}).json()["messages"] == []
    one = f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages/{sent['sid']}.json"
    assert running.rest("GET", one).json()["body"] == "Salam"
    assert running.rest("DELETE", one).status_code == 204
    assert running.rest("GET", one).json()["code"] == 20404


def test_lists_come_in_pages(running: Running) -> None:
    for n in range(5):
        running.send(To=AYESHA, From=SHOP_SMS, Body=str(n))
    path = f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages.json?PageSize=2"
    first = running.rest("GET", path).json()
    second = running.rest("GET", "/api" + first["next_page_uri"]).json()
    assert [m["body"] for m in first["messages"] + second["messages"]] == ["4", "3", "2", "1"]
    assert second["previous_page_uri"]


def test_failures_on_demand(running: Running) -> None:
    running.control("fail_next", code=20429, status=429)
    refused = running.send(To=AYESHA, From=SHOP_SMS, Body="x")
    assert (refused.status_code, refused.json()["code"], refused.headers["Retry-After"]) == (429, 20429, "1")
    assert running.send(To=AYESHA, From=SHOP_SMS, Body="x").status_code == 201


def test_a_dropped_response_is_a_message_all_the_same(running: Running) -> None:
    running.control("lever", user=AYESHA, drop_next=True)
    with pytest.raises(requests.ConnectionError):
        running.send(To=AYESHA, From=SHOP_SMS, Body="lost?")
    assert [m["body"] for m in running.control("messages")] == ["lost?"]
    assert "dropped" in running.control("wire")[-1]["note"]


@pytest.mark.parametrize(
    ("to", "levers", "window_age", "ends"),
    [
        (WHATSAPP, {}, 0, "sent"),
        (WHATSAPP, {}, 90_000, 63016),
        (WHATSAPP, {"window_hours": 25}, 0, 63016),
        (WHATSAPP, {"blocked": True}, 0, 63033),
        (WHATSAPP, {"no_whatsapp": True}, 0, 63003),
        (WHATSAPP, {"fail_next": 63018}, 0, 63018),
        (AYESHA, {"landline": True}, 0, 30006),
        (AYESHA, {"blocked": True}, 0, 30004),
        (AYESHA, {"fail_next": 30008}, 0, 30008),
        (AYESHA, {"no_whatsapp": True}, 90_000, "sent"),
    ],
)
def test_fates(
    running: Running, product: Product, to: str, levers: dict[str, Any], window_age: int, ends: int | str
) -> None:
    running.control("window", user=WHATSAPP, age=window_age)
    if levers:
        running.control("lever", user=AYESHA, **levers)
    sender = SHOP if to == WHATSAPP else SHOP_SMS
    sid = running.send(To=to, From=sender, Body="x", StatusCallback=f"{product.url}/statuses").json()["sid"]
    running.control("advance", s=sid)
    told = product.seen[-1]
    assert told["ErrorCode" if isinstance(ends, int) else "MessageStatus"] == str(ends)


def test_refusal_lever_is_immediate(running: Running) -> None:
    running.control("lever", user=AYESHA, fail_next=21614)
    assert running.send(To=AYESHA, From=SHOP_SMS, Body="x").json()["code"] == 21614
    assert running.send(To=AYESHA, From=SHOP_SMS, Body="x").status_code == 201


def test_fields_twilio_would_ignore_are_written_down(running: Running) -> None:
    assert running.send(To=AYESHA, From=SHOP_SMS, Body="x", Bodyy="typo").status_code == 201
    assert running.control("ledger")[0]["unknown_fields"] == ["Bodyy"]
    assert "Bodyy" in running.control("wire")[-1]["note"]


def test_opted_out_by_sms_word(running: Running) -> None:
    running.control("inbound", to=SHOP_SMS, frm=AYESHA, body="stop ")
    assert running.send(To=AYESHA, From=SHOP_SMS, Body="x").json()["code"] == 21610
    running.control("inbound", to=SHOP_SMS, frm=AYESHA, body="START")
    assert running.send(To=AYESHA, From=SHOP_SMS, Body="x").status_code == 201


def test_twilios_own_client_understands_us(running: Running) -> None:
    client = Client(ACCOUNT, TOKEN)
    http = client.http_client
    plain = http.request

    def rebased(method: str, uri: str, *args: Any, **options: Any) -> Any:
        host, path = uri.removeprefix("https://").split("/", 1)
        return plain(method, f"{running.url}/{host.split('.')[0]}/{path}", *args, **options)

    http.request = rebased
    sent = client.messages.create(to=WHATSAPP, from_=SHOP, body="x")
    assert client.messages(sent.sid).fetch().date_created.tzinfo is not None
    assert [m.sid for m in client.messages.list(to=WHATSAPP)] == [sent.sid]
    assert client.lookups.v2.phone_numbers(AYESHA).fetch().valid is True
    assert [n.phone_number for n in client.incoming_phone_numbers.list()] == [SHOP_SMS]
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=WHATSAPP, from_=SHOP)
    assert (refused.value.code, refused.value.status) == (21602, 400)
