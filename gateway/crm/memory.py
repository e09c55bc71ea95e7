"""The CRM of CSV files alone, for rehearsals and tests of flows: same look-ups, same decisions, nothing is kept."""

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from threading import RLock
from typing import Any

from gateway.core.crm import Asker, Candidate, CrmRefused, CrmSettings, Record
from gateway.core.errors import ConfigError, InvalidPayload
from gateway.crm import base, decisions, shown
from gateway.crm.base import Key
from gateway.crm.columns import ADDRESS_KINDS, COLUMNS, Reading, Table
from gateway.crm.records import Customer, Invoice, Line, Order
from gateway.crm.rows import BadRow, GoodRow, read_rows

FOLDER = "crm/"
Values = dict[str, Any]


class MemoryCrm:
    """A ``CrmClient`` over records; what is done to them lasts as long as it does."""

    def __init__(
        self, customers: Sequence[Customer], orders: Sequence[Order], invoices: Sequence[Invoice], settings: CrmSettings
    ) -> None:
        self._settings = settings
        self._shelf = _Shelf(customers, orders, invoices)
        self._results: dict[str, Record] = {}
        self._cases = count(1)
        self._lock = RLock()

    @classmethod
    def of_files(cls, files: Mapping[str, str], today: date, settings: CrmSettings) -> "MemoryCrm":
        """The CRM that ``files`` (path inside the config folder → text) tell of, as it is on ``today``.

        Raises:
            ConfigError: a row cannot be read; file, line, column and reason of each.
        """
        tables, bad = read_files(files, today, settings.country)
        if bad:
            raise ConfigError("\n".join(f"{file}:{row.line}: {row.column}: {row.reason}" for file, row in bad))
        return cls(_customers(tables), _orders(tables), _invoices(tables), settings)

    def look_up(self, what: str, by: Mapping[str, str], asker: Asker) -> Record | None:
        """See ``CrmClient``."""
        with self._lock:
            return base.look_up(self._shelf, what, by, asker, self._settings)

    def candidates(self, asker: Asker) -> Sequence[Candidate]:
        """See ``CrmClient``."""
        with self._lock:
            return base.candidates(self._shelf, asker)

    def act(self, action: str, fields: Mapping[str, str], asker: Asker, key: str) -> Record:
        """See ``CrmClient``."""
        with self._lock:
            fields = base.clean(fields)
            order = base.order_to_change(self._shelf, action, fields, asker, self._settings)
            if order is None:
                raise CrmRefused("not_found", {})
            if key not in self._results:
                self._results[key] = self._done(action, order, fields, asker)
            return dict(self._results[key])

    def _done(self, action: str, order: Order, fields: Mapping[str, str], asker: Asker) -> Record:
        terms, today = self._settings.terms, asker.today
        decided = decisions.decide(action, order, fields, terms, today)
        if decided.refused:
            raise CrmRefused(decided.refused, base.with_case(shown.order(order, terms, today), order, decided))
        reference, changes = base.reference(next(self._cases)), dict[str, Any](decided.changes)
        if decided.for_people:
            changes["cases"] = {**(order.cases or {}), decided.kind: reference}
        changed = replace(order, **changes)
        self._shelf.put(changed)
        return {**shown.order(changed, terms, today), **({"case": reference} if decided.for_people else {})}


class _Shelf:
    """Records by their numbers."""

    def __init__(self, customers: Sequence[Customer], orders: Sequence[Order], invoices: Sequence[Invoice]) -> None:
        self._customers = {one.number: one for one in customers}
        self._orders = {base.key_of(one.number): one for one in orders}
        self._invoices = {base.key_of(one.number): one for one in invoices}

    def put(self, order: Order) -> None:
        self._orders[base.key_of(order.number)] = order

    def customers_at(self, keys: Sequence[Key]) -> Sequence[Customer]:
        return [one for one in self._customers.values() if set(base.keys_of_customer(one)) & set(keys)]

    def customer(self, number: str) -> Customer | None:
        return self._customers.get(number)

    def order(self, number_key: str) -> Order | None:
        return self._orders.get(number_key)

    def orders_of(self, customers: Sequence[str], statuses: Collection[str]) -> Sequence[Order]:
        theirs = [one for one in self._orders.values() if one.customer in customers and one.status in statuses]
        newest_first = sorted(reversed(theirs), key=lambda one: one.placed_on, reverse=True)
        return newest_first[: base.MOST_ORDERS]

    def invoice(self, number_key: str) -> Invoice | None:
        return self._invoices.get(number_key)


def read_files(
    files: Mapping[str, str], today: date, country: str | None
) -> tuple[dict[Table, list[Values]], list[tuple[str, BadRow]]]:
    """The rows of ``crm/*.csv``, whole with their defaults, and those that are wrong by their file."""
    tables: dict[Table, list[Values]] = {table: [] for table in Table}
    bad: list[tuple[str, BadRow]] = []
    for table in Table:
        file = f"{FOLDER}{table}.csv"
        for row in _rows(files[file], table, Reading(today, country)) if file in files else ():
            if isinstance(row, BadRow):
                bad.append((file, row))
            elif problem := _dangling(table, row, tables):
                bad.append((file, problem))
            else:
                defaults = {name: column.default for name, column in COLUMNS[table].items()}
                tables[table].append(defaults | row.values)
    return tables, bad


def _rows(text: str, table: Table, by: Reading) -> Iterator[GoodRow | BadRow]:
    try:
        yield from read_rows(io.BytesIO(text.encode()), table, by)
    except InvalidPayload as error:
        yield BadRow(1, "", str(error))


def _dangling(table: Table, row: GoodRow, tables: Mapping[Table, list[Values]]) -> BadRow | None:
    """A row about something that the files before it do not have."""
    column, there = {
        Table.ORDERS: ("customer", Table.CUSTOMERS),
        Table.ORDER_LINES: ("order", Table.ORDERS),
        Table.INVOICES: ("order", Table.ORDERS),
    }.get(table, ("", table))
    wanted = row.values.get(column)
    if not column or any(values["number"] == wanted for values in tables[there]):
        return None
    return BadRow(row.line, column, f"there is no {column} {wanted!r}", str(wanted))


def _customers(tables: Mapping[Table, list[Values]]) -> list[Customer]:
    return [
        Customer(
            **{name: row[name] for name in ("number", "name", "email", "tier", "since", "city")},
            addresses=tuple((kind.value, row[name]) for name, kind in ADDRESS_KINDS.items() if row[name]),
        )
        for row in tables[Table.CUSTOMERS]
    ]


def _orders(tables: Mapping[Table, list[Values]]) -> list[Order]:
    lines: dict[str, list[Values]] = {}
    for row in tables[Table.ORDER_LINES]:
        lines.setdefault(row["order"], []).append(row)
    bills = {row["order"]: row["number"] for row in sorted(tables[Table.INVOICES], key=lambda row: row["issued_on"])}
    return [
        Order(
            **row,
            lines=tuple(Line(one["product"], one["quantity"]) for one in _by_line(lines.get(row["number"], []))),
            invoice=bills.get(row["number"], ""),
        )
        for row in tables[Table.ORDERS]
    ]


def _by_line(rows: list[Values]) -> list[Values]:
    return sorted(rows, key=lambda row: int(row["line"]))


def _invoices(tables: Mapping[Table, list[Values]]) -> list[Invoice]:
    return [Invoice(**row) for row in tables[Table.INVOICES]]
