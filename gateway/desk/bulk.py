"""Many rows in one statement: PostgreSQL unpacks one JSON parameter, which costs a tenth of thousands of parameters."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Table, bindparam, func, insert, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from gateway.desk import dialect

Row = Mapping[str, Any]
PG = postgresql.dialect()  # type: ignore[no-untyped-call]


def add(session: Session, table: Table, rows: Sequence[Row], *, keep: bool = False) -> int:
    """Insert rows that all have the same keys, and say how many were new; ``keep``: those that are there stay."""
    if not rows:
        return 0
    if dialect.name_of(session) == "postgresql":
        usual = _defaults(table, frozenset(rows[0]))
        rows = [{**usual, **row} for row in rows]
        names = tuple(rows[0])
        return _count(session.execute(text(_insert(table, names, keep)), {"rows": _packed(rows)}))
    made = insert(table).prefix_with("OR IGNORE") if keep else insert(table)
    return _count(session.connection().execute(made, list(rows)))


def change(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Set columns of many rows, each named by its ``id``; all rows have the same keys."""
    if not rows:
        return
    names = tuple(name for name in rows[0] if name != "id")
    if dialect.name_of(session) == "postgresql":
        session.execute(text(_update(table, names)), {"rows": _packed(rows)})
        return
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    statement = update(table).where(table.c.id == bindparam("this")).values(values)
    changes = [{"this": row["id"], **{f"new_{name}": row[name] for name in names}} for row in rows]
    session.connection().execute(statement, changes)


def new_ids(session: Session, table: Table, number: int) -> list[int]:
    """Ids for rows to be added in this transaction, so that rows which point to them can be made beforehand."""
    if dialect.name_of(session) == "postgresql":
        taken = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :number)")
        return list(session.execute(taken, {"name": table.name, "number": number}).scalars())
    last: int = session.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
    return list(range(last + 1, last + 1 + number))  # nobody else writes meanwhile


@cache
def _defaults(table: Table, given: frozenset[str]) -> dict[str, Any]:
    """What the models say of columns that nobody gives."""
    usual = {column.name: column.default for column in table.c if column.name not in given and column.default}
    return {name: default.arg(None) if default.is_callable else default.arg for name, default in usual.items()}  # type: ignore[attr-defined]


@cache
def _insert(table: Table, names: tuple[str, ...], keep: bool) -> str:
    listed = ", ".join(map(_quoted, names))
    rest = " ON CONFLICT DO NOTHING" if keep else ""
    return f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM {_unpacked(table, names)}{rest}"  # noqa: S608


@cache
def _update(table: Table, names: tuple[str, ...]) -> str:
    values = ", ".join(f"{_quoted(name)} = given.{_quoted(name)}" for name in names)
    source = _unpacked(table, ("id", *names))
    return f"UPDATE {table.name} SET {values} FROM {source} WHERE {table.name}.id = given.id"  # noqa: S608


def _unpacked(table: Table, names: tuple[str, ...]) -> str:
    columns = ", ".join(f"{_quoted(name)} {table.c[name].type.compile(PG)}" for name in names)
    return f"jsonb_to_recordset(CAST(:rows AS jsonb)) AS given ({columns})"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _packed(rows: Sequence[Row]) -> str:
    return orjson.dumps([dict(row) for row in rows]).decode()


def _count(result: Any) -> int:
    number: int = result.rowcount
    return number
