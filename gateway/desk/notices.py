"""What the bot says for people who have a conversation: only where words may go out freely just now."""

from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.replies import Reply
from gateway.core.words import Author, Purpose
from gateway.desk import facts, outbox
from gateway.desk.explain import explain
from gateway.desk.intended import Intended
from gateway.desk.opened import OpenConversation


def tell(session: Session, conversation: OpenConversation, text: str, config: facts.Config) -> bool:
    """Say it where the customer wrote last; False: nothing may go out there. Overtaken by a claim, it is discarded."""
    here = (conversation.channel_id, conversation.address_id)
    meant = Intended(Purpose.REPLY, text=text, channel_id=here[0], address_id=here[1])
    contact = facts.gather(session, [conversation.contact_id])[conversation.contact_id]
    found = explain(meant, contact, facts.rules(session, config, clock.now()), clock.now())
    if not found.allowed or found.how != "free":
        return False
    outbox.say(
        session,
        conversation,
        Reply(text, language=conversation.language or config.business.default_language),
        author=Author.BOT,
        business=config.business,
        epoch=conversation.epoch,
    )
    return True
