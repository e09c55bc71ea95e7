"""What customers do on their phones, as the product hears of it."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.simulator.conftest import ACCOUNT, AYESHA, SHOP, SHOP_SMS, TOKEN, Product, Running

Eventually = Callable[[Callable[[], Any]], Any]
WHATSAPP = f"whatsapp:{AYESHA}"
TYPES = {"twilio/quick-reply": {"body": "{{1}}", "actions": [{"type": "QUICK_REPLY", "title": "{{2}}", "id": "{{3}}"}]}}
LIST = {
    "twilio/list-picker": {
        "body": "{{1}}",
        "button": "Topics",
        "items": [{"id": "a", "item": "Track", "description": "Now"}],
    }
}


def content(running: Running, types: dict[str, Any]) -> str:
    made = running.rest("POST", "/content/v1/Content", json={"language": "en", "types": types})
    assert made.status_code == 201
    return str(made.json()["sid"])


def offer(running: Running, types: dict[str, Any], **variables: str) -> str:
    running.control("window", user=WHATSAPP)
    form = {"To": WHATSAPP, "From": SHOP, "ContentSid": content(running, types)}
    return str(running.send(**form, ContentVariables=json.dumps(variables)).json()["sid"])


@pytest.mark.parametrize(
    ("tap", "fields"),
    [
        (
            {"text": "السلام علیکم"},
            {"Body": "السلام علیکم", "MessageType": "text", "NumMedia": "0", "WaId": AYESHA[1:]},
        ),
        ({"sample": "image"}, {"MediaContentType0": "image/jpeg", "MessageType": "image", "NumMedia": "1", "Body": ""}),
        ({"sample": "voice"}, {"MediaContentType0": "audio/ogg", "MessageType": "audio"}),
        ({"sample": "document"}, {"MediaContentType0": "application/pdf", "MessageType": "document"}),
        ({"sample": "sticker"}, {"MediaContentType0": "image/webp", "MessageType": "sticker"}),
        ({"sample": "contact"}, {"MediaContentType0": "text/vcard", "MessageType": "contacts"}),
        ({"sample": "location"}, {"Latitude": "31.5204", "Label": "Liberty Market", "MessageType": "location"}),
        ({"sample": "forwarded", "text": "look"}, {"Forwarded": "true", "Body": "look"}),
        ({"sample": "ad"}, {"ReferralSourceType": "ad", "ReferralNumMedia": "0"}),
    ],
)
def test_taps(
    running: Running, product: Product, eventually: Eventually, tap: dict[str, Any], fields: dict[str, str]
) -> None:
    assert running.tap(**tap).status_code == 200
    heard = eventually(product.messages)[0]
    assert {name: heard[name] for name in fields} == fields
    assert heard["ProfileName"] == "Ayesha Khan"


@pytest.mark.parametrize(
    "tap",
    [
        {"text": ""},
        {"sample": "spaceship"},
        {"text": "x", "sender": "whatsapp:+15550000000"},
        {"text": "x", "reply_to": "SM0"},
        {"button": {"sid": "SM0", "id": "a"}},
        {"choice": {"sid": "SM0"}},
    ],
)
def test_senseless_taps(running: Running, product: Product, tap: dict[str, Any]) -> None:
    assert running.tap(**tap).status_code == 400
    assert product.seen == []


def test_button_pressed(running: Running, product: Product, eventually: Eventually) -> None:
    sid = offer(running, TYPES, **{"1": "Which?", "2": "Track it", "3": "track"})
    assert running.tap(button={"sid": sid, "id": "track"}).status_code == 200
    heard = eventually(product.messages)[0]
    expected = {
        "Body": "Track it",
        "ButtonText": "Track it",
        "ButtonPayload": "track",
        "OriginalRepliedMessageSid": sid,
    }
    assert {name: heard[name] for name in expected} == expected
    assert heard["OriginalRepliedMessageSender"] == SHOP


def test_row_chosen(running: Running, product: Product, eventually: Eventually) -> None:
    sid = offer(running, LIST, **{"1": "Which?"})
    running.tap(choice={"sid": sid, "id": "a"})
    heard = eventually(product.messages)[0]
    assert (heard["Body"], heard["ListId"], heard["ListTitle"], heard["ListDescription"]) == (
        "Track",
        "a",
        "Track",
        "Now",
    )


@pytest.mark.parametrize(
    ("types", "variables"),
    [
        (TYPES, {"1": "Which?", "2": "This title is much too long", "3": "a"}),
        (TYPES, {"1": "x" * 1025, "2": "Yes", "3": "a"}),
        ({"twilio/quick-reply": {"body": "b", "actions": [{"title": str(n)} for n in range(4)]}}, {}),
        ({"twilio/quick-reply": {"body": "b", "actions": [{"title": "same"}, {"title": "same"}]}}, {}),
        ({"twilio/list-picker": {"body": "b", "button": "x", "items": [{"id": "1", "item": "x" * 25}]}}, {}),
    ],
)
def test_options_whatsapp_would_not_take(running: Running, types: dict[str, Any], variables: dict[str, str]) -> None:
    offer(running, types, **variables)
    assert running.control("messages")[-1]["fate"] == 63005


def test_media_needs_credentials_then_a_redirect_without(running: Running, product: Product) -> None:
    blob = base64.b64encode(b"JPG").decode()
    running.control("inbound", to=SHOP, frm=WHATSAPP, media=[[blob, "image/jpeg"]])
    url = product.messages()[0]["MediaUrl0"]
    assert url.startswith(f"{running.url}/api/2010-04-01/Accounts/{ACCOUNT}/Messages/MM")
    assert requests.get(url, timeout=60).status_code == 401
    answer = requests.get(url, auth=(ACCOUNT, TOKEN), allow_redirects=False, timeout=60)
    assert answer.status_code == 307
    assert requests.get(answer.headers["Location"], timeout=60).content == b"JPG"


def test_own_file(running: Running, product: Product, eventually: Eventually) -> None:
    query = {"channel": "whatsapp", "sender": SHOP, "name": "clip.mp4", "caption": "see"}
    path = f"{running.url}/phones/{AYESHA[1:]}/file"
    sent = requests.post(path, params=query, data=b"mp4", headers={"Content-Type": "video/mp4"}, timeout=60)
    assert sent.status_code == 200
    heard = eventually(product.messages)[0]
    assert (heard["MediaContentType0"], heard["MessageType"], heard["Body"]) == ("video/mp4", "video", "see")


def test_duplicates_are_the_same_message_twice(running: Running, product: Product, eventually: Eventually) -> None:
    running.control("lever", user=AYESHA, duplicates=True)
    running.tap(text="twice")
    eventually(lambda: len(product.messages()) == 2)
    assert len({m["MessageSid"] for m in product.messages()}) == 1
    assert len({h["I-Twilio-Idempotency-Token"] for h in product.headers}) == 1


def test_a_hidden_number_is_an_id(running: Running, product: Product, eventually: Eventually) -> None:
    running.control("lever", user=AYESHA, hidden=True)
    running.tap(text="who am I")
    heard = eventually(product.messages)[0]
    assert heard["From"].startswith("whatsapp:PK.")
    assert "WaId" not in heard
    assert running.send(To=heard["From"], From=SHOP, Body="hello").status_code == 201


def test_refused_webhooks_show_on_the_phone(running: Running, product: Product, eventually: Eventually) -> None:
    product.answers = [500, 500, 500, 500]
    running.tap(text="anyone?")
    eventually(lambda: running.control("messages")[-1]["tick"] == "refused")
    assert len(product.messages()) == 4


def test_sms_in(running: Running, product: Product, eventually: Eventually) -> None:
    running.tap(text="hello", channel="sms", sender=SHOP_SMS)
    heard = eventually(product.messages)[0]
    assert (heard["From"], heard["To"], heard["FromCountry"], heard["FromCity"]) == (AYESHA, SHOP_SMS, "PK", "")
    assert "ProfileName" not in heard
