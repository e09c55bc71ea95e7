"""A flow waited long enough: it goes on, if it still waits and may write; else it stays silent and keeps its place."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from automation.flows.requests import Answered, Result
from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.core.replies import Reply
from gateway.core.words import Purpose
from gateway.desk import facts, places, timers
from gateway.desk.explain import explain
from gateway.desk.intended import Explanation, Intended
from gateway.desk.opened import OpenConversation, open_of
from gateway.desk.timers import Fired
from handlers.answer import Acting, carry_out
from handlers.going_on import Published, go_on, may_speak, waits_for
from handlers.learning import went_on
from handlers.situation import decided

DONE = Answered(Result.FOUND)


def flow_waited(session: Session, timer: Fired, config: RunningConfig, published: Published) -> None:
    """Take the flow on from where it waits; the timer says what came of it."""
    conversation = open_of(session, timer.contact_id)
    if conversation is None:
        timers.settle(session, timer.id, "the bot does not have it", dropped=True)
        return
    standing = places.standing(session, timer.contact_id, conversation.address_id, conversation.channel_id)
    if not may_speak(conversation, config, standing):
        timers.settle(session, timer.id, "the bot does not have it", dropped=True)
        return
    if not waits_for(standing, timer.data["ticket"]):
        timers.settle(session, timer.id, "the customer went on", dropped=True)
        return
    step = go_on(session, conversation, standing, DONE, config, published)
    shut = _not_now(session, conversation, config, step.replies)
    if shut is None:
        language = conversation.language or config.business.default_language
        decision = decided("flow_wait", step)
        carry_out(Acting(session, config), conversation, language, decision, standing)
        went_on(session, conversation, language, decision)
        timers.settle(session, timer.id, "went on")
    elif shut.allowed and shut.not_before:
        timers.again(session, timer.id, shut.not_before)
    else:
        timers.settle(session, timer.id, "may not write now: it goes on when the customer writes", dropped=True)


def _not_now(
    session: Session, conversation: OpenConversation, config: RunningConfig, replies: Sequence[Reply]
) -> Explanation | None:
    """Why free words may not be written at this moment; None: they may."""
    meant = Intended(
        Purpose.FOLLOW_UP,
        text=next((reply.text for reply in replies if reply.text), "…"),
        language=conversation.language,
        channel_id=conversation.channel_id,
        address_id=conversation.address_id,
    )
    now = clock.now()
    contact = facts.gather(session, [conversation.contact_id])[conversation.contact_id]
    found = explain(meant, contact, facts.rules(session, config, now), now)
    free = found.allowed and found.how == "free" and (found.not_before is None or found.not_before <= now)
    return None if free else found
