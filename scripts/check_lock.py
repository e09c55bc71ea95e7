"""Do requirements*.txt hold what their .in asks for? Works without a network: names, bounds and hashes are compared.

Run by ``make lock-check`` with the names to check, without their ending. What it cannot see (a newer release that
would now be chosen) is no reason to fail: that is what ``make lock`` is for.
"""

import re
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")


def main(names: list[str]) -> int:
    problems = [problem for name in names for problem in check(Path(name + ".in"), Path(name + ".txt"))]
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print("run `make lock` and commit the result", file=sys.stderr)
    return 1 if problems else 0


def check(wanted: Path, locked: Path) -> list[str]:
    """What ``locked`` lacks of ``wanted``."""
    pins, asked = read_pins(locked), read_wanted(wanted)
    problems = [f"{locked}: {name} has no hash" for name, (_, hashed) in pins.items() if not hashed]
    gone = read_named(locked, wanted) - {canonicalize_name(requirement.name) for requirement in asked}
    problems += [f"{locked}: {name} is pinned for {wanted}, which no longer asks for it" for name in sorted(gone)]
    for requirement in asked:
        name = canonicalize_name(requirement.name)
        if name not in pins:
            problems.append(f"{locked}: {name} is missing, {wanted} asks for it")
        elif not requirement.specifier.contains(pins[name][0], prereleases=True):
            problems.append(f"{locked}: {name} {pins[name][0]} is not {requirement.specifier}")
    return problems


def read_wanted(path: Path) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def read_named(locked: Path, wanted: Path) -> set[str]:
    """Packages of which ``locked`` says that ``wanted`` itself asked for them (``# via -r requirements.in``)."""
    named: set[str] = set()
    current = ""
    for line in locked.read_text().splitlines():
        if found := PINNED.match(line):
            current = canonicalize_name(found[1])
        elif line.lstrip().startswith("#") and line.endswith(f"-r {wanted}"):
            named.add(current)
    return named


def read_pins(path: Path) -> dict[str, tuple[Version, bool]]:
    pins: dict[str, tuple[Version, bool]] = {}
    current = ""
    for line in path.read_text().splitlines():
        if found := PINNED.match(line):
            current = canonicalize_name(found[1])
            pins[current] = (Version(found[2]), False)
        elif "--hash=" in line and current:
            pins[current] = (pins[current][0], True)
    return pins


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
