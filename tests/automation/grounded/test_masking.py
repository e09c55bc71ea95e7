"""What tells who somebody is does not leave the house; what a question is about does."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.grounded.masking import PLACEHOLDER, mask, may_come_back, restore


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to Ayesha.Khan+1@example.co.uk please", "write to [EMAIL_1] please"),
        ("call 0300 1234567 or +92-321-7654321", "call [PHONE_1] or [PHONE_2]"),
        ("میرا نمبر ۰۳۰۰۱۲۳۴۵۶۷ ہے", "میرا نمبر [PHONE_1] ہے"),
        ("هاتفي ٠٥٠١٢٣٤٥٦٧", "هاتفي [PHONE_1]"),
        ("order G204171 and gc-20417, #204", "order [ORDER_1] and [ORDER_2], [ORDER_3]"),
        ("order 204171 twice: 204171", "order [NUMBER_1] twice: [NUMBER_1]"),
        ("card 4111 1111 1111 1111", "card [CARD_1]"),
        ("CNIC 35202-1234567-1", "CNIC [ID_1]"),
        ("IBAN PK36SCBL0000001123456702 ok", "IBAN [IBAN_1] ok"),
        ("de ES91 2100 0418 4502 0005 1332", "de [IBAN_1]"),
        ("see https://x.example/me?token=1 now", "see [LINK_1] now"),
        ("born 12-03-1990", "born [DATE_1]"),
        ("I am AYESHA, Ayesha Khan", "I am [NAME_2], [NAME_1]"),
        ("is it free over Rs 25000 or 5,000 or 12500 rupees?", "is it free over Rs 25000 or 5,000 or 12500 rupees?"),
        ("size 38, 2 shirts, 14-20 days, 2026", "size 38, 2 shirts, 14-20 days, 2026"),
        ("a [EMAIL_1] b@c.example", "a (EMAIL_1) [EMAIL_1]"),
        ("zero\u200bwidth 0300\u200b1234567", "zerowidth [PHONE_1]"),
    ],
)
def test_masks(text: str, masked: str) -> None:
    assert mask(text, ["Ayesha Khan"]).text == masked


def test_only_the_customers_own_words_come_back() -> None:
    hidden = mask("order G204171, mail a@b.example, see https://evil.example/x").hidden
    assert restore("[ORDER_1] [EMAIL_1] [PHONE_9]", hidden) == "G204171 a@b.example [PHONE_9]"
    assert [may_come_back(one, hidden) for one in ("[ORDER_1]", "[PHONE_9]", "[LINK_1]", "G204171")] == [
        True, False, False, False,
    ]  # fmt: skip


@given(st.text(alphabet="0123456789٠١٢٣ +-()[]@.aAgG#/", max_size=120))
def test_no_long_number_gets_through(text: str) -> None:
    found = mask(text)
    rest = PLACEHOLDER.sub(" ", found.text)
    assert not any(run.isdigit() and len(run) > 7 for run in rest.replace("/", " ").replace(".", " ").split())
    assert not re.search(r"[\w.+%-]+@[\w-]+\.[\w-]+", rest)
    assert len(restore(found.text, found.hidden)) <= 1000


def test_much_to_hide_is_bounded() -> None:
    found = mask(" ".join(f"G20417{number}" for number in range(90)))
    assert len(found.hidden) == 50
    assert "G2" not in found.text
