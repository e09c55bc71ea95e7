"""What people and programs may change about a contact: name, language, time zone, attributes."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.core.errors import InvalidPayload, NotFound
from gateway.models.contact import Contact, ContactMerge

MAX_ATTRIBUTES = 200
MAX_TAGS = 100


def edit(session: Session, contact_id: int, changes: dict[str, Any]) -> None:
    """Set ``name``, ``language`` or ``timezone``; ``attributes`` are merged in, where null takes one away.

    Raises:
        NotFound: no such contact.
        InvalidPayload: it would have more than 200 attributes.
    """
    kept = session.execute(select(Contact.attributes).where(Contact.id == contact_id).with_for_update()).one_or_none()
    if kept is None:
        raise NotFound(f"no contact {contact_id}")
    values = dict(changes)
    if "attributes" in values:
        values["attributes"] = _merged(kept.attributes, values["attributes"])
    if values:
        session.execute(update(Contact).where(Contact.id == contact_id).values(values))


def learn(session: Session, contact_id: int, attributes: Mapping[str, Any], tags: Mapping[str, bool]) -> None:
    """Keep what a flow found out: attributes (None takes one away) and tags, put on or taken off.

    A customer is at the other end: what does not fit any more is left out, never refused.
    """
    kept = session.execute(select(Contact.attributes, Contact.tags).where(Contact.id == contact_id)).one()
    known = {name: value for name, value in {**kept.attributes, **attributes}.items() if value is not None}
    on = [tag for tag in dict.fromkeys([*kept.tags, *tags]) if tags.get(tag, True)]
    values = {"attributes": dict(list(known.items())[:MAX_ATTRIBUTES]), "tags": on[:MAX_TAGS]}
    session.execute(update(Contact).where(Contact.id == contact_id).values(values))


def merge_of(session: Session, merge_id: int, kept_id: int) -> None:
    """Check that this merge was into this contact.

    Raises:
        NotFound: it was not.
    """
    found = session.scalar(select(ContactMerge.id).where(ContactMerge.id == merge_id, ContactMerge.kept_id == kept_id))
    if found is None:
        raise NotFound(f"no merge {merge_id} into contact {kept_id}")


def _merged(attributes: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = {key: value for key, value in (attributes | changes).items() if value is not None}
    if len(merged) > MAX_ATTRIBUTES:
        raise InvalidPayload(f"more than {MAX_ATTRIBUTES} attributes")
    return merged
