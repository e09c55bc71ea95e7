"""From a question to its answer, or to an honest doubt."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.faq.examples import examples_of, numbered
from automation.faq.learning import train
from automation.faq.matcher import Matcher, decide
from automation.faq.model import NOTHING, Answer, Candidate, Mood, Outcome
from automation.faq.thresholds import Thresholds
from tests.automation.shop import ROOT, examples, shop

STRANGE = Path(ROOT / "benchmarks/data/out_of_scope.txt").read_text().splitlines()


def test_angry_faces_need_no_words() -> None:
    assert shop().match("😡😡😡") == replace(NOTHING, mood=Mood.ANGRY)
    assert shop().match("👍") == NOTHING


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("hello, when do you open tomorrow?", "faq:hours"),
        ("WHERE IS MY ORDER???", "faq:order_status"),
        ("where is my ordr", "faq:order_status"),
        ("mera ordr kidhar hai", "faq:order_status"),
        ("میرا آرڈر کہاں ہے؟", "faq:order_status"),
        ("ميرا آرڈر كہاں ہے", "faq:order_status"),
        ("delivery chargis kitne hain", "faq:delivery_cost"),
        ("kitnay din mein delivery hoti hay", "faq:delivery_time"),
        ("refund kb milay ga", "faq:refund_time"),
        ("ریفنڈ کب تک آئے گا", "faq:refund_time"),
        ("is cod available", "faq:cash_on_delivery"),
        ("qameez phati hui mili hai", "faq:damaged_item"),
        ("I need to speak with a human being", "flow:talk_to_person"),
        ("kisi insan say baat karwa dain", "flow:talk_to_person"),
    ],
)
def test_questions(text: str, target: str) -> None:
    match = shop().match(text)
    assert (match.outcome, match.answer_id) == (Outcome.ANSWER, target)
    assert target not in {candidate.target for candidate in match.runner_ups}


@pytest.mark.parametrize("text", ["", " ", "?", "👍", "ok", "OK!!", "1", "12345", "😂😂", "اچھا", "\u200f", "a"])
def test_what_asks_nothing_gets_nothing(text: str) -> None:
    assert shop().match(text) == NOTHING


def test_strange_questions_rarely_get_an_answer() -> None:
    answered = [text for text in STRANGE if shop().match(text).outcome is Outcome.ANSWER]
    assert len(answered) <= len(STRANGE) * 0.12, answered


def test_its_own_phrases_get_their_own_answer() -> None:
    answered = [(e, m) for e in examples() if (m := shop().match(e.text)).outcome is Outcome.ANSWER]
    wrong = [e.text for e, match in answered if match.answer_id != e.target]
    assert len(answered) > 0.95 * len(examples())
    assert wrong == []


def ranked(*scores: float) -> list[Candidate]:
    return [Candidate(f"faq:{position}", score) for position, score in enumerate(scores)]


@pytest.mark.parametrize(
    ("scores", "outcome", "offered"),
    [
        ((), Outcome.NONE, 0),
        ((0.1,), Outcome.NONE, 1),
        ((0.9, 0.2), Outcome.ANSWER, 1),
        ((0.5,), Outcome.ANSWER, 0),
        ((0.45, 0.43), Outcome.DID_YOU_MEAN, 2),
        ((0.3, 0.05), Outcome.DID_YOU_MEAN, 1),
        ((0.3, 0.28, 0.27, 0.26), Outcome.DID_YOU_MEAN, 3),
    ],
)
def test_decide(scores: tuple[float, ...], outcome: Outcome, offered: int) -> None:
    match = decide(ranked(*scores), Thresholds(answer_at=0.5, offer_at=0.25))
    assert (match.outcome, len(match.runner_ups)) == (outcome, offered)
    assert (match.answer_id is not None) == (outcome is Outcome.ANSWER)


@pytest.mark.parametrize("count", [0, 1])
def test_too_little_to_learn_from(count: int) -> None:
    answers = [Answer(f"a{i}", {}, {"en": ("when do you open",)}, {}) for i in range(count)]
    trained = train(examples_of(answers), {})
    assert trained is None
    assert Matcher(trained).match("when do you open") == NOTHING


def two_answers() -> Matcher:
    return Matcher(train(numbered([("opening hours", "faq:a", "en"), ("return policy", "faq:b", "en")]), {}), dict)


def test_two_answers_are_enough() -> None:
    assert two_answers().match("opening hours").answer_id == "faq:a"
    assert two_answers().match("return policy").answer_id == "faq:b"
    assert two_answers().match("zzz").outcome is Outcome.NONE


def test_a_known_question_comes_from_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    first = shop().match("what are your timings please")
    monkeypatch.setattr(Matcher, "_judge", None)
    assert shop().match("What are your TIMINGS, please?") is first


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("automation.faq.matcher.CACHE_SIZE", 3)
    matcher = two_answers()
    for number in range(10):
        matcher.match(f"question {number}")
    assert len(matcher._cache) == 3


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    match = shop().match(text)
    assert 0 <= match.score <= 1.000001
    assert len(match.runner_ups) <= 3
