"""A message comes in, an answer goes out: the whole product, with a Twilio that somebody else built."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from PIL import Image

from judge.customers import Customer, options_of, quoting, variables_of, words_of
from judge.processes import Product, eventually

STATES = ("accepted", "sent", "delivered", "read")


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 24), "teal").save(out, "JPEG")
    return out.getvalue()


def sticker() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (32, 32)).save(out, "WEBP")
    return out.getvalue()


VOICE = b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead\x01\x01" + bytes(60)
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
VIDEO = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(40)
CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Sara Ahmed\r\nTEL:+923007654321\r\nEND:VCARD\r\n"


@pytest.mark.both_databases
def test_text_is_kept_and_answered(whatsapp: Customer) -> None:
    sid = whatsapp.write("hello", ProfileName="Ayesha")
    answer = whatsapp.answer()
    kept = whatsapp.message(sid)
    shown = {name: kept[name] for name in ("direction", "kind", "text", "author", "profile_name", "status")}
    assert shown == {
        "direction": "inbound",
        "kind": "text",
        "text": "hello",
        "author": "contact",
        "profile_name": "Ayesha",
        "status": "received",
    }
    assert answer["form"]["ContentSid"]
    assert len(options_of(answer, described=True)) == 10
    ours = eventually(lambda: whatsapp.product.messages(answer["m"]["sid"]))[0]
    assert (ours["author"], ours["status"]) == ("bot", "accepted")


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("where has my order got to", "your order number"),
        ("mera order kahan pohancha", "order number kya hai"),
        ("میرا آرڈر کہاں پہنچا", "آرڈر"),
    ],
)
def test_questions_are_answered_in_their_language(whatsapp: Customer, question: str, word: str) -> None:
    """A question about orders is looked up; a customer whom the CRM does not know is asked for the number."""
    whatsapp.write(question)
    assert word in words_of(whatsapp.answer(2))


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("data", "claimed", "hint", "kind"),
    [
        (picture(), "image/jpeg", "image", "image"),
        (VOICE, "audio/ogg", "audio", "voice"),
        (VIDEO, "video/mp4", "video", "video"),
        (PDF, "application/pdf", "document", "document"),
        (sticker(), "image/webp", "sticker", "sticker"),
        (CARD, "text/vcard", "contacts", "contact"),
    ],
    ids=["image", "voice", "video", "document", "sticker", "contact"],
)
def test_files_are_fetched_and_kept(whatsapp: Customer, data: bytes, claimed: str, hint: str, kind: str) -> None:
    sid = whatsapp.write(media=[(data, claimed)], MessageType=hint)
    eventually(lambda: whatsapp.message(sid)["media"][0]["state"] != "pending", what="media fetched")
    message = whatsapp.message(sid)
    [file] = message["media"]
    assert (message["kind"], file["state"], file["error"]) == (kind, "stored", None)
    assert (file["sha256"], file["size"]) == (hashlib.sha256(data).hexdigest(), len(data))
    whatsapp.answer()


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"Latitude": "31.52", "Longitude": "74.35", "Label": "Liberty", "MessageType": "location"}, "location"),
        ({"body": "👍", "MessageType": "reaction", "OriginalRepliedMessageSid": "SM" + "b" * 32}, "reaction"),
        ({"MessageType": "order", "InteractiveData": '{"a": 1}'}, "flow_reply"),
        ({"MessageType": "hologram"}, "unknown"),
        ({"body": "hello", "SomethingNew": "1"}, "text"),
    ],
    ids=["location", "reaction", "flow reply", "unknown", "new field"],
)
def test_other_kinds(whatsapp: Customer, fields: dict[str, str], kind: str) -> None:
    assert whatsapp.message(whatsapp.write(**fields))["kind"] == kind


@pytest.mark.both_databases
def test_what_belongs_to_a_message(whatsapp: Customer) -> None:
    whatsapp.write("hello")
    answer = whatsapp.answer()
    ad = {"ReferralSourceId": "1", "ReferralSourceType": "ad", "ReferralBody": "Lawn"}
    message = whatsapp.message(whatsapp.write("menu", Forwarded="true", **ad, **quoting(answer)))
    assert (message["forwarded"], message["reply_to"]) == (True, answer["m"]["sid"])
    assert message["referral"]


@pytest.mark.both_databases
def test_list_chosen_then_button_tapped(whatsapp: Customer) -> None:
    whatsapp.write("menu")
    sid = whatsapp.choose(whatsapp.answer(), 7)
    buttons = whatsapp.answer(2)
    assert whatsapp.message(sid)["kind"] == "list_reply"
    assert options_of(buttons)[0][0] == "Nearest shop"
    tapped = whatsapp.message(whatsapp.tap(buttons, 0))
    assert (tapped["kind"], tapped["selection"]["title"]) == ("button_reply", "Nearest shop")
    assert words_of(whatsapp.answer(3))


def test_sms_numbers_its_options_and_understands_them(sms: Customer) -> None:
    sms.write("hello")
    first = sms.answer()
    assert "2" in first["m"]["body"]
    assert variables_of(first) == {}
    sms.write("8")
    assert "nearest shop" in sms.answer(2)["m"]["body"].lower()


def test_equal_shapes_share_one_content(whatsapp: Customer, sms: Customer) -> None:
    whatsapp.write("menu")
    other = Customer.on_whatsapp(whatsapp.standin, whatsapp.product)
    other.write("menu")
    assert whatsapp.answer()["form"]["ContentSid"] == other.answer()["form"]["ContentSid"]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "walk",
    [
        ["sent", "delivered", "read"],
        ["delivered", "sent", "delivered", "read", "sent"],
        ["read", "delivered", "sent"],
        ["sent", "sent", "delivered", "delivered", "failed", "read", "read"],
    ],
    ids=["in order", "disorder", "backwards", "twice"],
)
def test_statuses_only_go_forward(whatsapp: Customer, walk: list[str]) -> None:
    whatsapp.write("hello")
    sid = whatsapp.answer()["m"]["sid"]
    for status in walk:
        told = whatsapp.standin.control("advance", s=sid, to=status)
        assert told["callback"]["status"] == 204
    eventually(lambda: whatsapp.message(sid)["status"] == "read", what="read")


@pytest.mark.parametrize("code", [63016, 63033, 63003, 63024])
def test_failures_are_shown_with_their_code(whatsapp: Customer, code: int) -> None:
    whatsapp.write("hello")
    sid = whatsapp.answer()["m"]["sid"]
    whatsapp.standin.control("advance", s=sid, to="undelivered", error=code)
    eventually(lambda: whatsapp.message(sid)["error_code"] == str(code), what=f"error {code}")
    assert whatsapp.message(sid)["status"] in ("undelivered", "failed")


@pytest.mark.both_databases
def test_too_many_requests_are_tried_again(whatsapp: Customer) -> None:
    whatsapp.write("hello")
    whatsapp.answer()
    whatsapp.standin.control("fail_next", code=20429, status=429)
    whatsapp.write("how can I pay")
    assert "JazzCash" in words_of(whatsapp.answer(2))


def test_an_unknown_outcome_is_not_sent_again_blindly(whatsapp: Customer) -> None:
    sid = whatsapp.write("hello")
    whatsapp.answer()

    def unsure() -> list[Any]:
        return [message for message in whatsapp.product.conversation(sid) if message["status"] == "unconfirmed"]

    for answers, question in enumerate(
        ("how can I pay", "how long does delivery take", "what are your opening hours"), 1
    ):
        whatsapp.standin.control("fail_next", code=20500, status=500)
        whatsapp.write(question)
        eventually(lambda answers=answers: unsure() or len(whatsapp.answers()) > answers)
        if unsure():
            break  # else a read mark met the failure
    assert len(unsure()) == 1
    assert len(whatsapp.answers()) == answers


@pytest.mark.both_databases
def test_a_person_takes_over(whatsapp: Customer) -> None:
    sid = whatsapp.write("I want to talk to a real person")
    whatsapp.answer()
    eventually(lambda: whatsapp.conversation(sid)["owner"] == "queue", what="queued")
    whatsapp.message(whatsapp.write("hello?"))
    conversation = whatsapp.conversation(sid)
    said = whatsapp.product.post(f"conversations/{conversation['id']}/messages", text="Sara here, how can I help?")
    assert said.status_code in (200, 201, 202), said.text
    assert len(whatsapp.told("Sara here, how can I help?")) == 1


@pytest.mark.both_databases
def test_a_thousand_duplicates_are_one_message_and_one_answer(whatsapp: Customer) -> None:
    sid = "SM" + "d" * 32

    def again(_: int) -> int:
        form = {"to": whatsapp.sender, "frm": whatsapp.address, "body": "how can I pay"}
        return int(whatsapp.standin.control("inbound", **form, MessageSid=sid)["status"])

    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(again, range(1000))) == {200}
    whatsapp.answer()
    whatsapp.write("menu")
    whatsapp.answer(2)
    assert len(whatsapp.product.messages(sid)) == 1
    assert len(whatsapp.answers()) == 2


def test_shared_key_signatures(whatsapp: Customer) -> None:
    whatsapp.standin.control("shared_key", id="webhooks_sharedkey_1", secret="shared-secret")
    try:
        sid = whatsapp.write("hello")
        refused = whatsapp.standin.control("shared_key", id="webhooks_sharedkey_1", secret="wrong")
        assert refused == {"ok": True}
        form = {"to": whatsapp.sender, "frm": whatsapp.address, "body": "forged"}
        assert whatsapp.standin.control("inbound", **form)["status"] == 403
    finally:
        whatsapp.standin.control("shared_key")
    whatsapp.message(sid)
    whatsapp.answer()


@pytest.mark.parametrize("signature", ["", "x", "ü", "AAAA" * 7])
def test_forged_webhooks_are_refused(product: Product, signature: str) -> None:
    sid = "SM" + "f" * 32
    form = {"MessageSid": sid, "AccountSid": "AC" + "0" * 31 + "1", "From": "+92300", "To": "+1", "Body": "x"}
    headers: dict[str, Any] = {"X-Twilio-Signature": signature.encode()} if signature else {}
    answer = requests.post(f"{product.url}/webhooks/twilio/messages", data=form, headers=headers, timeout=10)
    assert answer.status_code == 403
    assert product.messages(sid) == []


@pytest.mark.both_databases
def test_a_repeat_by_twilio_is_the_same_webhook(whatsapp: Customer) -> None:
    sid = "SM" + "e" * 32
    form = {"to": whatsapp.sender, "frm": whatsapp.address, "body": "hello", "MessageSid": sid}
    for _ in range(2):
        assert whatsapp.standin.control("inbound", **form)["status"] == 200
    whatsapp.answer()
    whatsapp.write("menu")
    whatsapp.answer(2)
    assert len(whatsapp.answers()) == 2


@pytest.mark.both_databases
def test_a_call_is_answered_in_clean_twiml(sms: Customer) -> None:
    call = sms.standin.control("call", to=sms.sender, frm=sms.address)
    assert (call["status"], call["bad"]) == ("completed", [])
    assert any("message" in said[2].lower() for said in call["said"])
    eventually(lambda: sms.product.get("calls", external_id=call["sid"])["data"], what="call kept")
