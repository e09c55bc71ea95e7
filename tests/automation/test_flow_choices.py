"""Which option a customer means."""

import pytest

from automation.flows.choices import pick
from automation.flows.heard import Heard
from gateway.core.replies import Option

OFFERED = (Option("a:b:track", "Track my order"), Option("a:b:refund", "Refund"), Option("faq:hours", "اوقات کار"))


@pytest.mark.parametrize(
    ("heard", "chosen"),
    [
        (Heard(selection_id="a:b:refund", text="whatever"), "a:b:refund"),
        (Heard(selection_id="gone", text="2"), None),
        (Heard("2"), "a:b:refund"),
        (Heard(" 2. "), "a:b:refund"),
        (Heard("۲"), "a:b:refund"),
        (Heard("٣"), "faq:hours"),
        (Heard("1️⃣"), "a:b:track"),
        (Heard("option 3"), "faq:hours"),
        (Heard("0"), None),
        (Heard("4"), None),
        (Heard("22"), None),
        (Heard("2 shirts"), None),
        (Heard("REFUND!!"), "a:b:refund"),
        (Heard("refnd"), None),
        (Heard("refunds"), "a:b:refund"),
        (Heard("track my ordr"), "a:b:track"),
        (Heard("اوقاتِ کار؟"), "faq:hours"),
        (Heard("the first one"), "a:b:track"),
        (Heard("doosra wala"), "a:b:refund"),
        (Heard("تیسری والی"), "faq:hours"),
        (Heard("el segundo"), "a:b:refund"),
        (Heard("first refund"), None),
        (Heard("something else entirely"), None),
        (Heard(""), None),
        (Heard("?" * 5000), None),
    ],
)
def test_pick(heard: Heard, chosen: str | None) -> None:
    assert pick(OFFERED, heard) == chosen


def test_two_titles_alike_are_not_guessed() -> None:
    assert pick((Option("x", "Size S"), Option("y", "Size S")), Heard("size s")) is None
