"""What a check says, a line each: fine, worth knowing, or wrong."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    NOTE = "note"
    PROBLEM = "PROBLEM"


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a check."""

    level: Level
    text: str
