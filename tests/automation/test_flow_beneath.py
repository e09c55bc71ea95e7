"""A flow that begins in the middle of another: that one waits beneath it, and comes back when it is over."""

from dataclasses import replace
from typing import Any

import pytest

from automation.flows import engine
from automation.flows.heard import Heard
from automation.flows.model import MOST_BENEATH, Place, Step, Surroundings, place_of
from automation.flows.requests import Answered, Result
from gateway.core.replies import Option, OutMedia, Reply
from tests.automation.flows import MENU, PERSON, library

HERE = Surroundings("en")
OUTER: dict[str, Any] = {
    "id": "outer",
    "title": {"en": "your return", "ur": "آپ کی واپسی"},
    "nodes": [{"id": "why", "ask": {"en": "Why?", "ur": "کیوں؟"}, "type": "text"}, {"id": "done", "say": "Noted"}],
}
INNER: dict[str, Any] = {
    "id": "inner",
    "nodes": [
        {"id": "how", "ask": "How many?", "type": "number"},
        {"id": "told", "say": "All {how} are here."},
        {"id": "more", "choose": "Anything else?", "remind": False,
         "options": [{"id": "no", "title": "No", "goto": "end"}]},
    ],
}  # fmt: skip
INFORMS = {"id": "informs", "nodes": [INNER["nodes"][2] | {"choose": "It has left. All right?"}]}
SILENT = {"id": "silent", "nodes": [{"id": "a", "tag": "x"}]}
ASKS = {"id": "asks", "nodes": [{"id": "a", "lookup": "order", "failed": "b"}, {"id": "b", "say": "Not known"}]}
THROUGH = {"id": "through", "nodes": [{"id": "a", "flow": "outer"}]}
HANDS = {"id": "hands", "nodes": [{"id": "a", "handoff": "default", "then": "b"}, INNER["nodes"][0] | {"id": "b"}]}
LIBRARY = library(OUTER, INNER, INFORMS, SILENT, ASKS, THROUGH, HANDS, PERSON, MENU)
PICTURE = OutMedia("image/png", url="https://x.example/a")
WAITS = Place("outer", "why", {"order": "G1"}, trail=("outer:order",), version=3)


def began(flow: str, *beneath: Place) -> Step:
    return engine.start(LIBRARY, flow, HERE, beneath or (WAITS,))


def after(step: Step, said: str) -> Step:
    assert step.place
    return engine.step(LIBRARY, kept(step.place), Heard(said), HERE)


def kept(place: Place) -> Place:
    """As it comes back from the database."""
    return place_of(place.flow, place.node, place.kept, place.version)


def test_it_waits_beneath_with_all_that_was_told() -> None:
    step = began("inner")
    assert step.place
    assert kept(step.place) == step.place
    assert step.place.beneath == (WAITS,)
    again = after(step, "many")
    assert again.place
    assert (again.understood, again.place.beneath) == (False, (WAITS,))


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (after(began("inner"), "3"), ("All 3 are here.",)),
        (began("informs"), ("It has left. All right?",)),
        (began("silent"), ()),
        (engine.resume(LIBRARY, replace(WAITS, flow="asks", node="a", beneath=(WAITS,)), Answered(Result.FAILED), HERE),
         ("Not known",)),
    ],
    ids=["a courtesy is not waited for", "but said, where it is all that is", "nothing to say", "an answer came"],
)  # fmt: skip
def test_when_it_is_over_the_other_comes_back(step: Step, said: tuple[str, ...]) -> None:
    assert (step.place, tuple(reply.text for reply in step.replies), step.returns) == (None, said, (WAITS,))


@pytest.mark.parametrize(
    ("said", "language", "texts"),
    [
        ((Reply("Done", options=(Option("a", "A"),)),), "en", ["Done\n\nBack to your return:\n\nWhy?"]),
        ((), "ur", ["اب واپس آپ کی واپسی کی طرف:\n\nکیوں؟"]),
        ((Reply("A", media=(PICTURE,)),), "en", ["A", "Back to your return:\n\nWhy?"]),
    ],
    ids=["in one message, without buttons above it", "in Urdu", "below a picture"],
)  # fmt: skip
def test_its_question_comes_again_with_a_polite_line(said: tuple[Reply, ...], language: str, texts: list[str]) -> None:
    deeper = replace(WAITS, flow="inner", node="how")
    place, replies = engine.come_back(LIBRARY, (deeper, replace(WAITS, tries=2)), said, Surroundings(language))
    assert place == replace(WAITS, beneath=(deeper,))
    assert [reply.text for reply in replies] == texts
    assert all(not reply.options for reply in replies)


