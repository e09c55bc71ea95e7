"""What nobody needs to come back for."""

import pytest

from automation.farewell import is_farewell


@pytest.mark.parametrize(
    ("text", "so"),
    [
        ("Thanks!", True), ("thank you so much", True), ("OK", True), ("okkk thanks bhai 👍", True), ("👍🏽", True),
        ("🙏🙏", True), ("❤️", True), ("شکریہ", True), ("جزاک اللہ", True), ("bohat shukriya", True),
        ("theek hai, shukriya", True), ("muchas gracias", True), ("شكرا جزيلا", True), ("धन्यवाद", True),
        ("obrigada!", True), ("ok bye", True), ("Thanks, and have a great day", True),
        ("ok but where is it", False), ("thanks, it broke again", False), ("yes", False), ("no", False), ("", False),
        ("  ", False), ("ok?", False), ("??", False), ("12345", False), ("😡", False), ("thanks 4521", False),
        ("thank you very much for all the good help again", False),
    ],
)  # fmt: skip
def test_farewells(text: str, so: bool) -> None:
    assert is_farewell(text) is so
