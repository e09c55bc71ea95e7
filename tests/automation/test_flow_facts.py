"""What texts tell of the business, and the way to the nearest branch."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from automation.flows import engine, facts
from automation.flows.heard import Heard
from automation.flows.library import Library
from automation.flows.model import Place, Surroundings
from automation.places import Point, branches_of, places_of
from automation.scheduling.hours import calendar_of
from gateway.core.events import Location
from tests.automation.flows import PERSON, english, library

TUESDAY = datetime(2027, 3, 2, 11, tzinfo=ZoneInfo("Asia/Karachi"))
AROUND = Surroundings("en", "whatsapp", TUESDAY)
BRANCHES: list[dict[str, Any]] = [
    {
        "id": "mall",
        "name": {"en": "Mall", "ur": "مال"},
        "address": {"en": "Floor 2"},
        "latitude": 31.4671,
        "longitude": 74.2660,
        "hours": "shops",
        "phone": "+92 42 111",
        "near": {"en": ["Johar Town"]},
    },
    {"id": "market", "name": {"en": "Market"}, "address": {"en": "Block C"}, "latitude": 31.5102, "longitude": 74.3441},
    {"id": "port", "name": {"en": "Port"}, "address": {"en": "Quay"}, "latitude": 24.8, "longitude": 67.0, "map": "https://m.example/p"},
]  # fmt: skip
TOWNS = [
    {"names": {"en": ["Lahore"]}, "latitude": 31.5204, "longitude": 74.3587},
    {"names": {"en": ["Madrid"]}, "latitude": 40.4168, "longitude": -3.7038},
]
FINDER: dict[str, Any] = {
    "id": "finder",
    "triggers": {"location": True},
    "takes": {"place": {"type": "place"}},
    "nodes": [
        {"id": "start", "branch": [{"when": {"slot": "place", "known": True}, "goto": "find"}]},
        {"id": "ask", "ask": "Where?", "type": "place", "into": "place", "skip": "none"},
        {"id": "find", "nearest": "place", "into": "shop", "far": "far", "missing": "none"},
        {"id": "tell", "say": "{shop.name} {shop.km:km} {shop.now} {shop.map} {shop.also.name|alone}", "goto": "end"},
        {"id": "far", "say": "far: {shop.name}", "goto": "end"},
        {"id": "none", "say": "none\n{branches}"},
    ],
}


def shop(branches: list[dict[str, Any]] = BRANCHES) -> Library:
    calendars = {"shops": calendar_of({"tue": ["10:00-19:00"]}, "Asia/Karachi")}
    places = places_of(TOWNS, branches)
    return replace(library(FINDER, PERSON), branches=branches_of(branches, english), places=places, calendars=calendars)


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("{hours.shops.now}!", "en", "Open now until 7 PM!"),
        ("{hours.shops.today}", "es", "de 10:00 a 19:00"),
        ("{hours.shops.week}", "en", "Monday: closed\nTuesday: 10 AM to 7 PM\nWednesday to Sunday: closed"),
        ("[{hours.gone.now}]", "en", "[]"),
        ("{hours.shops.then} {order} {", "en", "{hours.shops.then} {order} {"),
        ("{branches}", "ur", "• مال: Floor 2\n• Market: Block C\n• Port: Quay"),
        ("plain", "en", "plain"),
    ],
)
def test_facts(text: str, language: str, told: str) -> None:
    assert facts.told(text, shop(), replace(AROUND, language=language)) == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("in lahore", "Market 1.8 km https://maps.google.com/?q=31.5102,74.3441 Mall"),
        ("Johar Town", "Mall 0 km Open now until 7 PM https://maps.google.com/?q=31.4671,74.266 Market"),
        ("24.90, 67.00", "Port 11 km https://m.example/p alone"),
        ("Madrid", "far: Port"),
        ("skip", "none\n• Mall: Floor 2\n• Market: Block C\n• Port: Quay"),
    ],
)
def test_the_nearest_branch(said: str, told: str) -> None:
    waiting = Place("finder", "ask")
    step = engine.step(shop(), waiting, Heard(said), AROUND)
    assert [" ".join(reply.text.split(" ")).replace("  ", " ") for reply in step.replies] == [told]


def test_a_branch_is_told_in_a_language_that_the_business_speaks() -> None:
    speaking = replace(shop(), languages=("en", "ur"))
    here = Point(31.4671, 74.2660)
    for reader, told in (("ar", "Open now until 7 PM"), ("ur-Latn", "ہم اس وقت کھلے ہیں، شام 7 بجے تک")):
        card = facts.nearest_branch(speaking, here, replace(AROUND, language=reader))
        assert card is not None
        assert card["now"] == told


def test_what_the_flow_begins_with_need_not_be_asked() -> None:
    by_words = engine.start(shop(), "finder", replace(AROUND, heard=Heard("do you have a shop in lahore?")))
    assert by_words.replies[0].text.startswith("Market")
    pin = Location(31.4671, 74.2660, None, None)
    assert engine.start(shop(), "finder", replace(AROUND, heard=Heard(location=pin))).replies[0].text.startswith("Mall")
    assert shop().for_location() == "finder"
    assert library().for_location() is None


def test_unknown_places_are_asked_for_again_and_no_branches_are_missing() -> None:
    asked = engine.step(shop(), Place("finder", "ask"), Heard("Atlantis"), AROUND)
    assert (asked.understood, asked.place and asked.place.tries) == (False, 1)
    assert "do not know that place" in asked.replies[0].text
    step = engine.step(shop([]), Place("finder", "ask"), Heard("Lahore"), AROUND)
    assert step.replies[0].text.startswith("none")


@pytest.mark.parametrize(("said", "sure"), [("Lahore", True), ("how long does it take to Lahore?", False)])
def test_a_town_in_a_question_of_another_kind_is_no_sure_answer(said: str, sure: bool) -> None:
    assert engine.step(shop(), Place("finder", "ask"), Heard(said), AROUND).sure is sure
