"""One thing told to one contact because something happened to them: explained, then sent, put off or refused."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import InvalidPayload, NotFound
from gateway.core.events import SeenAddress
from gateway.core.recipients import read_recipient, region_of
from gateway.core.words import Author, Purpose
from gateway.desk import facts, promises, sends
from gateway.desk.campaigns import people
from gateway.desk.campaigns.meaning import purpose_of
from gateway.desk.campaigns.people import Newcomer
from gateway.desk.explain import explain
from gateway.desk.intended import Explanation, Intended
from gateway.desk.promises import Promise
from gateway.desk.sends import Outgoing
from gateway.models.contact import Contact
from gateway.models.conversation import Conversation
from gateway.models.message import Message
from gateway.models.tables import metadata

contacts, conversations, messages = (metadata.tables[m.__tablename__] for m in (Contact, Conversation, Message))

PURPOSES = (Purpose.NOTICE, Purpose.MARKETING, Purpose.FOLLOW_UP)
BY_KEY = select(messages.c.id).where(messages.c.client_key == bindparam("key"))
LOCK = select(contacts.c.id).where(contacts.c.id == bindparam("contact")).with_for_update(key_share=True)
OPEN = select(conversations.c.id).where(
    conversations.c.contact_id == bindparam("contact"), conversations.c.state != "resolved"
)


@dataclass(frozen=True, slots=True)
class Notification:
    """``to`` is an address as written, else ``contact_id`` is known; ``intended`` a template's name or free text."""

    intended: Intended
    to: str = ""
    contact_id: int | None = None
    client_key: str | None = None
    author_id: int | None = None


@dataclass(frozen=True, slots=True)
class Notified:
    """``message_id`` None: put off until ``not_before``, or refused; ``explanation`` None: the key was used before."""

    message_id: int | None
    explanation: Explanation | None
    not_before: datetime | None = None


def notify(session: Session, wanted: Notification, config: facts.Config) -> Notified:
    """Write it down to be sent, now or when quiet hours end; what may not be sent is only explained.

    Raises:
        InvalidPayload: an address that cannot exist, or a purpose that notifies nobody.
        NotFound: no such contact.
        Conflict: the key names a message to somebody else, or too much waits for this contact.
    """
    if wanted.client_key and (known := session.execute(BY_KEY, {"key": wanted.client_key}).scalar()):
        return Notified(known, None)
    intended = _completed(wanted.intended, config)
    contact_id, address_id = _whom(session, wanted, config)
    now = clock.now()
    rules = facts.rules(session, config, now, [intended.template] if intended.template else [])
    known_of = facts.gather(session, [contact_id])
    intended = replace(intended, address_id=address_id)
    found = explain(intended, known_of[contact_id], rules, now)
    if not found.allowed:
        return Notified(None, found)
    conversation_id = session.execute(OPEN, {"contact": contact_id}).scalar()
    who = (wanted.author_id, wanted.client_key)
    if found.not_before is not None and found.not_before > now:
        promises.promise(session, Promise(contact_id, intended, found.not_before, conversation_id, *who))
        return Notified(None, found, found.not_before)
    outgoing = Outgoing(contact_id, found, Author.SYSTEM, who[0], conversation_id, client_key=who[1])
    return Notified(sends.send(session, outgoing, rules.business), found)


def _completed(intended: Intended, config: facts.Config) -> Intended:
    """An advertisement is marketing, whatever it is called."""
    if intended.purpose not in PURPOSES:
        raise InvalidPayload(f"a notification is {', '.join(PURPOSES)}")
    if not intended.template or purpose_of(config.templates, intended.template, "") is not Purpose.MARKETING:
        return intended
    return replace(intended, purpose=Purpose.MARKETING, urgent=False)


def _whom(session: Session, wanted: Notification, config: facts.Config) -> tuple[int, int | None]:
    """The contact, made if nobody knows them, locked; and the address that was named."""
    contact_id, address_id = wanted.contact_id, None
    if contact_id is None:
        seen = read_recipient(wanted.to, region_of(config.business.timezone))
        found = people.known(session, [seen]).get(seen) or _made(session, seen)
        contact_id, address_id = found.contact_id, found.address_id
    if session.execute(LOCK, {"contact": contact_id}).first() is None:
        raise NotFound(f"no contact {contact_id}")
    return contact_id, address_id


def _made(session: Session, seen: SeenAddress) -> people.Known:
    people.make(session, [Newcomer(seen)])
    return people.known(session, [seen])[seen]
