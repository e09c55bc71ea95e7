"""A small library of flows, built from what a file would hold."""

from typing import Any

from automation.faq.model import Answer
from automation.flows.build import flow_of
from automation.flows.library import Library
from automation.flows.schema import FlowSchema
from automation.sentences import SENTENCES
from automation.texts import Sentences, Texts


def english(texts: Texts) -> Texts:
    return {language or "en": text for language, text in texts.items()}


MENU = {
    "id": "main_menu",
    "triggers": {"words": {"en": ["hi", "menu"], "ur": ["سلام"]}, "interrupt": True},
    "nodes": [
        {"id": "hello", "say": {"en": "Hello!", "ur": "سلام!"}},
        {
            "id": "menu",
            "choose": {"en": "How can I help?", "ur": "کیا مدد کروں؟"},
            "options": [
                {
                    "id": "hours",
                    "title": {"en": "Opening hours", "ur": "اوقات"},
                    "words": {"en": ["open"]},
                    "goto": "tell_hours",
                },
                {"id": "person", "title": {"en": "A person", "ur": "انسان"}, "goto": "to_person"},
                {"id": "photo", "title": "Photo", "goto": "show"},
                {"id": "leave", "title": "Nothing", "goto": "end"},
            ],
        },
        {"id": "tell_hours", "answer": "hours", "goto": "menu"},
        {"id": "to_person", "flow": "talk_to_person"},
        {"id": "show", "say": "Look", "media": [{"url": "https://x.example/a.png", "content_type": "image/png"}]},
        {"id": "bye", "end": True, "text": "Bye"},
    ],
}
PERSON = {
    "id": "talk_to_person",
    "triggers": {"words": {"en": ["agent"]}, "interrupt": True},
    "nodes": [{"id": "person", "handoff": "care", "reason": "asked", "text": {"en": "One moment"}}],
}
THANKS = {
    "id": "thanks",
    "triggers": {"words": {"en": ["thanks"]}},
    "nodes": [{"id": "a", "end": True, "text": "Welcome"}],
}


def library(*flows: dict[str, Any]) -> Library:
    loaded = [FlowSchema().load(flow) for flow in (flows or (MENU, PERSON, THANKS))]
    return Library(
        flows={flow["id"]: flow_of(flow, english) for flow in loaded},
        answers={
            "hours": Answer("hours", {"en": "Hours"}, {"en": ("when",)}, {"en": "9 to 5", "ur": "9 سے 5"}),
            "angry": Answer("angry", {"en": "Angry"}, {"en": ("x",)}, {"en": "Sorry"}, goto="talk_to_person"),
        },
        sentences=Sentences(SENTENCES, "en"),
    )
