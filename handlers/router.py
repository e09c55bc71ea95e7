"""Who answers a message: the first responder with a decision. Pure: nothing here reads or writes."""

from dataclasses import replace
from datetime import timedelta

from automation import brake
from automation.brake import Course
from automation.consent import START, STOP
from automation.courtesy import is_kind_sign
from automation.faq.model import Outcome
from automation.flows import choices, commands, engine
from automation.flows.digression import is_question
from automation.flows.library import FAQ_PREFIX, FLOW_PREFIX
from automation.flows.model import HandoffWish, Step
from automation.person import wants_person
from automation.texts import lead
from gateway.core import clock
from gateway.core.replies import Option, Reply
from gateway.core.words import ChannelType, Kind, Owner
from handlers import phrasing, waiting
from handlers.feedback import asked, feedback
from handlers.handing import settled
from handlers.manners import as_they_wait, asked_if_bot, by_night, distressed, for_the_angry, honestly, in_line, kindly
from handlers.situation import Decision, Situation, decided

OFFER_LASTS = timedelta(hours=24)
"""How long "2" still means the second of the options shown last."""

PROVIDER_ANSWERS_STOP = (ChannelType.SMS, ChannelType.MMS)
"""Where the carrier reads along: it stops our sender, confirms that, and refuses what we send from then on."""

CHOSEN = ("feedback", "tapped", "waiting_flow", "late_answer", "picked")
"""Responders to one of our own options or questions: only people answer these, if not any words would do."""

ACKNOWLEDGED: dict[Kind, str] = {
    Kind.IMAGE: "photo_received",
    Kind.VOICE: "voice_received",
    Kind.AUDIO: "voice_received",
    Kind.VIDEO: "media_received",
    Kind.DOCUMENT: "media_received",
    Kind.LOCATION: "location_received",
    Kind.CONTACT: "contact_received",
    Kind.UNKNOWN: "unknown_received",
    Kind.STICKER: "not_understood",
    Kind.FLOW_REPLY: "not_understood",
}
"""What the bot says of what it cannot read; other kinds: it did not understand."""


def route(situation: Situation) -> Decision:
    """The decision of the first responder that has one, as the bot behaves; with how it goes to people, if it does."""
    found = next(found for responder in RESPONDERS if (found := responder(situation)))
    found = waiting.returned(situation, found)
    usual = _braked(situation, phrasing.worded(situation, found))
    decision = phrasing.pending(situation, usual) or _behaved(situation, usual)
    return settled(situation.config, situation.whom, situation.impression, honestly(situation, decision))


def _behaved(s: Situation, decision: Decision) -> Decision:
    if s.owner == Owner.BOT:
        decision = asked(s, for_the_angry(s, decision))
    return kindly(s, as_they_wait(s, decision))


def _braked(s: Situation, decision: Decision) -> Decision:
    """The decision if the bot may go on talking; else people are asked to, and the customer is told once."""
    if not decision.replies or decision.handoff or decision.consent or decision.by == "distress":
        return decision
    text = "" if s.event.forwarded else s.event.text
    verdict = brake.judge(s.talk, text, clock.now(), s.config.brake, chosen=decision.by in CHOSEN and decision.sure)
    if verdict.course is Course.GO:
        return replace(decision, talk=verdict.talk)
    tells = verdict.course is Course.BRAKE
    wish = HandoffWish(None, "loop", s.sentence("loop_told"))
    return Decision("brake", handoff=wish, tells=tells, gave_up="loop", talk=verdict.talk)


def consent(s: Situation) -> Decision | None:
    """STOP and START, from the provider's own flag or as the whole message; where the provider answers, we do not."""
    flag = (s.event.opt_out or "").lower()
    if flag == "help":
        return Decision("consent")
    wish = flag or _wish(s)
    if wish == STOP:
        return Decision("consent", _told(s, flag, "opted_out_told"), consent=STOP)
    if wish == START and (flag or s.standing.opted_out):
        return Decision("consent", _told(s, flag, "opted_in_told"), consent=START)
    if wish == START and s.config.consent.is_subscription(s.event.text) and not s.config.flows.triggered(s.event.text):
        return Decision("consent", _told(s, flag, "subscribed_told"), consent=START)
    return None


