"""Who answers: a table of situations, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from automation.brake import QUIET, Talk
from automation.faq.model import NOTHING, Candidate, Match, Outcome
from gateway.core import clock
from gateway.core.events import MessageReceived, SeenAddress, Selection
from gateway.core.replies import Option
from gateway.core.words import AddressKind, ChannelType, Kind
from gateway.desk.places import Standing
from handlers.router import OFFER_LASTS, route
from handlers.situation import Decision, Situation
from tests.care import CONFIG

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OFFERED = (Option("faq:hours", "Opening hours"), Option("faq:refund", "Refunds"))
ASKED = Standing(flow="main_menu", node="ask", offered=(Option("main_menu:ask:hours", "Opening hours"),), since=NOW)
FULL = Talk(auto_replies=20, auto_since=NOW - timedelta(minutes=5))
OUT = Standing(opted_out=True)
STOPPABLE = Standing(offered=(Option("faq:hours", "Stop"), Option("faq:refund", "Cancel")), since=NOW)
HOURS = Match("faq:hours", 0.8, (), Outcome.ANSWER)
LIKELY = (Candidate("faq:hours", 0.3), Candidate("faq:refund", 0.28), Candidate("faq:gone", 0.2))
UNSURE = Match(None, 0.3, LIKELY, Outcome.DID_YOU_MEAN)


def situation(
    text: str = "",
    *,
    kind: Kind = Kind.TEXT,
    owner: str = "bot",
    standing: Standing | None = None,
    match: Match = NOTHING,
    tapped: str | None = None,
    channel: ChannelType = ChannelType.WHATSAPP,
    opt_out: str | None = None,
    begins: bool = False,
    language: str = "en",
    talk: Talk = QUIET,
    forwarded: bool = False,
) -> Situation:
    event = MessageReceived(
        account="A",
        external_id="SM1",
        sender="whatsapp:+14155238886",
        channel_type=channel,
        addresses=(SeenAddress(AddressKind.PHONE, "+923001234567"),),
        kind=Kind.BUTTON_REPLY if tapped else kind,
        text=text,
        selection=Selection(tapped, text) if tapped else None,
        opt_out=opt_out,
        forwarded=forwarded,
    )
    return Situation(CONFIG, event, owner, standing or Standing(), language, match, begins, talk)


def decide(situation: Situation, later: timedelta = timedelta(0)) -> Decision:
    with clock.frozen(NOW + later):
        return route(situation)


@pytest.mark.parametrize(
    ("situation", "by"),
    [
        (situation("STOP"), "consent"),
        (situation("stop", owner="agent"), "consent"),
        (situation("stop the delivery please"), "fallback"),
        (situation("hi", opt_out="STOP"), "consent"),
        (situation("start"), "fallback"),  # nobody opted out: a word like any other
        (situation("start", standing=Standing(opted_out=True)), "consent"),
        (situation("when do you open", standing=OUT, match=HOURS), "faq"),  # who writes is answered
        (situation("hello", standing=OUT, match=HOURS, channel=ChannelType.SMS), "opted_out"),
        (situation("hello", standing=OUT, owner="queue", channel=ChannelType.SMS), "agent_owned"),
        (situation("Stop", standing=STOPPABLE), "picked"),  # what the open question offers is an answer
        (situation("cancel", standing=STOPPABLE, channel=ChannelType.SMS), "picked"),
        (situation("Stop", standing=STOPPABLE, opt_out="STOP"), "consent"),  # but the provider has acted
        (situation("unsubscribe", standing=STOPPABLE), "consent"),
        (situation("Stop", tapped="faq:hours"), "tapped"),
        (situation("Stop promotions", tapped="stop"), "consent"),  # a template's own button
        (situation("cancel"), "fallback"),
        (situation("cancel", channel=ChannelType.SMS), "consent"),
        (situation("Subscribe"), "consent"),  # no mere hello
        (situation("yes", standing=OUT, channel=ChannelType.SMS), "consent"),
        (situation("yes", standing=OUT), "fallback"),
        (situation("hello", owner="queue"), "agent_owned"),
        (situation("agent", owner="agent", match=HOURS), "agent_owned"),
        (situation("👍", kind=Kind.REACTION), "reaction"),
        (situation("👍🏽 ❤️"), "reaction"),
        (situation("👍", begins=True), "fallback"),
        (situation("👍", standing=STOPPABLE), "reaction"),
        (situation("🤔"), "fallback"),
        (situation("👍 but where is it"), "fallback"),
        (situation("Opening hours", tapped="main_menu:ask:hours"), "tapped"),
        (situation("Opening hours", tapped="faq:hours", standing=ASKED), "tapped"),
        (situation("Gone", tapped="flow:gone", match=NOTHING), "fallback"),
        (situation("agent", standing=ASKED), "triggered_flow"),
        (situation("Opening hours", standing=ASKED), "waiting_flow"),
        (situation("1", standing=ASKED, match=HOURS), "waiting_flow"),
        (situation("when are you open", standing=ASKED, match=HOURS), "faq"),
        (situation("2", standing=Standing(offered=OFFERED, since=NOW)), "picked"),
        (situation("refunds", standing=Standing(offered=OFFERED, since=NOW)), "picked"),
        (situation("7", standing=Standing(offered=OFFERED, since=NOW)), "fallback"),
        (situation("hello"), "triggered_flow"),
        (situation("when do you open", match=HOURS), "faq"),
        (situation("open?", match=UNSURE), "faq"),
        (situation("xyzzy"), "fallback"),
        (situation("", kind=Kind.IMAGE), "fallback"),
        (situation("when do you open", kind=Kind.IMAGE, match=HOURS), "faq"),
        (situation("", kind=Kind.UNKNOWN), "fallback"),
    ],
)
def test_who_answers(situation: Situation, by: str) -> None:
    assert decide(situation).by == by


@pytest.mark.parametrize(("age", "by"), [(OFFER_LASTS, "picked"), (OFFER_LASTS + timedelta(seconds=1), "fallback")])
def test_old_offers_are_forgotten(age: timedelta, by: str) -> None:
    assert decide(situation("2", standing=Standing(offered=OFFERED, since=NOW)), age).by == by


@pytest.mark.parametrize(("minutes", "by"), [(60, "waiting_flow"), (61, "picked")])
def test_a_flow_waits_as_long_as_it_says(minutes: int, by: str) -> None:
    assert decide(situation("1", standing=ASKED), timedelta(minutes=minutes)).by == by


@pytest.mark.parametrize(
    ("situation", "gave_up", "offered"),
    [
        (situation("open?", match=UNSURE), "did_you_mean", ("faq:hours", "faq:refund", "flow:talk_to_person")),
        (situation("xyzzy"), "not_understood", ("main_menu:ask:hours", "main_menu:ask:person")),
        (situation("xyzzy", standing=ASKED), "not_understood", ("main_menu:ask:hours", "main_menu:ask:person")),
        (situation("when do you open", match=HOURS), "", ()),
    ],
)
def test_what_is_offered(situation: Situation, gave_up: str, offered: tuple[str, ...]) -> None:
    decision = decide(situation)
    assert (decision.gave_up, tuple(option.id for option in decision.offered)) == (gave_up, offered)


@pytest.mark.parametrize(
    ("situation", "consent", "replies"),
    [
        (situation("STOP"), "stop", 1),
        (situation("STOP", channel=ChannelType.SMS), "stop", 0),
        (situation("STOP", opt_out="STOP"), "stop", 0),
        (situation("START", opt_out="START"), "start", 0),
        (situation("start", standing=Standing(opted_out=True)), "start", 1),
        (situation("HELP", opt_out="HELP"), None, 0),
    ],
)
def test_consent_is_kept_and_told_once(situation: Situation, consent: str | None, replies: int) -> None:
    decision = decide(situation)
    assert (decision.consent, len(decision.replies)) == (consent, replies)


@pytest.mark.parametrize("begins", [True, False])
def test_the_bot_introduces_itself_where_a_conversation_begins(begins: bool) -> None:
    decision = decide(situation("when do you open", match=HOURS, begins=begins))
    assert decision.replies[0].text.startswith("Hello! I am the automatic assistant") is begins


@pytest.mark.parametrize("standing", [Standing(), ASKED])
@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        (Kind.IMAGE, "Thank you, I have received your photo."),
        (Kind.VOICE, "Thank you, I have received your voice note."),
        (Kind.UNKNOWN, "Your message has arrived"),
        (Kind.STICKER, "Please choose one of these:"),
    ],
)
def test_what_cannot_be_read_is_acknowledged_beside_the_choices(kind: Kind, begins: str, standing: Standing) -> None:
    (reply,) = decide(situation(kind=kind, standing=standing)).replies
    assert reply.text.startswith(begins)
    assert len(reply.options) == 2


def test_an_answer_in_the_middle_of_a_flow_keeps_the_place() -> None:
    assert not decide(situation("when do you open", standing=ASKED, match=HOURS)).moves
    assert decide(situation("1", standing=ASKED)).moves


def braked(ago: timedelta) -> Talk:
    return Talk(auto_replies=21, auto_since=NOW - timedelta(minutes=90), braked_at=NOW - ago)


@pytest.mark.parametrize(
    ("situation", "by", "tells", "counted"),
    [
        (situation("when do you open", match=HOURS), "faq", True, 1),
        (situation("when do you open", match=HOURS, talk=FULL), "brake", True, 21),
        (situation("agent", talk=FULL), "triggered_flow", True, None),  # people need no brake
        (situation("stop", talk=FULL), "consent", True, None),
        (situation("hello", talk=FULL, owner="agent"), "agent_owned", True, None),
        (situation("Automatic reply: on leave"), "brake", True, 1),
        (situation("Automatic reply: on leave", forwarded=True), "fallback", True, 1),
        (situation("hello", talk=braked(timedelta(minutes=59))), "brake", False, 21),
        (situation("hello", talk=braked(timedelta(minutes=59)), owner="queue"), "agent_owned", True, None),
        (situation("hello", talk=braked(timedelta(minutes=60)), owner="queue"), "noted", True, 1),  # closed
        (situation("hello", talk=braked(timedelta(minutes=60)), owner="agent"), "agent_owned", True, None),
    ],
)
def test_the_loop_brake(situation: Situation, by: str, tells: bool, counted: int | None) -> None:
    decision = decide(situation)
    assert (decision.by, decision.tells) == (by, tells)
    assert (decision.talk and decision.talk.auto_replies) == counted
    if by == "brake":
        assert (decision.handoff.reason if decision.handoff else "", decision.replies) == ("loop", ())
