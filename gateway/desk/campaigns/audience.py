"""A segment: which contacts a campaign is for, said as data and read page by page from either database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.orm import Session

from gateway.core.business import Business
from gateway.core.errors import InvalidPayload
from gateway.core.words import AddressKind, ChannelType
from gateway.desk import dialect
from gateway.models.contact import Address, Contact
from gateway.models.tables import metadata

contacts, addresses = metadata.tables[Contact.__tablename__], metadata.tables[Address.__tablename__]

Condition = Any
"""Of a WHERE."""
Scalar = str | bool | int | float
KEYS = ("attributes", "tags_any", "tags_all", "languages", "seen_after", "seen_before", "channel")
REACHES = {
    ChannelType.WHATSAPP: (AddressKind.PHONE, AddressKind.BSUID),
    ChannelType.SMS: (AddressKind.PHONE,),
    ChannelType.RCS: (AddressKind.PHONE,),
    ChannelType.MESSENGER: (AddressKind.PSID,),
}


@dataclass(frozen=True, slots=True)
class Segment:
    """All that is said must hold; an empty one is everybody."""

    attributes: Mapping[str, Scalar | None] = field(default_factory=dict)
    """Equal to this value; None: there at all."""
    tags_any: Sequence[str] = ()
    tags_all: Sequence[str] = ()
    languages: Sequence[str] = ()
    seen_after: datetime | None = None
    seen_before: datetime | None = None
    channel: str | None = None
    """Id of a sender of ours that has a kind of address to write to."""


@dataclass(frozen=True, slots=True)
class Member:
    """A contact of the segment with what may fill a template."""

    id: int
    name: str
    profile_name: str
    attributes: Mapping[str, Any]

    def variables(self, names: Sequence[str]) -> dict[str, str]:
        """Values for the variables called ``names``, from name and attributes."""
        known = {key: str(value) for key, value in self.attributes.items()} | {"name": self.name or self.profile_name}
        return {name: known[name] for name in names if known.get(name)}


def read_segment(data: Mapping[str, Any]) -> Segment:
    """A segment from its JSON.

    Raises:
        InvalidPayload: a key or a value that it cannot have.
    """
    if unknown := sorted(set(data) - set(KEYS)):
        raise InvalidPayload(f"a segment has no {unknown[0]!r}; it has {', '.join(KEYS)}")
    attributes = dict(data.get("attributes") or {})
    if bad := [key for key in attributes if '"' in key or "\\" in key or not key]:
        raise InvalidPayload(f"no attribute can be called {bad[0]!r}")
    tags_any, tags_all, languages = (
        tuple(map(str, data.get(key) or ())) for key in ("tags_any", "tags_all", "languages")
    )
    return Segment(
        attributes,
        tags_any,
        tags_all,
        languages,
        seen_after=_moment("seen_after", data.get("seen_after")),
        seen_before=_moment("seen_before", data.get("seen_before")),
        channel=data.get("channel"),
    )


def page(session: Session, segment: Segment, business: Business, after: int, most: int) -> list[Member]:
    """The next contacts of the segment, by id."""
    columns = (contacts.c[name] for name in ("id", "name", "profile_name", "attributes"))
    chosen = select(*columns).where(*_conditions(segment, business, dialect.name_of(session)), contacts.c.id > after)
    return [Member(*row) for row in session.execute(chosen.order_by(contacts.c.id).limit(most))]


def _conditions(segment: Segment, business: Business, name: str) -> list[Condition]:
    found: list[Condition] = [contacts.c.merged_into_id.is_(None)]
    found += [_has(key, value, name) for key, value in segment.attributes.items()]
    if segment.tags_any:
        found.append(or_(*(_tagged(tag, name) for tag in segment.tags_any)))
    found += [_tagged(tag, name) for tag in segment.tags_all]
    if segment.languages:
        found.append(contacts.c.language.in_(segment.languages))
    if segment.seen_after:
        found.append(contacts.c.last_seen_at >= segment.seen_after)
    if segment.seen_before:
        found.append(or_(contacts.c.last_seen_at < segment.seen_before, contacts.c.last_seen_at.is_(None)))
    if segment.channel:
        found.append(_reachable(segment.channel, business))
    return found


def _has(key: str, value: Scalar | None, name: str) -> Condition:
    """The attribute is there, and equal to ``value`` if that is one."""
    if value is None:
        kind = func.json_type(contacts.c.attributes, f'$."{key}"')
        return func.jsonb_exists(contacts.c.attributes, key) if name == "postgresql" else kind.is_not(None)
    held = contacts.c.attributes[key]
    if isinstance(value, bool):
        return held.as_boolean() == value
    if isinstance(value, int | float):
        return and_(_is_number(key, name), held.as_float() == float(value))
    return held.as_string() == value


def _is_number(key: str, name: str) -> Condition:
    """PostgreSQL refuses to read a word as a number."""
    if name == "postgresql":
        return func.jsonb_typeof(contacts.c.attributes[key]) == "number"
    return func.json_type(contacts.c.attributes, f'$."{key}"').in_(["integer", "real"])


def _tagged(tag: str, name: str) -> Condition:
    each = func.jsonb_array_elements_text if name == "postgresql" else func.json_each
    element = each(contacts.c.tags).table_valued("value").alias()
    return select(1).select_from(element).where(element.c.value == tag).correlate(contacts).exists()


def _reachable(channel_id: str, business: Business) -> Condition:
    channel = business.channel(channel_id)
    kinds = REACHES.get(channel.type, ()) if channel else ()
    held = and_(addresses.c.contact_id == contacts.c.id, addresses.c.kind.in_(kinds))
    return select(1).select_from(addresses).where(held).correlate(contacts).exists() if kinds else false()


def _moment(key: str, value: Any) -> datetime | None:
    if not value:
        return None
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise InvalidPayload(f"{key} is no moment like 2027-03-01T09:00:00+05:00") from None
    if moment.tzinfo is None:
        raise InvalidPayload(f"{key} needs a time zone")
    return moment
