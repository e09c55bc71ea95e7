"""Another system answered, or did not in time: the flow that waits for it goes on, if it still does."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from automation.flows.requests import PHRASE, Answered
from gateway.config.running import RunningConfig
from gateway.core.words import Author
from gateway.desk import log, places, requests
from gateway.desk.opened import OpenConversation, open_of
from gateway.desk.requests import Asked
from handlers.answer import Acting, carry_out
from handlers.going_on import Published, go_on, may_speak, waits_for
from handlers.learning import went_on
from handlers.phrased import phrased
from handlers.situation import decided


@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """A request that was settled in this transaction, its contact locked; ``contact_id``: whose it is by now."""

    session: Session
    asked: Asked
    contact_id: int
    answered: Answered
    config: RunningConfig
    published: Published = lambda _: None
    """An older version of the config by its number."""


def request_answered(event: RequestAnswered) -> bool:
    """Take the flow on; False: nobody waits for it any more, and the row says why."""
    conversation = open_of(event.session, event.contact_id)
    _tell(event, conversation)
    if conversation is None:
        return _dropped(event, "the bot does not have it")
    standing = places.standing(event.session, event.contact_id, conversation.address_id, conversation.channel_id)
    if not may_speak(conversation, event.config, standing):
        return _dropped(event, "the bot does not have it")
    if event.asked.kind == PHRASE:
        said = phrased(event.session, event.asked, conversation, event.answered, event.config)
        return said or _dropped(event, "the customer wrote again")
    if not waits_for(standing, event.asked.ticket):
        return _dropped(event, "the customer went on")
    step = go_on(event.session, conversation, standing, event.answered, event.config, event.published)
    language = conversation.language or event.config.business.default_language
    decision = decided("request", step)
    carry_out(Acting(event.session, event.config), conversation, language, decision, standing)
    went_on(event.session, conversation, language, decision)
    return True


def _dropped(event: RequestAnswered, why: str) -> bool:
    requests.drop(event.session, event.asked.id, why)
    return False


def _tell(event: RequestAnswered, conversation: OpenConversation | None) -> None:
    """What was done is told also where nobody waited for it: people want to know."""
    if event.asked.kind == "act":
        payload, result = event.asked.payload, event.answered.result.value
        done = {"action": payload["action"], "order": payload["fields"].get("order", ""), "result": result}
        log.write(
            event.session,
            "crm_asked",
            actor=Author.BOT,
            contact_id=event.contact_id,
            conversation_id=conversation.id if conversation else event.asked.conversation_id,
            data=done | {"refused": event.answered.value.get("refused", "")},
        )