def agent_owned(s: Situation) -> Decision | None:
    """People have the conversation, or are asked for: the bot is silent.

    But it takes what it asked itself while they wait, says now and then that they are in line, answers what it knows
    when nobody is there, and is not silent for long after it asked for people itself, to end a loop.
    """
    if s.owner == Owner.BOT or (s.owner == Owner.QUEUE and brake.is_over(s.talk, clock.now())) or by_night(s):
        return None
    return (_asked_as_they_wait(s) or in_line(s) if s.owner == Owner.QUEUE else None) or Decision("agent_owned")


def _asked_as_they_wait(s: Situation) -> Decision | None:
    """The answer to the question that the handoff's own flow asked, and to no other."""
    here = waiting.place(s)
    if here is None or brake.is_braked(s.talk, clock.now()):
        return None
    found = waiting_flow(s) if s.event.selection is None else tapped(s)
    own = found and found.sure and found.path and found.path[0].startswith(f"{here.flow}:")
    return found if own and not (s.event.selection and not s.event.selection.id.startswith(f"{here.flow}:")) else None


def opted_out(s: Situation) -> Decision | None:
    """Who writes to us is answered whatever they opted out of; but on SMS the provider lets no answer through."""
    if not s.standing.opted_out or s.event.channel_type not in PROVIDER_ANSWERS_STOP:
        return None
    return Decision("opted_out", handoff=HandoffWish(None, "opted_out"), tells=False, gave_up="opted_out")


def reaction(s: Situation) -> Decision | None:
    return Decision("reaction") if s.event.kind is Kind.REACTION else None


def kind_sign(s: Situation) -> Decision | None:
    """A thumb or a heart where nothing is asked is a reaction in other clothes: silence is the polite answer."""
    quiet = not s.begins and not waiting.matters(s) and is_kind_sign(s.event.text)
    return Decision("reaction") if quiet else None


def tapped(s: Situation) -> Decision | None:
    """An option of ours, however old the message it stands in."""
    return _follow(s, "tapped", s.event.selection.id) if s.event.selection else None


def interrupting_flow(s: Situation) -> Decision | None:
    """Words that work in the middle of anything: the menu, and a person in whatever words."""
    flow = s.config.flows.triggered(s.event.text, interrupting=True) or _person(s)
    return decided("triggered_flow", engine.start(s.config.flows, flow, s.around)) if flow else None


def _person(s: Situation) -> str | None:
    person = s.config.flows.person
    asked = wants_person(s.event.text) and not commands.language_of(s.event.text, s.config.flows.languages)
    return person if asked and person in s.config.flows.flows else None


def command(s: Situation) -> Decision | None:
    """Back, start again, a language: unless it answers what is asked, and not just any words would."""
    step = waiting.step(s)
    if step and step.understood and step.sure:
        return None
    found = engine.command(s.flows, waiting.place(s), s.heard, s.around)
    return decided("command", found) if found else None


def waiting_flow(s: Situation) -> Decision | None:
    """The answer to the question that is open; a question in return, where any words would do, is none."""
    step = waiting.step(s)
    if step is None or not step.understood or _picked_of_others(s):
        return None
    if not step.sure and s.match.outcome is Outcome.ANSWER and is_question(s.event.text):
        return None
    return decided("waiting_flow", step)


def picked(s: Situation) -> Decision | None:
    """One of the options shown last, by its number or its words."""
    target = _picked(s)
    return _follow(s, "picked", target) if target else None


def late_answer(s: Situation) -> Decision | None:
    """A clear answer to a question of days ago: taken up where they left."""
    step = waiting.late_step(s)
    if step is None or not step.understood or not step.sure:
        return None
    return decided("late_answer", step).led_by(lead(s.sentence("picked_up"), step.replies))


def triggered_flow(s: Situation) -> Decision | None:
    """Words that start a flow, or a location that nobody asked for."""
    flow = s.config.flows.triggered(s.event.text) or _by_location(s)
    if not flow:
        return None
    return decided("triggered_flow", engine.start(s.config.flows, flow, s.around, waiting.beneath(s, flow)))


def _by_location(s: Situation) -> str | None:
    """The flow for who shares a location, unless a question of ours is open."""
    return s.config.flows.for_location() if s.event.location and not waiting.matters(s) else None


def faq(s: Situation) -> Decision | None:
    if s.match.outcome is Outcome.ANSWER and s.match.answer_id:
        if waiting.is_under_way(s, s.match.answer_id):
            return None
        answer = _follow(s, "faq", s.match.answer_id)
        return replace(answer, score=s.match.score) if answer else None
    if s.match.outcome is Outcome.DID_YOU_MEAN and not waiting.names_something(s) and not waiting.expects_more(s):
        return _did_you_mean(s)
    return None


