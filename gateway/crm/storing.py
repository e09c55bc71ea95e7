"""Writes rows of an import by their business keys: what is new, what differs, and nothing where nothing does."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table as SqlTable
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.crm import Record
from gateway.core.events import SeenAddress
from gateway.core.matching import match_key
from gateway.core.words import AddressKind
from gateway.crm.base import key_of
from gateway.crm.columns import ADDRESS_KINDS, COLUMNS, Table
from gateway.crm.rows import BadRow, GoodRow
from gateway.models.customer import Customer, CustomerAddress
from gateway.models.order import Invoice, Order, OrderLine
from gateway.models.tables import metadata

Values = dict[str, Any]
Promised = Mapping[Table, set[str]]
customers, addresses = metadata.tables[Customer.__tablename__], metadata.tables[CustomerAddress.__tablename__]
orders = metadata.tables[Order.__tablename__]


@dataclass(slots=True)
class Stored:
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: list[BadRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of a file go. ``parent`` is what they belong to: their column, its table, our column."""

    rows: SqlTable
    parent: tuple[str, SqlTable, str] | None
    key: tuple[str, ...]
    stamped: bool = False
    """Keeps when it was made."""
    numbered: bool = False
    """Has its number by letters and digits, too."""


PLACES: Mapping[Table, Place] = {
    Table.CUSTOMERS: Place(customers, None, ("number",), stamped=True),
    Table.ORDERS: Place(orders, ("customer", customers, "customer_id"), ("number",), stamped=True, numbered=True),
    Table.ORDER_LINES: Place(
        metadata.tables[OrderLine.__tablename__], ("order", orders, "order_id"), ("order_id", "line")
    ),
    Table.INVOICES: Place(
        metadata.tables[Invoice.__tablename__], ("order", orders, "order_id"), ("number",), numbered=True
    ),
}
PARENT_TABLES = {"customer": Table.CUSTOMERS, "order": Table.ORDERS}


def store(session: Session, table: Table, rows: Sequence[GoodRow], promised: Promised | None = None) -> Stored:
    """Write ``rows`` (at most some hundreds). With ``promised`` nothing is written, only counted: a dry run."""
    place, stored = PLACES[table], Stored()
    wanted = _wanted(session, place, rows, stored, promised or {})
    there = _there(session, place, wanted)
    kinds = {kind for name, kind in ADDRESS_KINDS.items() if name in rows[0].values}
    moving = _moving(session, rows, kinds) if table is Table.CUSTOMERS else {}
    new, changed = list[Values](), list[Values]()
    for values in wanted:
        before = there.get(_key(place, values))
        if before is None:
            new.append(values)
            continue
        after = _after(before, values)
        if any(before[name] != value for name, value in after.items()) or values.get("number") in moving:
            changed.append(after | {"_id": before["id"]})
        else:
            stored.unchanged += 1
    stored.new, stored.changed = len(new), len(changed)
    if promised is None:
        _write(session, table, place, new, changed)
        _keep_addresses(session, moving, kinds)
    return stored


def _wanted(
    session: Session, place: Place, rows: Sequence[GoodRow], stored: Stored, promised: Promised
) -> list[Values]:
    """The rows in words of their table; those whose parent is not there are bad."""
    if place.parent is None:
        return [_plain(place, row.values) for row in rows]
    column, there, ours = place.parent
    numbers = {row.values[column] for row in rows}
    ids = _ids(session, there, numbers)
    coming = dict.fromkeys(promised.get(PARENT_TABLES[column], ()), 0)
    found = []
    for row in rows:
        number = row.values[column]
        if (parent := ids.get(number, coming.get(number))) is None:
            stored.bad.append(BadRow(row.line, column, f"there is no {column} {number!r}", number))
        else:
            found.append(_plain(place, row.values) | {ours: parent})
    return found


def _plain(place: Place, values: Values) -> Values:
    kept = {name: value for name, value in values.items() if name in place.rows.c}
    return kept | ({"number_key": key_of(kept["number"])} if place.numbered else {})


def _there(session: Session, place: Place, wanted: Sequence[Values]) -> dict[tuple[Any, ...], Record]:
    """What stands there already, locked: a customer who changes it just now goes before or after us."""
    first = place.rows.c[place.key[0]]
    chosen = select(place.rows).where(first.in_({values[place.key[0]] for values in wanted}))
    found = map(dict, session.execute(chosen.order_by(place.rows.c.id).with_for_update()).mappings())
    return {_key(place, row): row for row in found}


def _key(place: Place, values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values[name] for name in place.key)


def _after(before: Record, values: Values) -> Values:
    """What will stand there: a value that a customer changed here comes back only when the file says something new."""
    replaced = before.get("replaced")
    if not isinstance(replaced, dict):
        return values
    stays = {name for name, old in replaced.items() if values.get(name, old) == old}
    after = {name: before[name] if name in stays else value for name, value in values.items()}
    return after | {"replaced": {name: old for name, old in replaced.items() if name in stays}}


def _write(session: Session, table: Table, place: Place, new: Sequence[Values], changed: Sequence[Values]) -> None:
    defaults = {name: column.default for name, column in COLUMNS[table].items() if name in place.rows.c}
    more: Values = {"created_at": clock.now()} if place.stamped else {}
    if table is Table.ORDERS:
        more["replaced"] = {}
    if new:
        session.execute(insert(place.rows), [defaults | more | values for values in new])
    if changed:
        session.execute(update(place.rows).where(place.rows.c.id == bindparam("_id")), list(changed))


def _moving(session: Session, rows: Sequence[GoodRow], kinds: Collection[AddressKind]) -> dict[str, list[SeenAddress]]:
    """Customers whose addresses of these kinds are not those of the file: number → addresses."""
    known: dict[str, set[SeenAddress]] = {}
    numbers = [row.values["number"] for row in rows]
    chosen = select(customers.c.number, addresses.c.kind, addresses.c.value).join(addresses)
    for number, kind, value in session.execute(chosen.where(customers.c.number.in_(numbers))):
        if kind in kinds:
            known.setdefault(number, set()).add(SeenAddress(AddressKind(kind), value))
    given = {row.values["number"]: _addresses(row.values) for row in rows}
    return {number: some for number, some in given.items() if set(some) != known.get(number, set())}


def _addresses(values: Values) -> list[SeenAddress]:
    given = [SeenAddress(kind, values[name]) for name, kind in ADDRESS_KINDS.items() if values.get(name)]
    return list(dict.fromkeys(given))


def _keep_addresses(
    session: Session, moving: Mapping[str, Sequence[SeenAddress]], kinds: Collection[AddressKind]
) -> None:
    if not moving:
        return
    owners = _ids(session, customers, moving)
    session.execute(delete(addresses).where(addresses.c.customer_id.in_(owners.values()), addresses.c.kind.in_(kinds)))
    new = [
        {"customer_id": owners[number], "kind": one.kind, "value": one.value, "match_key": match_key(one)}
        for number, some in moving.items()
        for one in some
    ]
    if new:
        session.execute(insert(addresses), new)


def _ids(session: Session, table: SqlTable, numbers: Collection[str]) -> dict[str, int]:
    found = session.execute(select(table.c.number, table.c.id).where(table.c.number.in_(numbers)))
    return {row.number: row.id for row in found}
