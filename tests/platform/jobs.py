"""Jobs for the workers' tests: each leaves a mark that a test can see."""

import os
import signal
import time
from pathlib import Path


def mark(path: str) -> None:
    note(path, os.getpid())


def note(path: str, pid: int) -> None:
    with Path(path).open("a") as file:
        file.write(f"{pid}\n")


def slow_mark(path: str, seconds: float) -> None:
    Path(path + ".started").touch()
    time.sleep(seconds)
    mark(path)


def kill_itself(path: str) -> None:
    mark(path)
    os.kill(os.getpid(), signal.SIGKILL)
