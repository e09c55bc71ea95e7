"""The example shop's customers: who they are, and how their rows get into a database."""

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from gateway.config.files import read_folder
from gateway.core.crm import Asker, CrmSettings
from gateway.crm.columns import Reading, Table
from gateway.crm.importing import Import, Imported
from gateway.crm.rows import BadRow
from gateway.models.database import Database

CONFIG = Path(__file__).parents[2] / "config"
TODAY = date(2026, 11, 20)
SETTINGS = CrmSettings(country="PK")
AYESHA, BILAL, CARMEN, STRANGER = "+923001234567", "+923009876543", "+34600111222", "+923330000001"


SHARED = "+923451112223"
"""Of two customers, a couple."""


def asker(phone: str, kind: str = "phone", customer: str = "") -> Asker:
    return Asker(0, ((kind, phone),), TODAY, customer=customer)


def files() -> dict[str, str]:
    """The example's CSV files as a config folder has them, and a couple with one telephone."""
    found = {name: text for name, text in read_folder(CONFIG).items() if name.startswith("crm/")}
    found["crm/customers.csv"] += (
        f"C2001,Hina Malik,hina.malik@example.com,{SHARED},,standard,2024-05-01,Multan\n"
        f"C2002,Omar Malik,omar.malik@example.com,{SHARED},,standard,2024-06-01,Multan\n"
    )
    order = "C2001,shipped,today-2,today+3,today-1,,TCS,TCS9,,900.00,PKR,paid,,Street 1,Multan,none"
    found["crm/orders.csv"] += f"G300001,{order}\n"
    found["crm/order_lines.csv"] += "G300001,1,SHW-031,Shawl,1,900.00\n"
    return found


def take(
    database: Database, files: Mapping[str, str | bytes], dry_run: bool = False
) -> tuple[list[Imported], list[tuple[str, BadRow]]]:
    """Import files by their names, as the command does."""
    bad: list[tuple[str, BadRow]] = []
    run = Import(database.begin, Reading(TODAY, "PK"), lambda name, row: bad.append((name, row)), dry_run)
    done = []
    for table in Table:
        for name, text in files.items():
            if Path(name).stem == table:
                data = text if isinstance(text, bytes) else text.encode()
                done.append(run.take(name, table, io.BytesIO(data)))
    return done, bad
