"""Addresses that a type of channel cannot reach: noted where an error says so, forgotten when they write from there."""

from typing import Any

from sqlalchemy import String, bindparam, cast, func, literal, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.words import Author
from gateway.desk import log
from gateway.models.contact import Address
from gateway.models.message import Message
from gateway.models.tables import metadata

MARKETING = "marketing"
"""Stands in the place of a channel type where only marketing is held back, for a day (``facts``)."""

addresses, messages = metadata.tables[Address.__tablename__], metadata.tables[Message.__tablename__]
WHOSE = (
    select(addresses.c.id, addresses.c.dead)
    .join(messages, messages.c.address_id == addresses.c.id)
    .where(messages.c.id == bindparam("message"))
    .with_for_update(of=addresses)
)
NOTE = update(addresses).where(addresses.c.id == bindparam("noted")).values(dead=bindparam("known"))
CHANNEL_TYPE = cast(bindparam("type"), String)
ALIVE: dict[str, Any] = {
    "sqlite": func.json_remove(addresses.c.dead, literal("$.") + CHANNEL_TYPE),
    "postgresql": addresses.c.dead.op("-")(CHANNEL_TYPE),
}
"""The column without the channel type ``type``: who writes from there can be reached there."""


def note(session: Session, message_id: int, contact_id: int, channel_type: str, code: str) -> None:
    """The address this message went to cannot be reached by this type of channel."""
    found = session.execute(WHOSE, {"message": message_id}).first()
    if found is None:
        return
    known = {**found.dead, channel_type: {"code": code, "at": clock.now().isoformat()}}
    session.execute(NOTE, {"noted": found.id, "known": known})
    data = {"channel_type": channel_type, "code": code}
    log.write(session, "address_flagged", actor=Author.SYSTEM, contact_id=contact_id, message_id=message_id, data=data)
