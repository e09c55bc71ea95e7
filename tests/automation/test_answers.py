"""What an answer says to whom: variants by channel, language, hours, mood and customer; files, buttons and links."""

from datetime import UTC, datetime
from typing import Any

import pytest

from automation.faq.build import answer_of
from automation.faq.schema import AnswerSchema
from automation.flows import engine
from automation.flows.library import Library
from automation.flows.model import Surroundings
from automation.scheduling.hours import calendar_of
from automation.sentences import SENTENCES
from automation.texts import Sentences
from gateway.core.replies import Option, OutMedia
from tests.automation.flows import MENU, PERSON, THANKS, english, library

NOON, NIGHT = datetime(2027, 3, 2, 12, tzinfo=UTC), datetime(2027, 3, 2, 23, tzinfo=UTC)
DELIVERY = {
    "id": "delivery",
    "title": "Delivery",
    "phrases": {"en": ["delivery"]},
    "answer": {"en": "3 days", "ur": "3 دن"},
    "upset": {"en": "Sorry! 3 days"},
    "media": [{"url": "https://x.example/map.png", "content_type": "image/png"}],
    "buttons": [
        {"title": {"en": "Hours", "ur": "اوقات"}, "answer": "hours"},
        {"title": "Thanks", "goto": "thanks"},
        {"title": "Track it", "url": "https://x.example/track"},
    ],
    "variants": [
        {"when": {"contact": "city", "is": "Lahore"}, "answer": "1 day in Lahore"},
        {"when": {"all": [{"open": "office"}, {"channel": "sms"}]}, "answer": "SMS, open"},
        {"when": {"channel": ["sms", "mms"]}, "answer": "SMS", "buttons": [{"title": "Vip", "answer": "vip"}]},
        {"when": {"tag": "vip"}, "answer": "Today", "buttons": [{"title": "Vip", "answer": "vip"}]},
    ],
}
VIP = {"id": "vip", "title": "Vip", "phrases": {"en": ["x"]}, "answer": "Vip", "when": {"tag": "vip"}}


def shop() -> Library:
    base = library()
    answers = {item["id"]: answer_of(AnswerSchema().load(item), english) for item in (DELIVERY, VIP)}
    calendars = {"office": calendar_of({"tue": ["10:00-19:00"]}, "UTC")}
    return Library(base.flows, {**base.answers, **answers}, Sentences(SENTENCES, "en"), calendars=calendars)


SHOP = shop()


@pytest.mark.parametrize(
    ("around", "text"),
    [
        ({}, "3 days\n\nTrack it: https://x.example/track"),
        ({"language": "ur"}, "3 دن\n\nTrack it: https://x.example/track"),
        ({"attributes": {"city": "lahore"}}, "1 day in Lahore"),
        ({"attributes": {"city": "Karachi"}}, "3 days\n\nTrack it: https://x.example/track"),
        ({"channel": "sms"}, "SMS, open"),
        ({"channel": "sms", "now": NIGHT}, "SMS"),
        ({"channel": "mms"}, "SMS"),
        ({"tags": ("vip",)}, "Today"),
        ({"channel": "sms", "attributes": {"city": "Lahore"}}, "1 day in Lahore"),
        ({"mood": "angry"}, "Sorry! 3 days\n\nTrack it: https://x.example/track"),
        ({"mood": "angry", "tags": ("vip",)}, "Today"),
    ],
)
def test_who_hears_what(around: dict[str, Any], text: str) -> None:
    step = engine.follow(SHOP, "faq:delivery", Surroundings(**({"now": NOON} | around)))
    assert step is not None
    assert [reply.text for reply in step.replies] == [text]


def test_files_and_buttons_come_along() -> None:
    step = engine.follow(SHOP, "faq:delivery", Surroundings("ur", "whatsapp", NOON))
    assert step is not None
    assert step.replies[0].media == (OutMedia("image/png", url="https://x.example/map.png"),)
    assert step.replies[0].options == (Option("faq:hours", "اوقات"), Option("flow:thanks", "Thanks"))
    for option in step.replies[0].options:
        assert engine.follow(SHOP, option.id, Surroundings("ur")) is not None


@pytest.mark.parametrize(("around", "options"), [(Surroundings(channel="mms"), 0), (Surroundings(tags=("vip",)), 1)])
def test_a_button_to_what_is_not_given_here_is_left_out(around: Surroundings, options: int) -> None:
    step = engine.follow(SHOP, "faq:delivery", around)
    assert step is not None
    assert len(step.replies[0].options) == options


def test_an_answer_for_others_is_as_if_unknown() -> None:
    assert engine.follow(SHOP, "faq:vip", Surroundings()) is None
    assert engine.offer(SHOP, "faq:vip", Surroundings()) is None
    assert engine.offer(SHOP, "faq:vip", Surroundings(tags=("vip",))) == Option("faq:vip", "Vip")


def test_buttons_above_a_question_give_way_to_its_options() -> None:
    menu = {**MENU, "nodes": [{"id": "first", "answer": "delivery"}, *MENU["nodes"]]}  # type: ignore[misc]
    flows = library(menu, PERSON, THANKS).flows
    step = engine.start(Library(flows, SHOP.answers, SHOP.sentences), "main_menu", Surroundings(tags=("vip",)))
    assert [len(reply.options) for reply in step.replies if reply.options][-1] == 4
    assert step.replies[-1].text.endswith("How can I help?")
