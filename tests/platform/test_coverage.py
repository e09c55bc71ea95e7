"""The floors under coverage: which part a module counts for, what is told, and when it fails."""

import json
from pathlib import Path

import pytest

from scripts import check_coverage
from tests import postgresql


def report(**percents: int) -> str:
    """A coverage report of modules (``gateway__desk__log``) of 80 lines and 20 branches each."""
    files = {
        name.replace("__", "/") + ".py": {
            "summary": {
                "covered_lines": max(0, percent - 20),
                "missing_lines": 80 - max(0, percent - 20),
                "covered_branches": min(20, percent),
                "missing_branches": 20 - min(20, percent),
            }
        }
        for name, percent in percents.items()
    }
    empty = {"covered_lines": 0, "missing_lines": 0, "covered_branches": 0, "missing_branches": 0}
    return json.dumps({"files": files | {"gateway/desk/__init__.py": {"summary": empty}}})


@pytest.mark.parametrize(
    ("percents", "low"),
    [
        ({"automation__faq__matcher": 95, "handlers__router": 95, "gateway__desk__log": 90}, []),
        ({"automation__faq__matcher": 94}, ["automation"]),
        ({"automation__texts": 96, "automation__faq__matcher": 94}, []),
        ({"gateway__channels__twilio__media": 94, "gateway__desk__campaigns__rows": 94}, ["gateway/channels"]),
        ({"gateway__desk__log": 89, "gateway__app": 89}, ["gateway", "gateway/desk"]),
    ],
)
def test_parts_below_their_floor(percents: dict[str, int], low: list[str]) -> None:
    assert list(check_coverage.below(check_coverage.read(json.loads(report(**percents))))) == low


@pytest.mark.parametrize(("server", "code"), [(True, 1), (False, 0)])
def test_what_is_missing_is_told_by_module(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, server: bool, code: int
) -> None:
    monkeypatch.setattr(postgresql, "answers", lambda: server)
    path = tmp_path / "report.json"
    path.write_text(report(gateway__desk__log=70, gateway__desk__lanes=60, gateway__api__app=99))
    assert check_coverage.main(str(path)) == code
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "gateway/desk: 65.0 % of lines and branches, 90 % are asked for"
    assert [line.split()[-1] for line in lines[1:3]] == ["gateway/desk/lanes.py", "gateway/desk/log.py"]
    assert ("not held" in lines[-1]) is not server


def test_enough_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(report(gateway__desk__log=91))
    assert check_coverage.main(str(path)) == 0
