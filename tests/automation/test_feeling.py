"""A conversation's mood: rises at once, falls slowly, fades with time; a table of what was written."""

from datetime import UTC, datetime, timedelta

import pytest

from automation.faq.model import Mood
from automation.feeling import UNMOVED, feeling_of, felt, higher

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
A, U, N = Mood.ANGRY, Mood.URGENT, Mood.NEUTRAL


@pytest.mark.parametrize(
    ("moods", "minutes_apart", "mood", "urgency", "in_row"),
    [
        ([N], 1, "neutral", "normal", 0),
        ([A], 1, "angry", "high", 1),
        ([U], 1, "urgent", "high", 0),
        ([A, N], 1, "angry", "high", 0),  # one calm word ends no anger
        ([A, N, N], 1, "neutral", "normal", 0),
        ([A, A], 1, "angry", "high", 2),
        ([A, A, N, N, N], 1, "angry", "high", 0),
        ([A, A, N, N, N, N], 1, "neutral", "normal", 0),
        ([A, N, A], 1, "angry", "high", 1),
        ([A, N], 90, "neutral", "normal", 0),  # time helps
        ([A, A], 60 * 24 * 3, "angry", "high", 2),
        ([U, A], 1, "angry", "high", 1),
        ([U, A, A], 1, "angry", "high", 2),
        ([U, U, A], 1, "urgent", "urgent", 1),  # both at once, and strongly
        ([N, N, N], 1, "neutral", "normal", 0),
    ],
)
def test_moods_over_a_conversation(moods: list[Mood], minutes_apart: int, mood: str, urgency: str, in_row: int) -> None:
    feeling = UNMOVED
    for number, one in enumerate(moods):
        feeling = felt(feeling, one, START + number * timedelta(minutes=minutes_apart))
    assert (feeling.mood, feeling.urgency, feeling.angry_in_row) == (mood, urgency, in_row)
    assert feeling_of(feeling.kept) == feeling


def test_distress_stays() -> None:
    feeling = felt(UNMOVED, N, START, distress="medical")
    for hours in range(1, 20):
        feeling = felt(feeling, N, START + timedelta(hours=hours))
    assert (feeling.mood, feeling.urgency) == ("distressed", "urgent")
    assert feeling_of(feeling.kept) == feeling


def test_a_clock_that_goes_back_forgets_nothing() -> None:
    feeling = felt(felt(UNMOVED, A, START), A, START - timedelta(hours=5))
    assert feeling.mood == "angry"


def test_the_most_pressing_priority() -> None:
    assert higher("normal", "high", "low") == "high"
