"""Flows that ask, through the router and the database: digressions, late answers, commands, languages, versions."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from automation.flows.build import flow_of
from automation.flows.schema import FlowSchema
from automation.scheduling.quiet import Quiet
from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.jobs.fire_timers import fire_due
from gateway.models.contact import Contact
from gateway.models.conversation import Conversation, FlowSession
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry
from gateway.models.timer import Timer
from gateway.runtime import Runtime
from tests import care

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
RETURNING: dict[str, Any] = {
    "id": "returning",
    "triggers": {"words": {"en": ["return"]}},
    "nodes": [
        {"id": "number", "ask": {"en": "Which order, {contact.name|friend}?", "ur": "کون سا آرڈر؟"}, "type": "order",
         "like": "GC-#####", "into": "order", "tries": 2},
        {"id": "why", "ask": {"en": "Why?", "ur": "کیوں؟"}, "type": "text"},
        {"id": "mark", "tag": "returns", "untag": "new"},
        {"id": "keep", "set": {"contact.last_return": "{order}"}},
        {"id": "done", "end": True, "text": {"en": "Noted: {order}, {why}", "ur": "درج: {order}، {why}"}},
    ],
}  # fmt: skip


def config(version: int = 1, **changes: Any) -> RunningConfig:
    flow = flow_of(FlowSchema().load(RETURNING | changes), lambda texts: {lang or "en": t for lang, t in texts.items()})
    base = care.config(version)
    library = replace(base.flows, flows={**base.flows.flows, flow.id: flow}, languages=("en", "ur"), version=version)
    return replace(base, flows=library)


@pytest.fixture
def runtime(database: Database, redis_url: str) -> Runtime:
    return care.runtime_on(database, redis_url, config())


def say(runtime: Runtime, *texts: str) -> list[str]:
    """What is said to the last of several messages."""
    said = [care.write(runtime, text, ProfileName="Ayesha") for text in texts]
    return [message.text for message in said[-1]]


def place(runtime: Runtime) -> Any:
    rows = care.rows(runtime.database, FlowSession)
    return rows[0] if rows and rows[0].node else None


def test_a_whole_conversation(runtime: Runtime) -> None:
    say(runtime, "when are you open?")
    assert say(runtime, "return") == ["Which order, Ayesha?"]
    assert say(runtime, "umm") == [
        "I do not find an order number in that. It stands in the message that confirmed your order.\n\n"
        "Which order, Ayesha?"
    ]
    assert place(runtime).slots == {"tries": 1}
    assert say(runtime, "it is gc ۲۰۴۱۷") == ["Why?"]
    assert place(runtime).slots == {"slots": {"order": "GC-20417"}, "trail": ["returning:number"]}
    assert say(runtime, "too small for me") == ["Noted: GC-20417, too small for me"]
    assert place(runtime) is None
    (contact,) = care.rows(runtime.database, Contact)
    assert (contact.attributes, contact.tags) == ({"last_return": "GC-20417"}, ["returns"])


def test_a_question_in_the_middle_is_answered_and_the_flow_goes_on(runtime: Runtime) -> None:
    say(runtime, "return")
    assert say(runtime, "when are you open") == ["We are open from 10 to 8.\n\nWhich order, Ayesha?"]
    assert say(runtime, "GC-20417", "what are your opening hours?") == ["We are open from 10 to 8.\n\nWhy?"]


def test_free_words_that_resemble_a_question_of_ours_are_an_answer_all_the_same(runtime: Runtime) -> None:
    assert say(runtime, "return", "GC-20417", "refund please") == ["Noted: GC-20417, refund please"]


def test_who_finds_no_answer_gets_a_person(runtime: Runtime) -> None:
    say(runtime, "return", "umm", "no idea at all")
    (conversation,) = care.rows(runtime.database, Conversation)
    assert conversation.owner == "queue"
    assert place(runtime) is None


@pytest.mark.parametrize(("word", "owner", "flow"), [("agent", "queue", ""), ("menu", "bot", "main_menu")])
def test_a_person_and_the_menu_are_there_in_the_middle(runtime: Runtime, word: str, owner: str, flow: str) -> None:
    library = config().flows
    menu = replace(library.flows["main_menu"], interrupts=True)
    runtime.versions.running = replace(  # type: ignore[attr-defined]
        config(), flows=replace(library, flows={**library.flows, "main_menu": menu})
    )
    say(runtime, "return", word)
    (conversation,) = care.rows(runtime.database, Conversation)
    assert conversation.owner == owner
    assert (place(runtime).flow if place(runtime) else "") == flow


def test_back_and_start_again(runtime: Runtime) -> None:
    assert say(runtime, "return", "GC-20417", "back") == ["Which order, Ayesha?"]
    assert say(runtime, "GC-20418", "start again") == ["Which order, Ayesha?"]
    assert place(runtime).slots == {}


def test_the_language_is_switched_in_the_middle_and_stays(runtime: Runtime) -> None:
    said = say(runtime, "return", "اردو")
    assert said == ["ہم اردو میں بات کریں گے۔\n\nکون سا آرڈر؟"]
    assert say(runtime, "GC-20417") == ["کیوں؟"]
    (contact,) = care.rows(runtime.database, Contact)
    assert contact.language == "ur"


@pytest.mark.parametrize(
    ("later", "text", "said"),
    [
        (timedelta(minutes=59), "GC-20417", "Why?"),
        (timedelta(hours=2), "GC-20417", "Welcome back! We go on where we were.\n\nWhy?"),
        (timedelta(days=3), "GC-20417", "Welcome back! We go on where we were.\n\nWhy?"),
        (timedelta(hours=2), "xyzzy", "It has been a while. This was my last question; you can also write "
         "*start again* or *menu*.\n\nWhich order, Ayesha?"),
        (timedelta(hours=2), "when are you open", "We are open from 10 to 8."),
        (timedelta(days=8), "xyzzy", "Sorry, I did not understand that. Here is what I can help with:"),
    ],
)  # fmt: skip
def test_late_answers(runtime: Runtime, later: timedelta, text: str, said: str) -> None:
    with clock.frozen(START):
        say(runtime, "hello", "return")
    with clock.frozen(START + later):
        assert say(runtime, text) == [said]


def test_a_session_stays_on_the_version_it_began_with(runtime: Runtime) -> None:
    say(runtime, "return")
    newer = [node | {"text": {"en": "New words"}} if node["id"] == "done" else node for node in RETURNING["nodes"][1:]]
    runtime.versions.older = {1: config(1)}  # type: ignore[attr-defined]
    runtime.versions.running = config(2, nodes=[{"id": "new", "say": "Hm"}, *newer])  # type: ignore[attr-defined]
    assert say(runtime, "GC-20417") == ["Why?"]
    assert place(runtime).config_version == 1
    assert say(runtime, "too small") == ["Noted: GC-20417, too small"]
    assert say(runtime, "return") == ["Hm\n\nWhy?"]
    assert place(runtime).config_version == 2


def test_a_version_that_is_no_more_gives_way_to_the_newest(runtime: Runtime) -> None:
    say(runtime, "return")
    runtime.versions.running = config(2, nodes=RETURNING["nodes"][1:])  # type: ignore[attr-defined]
    assert say(runtime, "GC-20417") == ["Sorry, I did not understand that. Here is what I can help with:"]


def test_did_you_mean_in_the_middle_keeps_the_place(runtime: Runtime) -> None:
    say(runtime, "return")
    (again,) = say(runtime, "close money")
    assert again.startswith("I do not find an order number in that.")
    assert say(runtime, "close or money?") == ["Did you mean one of these?"]
    assert place(runtime).flow == "returning"
    assert say(runtime, "GC-20417") == ["Why?"]


def test_stop_in_the_middle_of_a_free_answer_is_stop(runtime: Runtime) -> None:
    (told,) = say(runtime, "return", "GC-20417", "STOP")
    assert "no more messages" in told


WAITING = [
    {"id": "first", "say": {"en": "We look into it."}},
    {"id": "pause", "wait": {"minutes": 120}, "heard": "early"},
    {"id": "rate", "survey": "csat", "text": {"en": "How was it, 1 to 5?", "ur": "1 سے 5؟"}, "goto": "thanks"},
    {"id": "thanks", "say": {"en": "Thank you"}, "goto": "end"},
    {"id": "early", "say": {"en": "Still on it."}, "goto": "pause"},
]


def wait(runtime: Runtime, later: timedelta) -> list[str]:
    """What is said by the time that passes."""
    before = len(care.said(runtime.database))
    with clock.frozen(START + later):
        fire_due(runtime)
    return [message.text for message in care.said(runtime.database)[before:]]


def outcomes(runtime: Runtime) -> list[tuple[str, str]]:
    return [(row.state, row.outcome) for row in care.rows(runtime.database, Timer)]


@pytest.fixture
def waiting(runtime: Runtime) -> Runtime:
    runtime.versions.running = config(nodes=WAITING)  # type: ignore[attr-defined]
    with clock.frozen(START):
        assert say(runtime, "hello", "return") == ["We look into it."]
    return runtime


def test_a_flow_goes_on_by_itself_and_its_survey_is_counted(waiting: Runtime) -> None:
    assert wait(waiting, timedelta(minutes=119)) == []
    assert wait(waiting, timedelta(minutes=120)) == ["How was it, 1 to 5?"]
    with clock.frozen(START + timedelta(minutes=121)):
        assert say(waiting, "4 stars") == ["Thank you"]
    (answered,) = [row for row in care.rows(waiting.database, LogEntry) if row.kind == "survey_answered"]
    assert answered.data == {"survey": "csat", "score": 4}
    assert outcomes(waiting) == [("fired", "went on")]


def test_the_customer_writes_before_the_time_has_come(waiting: Runtime) -> None:
    with clock.frozen(START + timedelta(minutes=90)):
        assert say(waiting, "any news") == ["Still on it."]
    assert wait(waiting, timedelta(minutes=121)) == []
    assert wait(waiting, timedelta(minutes=211)) == ["How was it, 1 to 5?"]
    assert outcomes(waiting) == [("dropped", "the customer went on"), ("fired", "went on")]


def test_nothing_is_said_into_the_talk_of_people(waiting: Runtime) -> None:
    with clock.frozen(START + timedelta(minutes=1)):
        say(waiting, "agent")
    assert wait(waiting, timedelta(hours=3)) == []
    assert outcomes(waiting) == [("dropped", "the bot does not have it")]


def test_a_shut_window_keeps_the_place_until_the_customer_writes(waiting: Runtime) -> None:
    assert wait(waiting, timedelta(hours=30)) == []
    assert outcomes(waiting) == [("dropped", "may not write now: it goes on when the customer writes")]
    with clock.frozen(START + timedelta(hours=31)):
        assert say(waiting, "any news") == ["Still on it."]


def test_quiet_hours_put_it_off(waiting: Runtime) -> None:
    night = Quiet(time(18), time(23, 59))
    running = waiting.versions.running  # type: ignore[attr-defined]
    waiting.versions.running = replace(running, quiet=night)  # type: ignore[attr-defined]
    assert wait(waiting, timedelta(minutes=120)) == []
    (timer,) = care.rows(waiting.database, Timer)
    assert (timer.state, timer.due_at) == ("pending", datetime(2026, 3, 2, 18, 59, tzinfo=UTC))


COUNTING: dict[str, Any] = {
    "id": "counting",
    "triggers": {"words": {"en": ["count"]}},
    "nodes": [{"id": "many", "ask": "How many?", "type": "number"}, {"id": "told", "say": "There are {many}."}],
}


def with_counting(version: int, **changes: Any) -> RunningConfig:
    base = config(version, **changes)
    counting = flow_of(FlowSchema().load(COUNTING), lambda texts: {lang or "en": t for lang, t in texts.items()})
    return replace(base, flows=replace(base.flows, flows={**base.flows.flows, "counting": counting}))


def test_another_flow_in_the_middle_leads_back_to_the_version_the_first_began_with(runtime: Runtime) -> None:
    first = with_counting(1, title={"en": "your return", "ur": "واپسی"})
    nodes = [RETURNING["nodes"][0] | {"ask": "The number?"}, *RETURNING["nodes"][1:]]
    runtime.versions.running = first  # type: ignore[attr-defined]
    say(runtime, "return")
    runtime.versions.running = with_counting(2, nodes=nodes)  # type: ignore[attr-defined]
    runtime.versions.older[1] = first  # type: ignore[attr-defined]
    assert say(runtime, "count") == ["How many?"]
    assert (place(runtime).flow, place(runtime).config_version) == ("counting", 2)
    assert say(runtime, "3") == ["There are 3.\n\nBack to your return:\n\nWhich order, Ayesha?"]
    assert (place(runtime).flow, place(runtime).config_version) == ("returning", 1)
    assert say(runtime, "GC-20417") == ["Why?"]


def test_a_tap_on_the_flow_that_waits_beneath_goes_on_with_it(runtime: Runtime) -> None:
    nodes = [
        RETURNING["nodes"][0],
        {"id": "why", "ask": "Why?", "type": "one_of", "options": [{"id": "size", "title": "Size"}]},
        *RETURNING["nodes"][2:],
    ]
    runtime.versions.running = with_counting(1, nodes=nodes)  # type: ignore[attr-defined]
    say(runtime, "return", "GC-20417", "count")
    tapped = care.write(runtime, "Size", ProfileName="Ayesha", ButtonPayload="returning:why:size", ButtonText="Size")
    assert [message.text for message in tapped] == ["Noted: GC-20417, size"]
    assert place(runtime) is None
