"""What people type, in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.normal import LONGEST, normal, sound


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("  Hello,   WORLD!! ", "hello world"),
        ("What's up", "whats up"),
        ("What’s up", "whats up"),
        ("pleeeease", "please"),
        ("helloooo", "hello"),
        ("see you", "see you"),
        ("1000 rupees", "1000 rupees"),
        ("envío", "envio"),
        ("Ａ１", "a1"),
        ("کیا", "کیا"),
        ("كيا", "کیا"),
        ("دُکان", "دکان"),
        ("آرڈر", "ارڈر"),
        ("مجھے\u200cکب", "مجھے کب"),
        ("نمائندہ", "نمایندہ"),
        ("۱۲۳ ٤٥", "123 45"),
        ("1️⃣", "1"),
        ("👍🏽😂", ""),
        ("नमस्ते", "नमस्ते"),
        ("\u0000\ud800x", "x"),
        ("", ""),
    ],
)
def test_normal(typed: str, plain: str) -> None:
    assert normal(typed) == plain


@pytest.mark.parametrize(
    "spellings",
    [
        ("nahi", "nahin", "nahee", "nahie"),
        ("kahan", "kahaan"),
        ("wapis", "vapis", "wapiss"),
        ("paise", "paisay", "pese"),
        ("phir", "fir"),
        ("dukan", "dukaan"),
        ("qeemat", "keemat", "kimat"),
    ],
)
def test_spellings_that_sound_alike_meet(spellings: tuple[str, ...]) -> None:
    assert len({sound(word) for word in spellings}) == 1


def test_words_that_differ_stay_apart() -> None:
    words = ("order", "return", "refund", "delivery", "discount", "exchange", "size", "payment")
    assert len({sound(word) for word in words}) == len(words)


@pytest.mark.parametrize("word", ["آرڈر", "g123", ""])
def test_other_words_have_no_sound(word: str) -> None:
    assert sound(word) == word


@given(st.text(max_size=60))
def test_normal_is_stable(text: str) -> None:
    assert normal(normal(text)) == normal(text)


def test_a_long_text_is_cut() -> None:
    assert len(normal("ab " * 10_000)) <= LONGEST
