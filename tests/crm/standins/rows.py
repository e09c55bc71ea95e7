"""The example shop as plain texts, from which each stand-in makes rows of its own shape."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.crm.memory import read_files
from tests.crm.shop import TODAY


@dataclass(frozen=True)
class Shop:
    customers: list[dict[str, Any]]
    orders: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    invoices: list[dict[str, Any]]

    @classmethod
    def of_files(cls, files: dict[str, str]) -> "Shop":
        tables, _ = read_files(files, TODAY, "PK")
        return cls(*([{name: _text(value) for name, value in row.items()} for row in rows] for rows in tables.values()))

    def lines_of(self, order: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["order"] == order]

    def invoice_of(self, order: str) -> str:
        bills = sorted((one["issued_on"], one["number"]) for one in self.invoices if one["order"] == order)
        return bills[-1][1] if bills else ""


def capital(word: str) -> str:
    """``out_for_delivery`` as a pick list has it."""
    return word.replace("_", " ").title()


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
