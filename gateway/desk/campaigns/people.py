"""The contacts behind many addresses at once: found by spelling, then by variant, and made where nobody knows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.events import SeenAddress
from gateway.core.matching import match_key
from gateway.core.words import Author
from gateway.desk import bulk, dialect, log
from gateway.models.contact import Address, Contact
from gateway.models.tables import metadata

contacts, addresses = metadata.tables[Contact.__tablename__], metadata.tables[Address.__tablename__]

MADE_AT_ONCE = 500
"""Each new address is locked while its contact is made; PostgreSQL's room for locks is bounded."""
COLUMNS = [addresses.c[name] for name in ("id", "contact_id", "kind", "value", "match_key")]
BY_KEYS = {
    "sqlite": select(*COLUMNS).where(addresses.c.match_key.in_(bindparam("keys", expanding=True))),
    "postgresql": select(*COLUMNS).where(addresses.c.match_key == func.any(bindparam("keys", type_=ARRAY(String)))),
}
HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(CAST(:keys AS text[])) AS key")


@dataclass(frozen=True, slots=True)
class Known:
    contact_id: int
    address_id: int


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody whom nobody knows yet, with what the list says of them."""

    address: SeenAddress
    name: str = ""
    language: str | None = None


def known(session: Session, seen: Iterable[SeenAddress]) -> dict[SeenAddress, Known]:
    """Those that belong to a contact, or whose variant does: one statement."""
    wanted = {address: match_key(address) for address in seen}
    found = session.execute(BY_KEYS[dialect.name_of(session)], {"keys": sorted(set(wanted.values()))}).all()
    exact = {(row.kind, row.value): Known(row.contact_id, row.id) for row in found}
    variants = {(row.kind, row.match_key): Known(row.contact_id, row.id) for row in found}
    every = {a: exact.get((a.kind, a.value)) or variants.get((a.kind, key)) for a, key in wanted.items()}
    return {address: held for address, held in every.items() if held}


def make(session: Session, newcomers: Sequence[Newcomer]) -> None:
    """Contacts for up to 500 addresses; those that somebody made meanwhile are left alone."""
    newcomers = _one_each(newcomers)
    keys = sorted({match_key(newcomer.address) for newcomer in newcomers})
    if dialect.name_of(session) == "postgresql":
        session.execute(HOLD, {"keys": keys})
    there = known(session, [newcomer.address for newcomer in newcomers])
    new = [newcomer for newcomer in newcomers if newcomer.address not in there]
    if new:
        made = bulk.new_ids(session, contacts, len(new))
        bulk.add(session, contacts, _people(new, made))
        bulk.add(session, addresses, _addresses(new, made))
        log.write(session, "contacts_listed", actor=Author.SYSTEM, data={"number": len(made), "first_id": made[0]})


def _one_each(newcomers: Sequence[Newcomer]) -> list[Newcomer]:
    """Variants of one address are one contact."""
    by_key = {(newcomer.address.kind, match_key(newcomer.address)): newcomer for newcomer in reversed(newcomers)}
    return list(by_key.values())


def _people(new: Sequence[Newcomer], made: Sequence[int]) -> list[dict[str, Any]]:
    shared = {"profile_name": "", "attributes": {}, "tags": [], "created_at": clock.now()}
    return [
        shared | {"id": contact_id, "name": newcomer.name[:200], "language": newcomer.language}
        for newcomer, contact_id in zip(new, made, strict=True)
    ]


def _addresses(new: Sequence[Newcomer], made: Sequence[int]) -> list[dict[str, Any]]:
    now = clock.now()
    return [
        {
            "contact_id": contact_id,
            "kind": newcomer.address.kind.value,
            "value": newcomer.address.value,
            "match_key": match_key(newcomer.address),
            "dead": {},
            "created_at": now,
        }
        for newcomer, contact_id in zip(new, made, strict=True)
    ]
