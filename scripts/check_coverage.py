"""Do the tests run enough of every part? Reads the JSON report of Slipcover; lines and branches count alike.

Run by ``make covered`` with the report's name. What runs as a process of its own is tested as one and left out of the
report (``tests.coverage``). Without a PostgreSQL server the figures are shown and not held: tests were left out.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests import postgresql

FLOORS = {"automation": 95.0, "handlers": 95.0, "gateway/channels": 95.0}
ELSEWHERE = 90.0


@dataclass(frozen=True)
class Covered:
    """How much of a module or a part was run."""

    run: int
    all: int

    def __add__(self, other: "Covered") -> "Covered":
        return Covered(self.run + other.run, self.all + other.all)

    @property
    def missing(self) -> int:
        return self.all - self.run

    @property
    def percent(self) -> float:
        return 100.0 * self.run / self.all if self.all else 100.0


def main(report: str) -> int:
    modules = read(json.loads(Path(report).read_text()))
    low = below(modules)
    for part, covered in low.items():
        print(f"{part}: {covered.percent:.1f} % of lines and branches, {floor_of(part):g} % are asked for")
        for name in worst(modules, part):
            print(f"    {modules[name].percent:5.1f} %  {modules[name].missing:4} missing  {name}")
    print(f"{sum(modules.values(), Covered(0, 0)).percent:.1f} % covered, {len(low)} parts below their floor")
    if low and not postgresql.answers():
        print("not held against the floors: without a PostgreSQL server tests were left out")
        return 0
    return 1 if low else 0


def read(report: Mapping[str, Any]) -> dict[str, Covered]:
    """Every module that holds anything to run."""
    found = {name: _covered(file["summary"]) for name, file in report["files"].items()}
    return {name: covered for name, covered in found.items() if covered.all}


def below(modules: Mapping[str, Covered]) -> dict[str, Covered]:
    """The parts that are run too little of, by name."""
    parts: dict[str, Covered] = defaultdict(lambda: Covered(0, 0))
    for name, covered in modules.items():
        parts[part_of(name)] += covered
    return {part: parts[part] for part in sorted(parts) if parts[part].percent < floor_of(part)}


def part_of(module: str) -> str:
    """``gateway/desk`` for whatever lies in it, ``gateway`` for its own modules, ``automation`` for all of it."""
    folders = module.split("/")[:-1]
    return "/".join(folders[:2] if folders[0] == "gateway" else folders[:1])


def floor_of(part: str) -> float:
    return FLOORS.get(part, ELSEWHERE)


def worst(modules: Mapping[str, Covered], part: str) -> list[str]:
    """The part's modules with anything missing, those with most of it first."""
    wanting = [name for name, covered in modules.items() if part_of(name) == part and covered.missing]
    return sorted(wanting, key=lambda name: -modules[name].missing)


def _covered(summary: Mapping[str, int]) -> Covered:
    run = summary["covered_lines"] + summary["covered_branches"]
    return Covered(run, run + summary["missing_lines"] + summary["missing_branches"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
