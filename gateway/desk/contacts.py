"""Who is writing: finds, makes and joins contacts by the addresses that came with an event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import Conflict
from gateway.core.events import SeenAddress
from gateway.core.matching import match_key, read_address
from gateway.desk import dialect, log, merges, unmerges
from gateway.models.contact import Address, Contact
from gateway.models.tables import metadata

TRIES = 6
Record = Any
"""A row of ``LOOK_UP``."""

contacts, addresses = metadata.tables[Contact.__tablename__], metadata.tables[Address.__tablename__]


@dataclass(frozen=True, slots=True)
class Found:
    """A contact, locked until the end of the transaction, and the address to answer to."""

    contact_id: int
    address_id: int
    address: str
    language: str | None
    created: bool
    name: str
    """As the desk calls them, else their profile name, else empty."""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    tags: Sequence[str] = ()
    timezone: str | None = None


READ = select(
    *(addresses.c[name] for name in ("id", "kind", "value", "contact_id")),
    *(
        contacts.c[name]
        for name in ("name", "profile_name", "language", "attributes", "tags", "timezone", "merged_into_id")
    ),
).join(contacts, contacts.c.id == addresses.c.contact_id)
LOOK_UP = READ.where(addresses.c.match_key.in_(bindparam("keys", expanding=True))).order_by(
    contacts.c.id, addresses.c.id
)
BY_ADDRESS = READ.where(contacts.c.id == bindparam("contact"), addresses.c.id == bindparam("address"))
ADDRESSES = READ.where(contacts.c.id == bindparam("contact")).order_by(addresses.c.id)
LOOK_UP_LOCKED = LOOK_UP.with_for_update(of=contacts, key_share=True)
SEEN_AS = update(contacts).where(contacts.c.id == bindparam("contact")).values(profile_name=bindparam("profile"))


def resolve(
    session: Session, seen: Sequence[SeenAddress], *, profile_name: str | None = None, channel_id: str
) -> Found:
    """The contact behind ``seen`` (the address to answer to first), made if new, locked for this transaction.

    Addresses that come together belong to one contact: a new one is linked, two known contacts are merged.

    Raises:
        Conflict: other transactions made or merged this contact again and again meanwhile.
    """
    for _ in range(TRIES):
        rows = _rows_of(session, seen)
        if any(row.merged_into_id for row in rows):
            continue  # merged while we waited for the lock: the addresses point elsewhere now
        if not rows:
            if found := _create(session, seen, profile_name, channel_id):
                return found
        elif _linked(session, rows, seen, channel_id):
            return _seen_again(session, rows, seen[0], profile_name)
    raise Conflict("the contact changed hands again and again")


def find(session: Session, value: str) -> list[int]:
    """Ids of the contacts that an address as written, or a variant of it, belongs to; exact spelling first."""
    wanted = read_address(value)
    rows = session.execute(LOOK_UP, {"keys": [match_key(wanted)]}).all()
    exact_first = sorted(rows, key=lambda row: row.value != wanted.value)
    return list(dict.fromkeys(row.contact_id for row in exact_first))


def known(session: Session, contact_id: int, address_id: int) -> Found:
    """A contact whose row is locked already, by an address of theirs."""
    row = session.execute(BY_ADDRESS, {"contact": contact_id, "address": address_id}).one()
    return _found(row, row.name or row.profile_name)


def reached_by(session: Session, contact_id: int) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What a contact is called, and their addresses as (kind, value)."""
    rows = session.execute(ADDRESSES, {"contact": contact_id}).all()
    name = next((row.name or row.profile_name or "" for row in rows), "")
    return name, tuple((row.kind, row.value) for row in rows)


def merge(
    session: Session, keep_id: int, merge_id: int, *, reason: str, actor: str, actor_id: int | None = None
) -> int:
    """Make two contacts one; returns the id by which ``unmerge`` takes it back.

    Raises:
        NotFound: no such contact, or it was merged away already.
        Conflict: both are the same.
    """
    return merges.merge(session, keep_id, merge_id, reason=reason, actor=actor, actor_id=actor_id)


