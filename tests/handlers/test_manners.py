"""How the bot behaves: honest, decent, and still where people are wanted; as tables, and a few times on a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from automation.brake import Talk
from automation.case import Case
from automation.classify import Topic, Topics
from automation.faq.model import NOTHING, Candidate, Match, Mood, Outcome
from automation.feeling import UNMOVED, felt
from automation.flows.build import flow_of
from automation.flows.schema import FlowSchema
from automation.manners import Manners
from automation.scheduling.hours import calendar_of
from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.core.business import Queue
from gateway.core.events import MessageReceived, SeenAddress, Selection
from gateway.core.replies import Option
from gateway.core.words import AddressKind, ChannelType, Kind
from gateway.desk.contacts import Found
from gateway.desk.impressions import Impression
from gateway.desk.places import Standing
from gateway.models.conversation import Conversation
from gateway.models.log_entry import LogEntry
from gateway.runtime import Runtime
from handlers import impressions
from handlers.router import route
from handlers.situation import FRESH, Decision, Situation, spoken
from tests import care

MONDAY = datetime(2026, 3, 2, 7, tzinfo=UTC)  # noon in Karachi
NIGHT = datetime(2026, 3, 2, 17, tzinfo=UTC)  # 22:00
WEEK = {day: ["10:00-19:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
HOURS = Match("faq:hours", 0.8, (), Outcome.ANSWER)
ANGRY_HOURS, ANGRY = replace(HOURS, mood=Mood.ANGRY), replace(NOTHING, mood=Mood.ANGRY)
UNSURE = Match(None, 0.3, (Candidate("faq:refund", 0.3), Candidate("faq:hours", 0.28)), Outcome.DID_YOU_MEAN)
ASKED = Standing(flow="main_menu", node="ask", offered=(Option("main_menu:ask:hours", "Opening hours"),), since=MONDAY)
REFUNDS = Topics(
    {"refunds": Topic("refunds", "Refunds", frozenset({"faq:refund"}), frozenset({"money"}))}, ("G######",)
)
NOTED = Impression(feeling=replace(UNMOVED, noted_at=MONDAY - timedelta(minutes=59)))

ASKING: dict[str, Any] = {
    "id": "talk_to_person",
    "triggers": {"words": {"en": ["agent"]}, "interrupt": True},
    "nodes": [
        {"id": "person", "handoff": "default", "reason": "asked", "then": "known"},
        {
            "id": "known",
            "branch": [
                {"when": {"mood": ["angry", "distressed"]}, "goto": "end"},
                {"when": {"case": "asked", "known": True}, "goto": "end"},
                {"when": {"case": "topic", "known": True}, "goto": "end"},
            ],
        },
        {"id": "once", "set": {"case.asked": "topic"}},
        {
            "id": "topic",
            "choose": "What is it about?",
            "options": [
                {"id": "refunds", "title": "Refunds", "goto": "keep"},
                {"id": "other", "title": "Else", "goto": "end"},
            ],
        },
        {"id": "keep", "set": {"case.topic": "refunds"}},
        {"id": "onward", "handoff": "default", "reason": "asked", "text": "Noted."},
    ],
}


def config(flow: dict[str, Any] | None = None, **changes: Any) -> RunningConfig:
    """The small business with hours, a queue for money, and its flow for people."""
    queues = (Queue("care", "Care", hours="office"), Queue("money", "Money", ("money",)), Queue("texts", "T"))
    base = care.config(business=replace(care.BUSINESS, queues=queues))
    flows = dict(base.flows.flows)
    if flow:
        built = flow_of(FlowSchema().load(flow), lambda texts: {lang or "en": text for lang, text in texts.items()})
        flows[built.id] = built
    library = replace(base.flows, flows=flows)
    hours = {"office": calendar_of(WEEK, "Asia/Karachi")}
    return replace(base, flows=library, hours=hours, topics=REFUNDS, **changes)


CONFIG = config()


def situation(
    text: str,
    match: Match = NOTHING,
    *,
    owner: str = "bot",
    standing: Standing | None = None,
    begins: bool = False,
    before: Impression = FRESH,
    running: RunningConfig = CONFIG,
    language: str = "en",
    tapped: str | None = None,
    distress: str = "",
    phone: str = "+923001234567",
) -> Situation:
    event = MessageReceived(
        account="A",
        external_id="SM1",
        sender=care.WHATSAPP.address,
        channel_type=ChannelType.WHATSAPP,
        addresses=(SeenAddress(AddressKind.PHONE, phone),),
        kind=Kind.BUTTON_REPLY if tapped else Kind.TEXT,
        text=text,
        selection=Selection(tapped, text) if tapped else None,
    )
    return Situation(
        running,
        event,
        owner,
        standing or Standing(),
        language,
        match,
        begins,
        contact=Found(1, 1, phone, language, False, ""),
        impression=impressions.heard(before, text, match, language, running.topics, distress),
        distress=distress,
        channel_id="wa",
        queue="care" if owner == "queue" else None,
    )


def decide(made: Situation) -> tuple[Decision, str]:
    decision = route(made)
    return decision, "\n".join(reply.text for reply in spoken(made.language, decision))


@pytest.fixture(autouse=True)
def monday() -> Any:
    with clock.frozen(MONDAY):
        yield


ONCE_ANGRY = Impression(felt(UNMOVED, Mood.ANGRY, MONDAY))
SOOTHED = Impression(replace(ONCE_ANGRY.feeling, since_soothed=0))
SORRY = "I can see why you would be frustrated"


@pytest.mark.parametrize(
    ("made", "by", "hands_over", "sorry"),
    [
        (lambda: situation("open???", ANGRY_HOURS), "faq", False, True),
        (lambda: situation("open???", HOURS), "faq", False, False),
        (lambda: situation("open???", ANGRY_HOURS, before=SOOTHED), "angry", True, False),  # the second in a row
        (lambda: situation("this is rubbish", ANGRY), "angry", True, True),  # and nobody has an answer
        (lambda: situation("Opening hours", ANGRY_HOURS, standing=ASKED), "waiting_flow", True, True),
        (lambda: situation("AGENT!!!", ANGRY), "triggered_flow", True, True),
        (lambda: situation("STOP", ANGRY), "consent", False, False),
        (
            lambda: situation("rubbish", ANGRY, running=config(manners=Manners(angry_unanswered="offer"))),
            "fallback", False, True,
        ),
        (
            lambda: situation("open", ANGRY_HOURS, before=SOOTHED, running=config(manners=Manners("nothing"))),
            "faq", False, False,
        ),
    ],
)  # fmt: skip
def test_anger(made: Any, by: str, hands_over: bool, sorry: bool) -> None:
    decision, said = decide(made())
    assert (decision.by, decision.handoff is not None, SORRY in said) == (by, hands_over, sorry)
    if by == "angry":
        assert decision.handoff
        assert (decision.handoff.reason, decision.handoff.priority) == ("angry", "high")


def test_a_person_is_offered_below_the_answer() -> None:
    manners = Manners("offer", "offer", empathy_every=1)
    decision, said = decide(situation("open", ANGRY_HOURS, before=SOOTHED, running=config(manners=manners)))
    assert "just write *agent*" in said
    assert [option.id for option in decision.offered] == ["flow:talk_to_person"]


def test_understanding_is_said_once_in_so_many_messages() -> None:
    impression, sorry = FRESH, []
    running = config(manners=Manners("nothing", "nothing", empathy_every=3))
    for _ in range(7):
        decision, said = decide(situation("open!", ANGRY_HOURS, before=impression, running=running))
        impression = decision.impression or FRESH
        sorry.append(SORRY in said)
    assert sorry == [True, False, False, True, False, False, True]


def test_a_flows_own_words_for_the_upset_take_the_place_of_ours() -> None:
    told = {"id": "sad", "triggers": {"words": {"en": ["late"]}},
            "nodes": [{"id": "a", "end": True, "text": "It comes.", "upset": "Sorry, it comes."}]}  # fmt: skip
    running = config(told)
    assert decide(situation("late", NOTHING, running=running))[1] == "It comes."
    decision, said = decide(situation("late", ANGRY, running=running))
    assert (said, decision.soothed) == ("Sorry, it comes.", True)


@pytest.mark.parametrize("owner", ["bot", "queue", "agent"])
@pytest.mark.parametrize("standing", [Standing(), ASKED])
@pytest.mark.parametrize("at", [MONDAY, NIGHT])
def test_distress_goes_to_people_whatever_waits(owner: str, standing: Standing, at: datetime) -> None:
    with clock.frozen(at):
        decision, said = decide(
            situation("i want to die", HOURS, owner=owner, standing=standing, begins=True, distress="self_harm")
        )
    if owner == "agent":
        assert (decision.by, said) == ("agent_owned", "")
        return
    assert decision.by == "distress"
    assert said.startswith("I am sorry that this is happening.")
    assert "emergency services" in said
    assert not any(sign.isdigit() for sign in said)
    if owner == "bot":
        assert decision.handoff
        assert (decision.handoff.reason, decision.handoff.priority) == ("distress", "urgent")
    assert decision.impression
    assert (decision.impression.priority, decision.impression.case.severity) == ("urgent", "urgent")
    with clock.frozen(at + timedelta(minutes=5)):
        again, _ = decide(situation("i want to die", owner="queue", before=decision.impression, distress="self_harm"))
    assert again.by != "distress"


def test_the_queue_for_distress_is_the_businesses_choice() -> None:
    running = config(manners=Manners(distress_queue="texts"))
    decision, _ = decide(situation("help", distress="danger", running=running))
    assert decision.handoff
    assert decision.handoff.queue == "texts"


@pytest.mark.parametrize(
    ("made", "parts"),
    [
        (lambda: situation("are you a robot?"), ["I am the automatic assistant (a bot) of Shop"]),
        (lambda: situation("kya aap insan hain", language="ur-Latn"), ["(bot) hoon, insan nahi"]),
        (lambda: situation("are you human?", begins=True), ["I am the automatic assistant (a bot) of Shop"]),
        (lambda: situation("are you a bot?", standing=ASKED), ["(a bot) of Shop", "How can I help?"]),
        (
            lambda: situation("Are you a bot? When do you open?", HOURS),
            ["(a bot) of Shop", "We are open from 10 to 8."],
        ),
        (lambda: situation("when do you open", HOURS, begins=True), ["(a bot) of Shop", "We are open from 10 to 8."]),
        (lambda: situation("agent", begins=True), ["(a bot) of Shop", "I am passing you to a person."]),
        (lambda: situation("xyzzy", begins=True), ["(a bot) of Shop", "Sorry, I did not understand"]),
    ],
)
def test_the_bot_says_that_it_is_one(made: Any, parts: list[str]) -> None:
    _, said = decide(made())
    found = [said.find(part) for part in parts]
    assert -1 not in found
    assert found == sorted(found)
    assert said.count("(a bot)") + said.count("(bot)") == 1


def test_who_asks_for_a_person_beside_it_gets_one() -> None:
    decision, _ = decide(situation("are you a bot? get me a human"))
    assert decision.handoff


@pytest.mark.parametrize(
    ("at", "language", "phone", "said"),
    [
        (MONDAY, "en", "+923001234567", "I am passing you to a person."),
        (NIGHT, "en", "+923001234567", "they are back tomorrow at 10 AM."),
        (NIGHT, "ur-Latn", "+923001234567", "woh kal subah 10 baje wapas aayein ge"),
        (NIGHT, "ur", "+923001234567", "وہ کل صبح 10 بجے واپس آئیں گے"),
        (NIGHT, "en", "+34600111222", "they are back tomorrow at 10 AM (our time)."),
        (NIGHT, "en", "+33612345678", "they are back tomorrow at 6 AM (your time)."),
        (datetime(2026, 3, 6, 15, tzinfo=UTC), "en", "+923001234567", "they are back on Monday at 10 AM."),
        (datetime(2026, 3, 6, 15, tzinfo=UTC), "ur-Latn", "+923001234567", "woh Peer ko subah 10 baje wapas aayein ge"),
        (datetime(2026, 3, 2, 2, tzinfo=UTC), "en", "+923001234567", "they are back today at 10 AM."),
    ],
)
def test_when_people_are_back(at: datetime, language: str, phone: str, said: str) -> None:
    with clock.frozen(at):
        _, told = decide(situation("agent", language=language, phone=phone))
    assert said in told


def test_a_closure_is_told_once_and_then_only_confirmed() -> None:
    with clock.frozen(NIGHT):
        first, told = decide(situation("agent"))
        assert first.impression
        assert first.impression.closed_until == datetime(2026, 3, 3, 5, tzinfo=UTC)
        assert "just ask" in told
        _, again = decide(situation("agent", before=first.impression))
        assert again == "I have noted that for my colleagues; they answer you here tomorrow at 10 AM."
    with clock.frozen(NIGHT + timedelta(days=1)):
        _, next_closure = decide(situation("agent", before=first.impression))
        assert "just ask" in next_closure


@pytest.mark.parametrize(
    ("made", "by"),
    [
        (lambda: situation("when do you open", HOURS, owner="queue"), "faq"),  # what it knows, it answers
        (lambda: situation("refund or hours", UNSURE, owner="queue"), "faq"),
        (lambda: situation("hello", owner="queue"), "noted"),  # a greeting asks for those they wait for
        (lambda: situation("menu", owner="queue"), "triggered_flow"),  # what the bot can do meanwhile
        (lambda: situation("xyzzy", owner="queue"), "noted"),
        (lambda: situation("agent", owner="queue"), "noted"),
        (lambda: situation("rubbish", ANGRY, owner="queue"), "noted"),
        (lambda: situation("are you a bot", owner="queue"), "asked_if_bot"),
        (lambda: situation("when do you open", HOURS, owner="agent"), "agent_owned"),
    ],
)
def test_who_waits_out_of_hours_is_not_left_in_silence(made: Any, by: str) -> None:
    with clock.frozen(NIGHT):
        decision, said = decide(made())
        assert decision.by == by
        assert decision.handoff is None
    assert (said == "") is (by == "agent_owned")
    decision, _ = decide(made())
    assert decision.by in ("agent_owned", "in_line")  # the queue is open: people answer


@pytest.mark.parametrize(
    ("made", "by"),
    [
        (lambda: situation("agent", owner="queue"), "in_line"),
        (lambda: situation("I need a human please", owner="queue"), "in_line"),
        (lambda: situation("menu", owner="queue"), "in_line"),
        (lambda: situation("مدد", owner="queue"), "in_line"),
        (lambda: situation("agent", owner="queue", before=NOTED), "agent_owned"),  # they heard it
        (lambda: situation("hello", owner="queue"), "agent_owned"),
        (lambda: situation("when do you open", HOURS, owner="queue"), "agent_owned"),
        (lambda: situation("agent", owner="agent"), "agent_owned"),
        (lambda: replace(situation("agent", owner="queue"), standing=Standing(opted_out=True)), "agent_owned"),
        (lambda: replace(situation("agent", owner="queue"), talk=Talk(braked_at=MONDAY)), "agent_owned"),
    ],
)
def test_who_waits_for_people_that_are_there_hears_that_they_are_in_line(made: Any, by: str) -> None:
    with clock.frozen(MONDAY):
        decision, said = decide(made())
    assert (decision.by, decision.handoff, decision.changes_place) == (by, None, False)
    assert said.startswith("You are in line, and your place is kept.") is (by == "in_line")


def test_what_only_people_can_answer_is_noted_now_and_then() -> None:
    with clock.frozen(NIGHT):
        first, _ = decide(situation("xyzzy", owner="queue"))
    assert first.impression
    with clock.frozen(NIGHT + timedelta(minutes=59)):
        assert decide(situation("xyzzy", owner="queue", before=first.impression))[0].by == "agent_owned"
        assert decide(situation("agent", owner="queue", before=first.impression))[0].by == "noted"
    with clock.frozen(NIGHT + timedelta(minutes=60)):
        assert decide(situation("xyzzy", owner="queue", before=first.impression))[0].by == "noted"


@pytest.mark.parametrize(
    ("case", "queue"),
    [(Case(), "care"), (Case(topic="refunds"), "money"), (Case(topic="gone"), "care")],
)
def test_the_right_queue_gets_it(case: Case, queue: str) -> None:
    decision, _ = decide(situation("agent", before=Impression(case=case)))
    assert decision.handoff
    assert decision.handoff.queue == queue


ASKS = config(ASKING)


@pytest.mark.parametrize(
    ("match", "before", "asks"),
    [
        (NOTHING, FRESH, True),
        (NOTHING, Impression(case=Case(topic="refunds")), False),
        (NOTHING, Impression(case=Case(asked="topic")), False),
        (ANGRY, FRESH, False),
        (UNSURE, FRESH, False),  # their words say what it is about
    ],
)
def test_only_what_is_missing_is_asked_and_of_the_calm_alone(match: Match, before: Impression, asks: bool) -> None:
    decision, said = decide(situation("agent", match, before=before, running=ASKS))
    assert decision.handoff
    assert ("What is it about?" in said) is asks
    assert (decision.place is not None, decision.leaves_nothing) == (asks, not asks)
    if asks:
        assert said.startswith("I am passing you to a person.")
        assert [option.title for option in decision.offered] == ["Refunds", "Else"]


def rows(runtime: Runtime, kind: str) -> list[Any]:
    return [row for row in care.rows(runtime.database, LogEntry) if row.kind == kind]


@pytest.fixture
def runtime(database: Any, redis_url: str) -> Runtime:
    return care.runtime_on(database, redis_url, ASKS)


def test_the_whole_way_to_the_right_queue(runtime: Runtime) -> None:
    care.write(runtime, "when are you open? my order is G204171")
    (told,) = care.write(runtime, "agent")
    assert told.text.endswith("What is it about?")
    (talk,) = care.rows(runtime.database, Conversation)
    assert (talk.owner, talk.queue, talk.case["order"], talk.case["asked"]) == ("queue", "care", "G204171", "topic")
    waiting_since = talk.waiting_since
    assert care.write(runtime, "when are you open?") == []  # people have it: only what was asked is heard
    (noted,) = care.write(runtime, "1")
    (talk,) = care.rows(runtime.database, Conversation)
    assert (noted.text, noted.status, talk.queue, talk.waiting_since) == ("Noted.", "queued", "money", waiting_since)
    assert noted.epoch == talk.epoch
    assert care.write(runtime, "1") == []
    first, second = rows(runtime, "handoff_requested")
    assert (first.data["queue"], second.data["queue"], second.data["case"]["topic"]) == ("care", "money", "refunds")


def test_mood_is_kept_told_and_raises_the_priority(runtime: Runtime) -> None:
    care.write(runtime, "when are you open?")
    care.write(runtime, "you people are liars and thieves, worst service ever!!!")
    (talk,) = care.rows(runtime.database, Conversation)
    assert (talk.mood, talk.urgency, talk.priority, talk.owner) == ("angry", "high", "high", "queue")
    (changed,) = rows(runtime, "mood_changed")
    assert changed.data == {"from": "neutral", "to": "angry", "urgency": "high", "priority": "high"}
    (asked,) = rows(runtime, "handoff_requested")
    assert (asked.data["mood"], asked.data["priority"], asked.data["reason"]) == ("angry", "high", "angry")


def test_distress_is_noticed_even_while_people_have_it(runtime: Runtime) -> None:
    care.write(runtime, "when are you open?")
    (calm,) = care.write(runtime, "my father is having a heart attack")
    assert calm.text.startswith("I am sorry that this is happening.")
    (talk,) = care.rows(runtime.database, Conversation)
    assert (talk.mood, talk.priority, talk.owner) == ("distressed", "urgent", "queue")
    assert [row.data for row in rows(runtime, "distress_noticed")] == [{"kind": "medical"}]
    assert care.write(runtime, "he cannot breathe") == []
    assert len(rows(runtime, "distress_noticed")) == 2
