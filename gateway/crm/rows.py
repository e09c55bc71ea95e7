"""Reads a CSV file row by row: good ones with their values, bad ones with line, column and reason; no file whole."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, BinaryIO

from gateway.core.csv_lines import MAX_LINE, cells_of, delimiter_of, lines_of
from gateway.core.errors import InvalidPayload
from gateway.crm.columns import COLUMNS, KEYS, Column, Reading, Table, needed, read_cell

MAX_ROWS = 1_000_000
MAX_CELL_LINES = 20
"""Line breaks in quotes that are followed before the quote counts as forgotten."""
SHOWN_CELL = 80
SEPARATOR = re.compile(r"sep=.", re.IGNORECASE)
"""What Excel may write above the header."""
Line = tuple[int, str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """``line`` counts from 1, the header is line 1; ``column`` is empty where the row as a whole is meant."""

    line: int
    column: str
    reason: str
    value: str = ""
    """The cell, shortened."""


@dataclass(frozen=True, slots=True)
class GoodRow:
    line: int
    values: dict[str, Any] = field(default_factory=dict)
    """By column; a column that the file does not have is absent."""


def read_rows(file: BinaryIO, table: Table, by: Reading) -> Iterator[GoodRow | BadRow]:
    """Every row of a file; a row with several bad cells is told of each.

    Raises:
        InvalidPayload: the file as a whole cannot be read: empty, without a needed column, with an unknown one.
    """
    lines = _Lines(lines_of(file))
    header = next((line for line in lines if line[1].strip() and not SEPARATOR.fullmatch(line[1])), None)
    if header is None:
        raise InvalidPayload("the file is empty")
    delimiter = delimiter_of(header[1])
    names = _names(cells_of(header[1], delimiter), table)
    by = Reading(by.today, by.country, decimal_comma=delimiter == ";")
    seen: set[int] = set()
    for count, (number, line) in enumerate((line for line in lines if line[1].strip()), 1):
        if count > MAX_ROWS:
            raise InvalidPayload(f"the file has more than {MAX_ROWS:,} rows: split it")
        yield from _row(lines.completed(number, line), delimiter, names, table, by, seen)


class _Lines:
    """Lines that can be put back, for a quoted cell that spreads over several."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines, self._back = lines, list[Line]()

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        return self._back.pop(0) if self._back else next(self._lines)

    def completed(self, number: int, line: str) -> Line:
        """The line with those that its open quote takes in; one whose quote never ends stays alone."""
        whole, taken = line, list[Line]()
        while whole.count('"') % 2 and len(taken) < MAX_CELL_LINES and len(whole) <= MAX_LINE:
            if (more := next(self, None)) is None:
                break
            taken.append(more)
            whole += "\n" + more[1]
        if whole.count('"') % 2:
            self._back = taken + self._back
            return number, line
        return number, whole


def _names(cells: Sequence[str], table: Table) -> list[str]:
    """The columns by their names in ours; those that begin with ``_`` are somebody's own.

    Raises:
        InvalidPayload: one is unknown, missing, or there twice.
    """
    names = ["_".join(cell.casefold().split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    known = list(COLUMNS[table])
    for name in names:
        if name not in known and not name.startswith("_"):
            close = get_close_matches(name, known, 1, 0.6)
            hint = f"did you mean {close[0]!r}?" if close else f"{table} has {', '.join(known)}"
            raise InvalidPayload(f"no column is called {name[:SHOWN_CELL]!r}; {hint}")
        if names.count(name) > 1:
            raise InvalidPayload(f"two columns are called {name!r}")
    if missing := [name for name in needed(table) if name not in names]:
        raise InvalidPayload(f"the column {missing[0]!r} is missing; the first line says {', '.join(names)}")
    return names


def _row(
    line: Line, delimiter: str, names: Sequence[str], table: Table, by: Reading, seen: set[int]
) -> Iterator[GoodRow | BadRow]:
    number, text = line
    if len(text) > MAX_LINE:
        yield BadRow(number, "", f"the line has more than {MAX_LINE:,} characters")
        return
    try:
        cells = cells_of(text, delimiter)
    except InvalidPayload as error:
        yield BadRow(number, "", str(error)[:200])
        return
    if any(cells[len(names) :]):
        yield BadRow(number, "", f"{len(cells)} cells, but the first line names {len(names)}")
        return
    cells += [""] * (len(names) - len(cells))
    values, bad = _values(number, dict(zip(names, cells, strict=False)), COLUMNS[table], by)
    yield from bad
    if bad:
        return
    key = hash(tuple(values[name] for name in KEYS[table]))
    if key in seen:
        yield BadRow(number, KEYS[table][0], "is in this file already", str(values[KEYS[table][0]]))
        return
    seen.add(key)
    yield GoodRow(number, values)


def _values(
    number: int, cells: dict[str, str], columns: dict[str, Column] | Any, by: Reading
) -> tuple[dict[str, Any], list[BadRow]]:
    values, bad = {}, []
    for name, text in cells.items():
        if name not in columns:
            continue
        try:
            values[name] = read_cell(columns[name], text, by)
        except InvalidPayload as error:
            bad.append(BadRow(number, name, str(error)[:200], text[:SHOWN_CELL]))
    return values, bad
