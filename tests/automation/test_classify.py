"""What a conversation is about and how grave it is: tables of messages and of what the bot answered."""

from datetime import UTC, datetime

import pytest

from automation import classify
from automation.case import UNKNOWN, Case, case_of
from automation.classify import Topic, Topics
from automation.faq.model import NOTHING, Candidate, Match, Mood, Outcome
from automation.feeling import UNMOVED, Feeling, felt

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TOPICS = Topics(
    {
        "orders": Topic(
            "orders", "Orders", frozenset({"faq:order_status", "flow:order_status"}), frozenset({"orders"})
        ),
        "damage": Topic("damage", "Damage", frozenset({"flow:damaged_item"}), frozenset({"complaints"}), "high"),
        "shop": Topic("shop", "Shop", frozenset({"faq:hours"}), severity="low"),
    },
    ("G######",),
    {"lawn suit": "Lawn suit", "kurta": "Kurta"},
)
ANGRY, HURRIED = felt(UNMOVED, Mood.ANGRY, NOW), felt(UNMOVED, Mood.URGENT, NOW)
DISTRESSED = felt(UNMOVED, Mood.NEUTRAL, NOW, "medical")
SURE = Match("faq:order_status", 0.9, (), Outcome.ANSWER)
LIKELY = Match(None, 0.4, (Candidate("faq:hours", 0.4), Candidate("faq:order_status", 0.3)), Outcome.DID_YOU_MEAN)
UNLIKELY = Match(None, 0.1, (Candidate("faq:hours", 0.1),), Outcome.NONE)
ASIDE = Match(None, 0.4, (Candidate("flow:talk_to_person", 0.4), Candidate("faq:hours", 0.3)), Outcome.NONE)


@pytest.mark.parametrize(
    ("text", "match", "before", "topic", "order", "product", "signs"),
    [
        ("where is my order", SURE, UNKNOWN, "orders", "", "", ()),
        ("g 204171 where is it", SURE, UNKNOWN, "orders", "G204171", "", ()),
        ("G204171 or G204102?", NOTHING, UNKNOWN, "", "", "", ()),  # two: which one is meant?
        ("hm", NOTHING, Case(topic="orders", order="G204171"), "orders", "G204171", "", ()),
        ("G204102 then", NOTHING, Case(order="G204171"), "", "G204102", "", ()),
        ("open?", LIKELY, UNKNOWN, "shop", "", "", ()),
        ("open?", LIKELY, Case(topic="orders"), "orders", "", "", ()),  # what is only likely takes nothing away
        ("open?", UNLIKELY, UNKNOWN, "", "", "", ()),
        ("a person about the hours", ASIDE, UNKNOWN, "shop", "", "", ()),
        ("where is it", SURE, Case(topic="damage", asked="topic"), "damage", "", "", ()),  # they said so themselves
        ("the lawn suit is torn", NOTHING, UNKNOWN, "", "", "Lawn suit", ("damage",)),
        ("kurta phata hua hai aur paise wapis karo", NOTHING, UNKNOWN, "", "", "Kurta", ("damage", "money")),
        ("پارسل ٹوٹا ہوا ملا", NOTHING, UNKNOWN, "", "", "", ("damage",)),
        ("me han cobrado dos veces, es un fraude", NOTHING, UNKNOWN, "", "", "", ("money",)),
        ("it is not torn at all", NOTHING, Case(signs=("money",)), "", "", "", ("money", "damage")),
    ],
)
def test_what_a_message_tells(
    text: str, match: Match, before: Case, topic: str, order: str, product: str, signs: tuple[str, ...]
) -> None:
    case = classify.read_message(before, text, match, UNMOVED, "en", TOPICS)
    assert (case.topic, case.order, case.product, case.signs) == (topic, order, product, signs)
    assert (case.language, case.messages) == ("en", before.messages + 1)
    assert case_of(case.kept) == case


@pytest.mark.parametrize(
    ("case", "feeling", "severity"),
    [
        (UNKNOWN, UNMOVED, "normal"),
        (Case(topic="shop"), UNMOVED, "low"),
        (Case(topic="shop", signs=("money",)), UNMOVED, "normal"),
        (Case(topic="damage"), UNMOVED, "high"),
        (Case(signs=("damage", "money")), UNMOVED, "high"),
        (Case(signs=("damage",)), HURRIED, "high"),
        (UNKNOWN, HURRIED, "normal"),
        (UNKNOWN, ANGRY, "high"),
        (Case(topic="shop"), ANGRY, "high"),
        (Case(messages=8), UNMOVED, "normal"),
        (Case(messages=8, signs=("money",)), UNMOVED, "high"),
        (Case(topic="shop"), DISTRESSED, "urgent"),
    ],
)
def test_how_grave_it_is(case: Case, feeling: Feeling, severity: str) -> None:
    assert classify.severity(case, feeling, TOPICS) == severity


@pytest.mark.parametrize(
    ("before", "targets", "topic", "answered"),
    [
        (UNKNOWN, ["faq:hours"], "shop", ("faq:hours",)),
        (Case(topic="shop"), ["flow:order_status", "faq:gone"], "orders", ("flow:order_status", "faq:gone")),
        (Case(answered=("faq:hours",)), ["faq:hours"], "", ("faq:hours",)),
        (Case(topic="damage", asked="topic"), ["faq:hours"], "damage", ("faq:hours",)),
        (Case(answered=tuple("abcdefghij")), ["faq:hours"], "shop", (*"bcdefghij", "faq:hours")),
        (UNKNOWN, [], "", ()),
    ],
)
def test_what_an_answer_tells(before: Case, targets: list[str], topic: str, answered: tuple[str, ...]) -> None:
    case = classify.answered(before, targets, UNMOVED, TOPICS)
    assert (case.topic, case.answered) == (topic, answered)


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("topic", "damage", {"topic": "damage"}),
        ("order", 7, {"order": "7"}),
        ("order", "x" * 200, {"order": "x" * 100}),
        ("messages", "9", {}),
        ("order", {"a": 1}, {}),
    ],
)
def test_flows_fill_a_case_within_bounds(name: str, value: object, kept: dict[str, object]) -> None:
    assert UNKNOWN.with_field(name, value).kept == kept