def test_a_flow_without_a_title_comes_back_too() -> None:
    _, replies = engine.come_back(LIBRARY, (Place("inner", "how"),), (), HERE)
    assert replies[0].text == "Back to my question:\n\nHow many?"


@pytest.mark.parametrize(
    ("said", "text"), [((), "All right. I am here if you need anything else."), ((Reply("So"),), "So")]
)
def test_a_question_that_is_no_more_does_not_come_back(said: tuple[Reply, ...], text: str) -> None:
    place, replies = engine.come_back(LIBRARY, (Place("gone", "x"),), said, HERE)
    assert (place, [reply.text for reply in replies]) == (None, [text])


@pytest.mark.parametrize("word", ["never mind", "start again"])
def test_words_that_clear_all(word: str) -> None:
    place = began("inner").place
    found = engine.command(LIBRARY, place, Heard(word), HERE)
    assert found
    assert found.returns == ()
    assert found.place is None or found.place.beneath == ()


def test_back_before_the_first_question_leads_to_the_other() -> None:
    found = engine.command(LIBRARY, began("inner").place, Heard("back"), HERE)
    assert found
    assert (found.place, found.returns) == (None, (WAITS,))


def test_what_another_did_on_the_way_does_not_come_back() -> None:
    step = after(began("through"), "too small")
    assert (step.returns, [reply.text for reply in step.replies]) == ((), ["Noted"])


def test_who_gets_a_person_is_asked_for_nothing_else_afterwards() -> None:
    step = began("hands")
    assert step.place
    assert (step.place.handed, step.place.beneath) == (True, ())
    over = after(step, "5")
    assert (over.replies, over.returns, over.place) == ((), (), None)


def test_no_more_wait_than_may() -> None:
    places = tuple(replace(WAITS, node=f"n{at}") for at in range(9))
    deep = replace(WAITS, flow="inner", node="how", beneath=places)
    assert kept(deep).beneath == places[-MOST_BENEATH:]


ACTS = {
    "id": "acts",
    "nodes": [
        {"id": "sure", "choose": "Sure?", "options": [{"id": "yes", "title": "Yes", "goto": "do"}]},
        {"id": "do", "act": "cancel_order", "with": {"order": "{order}"}, "failed": "end"},
    ],
}
SPEAKS = {
    "id": "speaks",
    "nodes": [
        {"id": "number", "ask": "Which one?", "type": "order"},
        {"id": "sure", "choose": "Sure?", "options": [{"id": "yes", "title": "Yes", "goto": "done"}]},
        {"id": "done", "say": "{number} is done."},
    ],
}
ONLY_ONWARD = {"id": "onward", "slots": ["number"], "nodes": [{"id": "a", "say": "{number} is late."}]}


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("speaks:sure:yes", "speaks:number"),
        ("acts:sure:yes", "main_menu:menu"),
        ("flow:onward", "main_menu:menu"),
        ("flow:speaks", "speaks:number"),
    ],
    ids=["it would speak of nothing", "it would act on nothing", "it has no beginning of its own", "it has one"],
)
def test_an_old_button_never_leads_to_words_about_nothing(target: str, path: str) -> None:
    acts = ACTS | {"nodes": [{"id": "first", "say": "About {order}"}, *ACTS["nodes"]], "slots": ["order"]}
    lib = library(acts, SPEAKS, ONLY_ONWARD, MENU, PERSON)
    step = engine.follow(lib, target, HERE)
    assert step
    assert step.path[-1] == path


@pytest.mark.parametrize(
    ("said", "goto", "kept"),
    [
        ("GC-20417", "outer", {"order": "GC-20417"}),
        ("ali@example.com", "proof", {"mail": "ali@example.com"}),
        ("0300 1234567", "outer", {"phone": "03001234567"}),
        ("no idea", "", {}),
    ],
)
def test_something_else_may_be_taken_for_an_answer(said: str, goto: str, kept: dict[str, str]) -> None:
    nodes = [
        {"id": "number", "ask": "Which?", "type": "order", "like": "GC-#####", "into": "order", "goto": "outer",
         "instead": {"mail": {"type": "email", "goto": "proof"}, "phone": {"type": "phone"}}},
        {"id": "outer", "ask": "Why?", "type": "text"},
        {"id": "proof", "ask": "And the number?", "type": "order"},
    ]  # fmt: skip
    step = engine.step(library({"id": "x", "nodes": nodes}), Place("x", "number"), Heard(said), HERE)
    assert step.place
    assert (step.understood, step.place.node, step.place.slots) == (bool(goto), goto or "number", kept)
