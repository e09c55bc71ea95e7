"""What a customer has told already is not asked again: taken from their words, or offered to tap."""

from typing import Any

import pytest

from automation.flows import engine
from automation.flows.heard import Heard
from automation.flows.library import Library
from automation.flows.mentions import as_words
from automation.flows.model import Place, Surroundings
from gateway.core.events import InboundMedia
from tests.automation.flows import library

STATUS: dict[str, Any] = {
    "id": "status",
    "takes": {"number": {"type": "order", "like": "G######"}},
    "nodes": [
        {"id": "known", "branch": [{"when": {"slot": "number", "known": True}, "goto": "tell"}]},
        {"id": "ask", "ask": "Which one?", "type": "order", "like": "G######", "into": "number",
         "suggest": "order.numbers", "skip": "none", "skip_title": "No number"},
        {"id": "tell", "end": True, "text": "About {number}"},
        {"id": "none", "end": True, "text": "No matter"},
    ],
}  # fmt: skip
ABOUT = {"id": "about", "nodes": [{"id": "on", "flow": "status"}]}
LIBRARY = library(STATUS, ABOUT)
LISTED = [{"number": "G204390", "items": "2 × Kurta"}, {"number": "G204377", "items": "1 × Shawl"}]


@pytest.mark.parametrize("flow", ["status", "about"])
@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("where is G204171?", "About G204171"),
        ("mera order g 204171 kahan hai", "About G204171"),
        ("۲۰۴۱۷۱ G204390 کہاں ہے", "About G204390"),
        ("G204171 or G204390?", "Which one?"),
        ("where is my order", "Which one?"),
        ("", "Which one?"),
    ],
)
def test_a_number_in_the_words_a_flow_begins_with_is_not_asked_for(flow: str, said: str, text: str) -> None:
    assert engine.start(LIBRARY, flow, Surroundings(heard=Heard(said))).replies[0].text == text


def test_what_an_earlier_flow_knows_goes_before_the_words() -> None:
    after = {"id": "after", "nodes": [{"id": "keep", "set": {"number": "G204102"}}, {"id": "on", "flow": "status"}]}
    step = engine.start(library(STATUS, after), "after", Surroundings(heard=Heard("and G204171?")))
    assert step.replies[0].text == "About G204102"


def asked(numbers: object, lib: Library = LIBRARY) -> Place:
    return Place("status", "ask", {"order": {"numbers": numbers}})


@pytest.mark.parametrize(
    ("numbers", "options"),
    [
        ("G204390, G204377", [("G204390", ""), ("G204377", "")]),
        (LISTED, [("G204390", "2 × Kurta"), ("G204377", "1 × Shawl")]),
        (["G204390"] * 12, [("G204390", "")] * 9),
        ("", []),
        (None, []),
        (7, []),
        ([None, {}], []),
    ],
)
def test_what_is_known_is_offered(numbers: object, options: list[tuple[str, str]]) -> None:
    (reply,) = engine.ask_again(LIBRARY, asked(numbers), Surroundings())
    *shown, skip = reply.options
    assert [(option.title, option.description) for option in shown] == options
    assert (skip.id, skip.title) == ("status:ask:skip", "No number")


@pytest.mark.parametrize(
    ("heard", "text"),
    [
        (Heard("G204377", "status:ask:G204377"), "About G204377"),
        (Heard("2"), "About G204377"),
        (Heard("۱"), "About G204390"),
        (Heard("g204391"), "About G204391"),  # nearly one of them, but a number of its own
        (Heard("3"), "No matter"),
        (Heard("x", "status:ask:skip"), "No matter"),
        (Heard("skip"), "No matter"),
        (Heard("4"), None),
        (Heard("x", "status:ask:drop table"), None),
        (Heard("x", "status:other:G204377"), None),
    ],
)
def test_ways_to_pick_what_is_offered(heard: Heard, text: str | None) -> None:
    step = engine.step(LIBRARY, asked(LISTED), heard, Surroundings())
    assert (step.replies[0].text if step.understood else None) == text


def test_an_option_of_an_old_message_still_leads_on() -> None:
    step = engine.follow(LIBRARY, "status:ask:G204377", Surroundings())
    assert step is not None
    assert step.replies[0].text == "About G204377"
    assert engine.follow(LIBRARY, "status:ask:nonsense", Surroundings()) is None


