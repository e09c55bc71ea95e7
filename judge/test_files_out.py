"""Files on their way to customers, and the marks they see: against a Twilio that somebody else built."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from PIL import Image

from judge.customers import Customer
from judge.processes import Product, Standin, eventually, within
from tests.media import makers

TOO_LARGE = makers.picture("PNG", (1500, 1200), noise=True)


@pytest.fixture
def whatsapp(judging: Standin, product: Product) -> Customer:
    return Customer.on_whatsapp(judging, product)


@pytest.fixture(autouse=True)
def clean_ledger(judging: Standin) -> Iterator[None]:
    yield
    assert judging.control("ledger") == []


def reply(customer: Customer, sid: str, text: str, name: str, data: bytes, content_type: str) -> dict[str, Any]:
    """Our answer with a file, by the API, as it reached the stand-in."""
    before = len(customer.answers())
    conversation = customer.message(sid)["conversation_id"]
    upload = customer.product.upload(name, data, content_type)
    answer = customer.product.post(f"conversations/{conversation}/messages", text=text, media_ids=[upload])
    assert answer.status_code == 201, answer.text
    return customer.answer(before + 1)


def fetched(url: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=10)


def test_a_picture_too_large_arrives_smaller(whatsapp: Customer) -> None:
    sid = whatsapp.write("hello")
    whatsapp.answer()
    sent = reply(whatsapp, sid, "Your wall", "wall.png", TOO_LARGE, "image/png")
    assert sent["m"]["body"] == "Your wall"
    got = fetched(sent["form"]["MediaUrl"][0])
    assert (got.status_code, got.headers["Content-Type"]) == (200, "image/jpeg")
    assert len(got.content) <= 5_000_000 < len(TOO_LARGE)
    assert Image.open(io.BytesIO(got.content)).format == "JPEG"
    [file] = eventually(lambda: whatsapp.product.messages(sent["m"]["sid"]))[0]["media"]
    assert file["note"] == "Converted to JPEG: it is too large for WhatsApp."


def test_what_whatsapp_does_not_take_arrives_as_a_link(whatsapp: Customer) -> None:
    sid = whatsapp.write("hello")
    whatsapp.answer()
    data = b"PK\x03\x04" + bytes(500)
    sent = reply(whatsapp, sid, "", "patterns.zip", data, "application/zip")
    assert "MediaUrl" not in sent["form"]
    got = fetched(sent["m"]["body"].rpartition(" ")[2])
    assert (got.content, got.headers["Content-Disposition"].partition(";")[0]) == (data, "attachment")


def test_a_file_that_is_refused_later_arrives_as_a_link(whatsapp: Customer) -> None:
    sid = whatsapp.write("hello")
    whatsapp.answer()
    sent = reply(whatsapp, sid, "Look", "a.png", makers.picture(), "image/png")
    assert fetched(sent["form"]["MediaUrl"][0]).headers["Content-Type"] == "image/png"
    whatsapp.standin.control("advance", s=sent["m"]["sid"], to="undelivered", error=63021)
    again = whatsapp.answer(3)
    assert again["m"]["body"].startswith("Look\n\n")
    assert fetched(again["m"]["body"].rpartition(" ")[2]).content == makers.picture()


def test_what_was_answered_is_marked_read(judging: Standin, product: Product) -> None:
    """The stand-in checks each call against Twilio's specification; we count those it took.

    Best effort: a busy moment may leave one out, so several customers write, each once (who repeats oneself meets the
    loop brake), and one after the other (a burst makes every mark late).
    """
    shown = 'rabta_read_marks_total{outcome="shown"}'
    before = product.metric(shown)
    for _ in range(5):
        customer = Customer.on_whatsapp(judging, product)
        customer.write("hello")
        customer.answer()
        if within(7, lambda: product.metric(shown) > before):
            return
    raise AssertionError("none of five answers was marked")
