"""Did this help? When it is asked, what is said to that, and what is kept of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from automation.faq.feedback import NOTHING_ASKED, Asked, Mode, Verdict, asked_of, helped, may_ask, verdict_of
from automation.faq.model import Candidate, Match, Outcome
from automation.feeling import Feeling
from automation.flows.build import flow_of
from automation.flows.schema import FlowSchema
from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.core.events import MessageReceived, SeenAddress, Selection
from gateway.core.replies import Option
from gateway.core.words import AddressKind, ChannelType, Kind
from gateway.desk.impressions import Impression
from gateway.desk.places import Standing
from gateway.jobs.fire_timers import fire_due
from gateway.models.conversation import Conversation
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry
from gateway.models.question import AnswerGiven, Label, Miss
from gateway.runtime import Runtime
from handlers.rehearsal import Rehearsal, Sent
from handlers.router import route
from handlers.situation import Decision, Situation
from tests import care

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOURS = Match("faq:hours", 0.8, (Candidate("faq:refund", 0.1),), Outcome.ANSWER)
UNSURE = Match(None, 0.3, (Candidate("faq:hours", 0.3), Candidate("faq:refund", 0.28)), Outcome.DID_YOU_MEAN)
OPEN = Asked(("hours",), True, "hours", ("faq:refund",))
NEVER = replace(care.ANSWERS["refund"], id="never", feedback=False)


def config(mode: str = Mode.ANSWERS) -> RunningConfig:
    base = care.config(1)
    flows = replace(base.flows, answers={**base.flows.answers, "never": NEVER})
    return replace(base, feedback=mode, flows=flows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes", True), ("YES!!", True), ("👍", True), ("👍🏽", True), ("Thanks a lot", True), ("shukriya", True),
        ("جی ہاں", True), ("haan ji", True), ("sí", True), ("Sí, gracias", True), ("نعم", True), ("शुक्रिया", True),
        ("obrigada", True), ("helped", True),
        ("no", False), ("Nahi", False), ("nahiii", False), ("نہیں", False), ("👎", False), ("no me ayudó", False),
        ("لا", False), ("didn't help", False), ("não", False),
        ("yes but where is my order", None), ("no idea where it is", None), ("", None), ("1", None), ("hello", None),
    ],
)  # fmt: skip
def test_what_people_say_to_it(text: str, expected: bool | None) -> None:
    assert helped(text) is expected


@pytest.mark.parametrize(
    ("mode", "before", "expected"),
    [
        (Mode.OFF, NOTHING_ASKED, False),
        (Mode.ANSWERS, NOTHING_ASKED, True),
        (Mode.ANSWERS, Asked(("refund",), last=True), False),
        (Mode.ANSWERS, Asked(("refund",), last=False), True),
        (Mode.ANSWERS, Asked(("hours",), last=False), False),
        (Mode.ONCE, NOTHING_ASKED, True),
        (Mode.ONCE, Asked(("refund",), last=False), False),
    ],
)
def test_when_it_is_asked(mode: str, before: Asked, expected: bool) -> None:
    assert may_ask(mode, "hours", before) is expected


@pytest.mark.parametrize(
    ("option", "verdict"),
    [
        ("helped:yes:hours", Verdict("hours", True)),
        ("helped:no:hours", Verdict("hours", False)),
        ("helped:maybe:hours", None),
        ("helped:yes:", None),
        ("faq:hours", None),
    ],
)
def test_options(option: str, verdict: Verdict | None) -> None:
    assert verdict_of(option) == verdict


@pytest.mark.parametrize("asked", [NOTHING_ASKED, OPEN, Asked(unsure=True, denied=True)])
def test_what_is_kept_comes_back(asked: Asked) -> None:
    assert asked_of(asked.kept) == asked


def decide(text: str = "", *, tapped: str = "", running: RunningConfig | None = None, **changes: Any) -> Decision:
    event = MessageReceived(
        account="A",
        external_id="SM1",
        sender="whatsapp:+14155238886",
        channel_type=changes.pop("channel", ChannelType.WHATSAPP),
        addresses=(SeenAddress(AddressKind.PHONE, "+923001234567"),),
        kind=changes.pop("kind", Kind.BUTTON_REPLY if tapped else Kind.TEXT),
        text=text,
        selection=Selection(tapped, text) if tapped else None,
        forwarded=changes.pop("forwarded", False),
    )
    given = {"owner": "bot", "standing": Standing(), "language": "en", "match": Match(None, 0, (), Outcome.NONE)}
    with clock.frozen(NOW):
        return route(Situation(running or config(), event, **(given | changes)))


def test_it_comes_as_buttons_on_the_answer() -> None:
    decision = decide("when are you open?", match=HOURS)
    assert decision.replies[0].text == "We are open from 10 to 8.\n\nDid this help?"
    assert decision.replies[0].options == (Option("helped:yes:hours", "Yes"), Option("helped:no:hours", "No"))
    assert decision.asked == OPEN


def test_it_comes_as_words_where_there_are_no_buttons() -> None:
    decision = decide("when are you open?", match=HOURS, channel=ChannelType.SMS, language="ur-Latn")
    assert decision.replies[0].text.endswith("Kya is se madad mili? Haan ya nahi likhein.")
    assert (decision.replies[0].options, decision.changes_place) == ((), False)


@pytest.mark.parametrize(
    "changes",
    [
        {"running": config(Mode.OFF)},
        {"impression": Impression(feeling=Feeling(anger=1.0))},
        {"match": replace(HOURS, answer_id="faq:never")},
        {"asked": Asked(("refund",), last=True)},
        {"asked": Asked(("hours",))},
        {"forwarded": True},
        {"running": config(Mode.ONCE), "asked": Asked(("refund",))},
    ],
)
def test_it_is_not_asked(changes: dict[str, Any]) -> None:
    decision = decide("when are you open?", **({"match": HOURS} | changes))
    assert decision.answers
    assert all("help?" not in reply.text and not reply.options for reply in decision.replies)
    assert decision.asked is not None
    assert not decision.asked.open


@pytest.mark.parametrize(
    ("heard", "verdict", "said"),
    [
        ({"text": "yes"}, Verdict("hours", True), "Good to know"),
        ({"text": "👍"}, Verdict("hours", True), "Good to know"),
        ({"tapped": "helped:yes:hours"}, Verdict("hours", True), "Good to know"),
        ({"text": "👍", "kind": Kind.REACTION}, Verdict("hours", True), None),
        ({"text": "nahi"}, Verdict("hours", False), "Did you mean one of these?"),
        ({"tapped": "helped:no:hours"}, Verdict("hours", False), "Did you mean one of these?"),
        ({"tapped": "helped:no:refund"}, Verdict("refund", False), "in other words"),
        ({"tapped": "helped:no:gone"}, None, ""),
        ({"text": "yes", "channel": ChannelType.SMS}, Verdict("hours", True), "Good to know"),  # no START here
        ({"text": "when are you open?", "match": UNSURE}, None, "Did you mean"),
        ({"text": "yes", "asked": NOTHING_ASKED}, None, ""),
        ({"tapped": "helped:yes:hours", "owner": "agent"}, Verdict("hours", True), None),
        ({"text": "yes", "owner": "agent"}, None, None),
    ],
)
def test_what_is_heard(heard: dict[str, Any], verdict: Verdict | None, said: str | None) -> None:
    decision = decide(**({"asked": OPEN} | heard))
    assert decision.verdict == verdict
    assert (said is None) == (not decision.replies)
    assert said is None or said in decision.replies[-1].text


def test_no_offers_what_came_next_and_a_second_no_a_person() -> None:
    decision = decide("no", asked=OPEN)
    assert [option.id for option in decision.replies[0].options] == ["faq:refund", "flow:talk_to_person"]
    assert decision.asked is not None
    again = decide("nahi", asked=decision.asked, standing=Standing(offered=decision.offered, since=NOW))
    assert again.handoff is not None


def test_in_a_rehearsal_too() -> None:
    rehearsal = Rehearsal(config(), NOW)
    assert rehearsal.hear(Sent("what time do you close"))[1][-1].text.endswith("Did this help?")
    assert rehearsal.hear(Sent("yes"))[0].verdict == Verdict("hours", True)


@pytest.fixture
def runtime(database: Database, redis_url: str) -> Runtime:
    return care.runtime_on(database, redis_url, config())


def test_what_is_kept(runtime: Runtime) -> None:
    care.write(runtime, "what time do you close")
    care.write(runtime, "yes")
    (given,) = care.rows(runtime.database, AnswerGiven)
    assert (given.answer, given.language, given.channel_type, given.asked) == ("hours", "en", "whatsapp", True)
    assert given.helped is True
    (label,) = care.rows(runtime.database, Label)
    assert (label.message_id, label.target, label.fits, label.source) == (
        given.message_id, "faq:hours", True, "feedback"
    )  # fmt: skip
    (entry,) = [row for row in care.rows(runtime.database, LogEntry) if row.kind == "answer_feedback"]
    assert entry.data["helped"] is True
    assert care.rows(runtime.database, Miss) == []


def test_an_answer_that_did_not_help_is_a_miss_until_they_pick_another(runtime: Runtime) -> None:
    care.write(runtime, "what time do you close")
    care.write(runtime, "no")
    (miss,) = care.rows(runtime.database, Miss)
    (given,) = care.rows(runtime.database, AnswerGiven)
    assert (miss.reason, miss.message_id, given.helped) == ("not_helped", given.message_id, False)
    (conversation,) = care.rows(runtime.database, Conversation)
    assert conversation.asked["denied"] is True
    care.write(runtime, "no")
    (conversation,) = care.rows(runtime.database, Conversation)
    (given,) = care.rows(runtime.database, AnswerGiven)
    assert (conversation.owner, given.handed_over_at is None) == ("queue", False)


def test_what_nobody_understood_is_a_miss(runtime: Runtime) -> None:
    care.write(runtime, "qwertz uiop asdf")
    care.write(runtime, "ok")
    (miss,) = care.rows(runtime.database, Miss)
    assert miss.reason == "not_understood"


def test_a_message_takes_along_all_that_is_known_of_it(runtime: Runtime) -> None:
    care.write(runtime, "what time do you close")
    care.write(runtime, "no")
    with runtime.database.begin() as session:
        for table in (AnswerGiven, Miss, Label):
            assert session.query(table).count() == 1
        given = session.query(AnswerGiven).one()
        session.connection().exec_driver_sql(f"DELETE FROM messages WHERE id = {given.message_id}")
    for table in (AnswerGiven, Miss, Label):
        assert care.rows(runtime.database, table) == []


def test_an_answer_that_a_flow_gives_by_itself_counts_too(database: Database, redis_url: str) -> None:
    nodes = [{"id": "pause", "wait": {"minutes": 5}}, {"id": "tell", "answer": "hours"}]
    data = {"id": "later", "triggers": {"words": {"en": ["later"]}}, "nodes": nodes}
    flow = flow_of(FlowSchema().load(data), lambda texts: {lang or "en": text for lang, text in texts.items()})
    base = config()
    running = replace(base, flows=replace(base.flows, flows={**base.flows.flows, "later": flow}))
    runtime = care.runtime_on(database, redis_url, running)
    care.write(runtime, "later")
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        fire_due(runtime)
    (given,) = care.rows(database, AnswerGiven)
    assert (given.answer, given.message_id, given.asked) == ("hours", None, False)


class Unsure:
    """A matcher that never knows."""

    def match(self, text: str, language: str | None = None) -> Match:
        return UNSURE

    def stand_in(self, before: object) -> None:
        """Needs none."""


@pytest.mark.parametrize(
    ("picked", "target", "misses"),
    [("2", "faq:refund", 0), ("Opening hours", "faq:hours", 0), ("3", None, 1), ("something else", None, 2)],
)
def test_what_was_meant_is_what_is_picked(
    sqlite: Database, redis_url: str, picked: str, target: str | None, misses: int
) -> None:
    runtime = care.runtime_on(sqlite, redis_url, replace(config(), faq=Unsure()))
    care.write(runtime, "money and hours")
    care.write(runtime, picked)
    labels = [(label.message_id, label.target, label.source) for label in care.rows(sqlite, Label)]
    assert labels == ([(1, target, "picked")] if target else [])
    assert len(care.rows(sqlite, Miss)) == misses
