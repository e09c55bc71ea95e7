"""The ledger of consent: who agreed to hear from us or asked us to stop, how and when; each row takes effect at once.

Rows are only added. The newest one of an address and a channel holds; ``gateway.desk.opt_outs`` keeps the stops.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.business import Channel
from gateway.core.errors import InvalidPayload, NotFound
from gateway.core.matching import match_key, read_address
from gateway.core.words import AddressKind, Author, ChannelType, ConsentSource, Wish
from gateway.desk import log, opt_outs
from gateway.models.contact import Address, Consent, Contact
from gateway.models.tables import metadata

DETAIL_LIMIT, PROMPT_LIMIT = 80, 64
REACHES: dict[ChannelType, tuple[AddressKind, ...]] = {
    ChannelType.WHATSAPP: (AddressKind.PHONE, AddressKind.BSUID),
    ChannelType.MESSENGER: (AddressKind.PSID,),
}
"""Kinds of address a channel type goes to, where it is not phone numbers alone."""

consents, addresses, contacts = (metadata.tables[model.__tablename__] for model in (Consent, Address, Contact))
ADD = insert(consents).returning(consents.c.id)
EVENTS = {Wish.OPT_OUT: "opted_out", Wish.OPT_IN: "opted_in"}


@dataclass(frozen=True, slots=True)
class Wisher:
    """Whose wish it is, and what it is about: an address of theirs and a channel of ours."""

    contact_id: int
    address_id: int
    channel_id: str
    channel_type: str
    conversation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """How we know. ``detail``: the word, the error code, the key pressed, who imported; all as short as can be."""

    source: ConsentSource
    detail: str = ""
    prompt_version: str | None = None
    message_id: int | None = None
    call_id: int | None = None


def record(
    session: Session, wisher: Wisher, wish: Wish, proof: Proof, *, actor: Author, actor_id: int | None = None
) -> int:
    """Enter a wish into the ledger and do as it says; returns the row's id."""
    now = clock.now()
    about = {name: getattr(wisher, name) for name in ("address_id", "channel_id", "channel_type")}
    row = about | {
        "contact_id": wisher.contact_id,
        "wish": wish.value,
        "source": proof.source.value,
        "detail": proof.detail.replace("\x00", "\ufffd")[:DETAIL_LIMIT],
        "prompt_version": proof.prompt_version and proof.prompt_version[:PROMPT_LIMIT],
        "message_id": proof.message_id,
        "call_id": proof.call_id,
        "actor_id": actor_id,
        "at": now,
    }
    made: int = session.execute(ADD, row).scalar_one()
    if wish is Wish.OPT_OUT:
        opt_outs.stand(session, about | {"reason": reason_of(proof), "since": now})
    else:
        opt_outs.lift(session, wisher.address_id, wisher.channel_id, now)
    _tell(session, wisher, wish, proof, actor, actor_id)
    return made


def record_error(session: Session, wisher: Wisher, code: str, message_id: int | None) -> None:
    """The provider refused because they stopped or blocked us; news only if we did not know."""
    if not opt_outs.stands(session, wisher.address_id, wisher.channel_id):
        proof = Proof(ConsentSource.ERROR_CODE, code, message_id=message_id)
        record(session, wisher, Wish.OPT_OUT, proof, actor=Author.SYSTEM)


def wishers(session: Session, contact_id: int, channels: Sequence[Channel], written: str | None) -> list[Wisher]:
    """The contact's addresses that ``channels`` go to, or the one ``written``, each with each channel.

    Raises:
        NotFound: no such contact.
        InvalidPayload: none of the channels goes to any of the addresses, or ``written`` is not one of theirs.
    """
    if session.execute(select(contacts.c.id).where(contacts.c.id == contact_id).with_for_update()).first() is None:
        raise NotFound(f"no contact {contact_id}")
    theirs = select(addresses.c.id, addresses.c.kind).where(addresses.c.contact_id == contact_id)
    if written is not None:
        theirs = theirs.where(addresses.c.match_key == match_key(read_address(written)))
    found = [
        Wisher(contact_id, row.id, channel.id, channel.type.value)
        for row in session.execute(theirs.order_by(addresses.c.id)).all()
        for channel in channels
        if row.kind in REACHES.get(channel.type, (AddressKind.PHONE,))
    ]
    if not found:
        raise InvalidPayload("the contact has no such address, or none that this channel goes to")
    return found


def reason_of(proof: Proof) -> str:
    """The standing's reason in one word: by their own wish, or by whom else."""
    if proof.source is ConsentSource.ERROR_CODE:
        return f"provider:{proof.detail}"
    return "asked" if proof.source in (ConsentSource.WORD, ConsentSource.PROVIDER_FLAG) else proof.source.value


def _tell(session: Session, wisher: Wisher, wish: Wish, proof: Proof, actor: Author, actor_id: int | None) -> None:
    data = {"channel_id": wisher.channel_id, "channel_type": wisher.channel_type}
    log.write(
        session,
        EVENTS[wish],
        actor=actor,
        actor_id=actor_id,
        contact_id=wisher.contact_id,
        conversation_id=wisher.conversation_id,
        message_id=proof.message_id,
        data=data | {"reason": reason_of(proof), "source": proof.source.value},
    )
