"""Memory of the whole system at rest: the proportional set size of every process that ``make run`` starts."""

import tempfile
import time
from pathlib import Path

import psutil

from benchmarks import servers


def measure() -> dict[str, object]:
    """``{"pss_mb": total, "processes": {name: MB}}`` after 20 s at rest, simulator included."""
    port = servers.free_port()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        environment = servers.environment(path, port, f"sqlite:///{path / 'rabta.db'}")
        environment |= {"TWILIO_ACCOUNT_SID": "", "TWILIO_AUTH_TOKEN": "", "TWILIO_API_BASE": ""}
        environment["SIMULATOR_PORT"] = str(servers.free_port())
        with servers.everything(environment) as process:
            time.sleep(20)
            found = _sizes(psutil.Process(process.pid))
    return {"pss_mb": round(sum(size for _, size in found), 1), "processes": [f"{n}: {s} MB" for n, s in found]}


def _sizes(parent: psutil.Process) -> list[tuple[str, float]]:
    everyone = [parent, *parent.children(recursive=True)]
    return sorted(((_name(p), _pss_mb(p.pid)) for p in everyone), key=lambda row: -row[1])


def _name(process: psutil.Process) -> str:
    return " ".join(part.rsplit("/", 1)[-1] for part in process.cmdline()[:5])[:60]


def _pss_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0