@pytest.mark.parametrize(
    ("said", "case", "text"),
    [
        ("cancel it", {"order": "G204355"}, "About G204355"),
        ("cancel G204390", {"order": "G204355"}, "About G204390"),
        ("cancel it", {"topic": "delivery"}, "Which one?"),
    ],
)
def test_the_order_that_was_spoken_of_is_not_asked_for(said: str, case: dict[str, str], text: str) -> None:
    assert engine.start(LIBRARY, "status", Surroundings(heard=Heard(said), case=case)).replies[0].text == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("where is G204171?", "where is order?"),
        ("G ۲۰۴۱۷۱ کہاں ہے", "order کہاں ہے"),
        ("g-204171", "order"),
        ("XG204171", "XG204171"),
        ("G2041711", "G2041711"),
        ("ۓ ﻻ as it was\u200c", "ۓ ﻻ as it was\u200c"),
    ],
)
def test_a_number_is_a_word_to_the_matcher(text: str, words: str) -> None:
    assert as_words(text, LIBRARY.forms) == words


PHOTO, CLIP, SHEET = (InboundMedia(f"https://x.example/{kind}", kind) for kind in ("image/png", "video/mp4", "a/b"))
DAMAGE: dict[str, Any] = {
    "id": "damage",
    "takes": {"photos": {"type": "media", "files": ["image"]}, "story": {"type": "text", "least": 12}},
    "nodes": [
        {"id": "seen", "branch": [{"when": {"slot": "photos", "known": True}, "goto": "told"}]},
        {"id": "photo", "ask": "A photo?", "type": "media", "files": "image", "into": "photos", "caption": "story",
         "skip": "told"},
        {"id": "told", "branch": [{"when": {"slot": "story", "known": True}, "goto": "done"}]},
        {"id": "story", "ask": "What is wrong?", "type": "text", "literal": True, "collect": "photos", "least": 3},
        {"id": "done", "ask": "{story}: how many?", "type": "number"},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("begins", "then", "said", "photos"),
    [
        (Heard("damaged"), [], "A photo?", 0),
        (Heard("the sleeve came torn"), [Heard("skip")], "the sleeve came torn", 0),
        (Heard("the sleeve came torn", files=(PHOTO,)), [], "the sleeve came torn", 1),
        (Heard("damaged", files=(PHOTO,)), [], "What is wrong?", 1),
        (Heard("damaged", files=(CLIP,)), [], "A photo?", 0),
        (Heard("damaged"), [Heard(files=(PHOTO,))], "What is wrong?", 1),
        (Heard("damaged"), [Heard("a hole", files=(PHOTO,))], "a hole", 1),
        (Heard("damaged"), [Heard(files=(PHOTO,)), Heard(files=(PHOTO,))], "I have added it.", 2),
        (Heard("damaged"), [Heard(files=(PHOTO,)), Heard("a hole", files=(CLIP,))], "a hole", 2),
        (Heard("damaged"), [Heard(files=(PHOTO,)), Heard("x", files=(SHEET,))], "What is wrong?", 2),
        (Heard("damaged"), [*[Heard(files=(PHOTO,))] * 14, Heard("a hole")], "a hole", 10),
    ],
)
def test_photos_and_words_that_came_are_not_asked_for(begins: Heard, then: list[Heard], said: str, photos: int) -> None:
    lib = library(DAMAGE)
    step = engine.start(lib, "damage", Surroundings(heard=begins))
    for heard in then:
        assert step.place is not None
        step = engine.step(lib, step.place, heard, Surroundings(heard=heard))
    assert said in step.replies[-1].text
    assert step.place is not None
    kept = step.place.slots.get("photos", [])
    assert len(kept if isinstance(kept, list) else [kept]) == photos


def test_a_flow_goes_on_in_the_middle_of_another() -> None:
    on = {"id": "on", "nodes": [{"id": "keep", "set": {"number": "G1"}}, {"id": "go", "flow": "status", "at": "ask"}]}
    step = engine.start(library(STATUS, on), "on", Surroundings())
    assert (step.path[-1], step.replies[0].text) == ("status:ask", "Which one?")


def test_values_are_written_in_the_language_of_the_text() -> None:
    due = {"id": "due", "nodes": [{"id": "a", "set": {"day": "2027-02-03"}}, {"id": "b", "end": True, "text": {
        "en": "Due {day}", "es": "Hasta el {day}"}}]}  # fmt: skip
    (reply,) = engine.start(library(due), "due", Surroundings("pt")).replies
    assert reply.text == "Hasta el 3 de febrero de 2027"


@pytest.mark.parametrize(("words", "ends"), [("never mind", True), ("rehne dein", True), ("go on", False)])
def test_who_gives_up_is_let_go(words: str, ends: bool) -> None:
    step = engine.command(LIBRARY, asked("G204390"), Heard(words), Surroundings())
    assert (step is not None and step.place is None and bool(step.replies)) is ends


def test_an_order_spoken_of_before_may_be_no_matter() -> None:
    here = {**STATUS, "takes": {"number": {"type": "order", "like": "G######", "here_only": True}}}
    step = engine.start(library(here), "status", Surroundings(case={"order": "G204355"}))
    assert step.replies[0].text == "Which one?"
