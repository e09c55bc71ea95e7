"""When the bot stops talking: budgets, equal texts, machines."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.brake import QUIET, SILENCE, Course, Limits, Talk, is_over, judge
from automation.machines import is_machine
from automation.sentences import SENTENCES

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
USUAL = Limits()
NONE = Limits(0, 0, 0)


def talk(texts: Iterable[str], every: timedelta, limits: Limits = USUAL, chosen: bool = False) -> list[str]:
    """Why the brake was put on at each text, until it was; ``go`` where it was not."""
    state, courses = QUIET, []
    for number, text in enumerate(texts):
        verdict = judge(state, text, NOW + number * every, limits, chosen=chosen)
        courses.append(verdict.why or verdict.course.value)
        state = verdict.talk
    return courses


def different(many: int) -> list[str]:
    return [f"text {chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(many)]


MINUTES = timedelta(minutes=1)
SECONDS = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("texts", "every", "chosen", "expected"),
    [
        (different(6), SECONDS, False, ["go"] * 6),
        (different(8), SECONDS, False, ["go"] * 6 + ["minute", "silent"]),
        (different(12), 11 * SECONDS, False, ["go"] * 12),
        (different(20), 2 * MINUTES, False, ["go"] * 20),
        (different(22), 2 * MINUTES, False, ["go"] * 20 + ["hour", "silent"]),
        (different(40), 4 * MINUTES, False, ["go"] * 40),
        (["2"] * 10, SECONDS, True, ["go"] * 10),  # people tap fast, and the same thing again
        (["2"] * 21, SECONDS, True, ["go"] * 20 + ["hour"]),
        (["hello"] * 4, 5 * MINUTES, False, ["go", "go", "same_text", "silent"]),
        (["Hello", "hello!", "HELLO ..."], 5 * MINUTES, False, ["go", "go", "same_text"]),
        (["hello", "hello", "help", "hello", "hello"], 5 * MINUTES, False, ["go"] * 5),
        (["hello"] * 3, 31 * MINUTES, False, ["go"] * 3),  # the hour is over with the third
        (["", "", "", ""], 5 * MINUTES, False, ["go"] * 4),  # photos
        (["???", "???", "???"], 5 * MINUTES, False, ["go", "go", "same_text"]),
        (["Automatic reply: I am on leave"], MINUTES, False, ["autoresponder"]),
        (["Automatic reply: I am on leave"], MINUTES, True, ["go"]),
    ],
)
def test_the_brake(texts: list[str], every: timedelta, chosen: bool, expected: list[str]) -> None:
    assert talk(texts, every, chosen=chosen) == expected


def test_limits_can_be_taken_away() -> None:
    assert talk(["hello"] * 50, SECONDS, NONE) == ["go"] * 50


@pytest.mark.parametrize(
    ("after", "course", "over"),
    [(SILENCE - SECONDS, Course.SILENT, False), (SILENCE, Course.GO, True), (timedelta(days=3), Course.GO, True)],
)
def test_the_silence_ends_after_an_hour(after: timedelta, course: Course, over: bool) -> None:
    braked = Talk(auto_replies=21, auto_since=NOW - timedelta(minutes=30), heard_times=1, braked_at=NOW)
    verdict = judge(braked, "so?", NOW + after, USUAL)
    assert verdict.course is course
    assert is_over(verdict.talk, NOW + after) is over
    assert verdict.talk.auto_replies == (1 if course is Course.GO else 21)


@given(st.lists(st.tuples(st.text(max_size=5), st.integers(0, 900), st.booleans()), max_size=120))
def test_no_more_than_the_budget_in_any_window(messages: list[tuple[str, int, bool]]) -> None:
    state, now, said = QUIET, NOW, []
    for text, seconds, chosen in messages:
        now += timedelta(seconds=seconds)
        verdict = judge(state, text, now, USUAL, chosen=chosen)
        state = verdict.talk
        if verdict.course is Course.GO:
            said.append(now)
    for start in said:
        assert sum(start <= at < start + timedelta(hours=1) for at in said) <= 2 * USUAL.replies_per_hour


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for contacting Ali Traders! Please let us know how we can help you.",
        "Thank you for your message. We're unavailable right now, but will respond as soon as possible.",
        "Automatic reply: Out of office until Monday",
        "This is an automated response.",
        "I am on annual leave until 3 May. For urgent matters please call my colleague.",
        "Thanks for reaching out! One of our agents will get back to you. Reply 1 for orders.",
        "Ali Traders سے رابطہ کرنے کا شکریہ! ہم جلد جواب دیں گے۔",
        "یہ ایک خودکار پیغام ہے، ہم جلد آپ سے رابطہ کریں گے",
        "Ali Traders se rabta karne ka shukriya. Hum jald jawab dein ge.",
        "Yeh automatic reply hai, main meeting mein hoon",
        "Gracias por comunicarte con Tienda. ¿Cómo podemos ayudarte?",
        "Gracias por tu mensaje. En este momento, no podemos responder, pero lo haremos lo antes posible.",
        "شكرًا لتواصلك معنا. سنرد عليك في أقرب وقت ممكن.",
        "هذا رد آلي، نحن خارج ساعات العمل",
    ],
)
def test_machines_are_recognised(text: str) -> None:
    assert is_machine(text)


@pytest.mark.parametrize("language", ["en", "ur", "ar", "es"])
def test_another_one_of_us_is_recognised(language: str) -> None:
    assert is_machine(SENTENCES["greeting"][language].replace("{business}", "Shop"))


@pytest.mark.parametrize(
    "text",
    [
        "Can you deliver out of office hours?",
        "I only got an automated response, where is my order?",
        "Are you a bot?",
        "Thank you for your message, I want to return it",
        "When will you get back to me?",
        "I was on vacation when the parcel came",
        "What are your working hours?",
        "Aap se rabta kaise karun?",
        "آپ سے رابطہ کیسے کروں؟",
        "¿Cuál es su horario de atención?",
        "ما هي ساعات العمل؟",
        "Press 1",
        "thanks",
        "",
    ],
)
def test_people_are_not_taken_for_machines(text: str) -> None:
    assert not is_machine(text)
