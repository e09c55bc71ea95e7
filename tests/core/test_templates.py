"""Filling templates, choosing their language, and what reviewers refuse by rule."""

import hypothesis
import pytest
from hypothesis import strategies as st

from gateway.core.template_rules import body_problems
from gateway.core.templates import (
    FORBIDDEN,
    Category,
    Filled,
    TemplateProblem,
    TemplateSpec,
    Variable,
    Wording,
    fill,
    pick_language,
)

SPEC = TemplateSpec(
    "order_update",
    Category.UTILITY,
    (
        Variable("name", "Ali", required=False, default={"en": "customer", "ur": "صارف"}),
        Variable("order", "A-1"),
    ),
    {
        "en": Wording("order_update_en", "Dear {{name}}, order {{ order }} has left.", "Order {{order}} left."),
        "ur": Wording("order_update_ur", "آرڈر {{order}} روانہ، {{name}} صاحب۔", "آرڈر {{order}}۔"),
    },
)


@pytest.mark.parametrize(
    ("language", "given", "text", "sms", "numbers"),
    [
        ("en", {"name": "Sara", "order": "7"}, "Dear Sara, order 7 has left.", "Order 7 left.", ["Sara", "7"]),
        ("en", {"order": "7"}, "Dear customer, order 7 has left.", "Order 7 left.", ["customer", "7"]),
        ("en", {"name": " ", "order": "7"}, "Dear customer, order 7 has left.", "Order 7 left.", ["customer", "7"]),
        ("ur", {"order": "7"}, "آرڈر 7 روانہ، صارف صاحب۔", "آرڈر 7۔", ["صارف", "7"]),
        ("en", {"name": "{{order}}", "order": r"\1"}, r"Dear {{order}}, order \1 has left.", r"Order \1 left.", None),
        ("en", {"name": "a    b", "order": "7"}, "Dear a    b, order 7 has left.", "Order 7 left.", None),
    ],
)
def test_fill(language: str, given: dict[str, str], text: str, sms: str, numbers: list[str] | None) -> None:
    filled = fill(SPEC, language, given)
    assert isinstance(filled, Filled)
    assert (filled.text, filled.sms_text, filled.language) == (text, sms, language)
    assert list(filled.content_variables) == ["1", "2"]
    if numbers:
        assert list(filled.content_variables.values()) == numbers


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({}, {("missing", "order")}),
        ({"order": "  "}, {("empty", "order")}),
        ({"order": "7", "ordr": "8"}, {("unknown", "ordr")}),
        ({"ordr": "8"}, {("unknown", "ordr"), ("missing", "order")}),
        ({"order": "a\nb"}, {("forbidden", "order")}),
        ({"order": "a\tb", "name": "a     b"}, {("forbidden", "order"), ("forbidden", "name")}),
        ({"order": "a\0b"}, {("forbidden", "order")}),
        ({"order": "\ud83d"}, {("forbidden", "order")}),
        ({"order": "x" * 1001}, {("too_long", "")}),
        ({"order": "x" * 1700}, {("too_long", "")}),
    ],
)
def test_what_cannot_be_filled(given: dict[str, str], problems: set[tuple[str, str]]) -> None:
    found = fill(SPEC, "en", given)
    assert isinstance(found, tuple)
    assert {(problem.code, problem.variable) for problem in found} == problems
    assert all(isinstance(problem, TemplateProblem) and problem.words for problem in found)


@hypothesis.given(st.dictionaries(st.sampled_from(["name", "order", "other"]), st.text(max_size=30)))
def test_what_is_filled_can_be_sent(given: dict[str, str]) -> None:
    filled = fill(SPEC, "en", given)
    if isinstance(filled, Filled):
        assert all(value.strip() and not FORBIDDEN.search(value) for value in filled.content_variables.values())
        assert given["order"] in filled.text
    else:
        assert filled


@pytest.mark.parametrize(
    ("available", "contact", "business", "chosen"),
    [
        ({"en", "ur"}, "ur", "en", "ur"),
        ({"en", "ur"}, "ur-Latn", "en", "ur"),
        ({"en"}, "ur", "en", "en"),
        ({"en", "ur"}, None, "ur", "ur"),
        ({"en", "ur"}, "es", "ur", "ur"),
        ({"es"}, "es", "en", None),
        (set(), "en", "en", None),
        ({"en"}, "ur", "ur", "en"),
    ],
)
def test_pick_language(available: set[str], contact: str | None, business: str, chosen: str | None) -> None:
    assert pick_language(SPEC, available, contact, business) == chosen


def test_numbers_stand_for_names_in_their_order() -> None:
    assert SPEC.numbered("ur") == "آرڈر {{2}} روانہ، {{1}} صاحب۔"
    assert SPEC.samples == {"1": "Ali", "2": "A-1"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Your order {{order}} has left our house.", None),
        ("Your order {{ order }}.", "need at least 3 words"),
        ("{{order}} has left our house today.", "must not begin"),
        ("  {{order}} has left our house today.", "must not begin"),
        ("We have news of your order {{order}}", "must not end"),
        ("We have news: {{order}} {{order}}, of your good order.", "side by side"),
        ("We have news of your order.", "'order' does not stand in it"),
        ("We have {{news}} of your order {{order}} for you.", "nothing fills {{news}}"),
        ("We have news {of} your {{order} for you today.", "for variables alone"),
        ("a b c {{order}} " + "x" * 1016 + ".", "has 1027 characters"),
    ],
)
def test_what_reviewers_refuse_by_rule(body: str, reason: str | None) -> None:
    found = list(body_problems(body, ["order"], ["A-1"]))
    assert (found == []) if reason is None else any(reason in problem for problem in found), found
