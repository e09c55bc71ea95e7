"""A language model was asked for words about a message: they are said, or what would have been said without it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from automation.faq.model import match_of
from automation.flows.requests import Answered, Result
from gateway.config.running import RunningConfig
from gateway.core.events import MessageReceived, SeenAddress
from gateway.core.words import AddressKind, Author, ChannelType, Kind
from gateway.desk import contacts, impressions, log, places, received, requests
from gateway.desk.arrivals import so_far
from gateway.desk.opened import OpenConversation
from gateway.desk.requests import Asked
from gateway.desk.written import Written, written
from handlers.answer import Acting, carry_out
from handlers.learning import learn
from handlers.router import route
from handlers.situation import Situation, Words


def phrased(
    session: Session, asked: Asked, conversation: OpenConversation, answered: Answered, config: RunningConfig
) -> bool:
    """Answer the message now; False: the customer has written again meanwhile, and that was answered."""
    message_id = requests.message_of(asked)
    message = written(session, message_id)
    if message is None or requests.heard_last(session, conversation.id) != message_id:
        return False
    situation = _situation(session, asked.payload, conversation, message, config, answered)
    decision = route(situation)
    acting = Acting(session, config, message_id=message_id)
    carry_out(acting, conversation, situation.language, decision, situation.standing)
    learn(session, conversation, situation, decision, message_id)
    if decision.talk is not None:
        received.talked(session, conversation.id, decision.talk)
    _tell(session, asked, conversation, answered, message_id)
    return True


def _situation(
    session: Session,
    payload: Mapping[str, Any],
    conversation: OpenConversation,
    message: Written,
    config: RunningConfig,
    answered: Answered,
) -> Situation:
    """As it was when they wrote, but for what has happened since."""
    contact = conversation.contact_id
    talk, asked = so_far(session, conversation.id)
    return Situation(
        config=config,
        event=_event(message, conversation),
        owner=conversation.owner,
        standing=places.standing(session, contact, conversation.address_id, conversation.channel_id),
        language=payload["language"],
        match=match_of(payload["match"]),
        talk=talk,
        contact=contacts.known(session, contact, conversation.address_id),
        asked=asked,
        impression=impressions.of(conversation),
        words=_words(answered),
        channel_id=conversation.channel_id,
        queue=conversation.queue,
    )


def _event(message: Written, conversation: OpenConversation) -> MessageReceived:
    return MessageReceived(
        account=message.account,
        external_id=message.external_id,
        sender="",
        channel_type=ChannelType(message.channel_type),
        addresses=(SeenAddress(AddressKind.PHONE, conversation.address),),
        kind=Kind(message.kind),
        text=message.text,
    )


def _words(answered: Answered) -> Words | None:
    if answered.result is not Result.FOUND:
        return None
    value: Mapping[str, Any] = answered.value
    return Words(str(value["answer"]), tuple(value["cited"]))


def _tell(session: Session, asked: Asked, conversation: OpenConversation, answered: Answered, message_id: int) -> None:
    """What came of it, also where the customer got the usual answer."""
    found: Mapping[str, Any] = answered.value
    outcome = "answered" if answered.result is Result.FOUND else found.get("refused", "no_answer_in_time")
    log.write(
        session,
        "language_model_asked",
        actor=Author.BOT,
        contact_id=conversation.contact_id,
        conversation_id=conversation.id,
        message_id=message_id,
        data={"use": asked.payload["use"], "outcome": outcome, "cited": list(found.get("cited", ()))},
    )
