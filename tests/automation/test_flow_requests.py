"""Flows that ask other systems: what they ask, and where each answer leads."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from automation.flows import engine
from automation.flows.heard import Heard
from automation.flows.model import Place, Step, Surroundings, place_of
from automation.flows.requests import Act, Answered, Lookup, Result, unfit
from automation.flows.walk import MOST_REQUESTS
from tests.automation.flows import library

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
AROUND = Surroundings("en", "whatsapp", NOON)
CANCEL = {
    "id": "cancel",
    "nodes": [
        {"id": "mine", "lookup": "order", "into": "order", "missing": "none", "not_offered": "ask",
         "failed": "sorry"},
        {"id": "do", "act": "cancel_order", "with": {"order": "{order.number}", "reason": "{why|}"}, "into": "order",
         "refused": "late", "missing": "none", "failed": "sorry"},
        {"id": "done", "say": "{order.number} is {order.status}", "goto": "end"},
        {"id": "late", "say": "{order.number}: {order.refused}", "goto": "end"},
        {"id": "none", "say": "No such order", "goto": "end"},
        {"id": "sorry", "say": "Not now", "goto": "end"},
        {"id": "ask", "say": "A colleague looks", "goto": "end"},
    ],
}  # fmt: skip
LIBRARY = library(CANCEL)
FOUND = Answered(Result.FOUND, {"number": "G204390", "status": "placed"})


def after(*answers: Answered) -> Step:
    step = engine.start(LIBRARY, "cancel", AROUND)
    for answered in answers:
        assert step.place is not None
        place = place_of(step.place.flow, step.place.node, step.place.kept, step.place.version)
        assert place == step.place
        step = engine.resume(LIBRARY, place, answered, AROUND)
    return step


def test_an_action_follows_a_look_up() -> None:
    assert after().requests == (Lookup("order", {}),)
    assert after(FOUND).requests == (Act("cancel_order", {"order": "G204390", "reason": ""}),)


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        (Answered(Result.FOUND, {"number": "G204390", "status": "cancelled"}), "G204390 is cancelled"),
        (Answered(Result.REFUSED, {"number": "G204390", "refused": "too_late"}), "G204390: too_late"),
        (Answered(Result.MISSING), "No such order"),
        (Answered(Result.FAILED), "Not now"),
        (Answered(Result.NOT_OFFERED), "Not now"),
    ],
)
def test_what_comes_of_an_action(answered: Answered, said: str) -> None:
    step = after(FOUND, answered)
    assert ([reply.text for reply in step.replies], step.place) == ([said], None)


def test_without_a_way_of_its_own_a_refusal_is_a_failure() -> None:
    node = {**CANCEL["nodes"][1]}  # type: ignore[dict-item]
    del node["refused"], node["missing"]
    lib = library({"id": "cancel", "nodes": [node, *CANCEL["nodes"][2:]], "slots": ["order"]})  # type: ignore[dict-item]
    for result in (Result.REFUSED, Result.MISSING):
        step = engine.resume(lib, Place("cancel", "do"), Answered(result), AROUND)
        assert [reply.text for reply in step.replies] == ["Not now"]


def test_it_says_once_that_it_is_looking() -> None:
    place = after().place
    assert place is not None
    assert engine.awaits_answer(LIBRARY, place)
    first = engine.step(LIBRARY, place, Heard("well?"), AROUND)
    assert [reply.text for reply in first.replies] == ["I am still looking, one moment please."]
    assert first.place is not None
    second = engine.step(LIBRARY, first.place, Heard("well??"), AROUND)
    assert (second.replies, second.place, second.understood) == ((), first.place, False)
    assert engine.resume(LIBRARY, first.place, FOUND, AROUND).requests


def test_an_answer_that_never_comes_is_not_awaited_for_ever() -> None:
    place = after().place
    assert place is not None
    later = replace(AROUND, now=NOON + timedelta(minutes=2))
    step = engine.step(LIBRARY, place, Heard("hello?"), later)
    assert ([reply.text for reply in step.replies], step.place, step.understood) == (["Not now"], None, False)


def test_requests_that_follow_each_other_for_ever_end_with_a_person() -> None:
    lib = library({"id": "x", "nodes": [{"id": "a", "lookup": "order", "failed": "a", "goto": "a"}]})
    step = engine.start(lib, "x", AROUND)
    for _ in range(MOST_REQUESTS - 1):
        assert step.place is not None
        step = engine.resume(lib, step.place, FOUND, AROUND)
        assert step.requests
    assert step.place is not None
    assert engine.resume(lib, step.place, FOUND, AROUND).handoff is not None


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("G204171", "G204171"),
        ("2027-03-02", "2027-03-02"),
        (5.0, "5"),
        (True, "true"),
        (["a", "b"], "a, b"),
        ({"message": "SM1", "content_type": "image/png", "filename": ""}, "SM1"),
        ({"latitude": 1.0, "label": "Saddar"}, "Saddar"),
        (None, ""),
    ],
)
def test_values_are_told_as_they_are_kept(value: Any, told: str) -> None:
    flow = {"id": "x", "nodes": [
        {"id": "q", "choose": "?", "options": [{"id": "o", "title": "Go", "goto": "a"}]},
        {"id": "a", "lookup": "order", "by": {"number": "{it}"}, "failed": "end"}]}  # fmt: skip
    step = engine.step(library(flow), Place("x", "q", {"it": value}), Heard("1"), AROUND)
    assert step.requests == (Lookup("order", {"number": told}),)


@pytest.mark.parametrize(
    ("value", "expects", "reason"),
    [
        ({}, {}, ""),
        ({"eta": "Monday", "more": 1}, {"eta": "text"}, ""),
        ({"eta": None}, {"eta": "text"}, ""),
        ({}, {"eta": "text"}, "eta is missing"),
        ({"eta": 5}, {"eta": "text"}, "eta is no text"),
        ({"n": 5.5}, {"n": "number"}, ""),
        ({"n": True}, {"n": "number"}, "n is no number"),
        ({"n": "5"}, {"n": "number"}, "n is no number"),
        ({"ok": False}, {"ok": "boolean"}, ""),
        ({"ok": 0}, {"ok": "boolean"}, "ok is no boolean"),
    ],
)
def test_answers_have_a_form(value: dict[str, Any], expects: dict[str, str], reason: str) -> None:
    assert unfit(value, expects) == reason


def test_a_crm_without_orders_has_a_way_of_its_own() -> None:
    step = after(Answered(Result.NOT_OFFERED))
    assert ([reply.text for reply in step.replies], step.place) == (["A colleague looks"], None)
