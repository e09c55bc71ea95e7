"""CSV files into the built-in CRM: row by row in short transactions; the same file again changes nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePath
from typing import BinaryIO

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.core.errors import InvalidPayload
from gateway.crm.columns import Reading, Table
from gateway.crm.rows import BadRow, GoodRow, read_rows
from gateway.crm.storing import Stored, store

ROWS_AT_ONCE = 500
TRIES = 3
Work = Callable[[], AbstractContextManager[Session]]


@dataclass(slots=True)
class Imported:
    """What became of one file; ``error``: it could not be read as a whole."""

    name: str
    table: Table
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: int = 0
    """Rows, however many of their cells are wrong."""
    error: str = ""


@dataclass(slots=True)
class Import:
    """One run over one or several files. ``tell`` hears of each bad row at once, so that nothing piles up."""

    work: Work
    by: Reading
    tell: Callable[[str, BadRow], None]
    dry_run: bool = False
    _last_bad: int = 0
    _promised: dict[Table, set[str]] = field(default_factory=dict)
    """Numbers that a dry run would have written: later files may name them."""

    def take(self, name: str, table: Table, file: BinaryIO) -> Imported:
        """Write a file's good rows, tell of its bad ones."""
        done, self._last_bad = Imported(name, table), 0
        try:
            for batch in _batches(self._good(read_rows(file, table, self.by), done)):
                self._write(batch, done)
        except InvalidPayload as error:
            done.error = str(error)
            self._bad(done, BadRow(1, "", done.error))
        return done

    def _good(self, rows: Iterable[GoodRow | BadRow], done: Imported) -> Iterator[GoodRow]:
        for row in rows:
            if isinstance(row, BadRow):
                self._bad(done, row)
            else:
                yield row

    def _write(self, batch: Sequence[GoodRow], done: Imported) -> None:
        stored = self._stored(batch, done.table)
        done.new, done.changed = done.new + stored.new, done.changed + stored.changed
        done.unchanged += stored.unchanged
        for row in stored.bad:
            self._bad(done, row)
        if self.dry_run and done.table in (Table.CUSTOMERS, Table.ORDERS):
            self._promised.setdefault(done.table, set()).update(row.values["number"] for row in batch)

    def _stored(self, batch: Sequence[GoodRow], table: Table) -> Stored:
        """A batch that met another import at the same rows is done again: they are there then."""
        for tries_left in reversed(range(TRIES)):
            try:
                with self.work() as session:
                    return store(session, table, batch, self._promised if self.dry_run else None)
            except IntegrityError:
                if not tries_left:
                    raise
        raise AssertionError("unreachable")

    def _bad(self, done: Imported, row: BadRow) -> None:
        done.bad += row.line != self._last_bad
        self._last_bad = row.line
        self.tell(done.name, row)


def table_of(name: str) -> Table | None:
    """The table that a file's name stands for: ``orders.csv``, ``orders-2026-11.csv``; None: none of ours."""
    stem = PurePath(name).stem.casefold().replace(" ", "_").replace("-", "_")
    return next((table for table in Table if stem == table or stem.startswith(f"{table}_")), None)


def in_order(files: Mapping[str, Table]) -> list[str]:
    """Names of files so that each comes after those whose rows it names."""
    places = list(Table)
    return sorted(files, key=lambda name: (places.index(files[name]), name))


def _batches(rows: Iterator[GoodRow]) -> Iterator[list[GoodRow]]:
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield batch
