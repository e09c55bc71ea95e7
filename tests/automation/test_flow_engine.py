"""A contact's way through a flow, as tables: where they stood and what was heard, what is said and where they stand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.flows import engine
from automation.flows.heard import Heard
from automation.flows.model import HandoffWish, Place, Surroundings
from gateway.core.replies import Option, OutMedia, Reply
from tests.automation.flows import library

LIBRARY = library()
ENGLISH = Surroundings("en")
AT_MENU = Place("main_menu", "menu")
PHOTO = OutMedia("image/png", url="https://x.example/a.png")


def test_start_says_and_asks_in_one_message() -> None:
    step = engine.start(LIBRARY, "main_menu", ENGLISH)
    assert step.place == AT_MENU
    assert [reply.text for reply in step.replies] == ["Hello!\n\nHow can I help?"]
    assert step.replies[0].options[0] == Option("main_menu:menu:hours", "Opening hours")
    assert step.replies[0].list_button == "Choose"
    assert step.path == ("main_menu:hello", "main_menu:menu")


def test_start_in_another_language() -> None:
    step = engine.start(LIBRARY, "main_menu", Surroundings("ur"))
    assert step.replies[0].text == "سلام!\n\nکیا مدد کروں؟"
    assert [option.title for option in step.replies[0].options] == ["اوقات", "انسان", "Photo", "Nothing"]
    assert step.replies[0].language == "ur"


@pytest.mark.parametrize(
    "heard",
    [
        Heard("1"),
        Heard("opening hours"),
        Heard("OPEN!"),
        Heard("openning hours"),
        Heard("اوقات"),
        Heard("x", selection_id="main_menu:menu:hours"),
    ],
)
def test_ways_to_choose(heard: Heard) -> None:
    step = engine.step(LIBRARY, AT_MENU, heard, ENGLISH)
    assert step.understood
    assert step.replies[0].text.startswith("9 to 5\n\nHow can I help?")
    assert step.answers == ("hours",)
    assert step.place == replace(AT_MENU, trail=("main_menu:menu",))


@pytest.mark.parametrize(
    ("heard", "replies", "handoff"),
    [
        (Heard("2"), (), HandoffWish("care", "asked", "One moment")),
        (Heard("photo"), (Reply("Look", media=(PHOTO,)), Reply("Bye")), None),
        (Heard("4"), (Reply("All right. I am here if you need anything else."),), None),
    ],
)
def test_ends(heard: Heard, replies: tuple[Reply, ...], handoff: HandoffWish | None) -> None:
    step = engine.step(LIBRARY, AT_MENU, heard, ENGLISH)
    assert (step.place, step.replies, step.handoff, step.understood) == (None, replies, handoff, True)


@pytest.mark.parametrize("heard", [Heard("what?"), Heard(""), Heard("9"), Heard("2", selection_id="gone")])
def test_not_understood_keeps_the_place_and_asks_again(heard: Heard) -> None:
    step = engine.step(LIBRARY, AT_MENU, heard, ENGLISH)
    assert (step.place, step.understood) == (replace(AT_MENU, tries=1), False)
    assert step.replies[0].text == "Please choose one of these:"
    assert len(step.replies[0].options) == 4


@pytest.mark.parametrize("place", [Place("gone", "menu"), Place("main_menu", "gone"), Place("main_menu", "hello")])
def test_a_place_that_is_no_more_is_left(place: Place) -> None:
    step = engine.step(LIBRARY, place, Heard("1"), ENGLISH)
    assert (step.place, step.replies, step.understood) == (None, (), False)


@pytest.mark.parametrize(
    ("target", "texts", "handed"),
    [
        ("faq:hours", ["9 to 5"], False),
        ("faq:angry", ["Sorry"], True),
        ("flow:talk_to_person", [], True),
        ("flow:thanks", ["Welcome"], False),
        ("main_menu:menu:leave", ["All right. I am here if you need anything else."], False),
    ],
)
def test_follow(target: str, texts: list[str], handed: bool) -> None:
    step = engine.follow(LIBRARY, target, ENGLISH)
    assert step is not None
    assert ([reply.text for reply in step.replies], step.handoff is not None) == (texts, handed)


@pytest.mark.parametrize(
    "target",
    ["", ":", "::", "faq:", "faq:gone", "flow:gone", "main_menu:menu:gone", "main_menu:gone:x", "main_menu:hello:x",
     "gone:menu:x", "main_menu", "x" * 500],
)  # fmt: skip
def test_follow_nowhere(target: str) -> None:
    assert engine.follow(LIBRARY, target, ENGLISH) is None


def test_an_unknown_flow_is_not_understood() -> None:
    assert not engine.start(LIBRARY, "gone", ENGLISH).understood


@pytest.mark.parametrize(
    ("text", "interrupting", "flow"),
    [
        ("Hi!", False, "main_menu"),
        ("Hi!", True, "main_menu"),
        ("سلام", False, "main_menu"),
        ("THANKS", False, "thanks"),
        ("thanks", True, None),
        ("agent", True, "talk_to_person"),
        ("agents of change", False, None),
        ("ok start again", True, None),
        ("salam, سلام bhai", False, None),  # a word nobody listed is one too many
        ("hi there sir", True, "main_menu"),
        ("سلام بھائی", False, "main_menu"),
        ("ok thanks", False, "thanks"),
        ("Thek hai, thanks bhai!", False, "thanks"),
        ("hi thanks", False, None),  # of two flows none
        ("ok bhai", False, None),
        ("please please please please please please please please thanks", False, None),
        ("", False, None),
    ],
)
def test_triggered(text: str, interrupting: bool, flow: str | None) -> None:
    assert LIBRARY.triggered(text, interrupting=interrupting) == flow


@pytest.mark.parametrize(
    ("target", "title"),
    [
        ("faq:hours", "Hours"),
        ("flow:talk_to_person", "Talk to a person"),
        ("flow:thanks", "Choose"),
        ("faq:gone", None),
        ("x", None),
    ],
)
def test_offer(target: str, title: str | None) -> None:
    option = LIBRARY.offer(target, "en")
    assert (option.title if option else None) == title


def test_flows_that_send_each_other_round_end() -> None:
    one = {"id": "one", "nodes": [{"id": "a", "say": "1"}, {"id": "b", "flow": "two"}]}
    two = {"id": "two", "nodes": [{"id": "a", "say": "2"}, {"id": "b", "flow": "one"}]}
    step = engine.start(library(one, two), "one", ENGLISH)
    assert (step.place, len(step.path), len(step.replies)) == (None, engine.MOST_NODES, 10)
    assert step.handoff == HandoffWish(None, "the flow went round in circles")


@given(
    place=st.builds(
        Place, st.sampled_from(["main_menu", "thanks", "x"]), st.sampled_from(["menu", "hello", "", "end"])
    ),
    heard=st.builds(Heard, st.text(), st.one_of(st.none(), st.text())),
    around=st.builds(Surroundings, st.sampled_from(["en", "ur", "", "zz-"])),
)
def test_no_text_breaks_it(place: Place, heard: Heard, around: Surroundings) -> None:
    step = engine.step(LIBRARY, place, heard, around)
    assert len(step.path) <= engine.MOST_NODES
    assert step.place is None or (step.place.flow, step.place.node) == ("main_menu", "menu")
    assert engine.follow(LIBRARY, heard.text, around) is None or heard.text.count(":") >= 1
