"""Asks whether an answer helped, seldom enough not to annoy, and hears what is said to that."""

from dataclasses import replace

from automation.faq.feedback import Asked, Verdict, helped, may_ask, option_id, verdict_of
from automation.faq.model import Mood
from automation.feeling import DISTRESSED
from automation.flows import choices, engine
from automation.flows.library import FAQ_PREFIX, FLOW_PREFIX
from gateway.core.capabilities import capabilities_of
from gateway.core.replies import Option, Reply
from gateway.core.words import Kind, Owner
from handlers import waiting
from handlers.situation import Decision, Situation, decided

BUTTONS = 2
GUESSED = ("did_you_mean", "not_helped")
"""After these the options shown are our guesses: the one picked is what was meant."""


def feedback(s: Situation) -> Decision | None:
    """What the customer says of an answer: thanks, or what else it may have been, or at last a person."""
    if s.event.selection is None and s.asked.denied and _free(s) and helped(s.event.text) is False:
        return decided("feedback", engine.start(s.config.flows, s.config.flows.person, s.around))
    verdict = _verdict(s)
    if verdict is None or verdict.answer not in s.config.flows.answers:
        return None
    if s.owner != Owner.BOT or (s.event.kind is Kind.REACTION and verdict.helped):
        return Decision("feedback", verdict=verdict)
    if verdict.helped:
        return Decision("feedback", (Reply(s.sentence("helped_thanks"), language=s.language),), verdict=verdict)
    return _not_helped(s, verdict)


def asked(s: Situation, decision: Decision) -> Decision:
    """The decision with the question added where it is time for it, and what is to be remembered of it."""
    if not decision.replies and not decision.handoff:
        return decision
    answer = decision.answers[-1] if decision.answers else ""
    asks = bool(answer) and _may_ask(s, decision, answer)
    before = s.asked
    now = Asked(
        answers=(*before.answers, answer) if asks else before.answers,
        last=asks if answer else before.last,
        open=answer if asks else "",
        others=tuple(candidate.target for candidate in s.match.runner_ups[:3]) if asks else (),
        unsure=decision.gave_up in GUESSED,
        denied=decision.gave_up == "not_helped",
    )
    guess = decision.target.startswith((FAQ_PREFIX, FLOW_PREFIX))
    picked = before.unsure and guess and decision.target != f"{FLOW_PREFIX}{s.config.flows.person}"
    meant = decision.target if picked else ""
    replies = _with_question(s, decision, answer) if asks else decision.replies
    return replace(decision, replies=replies, asked=now, meant=meant)


def _may_ask(s: Situation, decision: Decision, answer_id: str) -> bool:
    """No flow gave it, nothing else is asked, nobody is angry, and it is not too soon."""
    answer = s.config.flows.answers[answer_id]
    busy = decision.place or decision.handoff or decision.requests or decision.offered or waiting.place(s)
    fits = answer.feedback and answer.goto is None and not decision.path and bool(decision.replies[-1].text)
    if busy or not fits or s.around.mood in (Mood.ANGRY, DISTRESSED) or s.event.forwarded:
        return False
    return may_ask(s.config.feedback, answer_id, s.asked)


def _with_question(s: Situation, decision: Decision, answer: str) -> tuple[Reply, ...]:
    """On the answer itself: as buttons where the channel has them, else as words."""
    *first, last = decision.replies
    tapping = capabilities_of(s.event.channel_type).buttons >= BUTTONS
    question = s.sentence("helped_question" if tapping else "helped_question_plain")
    words = (("helped_yes", True), ("helped_no", False))
    options = tuple(Option(option_id(answer, yes), s.sentence(key)) for key, yes in words)
    return (*first, replace(last, text=f"{last.text}\n\n{question}", options=options if tapping else ()))


def _verdict(s: Situation) -> Verdict | None:
    """By a tap, however old the message; by words or a thumb only right after the question."""
    if s.event.selection is not None:
        return verdict_of(s.event.selection.id)
    if not s.asked.open or not _free(s):
        return None
    said = helped(s.event.text)
    if said is not None:
        return Verdict(s.asked.open, said)
    return verdict_of(choices.pick(s.standing.offered, s.heard) or "")


def _free(s: Situation) -> bool:
    """The bot has the conversation, and no question of a flow is open."""
    return s.owner == Owner.BOT and not s.standing.opted_out and waiting.place(s) is None


def _not_helped(s: Situation, verdict: Verdict) -> Decision:
    """What came next to the answer, and a person."""
    flows = s.config.flows
    person = f"{FLOW_PREFIX}{flows.person}"
    others = s.asked.others if s.asked.open == verdict.answer else ()
    targets = [target for target in dict.fromkeys(others) if target not in (f"{FAQ_PREFIX}{verdict.answer}", person)]
    options = [option for target in (*targets, person) if (option := engine.offer(flows, target, s.around))]
    text = s.sentence("not_helped" if len(options) > 1 else "not_helped_alone")
    reply = Reply(text, tuple(options), language=s.language, list_button=s.sentence("list_button"))
    here = waiting.place(s)
    return Decision("feedback", (reply,), place=here, moves=True, gave_up="not_helped", verdict=verdict)
