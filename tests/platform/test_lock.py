"""The check that requirements*.txt follow from their .in."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("check_lock", ROOT / "scripts" / "check_lock.py")
check_lock = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check_lock)

LOCKED = """\
flask==3.1.2 \\
    --hash=sha256:aa
    # via -r wanted.in
click==8.3.0 \\
    --hash=sha256:bb
    # via flask
"""


@pytest.mark.parametrize(
    ("wanted", "locked", "problem"),
    [
        ("flask>=3.1\n", LOCKED, None),
        ("# a comment\nFlask  # another\n", LOCKED, None),
        ("-c other.txt\nflask\n", LOCKED, None),
        ("flask\nredis\n", LOCKED, "redis is missing"),
        ("flask>=4\n", LOCKED, "flask 3.1.2 is not >=4"),
        ("", LOCKED, "flask is pinned for wanted.in, which no longer asks for it"),
        ("flask\n", "flask==3.1.2\n    # via -r wanted.in\n", "flask has no hash"),
    ],
)
def test_what_is_out_of_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, locked: str, problem: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("wanted.in").write_text(wanted)
    Path("wanted.txt").write_text(locked)
    found = check_lock.check(Path("wanted.in"), Path("wanted.txt"))
    assert len(found) == (0 if problem is None else 1), found
    assert problem is None or problem in found[0]


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-tools", "requirements-node"])
def test_ours_are_in_step(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(ROOT)
    assert check_lock.check(Path(f"{name}.in"), Path(f"{name}.txt")) == []
