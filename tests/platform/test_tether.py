"""A tied process ends when its starter does, even when that was killed without a word."""

import subprocess
import sys

import pytest

from tests.platform.processes import alive, children, until

TETHER = [sys.executable, "-m", "gateway.core.tether"]
STARTER = "import subprocess, time; subprocess.Popen({}, stdin=subprocess.PIPE); time.sleep(600)"
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('up', flush=True)
time.sleep(600)
"""


def test_program_ends_with_its_starter() -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER.format([*TETHER, "sleep", "600"])])
    assert until(lambda: bool(children(starter.pid)) and bool(children(children(starter.pid)[0])))
    tied = children(starter.pid)[0]
    program = children(tied)[0]
    starter.kill()
    starter.wait()
    assert until(lambda: not alive(program) and not alive(tied))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a program that its starter died")
def test_program_ends_with_its_tether() -> None:
    tied = subprocess.Popen([*TETHER, "sleep", "600"], stdin=subprocess.PIPE)
    assert until(lambda: bool(children(tied.pid)))
    program = children(tied.pid)[0]
    tied.kill()
    tied.wait()
    assert until(lambda: not alive(program))
    tied.stdin.close()


def test_stubborn_program_is_killed_after_the_grace() -> None:
    tied = subprocess.Popen(
        [*TETHER, sys.executable, "-c", STUBBORN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert tied.stdout.readline() == "up\n"
    program = children(tied.pid)[0]
    tied.stdin.close()
    assert until(lambda: not alive(program))
    tied.wait(60)
    tied.stdout.close()


def test_module_runs_tied_with_its_arguments() -> None:
    module = subprocess.Popen(
        [*TETHER, "-m", "timeit", "-n", "7", "-r", "1", "pass"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert "7 loops" in module.stdout.read()
    assert module.wait(60) == 0
    module.stdin.close()
    module.stdout.close()


@pytest.mark.parametrize(("command", "code"), [(["true"], 0), (["false"], 1)])
def test_exit_code_is_passed_on(command: list[str], code: int) -> None:
    tied = subprocess.Popen([*TETHER, *command], stdin=subprocess.PIPE)
    assert tied.wait(60) == code
    tied.stdin.close()
