"""What nobody answered, grouped: the same misses always give the same questions."""

import random

import pytest

from automation.faq.grouping import Missed, group
from automation.masking import masked

TEXTS = [
    ("do you have gift cards", "en"),
    ("gift card available?", "en"),
    ("Gift cards available", "en"),
    ("gift card milta hai kya", "ur-Latn"),
    ("wholesale rates please", "en"),
    ("do you sell wholesale", "en"),
    ("wholesale rate kya hai", "ur-Latn"),
    ("wholesale rates please!", "en"),
    ("the moon is very bright tonight", "en"),
    ("...", "en"),
]
MISSES = [Missed(number, text, language, number % 4, "not_understood") for number, (text, language) in enumerate(TEXTS)]


def test_what_asks_alike_stands_together() -> None:
    groups, others = group(MISSES, {})
    found = {frozenset(one.message_id for one in each.members) for each in groups}
    assert frozenset({4, 5, 6, 7}) in found
    assert {1, 2, 3} <= next(some for some in found if 1 in some)
    assert others == len(MISSES) - sum(map(len, found))


def test_each_wording_is_an_example_once() -> None:
    groups, _ = group(MISSES, {})
    wholesale = next(each for each in groups if any(one.message_id == 4 for one in each.members))
    assert len(wholesale.examples) == 3
    assert wholesale.languages == {"en": 3, "ur-Latn": 1}
    assert wholesale.contacts == len({4 % 4, 5 % 4, 6 % 4, 7 % 4})
    assert wholesale.reasons == {"not_understood": 4}


def test_their_order_changes_nothing() -> None:
    shuffled = MISSES.copy()
    random.Random(7).shuffle(shuffled)

    def sets(misses: list[Missed]) -> list[list[int]]:
        return [sorted(one.message_id for one in each.members) for each in group(misses, {})[0]]

    assert sets(MISSES) == sets(MISSES)
    assert sorted(sets(shuffled)) == sorted(sets(MISSES))


@pytest.mark.parametrize("misses", [[], MISSES[:1], MISSES[-1:], [MISSES[8], MISSES[-1]]])
def test_too_few(misses: list[Missed]) -> None:
    assert group(misses, {}) == ([], len(misses))


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("call me at +92 300 1234567 please", "", "call me at (number) please"),
        ("order G204171 is late", "", "order (number) is late"),
        ("order GC-20417 is late", "", "order (number) is late"),
        ("میرا نمبر ۰۳۰۰۱۲۳۴۵۶۷ ہے", "", "میرا نمبر (number) ہے"),
        ("write to ali.khan@example.com", "", "write to (email)"),
        ("this is Ayesha, size 42 or 38", "Ayesha Khan", "this is (name), size 42 or 38"),
        ("میں عائشہ ہوں", "عائشہ", "میں (name) ہوں"),
        ("open at 9 or 10?", "Al", "open at 9 or 10?"),
    ],
)
def test_what_names_somebody_is_taken_out(text: str, names: str, expected: str) -> None:
    assert masked(text, names) == expected
