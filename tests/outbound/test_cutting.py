"""Texts are cut at words, never inside a character as a reader sees it."""

import grapheme
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.desk.cutting import shorten, shorten_all, split_text, units

FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇵🇰"
PIECES = st.sampled_from(["a", "ب", "é", "e\u0301", "नि", FAMILY, FLAG, " ", "\n", "\r\n", "\u200d"])
WORDS = st.lists(PIECES, max_size=150).map("".join)


@given(WORDS, st.integers(30, 90))
def test_parts_join_to_the_text_and_fit(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert "".join(parts) == text
    assert all(0 < units(part) <= limit for part in parts)


@given(st.lists(st.sampled_from(["سلام", "hello", FAMILY, FLAG * 3, "e\u0301e\u0301"]), max_size=60))
def test_no_character_is_torn(words: list[str]) -> None:
    text = " ".join(words)
    parts = split_text(text, 40)
    assert [c for part in parts for c in grapheme.graphemes(part)] == list(grapheme.graphemes(text))


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("", 5, []),
        ("short", 5, ["short"]),
        ("two words", 5, ["two ", "words"]),
        ("abcdefgh", 5, ["abcde", "fgh"]),
        ("ab  cdefg", 5, ["ab  ", "cdefg"]),
        ("😀😀😀", 4, ["😀😀", "😀"]),
        ("a" + FLAG + FLAG, 7, ["a" + FLAG, FLAG]),
        ("ab e\u0301", 4, ["ab ", "e\u0301"]),
    ],
)
def test_where_it_is_cut(text: str, limit: int, parts: list[str]) -> None:
    assert split_text(text, limit) == parts


def test_one_endless_character_is_cut_after_all() -> None:
    zalgo = "e" + "\u0301" * 100
    assert [len(part) for part in split_text(zalgo, 40)] == [40, 40, 21]


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Track order", 20, "Track order"),
        ("  Track\n order ", 20, "Track order"),
        ("Where is my order now?", 20, "Where is my order n…"),
        ("Family " + FAMILY, 12, "Family…"),
    ],
)
def test_shorten(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit) == short


@given(st.lists(st.text("ab 😀", min_size=1, max_size=40).filter(str.strip), max_size=10))
def test_shortened_titles_stay_distinct(titles: list[str]) -> None:
    short = shorten_all(titles, 20)
    assert len(set(short)) == len(titles)
    assert all(units(title) <= 20 for title in short)
