"""What is wrong with a config, where and why, in words its author can act on."""

from collections.abc import Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""The way to a value inside a file: keys and list positions."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """``line`` and ``column`` count from 1; 0: the file as a whole."""

    file: str
    line: int
    column: int
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem whose place is known by its path only."""

    path: Path
    reason: str


def listing(problems: Sequence[Problem]) -> str:
    """All problems, one a line, in the order of the files."""
    return "\n".join(str(problem) for problem in sorted(set(problems)))
