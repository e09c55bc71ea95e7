"""The one place where SQLite's and PostgreSQL's INSERT … ON CONFLICT part: statements are built once for both."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

Insert = Any
"""An INSERT of either dialect; their ``on_conflict_…`` methods are alike."""


def name_of(session: Session) -> str:
    """``sqlite`` or ``postgresql``."""
    return session.get_bind().dialect.name


def both(table: Table, shape: Callable[[Insert], Any]) -> Mapping[str, Any]:
    """An insert into ``table``, shaped alike for each dialect, by its name."""
    return {"sqlite": shape(sqlite.insert(table)), "postgresql": shape(postgresql.insert(table))}
