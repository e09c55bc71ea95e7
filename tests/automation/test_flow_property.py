"""Flows nobody thought of, and customers who write anything: it always ends in an answer, a question or a person."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from automation.flows import engine
from automation.flows.heard import Heard
from automation.flows.library import Library
from automation.flows.model import Place, Step, Surroundings, place_of
from automation.flows.requests import Answered, Result
from gateway.core.events import InboundMedia, Location
from tests.automation.flows import library

NAMES = ["a", "b", "c", "d", "e", "f"]
TARGET = st.sampled_from([*NAMES, "end"])
SLOT = st.sampled_from(["x", "y", "z"])
TEXT = st.sampled_from(["Well", "So {x} and {y|none}", "Dear {contact.name}"])
TYPE = st.sampled_from(["text", "number", "date", "email", "phone", "order", "media", "location"])
CONDITION: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"slot": SLOT, "is": st.sampled_from([1, "refund", True])}),
    st.fixed_dictionaries({"slot": SLOT, "above": st.integers(0, 5)}),
    st.fixed_dictionaries({"channel": st.just("sms")}),
    st.fixed_dictionaries({"not": st.fixed_dictionaries({"tag": st.just("vip")})}),
)
OPTION = st.fixed_dictionaries({"title": st.sampled_from(["Yes", "No", "ہاں"]), "goto": TARGET})
BESIDE: list[st.SearchStrategy[dict[str, Any]]] = [
    st.fixed_dictionaries({"say": TEXT, "goto": TARGET}),
    st.fixed_dictionaries({"ask": TEXT, "type": TYPE, "into": SLOT, "goto": TARGET},
                          optional={"tries": st.integers(1, 3), "otherwise": TARGET, "skip": TARGET}),
    st.fixed_dictionaries({"choose": TEXT, "options": st.lists(OPTION, min_size=1, max_size=4)}),
    st.fixed_dictionaries({"branch": st.lists(st.fixed_dictionaries({"when": CONDITION, "goto": TARGET}), min_size=1,
                                              max_size=3), "goto": TARGET}),
    st.fixed_dictionaries({"set": st.dictionaries(SLOT, st.sampled_from(["{x}", "{y}!", 5, True]), min_size=1),
                           "goto": TARGET}),
    st.fixed_dictionaries({"tag": st.just("vip"), "goto": TARGET}),
    st.fixed_dictionaries({"lookup": st.just("order"), "by": st.just({"number": "{x}"}), "into": SLOT, "goto": TARGET,
                           "failed": TARGET}, optional={"missing": TARGET}),
    st.fixed_dictionaries({"call": st.just({"url": "https://x.example/{x}"}), "failed": TARGET, "goto": TARGET}),
    st.fixed_dictionaries({"wait": st.just({"minutes": 5}), "goto": TARGET}, optional={"heard": TARGET}),
    st.fixed_dictionaries({"survey": st.just("nps"), "text": TEXT, "goto": TARGET}),
    st.fixed_dictionaries({"flow": st.sampled_from(["one", "two"])}),
    st.fixed_dictionaries({"answer": st.sampled_from(["hours", "angry"]), "goto": TARGET}),
    st.fixed_dictionaries({"handoff": st.just("care")}),
    st.fixed_dictionaries({"end": st.just(True)}, optional={"text": TEXT}),
]  # fmt: skip
PERSON = {"id": "talk_to_person", "nodes": [{"id": "p", "handoff": "default"}]}
HOSTILE = st.one_of(
    st.sampled_from(
        ["1", "yes", "back", "start again", "language", "{x}{y}", "gc-1", "5", "kal", "\u202e\x00", "%s" * 99]
    ),
    st.text(max_size=200),
)
HEARD = st.builds(
    Heard,
    HOSTILE,
    st.one_of(st.none(), st.sampled_from(["one:a:o0", "flow:one", "faq:hours", "language:ur", "::"])),
    st.sampled_from([(), (InboundMedia("https://x.example", "image/png"),)]),
    st.sampled_from([None, Location(1.0, 2.0)]),
)
ANSWERED = st.builds(
    Answered, st.sampled_from(Result), st.dictionaries(SLOT, st.one_of(st.text(max_size=20), st.integers()))
)


@st.composite
def libraries(draw: st.DrawFn) -> Library:
    return library(*(draw(_flow(name)) for name in ("one", "two")), PERSON)


@st.composite
def _flow(draw: st.DrawFn, name: str) -> dict[str, Any]:
    nodes = [{"id": node, **draw(st.one_of(BESIDE))} for node in NAMES]
    for node in nodes:
        node["options"] = [{"id": f"o{at}", **option} for at, option in enumerate(node.get("options", []))]
        if not node["options"]:
            del node["options"]
    return {"id": name, "nodes": nodes}


@settings(max_examples=300, deadline=None)
@given(libraries(), st.lists(st.one_of(HEARD, ANSWERED), min_size=1, max_size=8), st.sampled_from(["en", "ur", "zz-"]))
def test_every_walk_ends_in_an_answer_a_question_or_a_person(
    lib: Library, events: list[Heard | Answered], language: str
) -> None:
    around = Surroundings(language, "sms", name="{x}", tags=("vip",))
    step = engine.start(lib, "one", around)
    good(step)
    for event in events:
        if step.place is None:
            return
        place = place_of(step.place.flow, step.place.node, step.place.kept, step.place.version)
        found = react(lib, place, event, around)
        if found.place is None and not found.understood and not found.path:
            continue  # not for this place: the caller has other answers, and the menu
        step = found
        good(step)


def react(lib: Library, place: Place, event: Heard | Answered, around: Surroundings) -> Step:
    if isinstance(event, Answered):
        return engine.resume(lib, place, event, around)
    followed = engine.follow(lib, event.selection_id, around, place) if event.selection_id else None
    return followed or engine.command(lib, place, event, around) or engine.step(lib, place, event, around)


def good(step: Step) -> None:
    """Something is said, or asked of another system, or a person comes; or a wait goes on that was told of before."""
    assert step.replies or step.requests or step.handoff or (step.place and not step.understood)
    assert step.handoff or step.place or step.replies
    assert len(step.replies) <= 12
    assert len(step.path) <= engine.MOST_NODES
