"""Texts with slots, and what a branch finds true."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.flows.conditions import condition_of, holds, named
from automation.flows.filling import bounded, fill, fill_all, placeholders, value_of
from automation.flows.model import Surroundings

SLOTS: dict[str, Any] = {
    "order": "GC-1",
    "count": 3.0,
    "day": "2027-03-12",
    "evil": "{contact.name} {order}",
    "found": {"status": "sent", "lines": [1], "id": "F1"},
    "long": "x" * 900,
    "yes": True,
}
AROUND = Surroundings("en", "sms", name="Ayesha", attributes={"city": "Lahore"}, tags=("vip", "returns"), mood="angry")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("No slots, 5 { 3", "No slots, 5 { 3"),
        ("Order {order}: {found.status}", "Order GC-1: sent"),
        ("{count} pieces on {day}", "3 pieces on 12 March 2027"),
        ("Dear {contact.name|friend} of {contact.city}", "Dear Ayesha of Lahore"),
        ("Dear {contact.title|friend}{gone}", "Dear friend"),
        ("{evil}", "{contact.name} {order}"),
        ("{found} {yes}{found.lines}", "F1 "),
        ("{long}", "x" * 500),
        ("{found.status.more.deep}", ""),
    ],
)
def test_fill(text: str, filled: str) -> None:
    assert fill(text, SLOTS, AROUND) == filled


@pytest.mark.parametrize(
    ("language", "shown"), [("ur", "12 مارچ"), ("es", "12 de marzo"), ("ur-Latn", "12 March"), ("xx", "2027-03-12")]
)
def test_dates_are_shown_as_people_write_them(language: str, shown: str) -> None:
    assert shown in fill("{day}", SLOTS, Surroundings(language)).replace("۱۲", "12")


def test_values_keep_their_type_where_they_stand_alone() -> None:
    given_ = {"a": "{count}", "b": ["{order}!", 5], "c": {"d": "{found}"}}
    assert fill_all(given_, SLOTS, AROUND) == {"a": 3.0, "b": ["GC-1!", 5], "c": {"d": SLOTS["found"]}}


def test_what_is_kept_is_bounded() -> None:
    deep = {"a": {"b": {"c": {"d": 1}}}, "t": "x" * 900, "n": list(range(99)), "o": object()}
    kept = bounded(deep)
    assert (kept["a"], len(kept["t"]), len(kept["n"]), kept["o"]) == ({"b": {"c": None}}, 500, 50, None)


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_filling_never_breaks(text: str, slots: dict[str, str]) -> None:
    assert isinstance(fill(text + "{a}" + text, slots, AROUND), str)
    assert all(
        value_of(path, slots, AROUND) in (None, *slots.values(), "Ayesha", "Lahore") for path in placeholders(text)
    )


@pytest.mark.parametrize(
    ("data", "true"),
    [
        ({"slot": "order", "is": "gc-1"}, True),
        ({"slot": "order", "is_not": "GC-1"}, False),
        ({"slot": "count", "is": "3"}, True),
        ({"slot": "count", "above": 2}, True),
        ({"slot": "count", "below": 3}, False),
        ({"slot": "day", "above": "2027-01-01"}, True),
        ({"slot": "day", "below": 5}, False),
        ({"slot": "order", "in": ["A", "GC-1"]}, True),
        ({"slot": "gone", "known": False}, True),
        ({"slot": "gone", "is": "x"}, False),
        ({"slot": "yes", "is": True}, True),
        ({"slot": "found.status", "is": "Sent!"}, True),
        ({"contact": "city", "is": "lahore"}, True),
        ({"tag": ["vip"]}, True),
        ({"tag": ["new"]}, False),
        ({"channel": ["whatsapp", "sms"]}, True),
        ({"mood": ["angry"]}, True),
        ({"language": ["ur"]}, False),
        ({"not": {"language": ["ur"]}}, True),
        ({"all": [{"tag": ["vip"]}, {"channel": ["sms"]}]}, True),
        ({"any": [{"tag": ["new"]}, {"channel": ["rcs"]}]}, False),
    ],
)
def test_conditions(data: dict[str, Any], true: bool) -> None:
    def look(subject: str, name: str) -> Any:
        if subject in ("slot", "contact"):
            return value_of(name if subject == "slot" else f"contact.{name}", SLOTS, AROUND)
        return {"tag": AROUND.tags, "channel": "sms", "mood": "angry", "language": "en"}[subject]

    assert holds(condition_of(data), look) is true


def test_names_of_a_condition() -> None:
    data = {"all": [{"slot": "a", "is": 1}, {"not": {"any": [{"slot": "b.c", "is": 1}, {"open": ["office"]}]}}]}
    assert (named(data, "slot"), named(data, "open")) == (["a", "b.c"], ["office"])
