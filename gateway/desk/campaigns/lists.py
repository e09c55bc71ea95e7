"""A campaign's list as people have it: CSV from any spreadsheet, one recipient a line, bad lines with their reasons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from gateway.core.csv_lines import MAX_LINE, cells_of, delimiter_of, lines_of
from gateway.core.errors import InvalidPayload
from gateway.core.words import Refusal

MAX_ROWS = 1_000_000
MAX_COLUMNS = 50
MAX_CELL = 1_024
ADDRESS = ("address", "phone", "number", "phone_number", "mobile", "telephone", "whatsapp", "to")
"""Names of the column that says who; the first of these that is there."""
SPECIAL = ("language", "name", "template")
KEPT = ("address", "language", "name", "template", "variables")


@dataclass(frozen=True, slots=True)
class ListRow:
    """One intended recipient; with a ``reason`` it is refused already."""

    number: int
    """Line of the file; the header is line 1."""
    address: str = ""
    language: str = ""
    name: str = ""
    template: str = ""
    """Where the row names one of its own."""
    variables: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    detail: str = ""

    @property
    def given(self) -> dict[str, Any]:
        """The row as it is kept."""
        return {key: value for key in KEPT if (value := getattr(self, key))}


def read_csv(file: BinaryIO) -> Iterator[ListRow]:
    """The rows of a list, bad ones with their reason. A line is a recipient: a cell cannot hold a line break.

    Raises:
        InvalidPayload: no list at all: empty, no column of addresses, two columns of one name, too many rows.
    """
    lines = lines_of(file)
    first = next((line for _, line in lines if line.strip()), "")
    if not first:
        raise InvalidPayload("the list is empty")
    delimiter = delimiter_of(first)
    columns = _columns(cells_of(first, delimiter))
    for count, (number, line) in enumerate(((number, line) for number, line in lines if line.strip()), 1):
        if count > MAX_ROWS:
            raise InvalidPayload(f"the list has more than {MAX_ROWS:,} rows")
        yield _row(number, line, delimiter, columns)


def _columns(names: Sequence[str]) -> list[str]:
    """Names as the rows use them: small letters, ``_`` for blanks, ``address`` for the column that says who."""
    columns = ["_".join(name.casefold().split()) for name in names]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) > MAX_COLUMNS:
        raise InvalidPayload(f"the list has more than {MAX_COLUMNS} columns")
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise InvalidPayload(f"two columns are called {twice[0]!r}")
    who = next((name for name in ADDRESS if name in columns), None)
    if who is None:
        raise InvalidPayload(f"no column is called {', '.join(ADDRESS[:3])}; the first line says {', '.join(columns)}")
    return ["address" if name == who else name for name in columns]


def _row(number: int, line: str, delimiter: str, columns: Sequence[str]) -> ListRow:
    try:
        cells = cells_of(line, delimiter)
    except InvalidPayload as error:
        return ListRow(number, reason=Refusal.BAD_ROW, detail=str(error)[:200])
    if problem := _problem(line, cells, columns):
        return ListRow(number, reason=Refusal.BAD_ROW, detail=problem)
    named = {name: cell for name, cell in zip(columns, cells, strict=False) if name and cell}
    who, language, name, template = (named.pop(key, "") for key in ("address", *SPECIAL))
    return ListRow(number, who, language, name, template, named | ({"name": name} if name else {}))


def _problem(line: str, cells: Sequence[str], columns: Sequence[str]) -> str:
    """Why this line is no row of the list; empty: it is one."""
    if len(line) > MAX_LINE:
        return f"the line has more than {MAX_LINE:,} characters"
    if "\0" in line or "\ufffd" in line:
        return "characters that cannot be read: save the list as CSV UTF-8"
    if any(cells[len(columns) :]):
        return f"{len(cells)} cells, but the first line names {len(columns)}"
    if any(len(cell) > MAX_CELL for cell in cells):
        return f"a cell has more than {MAX_CELL:,} characters"
    return ""
