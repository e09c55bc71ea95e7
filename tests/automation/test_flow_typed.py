"""What is read out of an answer, type by type: any script, any habit, and nothing where it is not clear."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.flows.heard import Heard
from automation.flows.typed import KINDS, Typed, read
from gateway.core.events import InboundMedia, Location

TODAY = date(2026, 11, 22)  # a Sunday
NUMBER, DATE, PAST = Typed("number"), Typed("date"), Typed("date", most=0)
ORDER = Typed("order", like=("GC-#####", "@@####"))
PHOTO = InboundMedia("https://x.example/1", "image/jpeg", "bill.jpg")
PDF = InboundMedia("https://x.example/2", "application/pdf")


@pytest.mark.parametrize(
    ("typed", "text", "value"),
    [
        (Typed("text"), "  Blue\n shirt ", "Blue shirt"),
        (Typed("text"), "می‌خواہم \u202eevil", "می‌خواہم evil"),
        (Typed("text", most=5), "Blue shirt", None),
        (Typed("text", least=3), "ok", None),
        (Typed("text"), "   ", None),
        (Typed("text"), "x" * 501, None),
        (NUMBER, "5", 5),
        (NUMBER, "۵ شرٹس", 5),
        (NUMBER, "٣", 3),
        (NUMBER, "Rs 1,250.50", 1250.5),
        (NUMBER, "1.250,50", 1250.5),
        (NUMBER, "1,25,000", 125000),
        (NUMBER, "10 000", 10000),
        (NUMBER, "-4", -4),
        (NUMBER, "two", 2),
        (NUMBER, "do kameez", 2),
        (NUMBER, "تین", 3),
        (NUMBER, "três", 3),
        (NUMBER, "पाँच", 5),
        (NUMBER, "siete", 7),
        (NUMBER, "I do not know", None),
        (NUMBER, "between 2 and 3", None),
        (NUMBER, "1" * 400, None),
        (NUMBER, "²", None),
        (Typed("number", 1, 10), "11", None),
        (Typed("number", whole=True), "2.5", None),
        (DATE, "2027-03-23", "2027-03-23"),
        (DATE, "۲۳/۳/۲۰۲۷", "2027-03-23"),
        (DATE, "3/25", "2027-03-25"),
        (DATE, "12/3", "2027-03-12"),
        (PAST, "12/3", "2026-03-12"),
        (DATE, "12-03-27", "2027-03-12"),
        (DATE, "on March 12th, 2027 please", "2027-03-12"),
        (DATE, "۱۲ مارچ", "2027-03-12"),
        (DATE, "5 de mayo", "2027-05-05"),
        (DATE, "today", "2026-11-22"),
        (DATE, "day after tomorrow", "2026-11-24"),
        (DATE, "kal", "2026-11-23"),
        (PAST, "kal", "2026-11-21"),
        (DATE, "کل", "2026-11-23"),
        (DATE, "غدا", "2026-11-23"),
        (DATE, "mañana", "2026-11-23"),
        (DATE, "3 din baad", "2026-11-25"),
        (DATE, "teen din pehle", "2026-11-19"),
        (DATE, "hace 2 semanas", "2026-11-08"),
        (DATE, "amanhã", "2026-11-23"),
        (DATE, "12 de março", "2027-03-12"),
        (DATE, "तीन दिन बाद", "2026-11-25"),
        (DATE, "सोमवार", "2026-11-23"),
        (DATE, "next friday", "2026-11-27"),
        (PAST, "jumma ko", "2026-11-20"),
        (DATE, "پیر", "2026-11-23"),
        (DATE, "31/2", None),
        (DATE, "whenever", None),
        (Typed("date", 0, 7), "2027-03-23", None),
        (DATE, "in 99999 days", None),
        (Typed("email"), "it is Ali.Khan@Example.COM, thanks", "Ali.Khan@example.com"),
        (Typed("email"), "a@b", None),
        (Typed("phone"), "my number is +92 300-1234567 thanks", "+923001234567"),
        (Typed("phone"), "۰۳۰۰ ۱۲۳۴۵۶۷", "03001234567"),
        (Typed("phone"), "(0300) 123 45 67", "03001234567"),
        (Typed("phone"), "G204171", None),
        (Typed("phone"), "204171", None),
        (Typed("phone"), "03001234567 or 03007654321", None),
        (Typed("phone"), "1234567890123456789", None),
        (Typed("email"), "a@x.pk or b@x.pk", None),
        (ORDER, "my order is gc 20417 pls", "GC-20417"),
        (ORDER, "gc-۲۰۴۱۷", "GC-20417"),
        (ORDER, "AB1234", "AB1234"),
        (ORDER, "it is ab 1234", "AB1234"),
        (ORDER, "abc1234", None),
        (ORDER, "GC-204171", None),
        (ORDER, "GC-20417 and GC-20418", None),
        (Typed("order"), "#A-1234", "A-1234"),
        (Typed("order"), "my order", None),
        (Typed("location"), "https://maps.google.com/?q=24.8607,67.0011",
         {"latitude": 24.8607, "longitude": 67.0011, "label": ""}),
        (Typed("location"), "95.0000, 67.0011", None),
        (Typed("media"), "here it is", None),
    ],
)  # fmt: skip
def test_words(typed: Typed, text: str, value: Any) -> None:
    assert read(typed, Heard(text), TODAY) == value


@pytest.mark.parametrize(
    ("files", "heard", "found"),
    [
        ({"image"}, (PHOTO,), "image/jpeg"),
        ({"image"}, (PDF,), None),
        ({"image", "document"}, (PDF, PHOTO), "application/pdf"),
    ],
)
def test_files(files: set[str], heard: tuple[InboundMedia, ...], found: str | None) -> None:
    value = read(Typed("media", files=frozenset(files)), Heard(files=heard, message="SM1"), TODAY)
    assert (value and (value["content_type"], value["message"])) == (found and (found, "SM1"))


def test_a_pin() -> None:
    pin = Heard(location=Location(24.86, 67.0, "Shop", None))
    assert read(Typed("location"), pin, TODAY) == {"latitude": 24.86, "longitude": 67.0, "label": "Shop"}


@given(kind=st.sampled_from(KINDS), text=st.text(st.characters(), max_size=3000))
def test_no_text_breaks_a_reader(kind: str, text: str) -> None:
    value = read(Typed(kind), Heard(text), TODAY)
    assert value is None or kind not in ("media",)
