"""`make run` for real: all processes of a host on free ports, told to stop, killed, disturbed."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgresql
from tests.platform.processes import alive, children, command_of, descendants, until
from tests.ports import free_port

PORTS = ("WEB_PORT", "LIVE_PORT", "SIMULATOR_PORT")
START_SECONDS = 150
STOP_SECONDS = 90

STARTER = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-m", "gateway.supervisor", "--with-parent"])
time.sleep(600)
"""

pytestmark = pytest.mark.xdist_group("supervisor")


class Run:
    """One supervisor with its folder, ports and output."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.ports = {name: str(free_port()) for name in PORTS}
        self.log = folder / "output.log"
        self.environment = environment
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "gateway.supervisor"],
                env=kept | {"VAR_DIR": str(self.folder / "var"), "WORKERS": "1"} | self.ports | self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.log.read_text()

    def wait_until_ready(self) -> None:
        ready = until(lambda: "Ctrl-C stops" in self.output or self.process.poll() is not None, START_SECONDS)
        assert ready, self.output
        assert self.process.poll() is None, self.output

    def again(self, **environment: str) -> None:
        self.log.write_text("")
        self.environment |= environment
        self.process = self._start()
        self.wait_until_ready()

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)

    def program(self, *words: str) -> int | None:
        """The supervisor's own child whose command line has all the words."""
        return next((pid for pid in children(self.process.pid) if all(w in command_of(pid) for w in words)), None)

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['WEB_PORT']}{path}", timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """A fresh PostgreSQL database where there is a server, else SQLite: here it is the processes that count."""
    if not postgresql.answers():
        yield ""
        return
    with postgresql.own_database("run") as url:
        yield url


@pytest.fixture
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Run]:
    database_url = request.getfixturevalue(request.param) if request.param else ""
    started = Run(tmp_path, DATABASE_URL=database_url, EMBEDDINGS="off" if database_url else "auto")
    try:
        started.wait_until_ready()
        yield started
    finally:
        started.process.kill()
        started.process.wait()


@pytest.mark.parametrize("run", [""], ids=["sqlite"], indirect=True)
def test_starts_serves_refuses_a_second_stops_and_starts_again_with_its_data(run: Run) -> None:
    assert (run.status("/healthz"), run.status("/readyz"), run.status("/metrics")) == (200, 200, 200)
    users = json.loads((run.folder / "var" / "logins.json").read_text())["users"]
    assert {user["role"] for user in users} == {"agent", "supervisor", "admin"}
    assert all(user["password"] in run.output for user in users)
    assert json.loads((run.folder / "var" / "simulator.json").read_text())["senders"]
    _refuses(run, "another Rabta already runs", VAR_DIR=str(run.folder / "var"))
    _refuses(run, f"port {run.ports['WEB_PORT']} is in use (set WEB_PORT", VAR_DIR=str(run.folder / "other"))

    everybody = descendants(run.process.pid)
    assert run.stop() == 0
    assert not [command_of(pid) for pid in everybody if alive(pid)]
    run.again(EMBEDDINGS="off")  # it trained with them when it started first; that takes a core for long
    assert "First users made" not in run.output
    assert all(user["password"] in run.output for user in users)
    assert run.stop(signal.SIGTERM) == 0


@pytest.mark.parametrize("run", ["database_url"], ids=["postgresql"], indirect=True)
def test_what_dies_is_started_again_and_a_killed_supervisor_leaves_no_orphan(run: Run) -> None:
    for words in (("gateway.serve", "web"), ("gateway.worker",), ("redis",)):
        before = run.program(*words)
        assert before
        os.kill(before, signal.SIGKILL)
        assert until(lambda old=before, words=words: run.program(*words) not in (None, old), STOP_SECONDS), run.output
    assert until(lambda: run.status("/readyz") == 200, START_SECONDS)
    for name in ("web", "worker", "redis"):
        assert f"{name} ended unasked" in run.output

    assert until(lambda: len(descendants(run.process.pid)) >= 11, STOP_SECONDS)
    everybody = descendants(run.process.pid)
    run.process.kill()
    run.process.wait()
    gone = until(lambda: not any(alive(pid) for pid in everybody), STOP_SECONDS)
    assert gone, [command_of(pid) for pid in everybody if alive(pid)]


def test_stops_with_the_program_that_started_it(tmp_path: Path) -> None:
    """As ``make run`` starts it: a killed make takes everything along."""
    ports = {name: str(free_port()) for name in PORTS}
    with (tmp_path / "output.log").open("wb") as log:
        environment = os.environ | ports | {"VAR_DIR": str(tmp_path / "var"), "EMBEDDINGS": "off"}
        starter = subprocess.Popen([sys.executable, "-c", STARTER], env=environment, stdout=log, stderr=log)
    assert until(lambda: any("gateway.worker" in command_of(pid) for pid in descendants(starter.pid)), START_SECONDS)
    everybody = descendants(starter.pid)
    starter.kill()
    starter.wait()
    assert until(lambda: not any(alive(pid) for pid in everybody), STOP_SECONDS)


def test_wrong_settings_are_told_without_a_trace(tmp_path: Path) -> None:
    started = Run(tmp_path, WORKERS="many", PUBLIC_URL="example.com")
    assert started.process.wait(START_SECONDS) == 1
    assert "WORKERS: 'many' is no whole number" in started.output
    assert "PUBLIC_URL" in started.output
    assert "Traceback" not in started.output


def _refuses(run: Run, words: str, **environment: str) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "gateway.supervisor"],
        env=os.environ | run.ports | environment,
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert refused.returncode == 1
    assert words in refused.stderr
