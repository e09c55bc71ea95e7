"""The flow that waits for a customer: whether it still does, what comes of their words there, and how it goes on."""

from dataclasses import replace
from datetime import timedelta

from automation.flows import engine
from automation.flows.digression import is_question, takes_back
from automation.flows.library import FAQ_PREFIX
from automation.flows.mentions import as_words
from automation.flows.model import MOST_BENEATH, Place, Step, place_of
from automation.texts import lead
from gateway.core import clock
from handlers.situation import Decision, Situation

KEPT = timedelta(days=7)
"""How long a question can still be answered, or comes again, after its flow's own time is up."""


def step(s: Situation) -> Step | None:
    """What comes of the message at the open question; None when none waits, or it has waited longer than it may."""
    here = place(s)
    return engine.step(s.flows, here, s.heard, s.around) if here and _in_time(s) else None


def late_step(s: Situation) -> Step | None:
    """The same for a question whose time is up, but not long ago."""
    here = place(s)
    return engine.step(s.flows, here, s.heard, s.around) if here and not _in_time(s) else None


def asked_long_ago(s: Situation) -> Step | None:
    """The question whose time is up, asked again politely; None if there is none worth it."""
    here = place(s)
    if here is None or _in_time(s) or not engine.matters(s.flows, here):
        return None
    asked = lead(s.sentence("asked_long_ago"), engine.ask_again(s.flows, here, s.around))
    return Step(place=replace(here, tries=0), replies=asked, understood=False, path=(f"{here.flow}:{here.node}",))


def place(s: Situation) -> Place | None:
    """Where the contact stands in a flow that can still go on."""
    at = s.standing
    if not at.node or at.flow not in s.flows.flows or older(s, max(KEPT, _time(s))):
        return None
    return place_of(at.flow, at.node, at.kept, at.version)


def matters(s: Situation) -> bool:
    """Whether a question is open that they should not lose."""
    here = place(s)
    return here is not None and _in_time(s) and engine.matters(s.flows, here)


def names_something(s: Situation) -> bool:
    """A place is asked for, and a few words stand there: a name that nobody here knows looks like any question."""
    here = place(s)
    return here is not None and engine.asks_for_place(s.flows, here) and engine.may_name(s.event.text)


def resumed(s: Situation, decision: Decision, *, always: bool = False) -> Decision:
    """A question of theirs was answered in the middle of a flow: now comes the question that was open.

    One that it would be no loss to leave comes ``always`` alone, if it is asked at all.
    """
    here = place(s)
    if here is None or not _in_time(s) or not (always or matters(s)):
        return decision
    *first, answered = decision.replies
    last = replace(answered, options=())  # buttons above another question would be taken for its options
    asked = engine.ask_again(s.flows, here, s.around)
    if not asked:
        return decision
    then = (last, *asked) if last.media else lead(last.text, asked)
    return replace(decision, replies=(*first, *then), place=here, moves=True)


def beneath(s: Situation, begins: str) -> tuple[Place, ...]:
    """What waits beneath the flow that ``begins``: the question that is open, if it is worth coming back to, and
    what waited beneath it. A flow that begins anew does not wait beneath itself, nor does what they take back."""
    here = place(s)
    if here is None or not _in_time(s) or begins in (s.config.flows.menu, s.config.flows.person):
        return ()
    flat = replace(here, beneath=())
    stays = engine.matters(s.flows, here) and not takes_back(s.event.text)
    waits = (*here.beneath, flat) if stays else here.beneath
    return tuple(one for one in waits if begins not in one.run)[-MOST_BENEATH:]


def home_of(s: Situation, target: str) -> Place | None:
    """The place that an option belongs to: the open one, or one that waits beneath it."""
    here = place(s)
    if here is None:
        return None
    below = (replace(one, beneath=here.beneath[:at]) for at, one in enumerate(here.beneath))
    return next((one for one in (here, *reversed(list(below))) if target.startswith(f"{one.flow}:")), None)


def returned(s: Situation, decision: Decision) -> Decision:
    """With the question of the flow that waited beneath the one that is over."""
    if not decision.returns:
        return decision
    flows = s.flows_of(decision.returns[-1].version)
    here, replies = engine.come_back(flows, decision.returns, decision.replies, s.around)
    return replace(decision, place=here, replies=replies, moves=True, returns=())


def expects_more(s: Situation) -> bool:
    """A question is open that is worth an answer, and what they wrote asks nothing: it is rather a try to answer."""
    here = place(s)
    return here is not None and _in_time(s) and engine.matters(s.flows, here) and not is_question(s.event.text)


def is_under_way(s: Situation, target: str) -> bool:
    """An answer that would begin the open flow anew, where the customer told something in it already; of another
    order, it may."""
    here, answer = place(s), s.config.flows.answers.get(target.removeprefix(FAQ_PREFIX))
    if here is None or answer is None or answer.goto != here.flow or not _in_time(s):
        return False
    told = any(step.startswith(f"{here.flow}:") for step in here.trail)
    return told and as_words(s.event.text, s.flows.forms) == s.event.text


def older(s: Situation, age: timedelta) -> bool:
    return s.standing.since is None or clock.now() - s.standing.since > age


def _in_time(s: Situation) -> bool:
    """A question waits as long as its flow says; a flow that waits by itself, until the customer writes."""
    return bool(s.standing.kept.get("ticket")) or not older(s, _time(s))


def _time(s: Situation) -> timedelta:
    return timedelta(minutes=s.flows.flows[s.standing.flow].timeout_minutes)
