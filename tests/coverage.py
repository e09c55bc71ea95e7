"""Which lines and branches the tests run, as a plugin of pytest (``-p tests.coverage``): written to ``.coverage.json``.

Slipcover marks our own modules as they are imported, so libraries run at full speed; a tracer sees every line of them,
too, and made the tests take half as long again. Its own plugin is not used: it changes pytest's insides to see the
branches of the tests themselves. Every process of xdist measures alone and hands its part over at its end.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from slipcover import FileMatcher, ImportManager, Slipcover, merge_coverage

SOURCES = ["gateway", "handlers", "automation"]
OMITTED = [
    "gateway/models/migrations/*",
    # Programs: their tests run them as processes of their own, which are not measured.
    "gateway/children.py",
    "gateway/core/tether.py",
    "gateway/serve.py",
    "gateway/simulator/__main__.py",
    "gateway/supervisor.py",
    "gateway/worker.py",
]
REPORT = Path(".coverage.json")
PART = "coverage"

_measured = Slipcover(branch=True)
_imports = ImportManager(_measured, FileMatcher(SOURCES, OMITTED))
_imports.__enter__()  # at once: what conftest.py imports counts, too
_parts: list[dict[str, Any]] = []


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A process has ended; one that died has nothing to tell."""
    if part := getattr(node, "workeroutput", {}).get(PART):
        _parts.append(json.loads(part))


def pytest_sessionfinish(session: pytest.Session) -> None:
    output: dict[str, str] | None = getattr(session.config, "workeroutput", None)
    found: dict[str, Any] = _measured.get_coverage()
    if output is not None:
        output[PART] = json.dumps(found)
        return
    for part in _parts:
        merge_coverage(found, part)
    never_imported = Slipcover(branch=True, source=SOURCES, omit=[*OMITTED, *found["files"]])
    merge_coverage(found, never_imported.get_coverage())
    REPORT.write_text(json.dumps(found))
