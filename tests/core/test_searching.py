"""What is typed, folded and read as a search, and how what is found is shown."""

import pytest

from gateway.core.folding import folded
from gateway.core.searching import NUMBER, TERMS, read
from gateway.core.snippets import snippet


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("Café ÉCLAIR Şeker", "cafe eclair seker"),
        ("cafe\u0301", "cafe"),
        ("كتاب عائشة", "کتاب عایشہ"),
        ("کتاب عائشہ", "کتاب عایشہ"),
        ("آپ أحمد إسلام ٱلله", "اپ احمد اسلام اللہ"),
        ("مُحَمَّد", "محمد"),
        ("مـحـمـد", "محمد"),
        ("می\u200cخواهم \u2067اور\u2069", "میخواہم اور"),
        ("٤٥٢١ ۴۵۲۱ ४५२१ ４５２１", "4521 4521 4521 4521"),
        ("GC-4521/a, b@c.pk؟", "gc 4521 a  b c pk "),
        ("ﻻ", "لا"),
    ],
)
def test_one_spelling(typed: str, searched: str) -> None:
    assert folded(typed) == searched


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("", []),
        ("👍 … !!", []),
        ("late order", [("late", False), ("order", True)]),
        ("late order ", [("late", False), ("order", False)]),
        ("a b", [("a", False), ("b", False)]),
        ('"out for delivery" lahore', [("out for delivery", False), ("lahore", True)]),
        ("“کہاں ہے”", [("کہاں ہے", False)]),
        ('"open', [("open", True)]),
        ("ayesha@example.com", [("ayesha example com", True)]),
        ("GC-4521", [("gc 4521|gc4521", True)]),
        ("gc4521 ", [("gc4521|gc 4521", False)]),
        ("۴۵۲۱ ", [("4521|45 21", False)]),
        ("12 45", [("12", False), ("45", True)]),
        ("OR NOT NEAR( a* ^b", [("or", False), ("not", False), ("near", False), ("a", False), ("b", False)]),
        ("'; drop table x --", [("drop", False), ("table", False), ("x", False)]),
    ],
)
def test_what_is_looked_for(typed: str, terms: list[tuple[str, bool]]) -> None:
    found = [("|".join(" ".join(phrase) for phrase in term.phrases), term.is_prefix) for term in read(typed).terms]
    assert found == terms


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+92 300 1234567", "923001234567"),
        ("(0300) 123-4567", "03001234567"),
        ("٠٣٠٠ ١٢٣", "0300123"),
        ("\u202a+92 300\u202c", "92300"),
        ("123", ""),
        ("order 4521", ""),
    ],
)
def test_what_may_be_a_phone_number(typed: str, number: str) -> None:
    assert read(typed).number == number


def test_a_long_number_is_found_in_pieces() -> None:
    (term,) = read("0300 123-4567").terms
    assert {("03001234567",), ("0300", "1234567"), ("0300", "123", "4567")} <= set(term.phrases)


def test_what_is_too_much_is_passed_over() -> None:
    assert len(read("word " * 3000).terms) == TERMS
    assert max(len("".join(phrase)) for term in read("9" * 10_000).terms for phrase in term.phrases) > NUMBER[-1]


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("Where is my order?", "order", "Where is my [order]?"),
        ("My ordered shoes", "order", "My [ordered] shoes"),
        ("My ordered shoes", "order ", "My ordered shoes"),
        ("<b>late</b> & late", "late", "<b>[late]</b> & [late]"),
        ("میرا آرڈر ۴۵۲۱ کہاں ہے", "4521", "میرا آرڈر [۴۵۲۱] کہاں ہے"),
        ("Call 0300-1234567 now", "03001234567", "Call [0300-1234567] now"),
        ("مُحَمَّد آیا", "محمد", "[مُحَمَّد] آیا"),
        ("it is out for delivery", '"out for"', "it is [out for] delivery"),
        ("nothing here", "else", "nothing here"),
        ("", "else", ""),
    ],
)
def test_what_was_found_is_marked(text: str, typed: str, shown: str) -> None:
    pieces = snippet(text, read(typed))
    assert "".join(f"[{piece.text}]" if piece.found else piece.text for piece in pieces) == shown


def test_a_long_text_is_shown_where_the_words_are() -> None:
    pieces = snippet("begin " + "filler " * 100 + "needle " + "filler " * 100, read("needle"))
    assert pieces[0].text == "… "
    assert pieces[-1].text == " …"
    assert sum(len(piece.text) for piece in pieces) < 160
    assert [piece.text for piece in pieces if piece.found] == ["needle"]
