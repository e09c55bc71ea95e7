"""Looks at running processes without help from outside: /proc where there is one, else ps."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PROC = Path("/proc")


def table() -> Iterator[tuple[int, int, str, str]]:
    """(pid, parent's pid, state, command line) of every process."""
    if not (PROC / "self" / "stat").exists():
        yield from _from_ps()
        return
    for folder in PROC.iterdir():
        if folder.name.isdecimal():
            try:
                state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue  # it ended while we looked
            yield int(folder.name), int(parent), state, command


def children(pid: int) -> list[int]:
    return [child for child, parent, _, _ in table() if parent == pid]


def descendants(pid: int) -> list[int]:
    """All generations below ``pid``."""
    parents = {child: parent for child, parent, _, _ in table()}
    found: list[int] = []
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        below = [child for child, parent in parents.items() if parent == one]
        found += below
        waiting += below
    return found


def alive(pid: int) -> bool:
    return any(one == pid and not state.startswith("Z") for one, _, state, _ in table())


def command_of(pid: int) -> str:
    return next((command for one, _, _, command in table() if one == pid), "")


def until(done: Callable[[], bool], seconds: float = 120) -> bool:
    """Wait for ``done``; False: it did not come. Asked ever less often: who asks takes time from it."""
    began = time.monotonic()
    while (waited := time.monotonic() - began) < seconds:
        if done():
            return True
        time.sleep(max(0.02, waited / 20))
    return False


def _from_ps() -> Iterator[tuple[int, int, str, str]]:
    shown = subprocess.run(["ps", "-axo", "pid=,ppid=,stat=,command="], capture_output=True, text=True, check=True)
    for line in shown.stdout.splitlines():
        pid, parent, state, command = line.split(None, 3)
        yield int(pid), int(parent), state, command
