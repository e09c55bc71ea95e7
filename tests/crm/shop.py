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


def asker(phone: str, kind: str = "phone") -> Asker:
    return Asker(0, ((kind, phone),), TODAY)


def files() -> dict[str, str]:
    """The example's CSV files as a config folder has them."""
    return {name: text for name, text in read_folder(CONFIG).items() if name.startswith("crm/")}


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
