"""What a customer wrote, read again for who answers it later; and what they are called, so that it can be masked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from gateway.models.contact import Contact
from gateway.models.message import Message
from gateway.models.tables import metadata

messages, contacts = metadata.tables[Message.__tablename__], metadata.tables[Contact.__tablename__]
COLUMNS = ("account", "external_id", "channel_type", "kind", "text", "profile_name")
READ = select(*(messages.c[name] for name in COLUMNS), contacts.c.name, contacts.c.attributes).where(
    messages.c.id == bindparam("message"), contacts.c.id == messages.c.contact_id
)
NAMES = ("name", "first_name", "last_name", "full_name", "company")
"""Attributes of a contact that are names."""


@dataclass(frozen=True, slots=True)
class Written:
    """A message of a customer's."""

    account: str
    external_id: str
    channel_type: str
    kind: str
    text: str
    names: tuple[str, ...]


def written(session: Session, message_id: int) -> Written | None:
    """The message; None: it was erased."""
    row = session.execute(READ, {"message": message_id}).first()
    if row is None:
        return None
    names = dict.fromkeys((row.name, row.profile_name, *_named(row.attributes or {})))
    kept = tuple(name for name in names if name)
    return Written(row.account, row.external_id or "", row.channel_type, row.kind, row.text or "", kept)


def _named(attributes: Mapping[str, Any]) -> list[str]:
    return [value for name in NAMES if isinstance(value := attributes.get(name), str)]
