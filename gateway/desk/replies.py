"""What people say to a customer: explained first, then sent, parked until they write, or refused with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import Refused
from gateway.core.replies import OutMedia, Reply
from gateway.core.words import Author, Purpose
from gateway.desk import facts, outbox, parked, sends, timers
from gateway.desk.explain import explain
from gateway.desk.intended import Explanation, Facts, Intended, Rules
from gateway.desk.opened import OpenConversation
from gateway.desk.sends import Outgoing
from gateway.models.message import Message
from gateway.models.tables import metadata

messages = metadata.tables[Message.__tablename__]
BEHIND = update(messages).where(messages.c.id == bindparam("message")).values(ladder=bindparam("rungs"))


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote: ``text`` with files, or a ``template``'s name with its variables."""

    text: str = ""
    media: Sequence[OutMedia] = ()
    template: str | None = None
    variables: dict[str, str] | None = None
    author_id: int | None = None
    client_key: str | None = None


def reply(session: Session, conversation: OpenConversation, written: Written, config: facts.Config) -> int:
    """Say it on the conversation; returns the message's id, whose state tells whether it is queued or parked.

    Raises:
        Refused: it may not go out; with the reasons and the nearest way that may.
        InvalidPayload: nothing to say, or a file that cannot go.
        Conflict: ``client_key`` names a message to somebody else.
    """
    if written.client_key is not None:
        known = outbox.said_before(session, written.client_key, conversation.contact_id)
        if known is not None:
            return known
    known_facts, rules = _look(session, conversation, written, config)
    found = explain(intended(conversation, written), known_facts, rules, clock.now())
    if not found.allowed:
        raise Refused(found.words, [(reason.refusal.value, reason.words) for reason in found.reasons])
    if written.template is not None:
        return _by_template(session, conversation, written, found, rules)
    return _say(session, conversation, written, found, known_facts, rules)


def intended(conversation: OpenConversation, written: Written) -> Intended:
    """A reply goes where the customer wrote last."""
    return Intended(
        Purpose.REPLY,
        text=written.text,
        media=tuple((file.content_type, 0) for file in written.media),
        template=written.template,
        variables=written.variables or {},
        language=conversation.language if written.template else None,
        channel_id=conversation.channel_id,
        others=True,
        address_id=conversation.address_id,
    )


def _look(
    session: Session, conversation: OpenConversation, written: Written, config: facts.Config
) -> tuple[Facts, Rules]:
    contact = facts.gather(session, [conversation.contact_id])[conversation.contact_id]
    names = [written.template] if written.template else []
    return contact, facts.rules(session, config, clock.now(), names)


def _by_template(
    session: Session, conversation: OpenConversation, written: Written, found: Explanation, rules: Rules
) -> int:
    outgoing = Outgoing(
        conversation.contact_id,
        found,
        Author.AGENT,
        written.author_id,
        conversation.id,
        client_key=written.client_key,
    )
    return sends.send(session, outgoing, rules.business)


def _say(
    session: Session,
    conversation: OpenConversation,
    written: Written,
    found: Explanation,
    contact: Facts,
    rules: Rules,
) -> int:
    waits = found.how == "parked"
    message_id = outbox.say(
        session,
        conversation,
        Reply(written.text, media=tuple(written.media), language=found.language or ""),
        author=Author.AGENT,
        business=rules.business,
        author_id=written.author_id,
        client_key=written.client_key,
        parked=waits,
    )
    if waits:
        parked.park(session, conversation.id, conversation.contact_id, message_id, contact, rules)
    elif found.rungs and not written.media:
        _set_ladder(session, conversation, message_id, found)
    return message_id


def _set_ladder(session: Session, conversation: OpenConversation, message_id: int, found: Explanation) -> None:
    """Where config gives replies a ladder: what follows if this channel fails."""
    session.execute(BEHIND, {"message": message_id, "rungs": [rung.as_row() for rung in found.rungs]})
    about = (message_id, conversation.contact_id, conversation.id)
    timers.set_all(session, [sends.step_row(*about, 0, found.rungs[0].after_seconds)])
