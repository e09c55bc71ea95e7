"""Flows that ask, branch, keep, tag and wait: a return of goods as tables of what is heard and what comes of it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from automation.flows import commands, engine
from automation.flows.digression import is_question, takes_back
from automation.flows.effects import SetAttribute, SetLanguage, SetTag, SurveyAnswered
from automation.flows.heard import Heard
from automation.flows.library import Library
from automation.flows.model import HandoffWish, Place, Step, Surroundings, place_of
from automation.flows.requests import Answered, Call, Lookup, Result, Wait
from automation.scheduling.hours import calendar_of
from tests.automation.flows import library

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
AROUND = Surroundings("en", "whatsapp", NOON, name="Ayesha")
RETURN = {
    "id": "returning",
    "nodes": [
        {"id": "number", "ask": {"en": "Which order?", "ur": "کون سا آرڈر؟"}, "type": "order", "like": "GC-#####",
         "into": "order", "invalid": {"en": "Like GC-20417."}, "tries": 2, "otherwise": "lost", "skip": "lost"},
        {"id": "why", "ask": "Why, {contact.name|friend}?", "type": "text", "literal": False},
        {"id": "how", "ask": "Refund or exchange?", "type": "one_of", "options": [
            {"id": "refund", "title": "Refund"}, {"id": "exchange", "title": "Exchange"}]},
        {"id": "count", "ask": "How many pieces?", "type": "number", "least": 1, "most": 9, "whole": True},
        {"id": "big", "branch": [
            {"when": {"all": [{"slot": "count", "above": 5}, {"open": "office"}]}, "goto": "person"},
            {"when": {"slot": "how", "is": "refund"}, "goto": "mark"}], "goto": "done"},
        {"id": "mark", "tag": "refund", "untag": ["new"]},
        {"id": "keep", "set": {"last": "{order}", "contact.last_return": "{order}"}},
        {"id": "done", "end": True, "text": "{count} of {order} ({how}): {why}"},
        {"id": "lost", "say": "No number then.", "goto": "why"},
        {"id": "person", "handoff": "care", "reason": "many", "priority": "high", "text": "Many!"},
    ],
}  # fmt: skip
OFFICE = calendar_of({"mon": ["09:00-18:00"]}, "UTC")


def built(*flows: dict[str, Any]) -> Library:
    return replace(library(*flows), calendars={"office": OFFICE}, languages=("en", "ur"), version=4)


LIBRARY = built(RETURN)


def talk(*heard: str, lib: Library = LIBRARY, around: Surroundings = AROUND) -> Step:
    """The last step of a conversation that begins with the flow."""
    step = engine.start(lib, next(iter(lib.flows)), around)
    for text in heard:
        assert step.place is not None
        kept = place_of(step.place.flow, step.place.node, step.place.kept, step.place.version)
        assert kept == step.place
        step = engine.step(lib, kept, Heard(text), around)
    return step


@pytest.mark.parametrize(
    ("heard", "node", "said"),
    [
        ((), "number", "Which order?"),
        (("what?",), "number", "Like GC-20417.\n\nWhich order?"),
        (("what?", "no idea"), "why", "No number then.\n\nWhy, Ayesha?"),
        (("skip",), "why", "No number then.\n\nWhy, Ayesha?"),
        (("gc 20417",), "why", "Why, Ayesha?"),
        (("gc 20417", "too small"), "how", "Refund or exchange?"),
        (("gc 20417", "too small", "2"), "count", "How many pieces?"),
        (
            ("gc 20417", "too small", "2", "ten"),
            "count",
            "Please write a number that fits, like 3.\n\nHow many pieces?",
        ),
        (("gc 20417", "too small", "2", "2"), None, "2 of GC-20417 (exchange): too small"),
        (("skip", "x", "2", "2"), None, "2 of (exchange): x"),
    ],
)
def test_asks(heard: tuple[str, ...], node: str | None, said: str) -> None:
    step = talk(*heard)
    assert (step.place.node if step.place else None) == node
    assert "\n\n".join(reply.text for reply in step.replies).replace("  ", " ") == said


def test_an_answer_is_kept_with_the_way_back_and_the_version() -> None:
    place = talk("gc 20417", "too small").place
    assert place == Place("returning", "how", {"order": "GC-20417", "why": "too small"}, 0,
                          ("returning:number", "returning:why"), 4)  # fmt: skip


def test_effects_are_values() -> None:
    step = talk("gc 20417", "too small", "Refund", "2")
    assert step.effects == (SetTag("refund"), SetTag("new", on=False), SetAttribute("last_return", "GC-20417"))


@pytest.mark.parametrize(("hour", "handed"), [(12, HandoffWish("care", "many", "Many!", "high")), (20, None)])
def test_a_branch_looks_at_slots_and_hours(hour: int, handed: HandoffWish | None) -> None:
    around = replace(AROUND, now=NOON.replace(hour=hour))
    assert talk("gc 20417", "too small", "Exchange", "6", around=around).handoff == handed


@pytest.mark.parametrize(("text", "sure"), [("gc 20417", True), ("skip", True)])
def test_free_words_are_no_sure_answer(text: str, sure: bool) -> None:
    assert talk(text).sure is sure
    assert talk(text, "whatever").sure is False


def test_who_has_no_answer_gets_a_person() -> None:
    flow = {"id": "a", "nodes": [{"id": "n", "ask": "Number?", "type": "number", "tries": 2}]}
    step = talk("x", "y", lib=built(flow))
    assert (step.handoff, step.understood, step.place) == (HandoffWish(None, "no fitting answer"), False, None)
    person = {"id": "talk_to_person", "nodes": [{"id": "p", "handoff": "care", "reason": "asked"}]}
    assert talk("x", "y", lib=built(flow, person)).handoff == HandoffWish("care", "asked")


@pytest.mark.parametrize(
    ("text", "node", "said"),
    [
        ("back", "why", "Why, Ayesha?"),
        ("واپس", "why", "Why, Ayesha?"),
        ("start again", "number", "Which order?"),
        ("language", "how", "Which language would you like?"),
        ("اردو", "how", "ہم اردو میں بات کریں گے۔\n\nRefund or exchange?"),
    ],
)
def test_commands(text: str, node: str, said: str) -> None:
    place = talk("gc 20417", "too small").place
    step = engine.command(LIBRARY, place, Heard(text), AROUND)
    assert step is not None
    assert step.place is not None
    assert (step.place.node, step.replies[0].text) == (node, said)


def test_back_goes_back_over_all_questions_and_then_to_the_menu() -> None:
    place = talk("gc 20417", "too small").place
    for node in ("why", "number"):
        step = engine.command(LIBRARY, place, Heard("back"), AROUND)
        assert step is not None
        place = step.place
        assert place is not None
        assert place.node == node
    assert engine.command(LIBRARY, place, Heard("back"), AROUND) is None
    with_menu = built(RETURN, {"id": "main_menu", "nodes": [{"id": "m", "say": "Menu"}]})
    menu = engine.command(with_menu, place, Heard("back"), AROUND)
    assert menu is not None
    assert menu.replies[0].text == "Menu"


@pytest.mark.parametrize("text", ["back", "start again", "hello", "", "klingon"])
def test_commands_without_use(text: str) -> None:
    assert engine.command(LIBRARY, None, Heard(text), AROUND) is None


def test_a_language_is_tapped() -> None:
    asked = engine.command(LIBRARY, None, Heard("language"), AROUND)
    assert asked is not None
    assert [(o.id, o.title) for o in asked.replies[0].options] == [("language:en", "English"), ("language:ur", "اردو")]
    step = engine.follow(LIBRARY, "language:ur", AROUND, talk().place)
    assert step is not None
    assert (step.effects, step.replies[0].text) == ((SetLanguage("ur"),), "ہم اردو میں بات کریں گے۔\n\nکون سا آرڈر؟")
    assert engine.follow(LIBRARY, "language:fr", AROUND) is None


def test_an_option_tapped_in_its_flow_goes_on_with_what_was_answered() -> None:
    place = talk("gc 20417", "too small", "1").place
    assert place is not None
    step = engine.follow(LIBRARY, "returning:how:exchange", AROUND, place)
    assert step is not None
    assert step.place is not None
    assert step.place.slots == {"order": "GC-20417", "why": "too small", "how": "exchange"}


REQUESTS = {
    "id": "asking",
    "nodes": [
        {"id": "number", "ask": "Which order?", "type": "order"},
        {"id": "crm", "lookup": "order", "by": {"number": "{number}"}, "into": "found", "missing": "none",
         "failed": "sorry"},
        {"id": "shop", "call": {"method": "POST", "url": "https://x.example/o/{number}?c={contact.name}",
                                "headers": {"X-City": "{contact.city}"}, "body": {"n": "{number}", "f": "{found}"},
                                "expects": {"eta": "text"}}, "failed": "sorry"},
        {"id": "later", "wait": {"minutes": 30}, "heard": "early"},
        {"id": "nine", "wait": {"until": "09:00"}},
        {"id": "rate", "survey": "csat", "text": "1 to 5?"},
        {"id": "tell", "say": "{found.status} {shop.eta}{shop.secret}", "goto": "end"},
        {"id": "none", "say": "No such order.", "goto": "number"},
        {"id": "sorry", "say": "Not now.", "goto": "end"},
        {"id": "early", "say": "Early!", "goto": "end"},
    ],
}  # fmt: skip


def test_requests_wait_and_their_answers_go_on() -> None:
    lib = built(REQUESTS)
    step = talk("A-1", lib=lib)
    assert step.requests == (Lookup("order", {"number": "A-1"}),)
    assert step.place is not None
    waiting = engine.step(lib, step.place, Heard("well?"), AROUND)
    assert (waiting.understood, waiting.place) == (False, replace(step.place, tries=1))
    assert [reply.text for reply in waiting.replies] == ["I am still looking, one moment please."]
    missing = engine.resume(lib, step.place, Answered(Result.MISSING), AROUND)
    assert missing.replies[0].text == "No such order.\n\nWhich order?"
    step = engine.resume(lib, step.place, Answered(Result.FOUND, {"status": "sent"}), AROUND)
    (call,) = step.requests
    assert call == Call("POST", "https://x.example/o/A-1?c=Ayesha", {"X-City": ""},
                        {"n": "A-1", "f": {"status": "sent"}}, {"eta": "text"}, 5.0)  # fmt: skip
    assert step.place is not None
    failed = engine.resume(lib, step.place, Answered(Result.FAILED), AROUND)
    assert (failed.place, failed.replies[0].text) == (None, "Not now.")
    step = engine.resume(lib, step.place, Answered(Result.FOUND, {"eta": "Monday", "secret": "s"}), AROUND)
    assert step.requests == (Wait(NOON.replace(minute=30)),)
    assert step.place is not None
    assert engine.step(lib, step.place, Heard("hey"), AROUND).replies[0].text == "Early!"
    step = engine.resume(lib, step.place, Answered(Result.FOUND), AROUND)
    assert step.requests == (Wait(NOON.replace(day=24, hour=9)),)
    assert step.place is not None
    assert engine.step(lib, step.place, Heard("hey"), AROUND).replies[0].text == "1 to 5?"
    step = engine.resume(lib, step.place, Answered(Result.FOUND), AROUND)
    assert step.place is not None
    step = engine.step(lib, step.place, Heard("پانچ"), AROUND)
    assert (step.effects, step.replies[0].text) == ((SurveyAnswered("csat", 5),), "sent Monday")


def test_values_cannot_leave_their_part_of_an_address() -> None:
    flow = {"id": "c", "nodes": [
        {"id": "name", "ask": "Name?", "type": "text"},
        {"id": "get", "call": {"url": "https://x.example/{name}"}, "failed": "end"}]}  # fmt: skip
    (call,) = talk("../../admin?x=1#y@evil", lib=built(flow)).requests
    assert isinstance(call, Call)
    assert call.url == "https://x.example/..%2F..%2Fadmin%3Fx%3D1%23y%40evil"


@pytest.mark.parametrize("place", [Place("gone", "x"), Place("returning", "gone"), Place("returning", "number")])
def test_an_answer_nobody_waits_for_is_left(place: Place) -> None:
    step = engine.resume(LIBRARY, place, Answered(Result.FOUND), AROUND)
    assert (step.place, step.understood) == (None, False)


def test_the_question_is_asked_again_as_it_was() -> None:
    place = talk("gc 20417").place
    assert place is not None
    assert engine.ask_again(LIBRARY, place, AROUND)[0].text == "Why, Ayesha?"
    assert engine.ask_again(LIBRARY, Place("gone", "x"), AROUND) == ()


@pytest.mark.parametrize(
    ("language", "name", "asked_for"),
    [("fr", "français", "Français"), ("ur-Latn", "Roman Urdu", "roman"), ("xx-Abcd", "xx-Abcd", "XX-abcd")],
)
def test_languages_are_known_by_their_own_names(language: str, name: str, asked_for: str) -> None:
    assert commands.name_of(language) == name
    assert commands.language_of(asked_for, ("en", language)) == language


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("When?", True),
        ("¿cuánto cuesta", True),
        ("kab tak aye ga", True),
        ("it is torn", False),
        ("", False),
        ("?", False),
    ],
)
def test_questions_are_told_from_statements(text: str, question: bool) -> None:
    assert is_question(text) is question


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("speak urdu please", "ur"),
        ("can you talk in English?", "en"),
        ("en español, por favor", "es"),
        ("roman urdu mein baat karo", "ur-Latn"),
        ("اردو میں بات کریں", "ur"),
        ("¿habla inglés?", "en"),
        ("I want my order in English", None),
        ("a person who speaks English", None),
        ("arabic please", None),
        ("please talk", None),
        ("", None),
    ],
)
def test_a_language_is_wished_for_in_a_sentence(text: str, language: str | None) -> None:
    assert commands.language_of(text, ("en", "ur", "ur-Latn", "es")) == language


@pytest.mark.parametrize(
    ("text", "taken_back"),
    [
        ("No, wait: change my address", True),
        ("no espera, mejor cambiar la dirección", True),
        ("nahi balke address badal do", True),
        ("نہیں بلکہ پتہ بدل دیں", True),
        ("no", False),
        ("waiting for my order", False),
        ("how do I change my mind later", False),
        ("", False),
    ],
)
def test_what_is_taken_back(text: str, taken_back: bool) -> None:
    assert takes_back(text) is taken_back
