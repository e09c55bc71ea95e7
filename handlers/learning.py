"""Keeps what a turn teaches: answers given, whether they helped, what was meant, and what had no answer."""

from sqlalchemy.orm import Session

from automation.faq.feedback import Verdict
from automation.flows import engine
from automation.flows.digression import is_question
from automation.normal import normal
from gateway.core.words import Author, Kind
from gateway.desk import answers, log
from gateway.desk.opened import OpenConversation
from handlers import waiting
from handlers.situation import Decision, Situation

MISSED = ("not_understood", "did_you_mean")
FEWEST_LETTERS = 3
"""What is shorter asks nothing."""


def learn(session: Session, conversation: OpenConversation, s: Situation, decision: Decision, message_id: int) -> None:
    """Write what follows from the decision about a message."""
    contact_id = conversation.contact_id
    if decision.verdict:
        _judged(session, conversation, decision.verdict, message_id)
    if decision.meant:
        answers.meant(session, contact_id, decision.meant)
    if decision.answers:
        asked = decision.asked is not None and decision.asked.open == decision.answers[-1]
        given, score = decision.answers, decision.score
        answers.give(session, conversation, message_id, given, language=s.language, score=score, asked=asked)
    if decision.handoff:
        _handed_over(session, conversation, decision)
    if decision.gave_up in MISSED and _asks(s):
        answers.miss(session, message_id, contact_id, language=s.language, reason=decision.gave_up)
    if decision.asked is not None and decision.asked != s.asked:
        answers.remember(session, conversation.id, decision.asked.kept)


def went_on(session: Session, conversation: OpenConversation, language: str, decision: Decision) -> None:
    """The same for a flow that went on by itself: no message was answered, but answers are given all the same."""
    if decision.answers:
        about = {"language": language, "score": None, "asked": False}
        answers.give(session, conversation, None, decision.answers, **about)  # type: ignore[arg-type]
    if decision.handoff:
        _handed_over(session, conversation, decision)


def _judged(session: Session, conversation: OpenConversation, verdict: Verdict, message_id: int) -> None:
    found = answers.judge(session, conversation.contact_id, verdict.answer, verdict.helped)
    if found is None:
        return
    if found.message_id is not None and not verdict.helped:
        about = {"language": found.language, "reason": "not_helped"}
        answers.miss(session, found.message_id, conversation.contact_id, **about)
    log.write(
        session,
        "answer_feedback",
        actor=Author.CONTACT,
        contact_id=conversation.contact_id,
        conversation_id=conversation.id,
        message_id=message_id,
        data={
            "answer": found.answer,
            "helped": verdict.helped,
            "language": found.language,
            "channel_type": found.channel_type,
            "score": found.score,
        },
    )


def _handed_over(session: Session, conversation: OpenConversation, decision: Decision) -> None:
    """An answer right before a handoff did not do, unless it said so itself or helped."""
    found = answers.hand_over(session, conversation.id)
    if found is None or found.message_id is None or found.helped or found.answer in decision.answers:
        return
    about = {"language": found.language, "reason": "handoff"}
    answers.miss(session, found.message_id, conversation.contact_id, **about)


def _asks(s: Situation) -> bool:
    """Words of the customer's own that ask something: no file, no forward, no odd reply to a question of a flow."""
    if s.event.kind is not Kind.TEXT or s.event.forwarded or len(normal(s.event.text)) < FEWEST_LETTERS:
        return False
    here = waiting.place(s)
    return here is None or not engine.matters(s.flows, here) or is_question(s.event.text)