def unmerge(session: Session, merge_id: int, *, actor: str, actor_id: int | None = None) -> None:
    """Split what a merge joined: addresses and what came by them go back.

    Raises:
        NotFound: no such merge.
        Conflict: it is undone already, or the contact was merged further.
    """
    unmerges.unmerge(session, merge_id, actor=actor, actor_id=actor_id)


def _rows_of(session: Session, seen: Sequence[SeenAddress]) -> list[Record]:
    """Known addresses among ``seen``, contacts locked lower id first; a variant only where the spelling is new."""
    rows = session.execute(LOOK_UP_LOCKED, {"keys": sorted({match_key(address) for address in seen})}).all()
    by_spelling = {(row.kind, row.value): row for row in rows}
    chosen = [by_spelling.get((address.kind, address.value)) or _variant(rows, address) for address in seen]
    return [row for row in chosen if row is not None]


def _variant(rows: Sequence[Record], address: SeenAddress) -> Record | None:
    key = match_key(address)
    return next(
        (row for row in rows if row.kind == address.kind and match_key(SeenAddress(address.kind, row.value)) == key),
        None,
    )


def _create(session: Session, seen: Sequence[SeenAddress], profile_name: str | None, channel_id: str) -> Found | None:
    """A new contact; None when another transaction was faster and its rows can be read now."""
    _hold(session, seen)
    if _rows_of(session, seen):
        return None
    contact_id = _insert_contact(session, profile_name)
    ids = [_insert_address(session, contact_id, address, channel_id) for address in dict.fromkeys(seen)]
    log.write(session, "contact_created", actor="system", contact_id=contact_id)
    return Found(contact_id, ids[0], seen[0].value, None, True, profile_name or "")


def _hold(session: Session, seen: Sequence[SeenAddress]) -> None:
    """Let nobody else make a contact of these addresses or their variants until we commit (SQLite: nobody can)."""
    if dialect.name_of(session) == "postgresql":
        for key in sorted({match_key(address) for address in seen}):
            session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def _insert_contact(session: Session, profile_name: str | None) -> int:
    now = clock.now()
    row = {"name": "", "profile_name": (profile_name or "")[:200], "attributes": {}, "created_at": now}
    made: int = session.execute(insert(contacts).returning(contacts.c.id), row | {"last_seen_at": now}).scalar_one()
    return made


def _insert_address(session: Session, contact_id: int, address: SeenAddress, channel_id: str) -> int:
    row = {
        "contact_id": contact_id,
        "kind": address.kind,
        "value": address.value,
        "match_key": match_key(address),
        "last_channel_id": channel_id,
        "created_at": clock.now(),
    }
    made: int = session.execute(insert(addresses).returning(addresses.c.id), row).scalar_one()
    return made


def _linked(session: Session, rows: Sequence[Record], seen: Sequence[SeenAddress], channel_id: str) -> bool:
    """True when all of ``seen`` stand on one contact already; else link or merge, and the caller looks again."""
    owners = sorted({row.contact_id for row in rows})
    if len(owners) > 1:
        merge(session, owners[0], owners[1], reason="addresses came together", actor="system")
        return False
    known = {(row.kind, row.value) for row in rows}
    missing = [address for address in dict.fromkeys(seen) if (address.kind, address.value) not in known]
    if not missing:
        return True
    try:
        with session.begin_nested():
            for address in missing:
                _insert_address(session, owners[0], address, channel_id)
    except IntegrityError:
        return False
    return False


def _seen_again(session: Session, rows: Sequence[Record], answer_to: SeenAddress, profile_name: str | None) -> Found:
    row = next(row for row in rows if (row.kind, row.value) == (answer_to.kind, answer_to.value))
    profile = (profile_name or "")[:200]
    if profile and profile != row.profile_name:
        session.execute(SEEN_AS, {"contact": row.contact_id, "profile": profile})
    name = row.name or profile or row.profile_name
    return _found(row, name)


def _found(row: Record, name: str) -> Found:
    return Found(row.contact_id, row.id, row.value, row.language, False, name, row.attributes, row.tags, row.timezone)