def still_asking(s: Situation) -> Decision | None:
    """Another system's answer is on its way: said once, then awaited in silence."""
    here = waiting.place(s)
    step = waiting.step(s) if here and engine.awaits_answer(s.flows, here) else None
    return replace(decided("still_asking", step), moves=step.place != here) if step else None


def fallback(s: Situation) -> Decision:
    """Nobody has an answer: say what came, if it is nothing to read, and ask the waiting question or show the menu."""
    step = waiting.step(s) or waiting.asked_long_ago(s)
    waits = step is not None and bool(step.replies or step.handoff or step.requests or step.returns)
    asked = step if step and waits else engine.start(s.config.flows, s.config.flows.menu, s.around)
    key = ACKNOWLEDGED.get(s.event.kind, "fallback")
    key = "" if waits and key in ("fallback", "not_understood") else key  # what waits says itself what it looks for
    replies = _with_choices(s.sentence(key), asked) if key else asked.replies
    return replace(decided("fallback", asked), replies=replies, gave_up="not_understood")


RESPONDERS = (
    consent,
    distressed,
    feedback,
    agent_owned,
    opted_out,
    reaction,
    tapped,
    asked_if_bot,
    interrupting_flow,
    command,
    waiting_flow,
    picked,
    late_answer,
    kind_sign,
    triggered_flow,
    faq,
    still_asking,
    fallback,
)


def _wish(s: Situation) -> str | None:
    """The wish that the whole message is, unless it answers the question that is open, or taps an option of ours."""
    wish = s.config.consent.wish_of(s.event.text, on_sms=s.event.channel_type in PROVIDER_ANSWERS_STOP)
    found = (responder(s) for responder in (feedback, tapped, waiting_flow, picked)) if wish else ()
    return None if any(answer and answer.sure for answer in found) else wish


def _told(s: Situation, flag: str, key: str) -> tuple[Reply, ...]:
    if flag or s.event.channel_type in PROVIDER_ANSWERS_STOP:
        return ()
    return (Reply(text=s.sentence(key), language=s.language),)


def _picked(s: Situation) -> str | None:
    if not s.standing.offered or waiting.older(s, OFFER_LASTS):
        return None
    return choices.pick(s.standing.offered, s.heard)


def _picked_of_others(s: Situation) -> bool:
    """What was shown last are not the options of the question that is open, and one of them is meant."""
    own = f"{s.standing.flow}:{s.standing.node}:"
    return not any(option.id.startswith(own) for option in s.standing.offered) and _picked(s) is not None


def _follow(s: Situation, by: str, target: str) -> Decision | None:
    """What an option leads to. An answer of the FAQ in the middle of a flow leaves the flow where it was."""
    home = waiting.home_of(s, target)
    library = s.flows_of(home.version) if home else s.config.flows
    step = engine.follow(library, target, s.around, home or waiting.place(s), waiting.beneath(s, _flow_of(s, target)))
    if step is None:
        return None
    decision = replace(decided(by, step), target=target)
    if not target.startswith(FAQ_PREFIX) or decision.place or decision.handoff or decision.returns:
        return decision
    return waiting.resumed(s, replace(decision, moves=False))


def _flow_of(s: Situation, target: str) -> str:
    """The flow that begins with a target; empty: none does."""
    kind, _, name = target.partition(":")
    if f"{kind}:" == FAQ_PREFIX and name in s.config.flows.answers:
        return s.config.flows.answers[name].goto or ""
    return name if f"{kind}:" == FLOW_PREFIX else ""


def _did_you_mean(s: Situation) -> Decision | None:
    flows = s.config.flows
    targets = dict.fromkeys([*(c.target for c in s.match.runner_ups), f"flow:{flows.person}"])
    options: list[Option] = [o for target in targets if (o := engine.offer(flows, target, s.around))]
    if not options:
        return None
    asked = Reply(
        text=s.sentence("did_you_mean"),
        options=tuple(options),
        language=s.language,
        list_button=s.sentence("list_button"),
    )
    return Decision("faq", (asked,), place=waiting.place(s), moves=True, score=s.match.score, gave_up="did_you_mean")


def _with_choices(text: str, asked: Step) -> tuple[Reply, ...]:
    """``text`` in place of the question's own, above its options; above a question without options, or a notice."""
    if asked.replies and asked.replies[-1].options:
        return (replace(asked.replies[-1], text=text),)
    return lead(text, asked.replies)
