"""Bad rows of an import as a CSV that a spreadsheet opens safely."""

import csv
from typing import TextIO

from gateway.crm.columns import FORMULA
from gateway.crm.rows import BadRow

COLUMNS = ("file", "line", "column", "reason", "value")


class BadRows:
    """Writes each bad row as it comes."""

    def __init__(self, out: TextIO) -> None:
        self._out = csv.writer(out, lineterminator="\n")
        self._out.writerow(COLUMNS)

    def tell(self, name: str, row: BadRow) -> None:
        cells = (name, str(row.line), row.column, row.reason, row.value)
        self._out.writerow([_harmless(cell) for cell in cells])


def _harmless(cell: str) -> str:
    """A spreadsheet takes what begins so for a formula, and PostgreSQL is not alone in refusing NUL."""
    plain = cell.replace("\0", "\ufffd")
    return f"'{plain}" if plain.startswith(FORMULA) else plain
