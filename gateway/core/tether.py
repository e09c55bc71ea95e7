"""Ties a process to its starter by a pipe: when the starter dies, in whatever way, the pipe closes and this ends too.

``python -m gateway.core.tether PROGRAM …`` ties any program; ``… tether -m MODULE …`` runs a Python module tied.
The pipe is the standard input, which the supervisor holds the other end of.
"""

import ctypes
import os
import runpy
import select
import signal
import subprocess
import sys
import time
from threading import Thread
from types import FrameType

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 10.0
"""From the polite signal to the end by force."""


def tie(pipe: int = 0, grace_seconds: float = GRACE_SECONDS) -> None:
    """Watch ``pipe`` from a thread; when it closes, SIGTERM for this process, and after the grace the end."""
    Thread(target=_watch, args=(pipe, grace_seconds), name="tether", daemon=True).start()


def torn(pipe: int = 0) -> bool:
    """Has the other end closed? For a process that has a loop of its own and wants no thread."""
    readable, _, _ = select.select([pipe], [], [], 0)
    return bool(readable) and os.read(pipe, 4096) == b""


class Lifeline:
    """Ties forked children to this process: made before the fork, ``hold`` is the child's first act."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        self._held = False

    def hold(self) -> None:
        """In the child: end when the parent ends."""
        if not self._held:
            self._held = True
            os.close(self._write)
            tie(self._read)


def _watch(pipe: int, grace_seconds: float) -> None:
    while os.read(pipe, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace_seconds)
    os._exit(1)


def main(arguments: list[str]) -> int:
    tie(grace_seconds=GRACE_SECONDS)
    if arguments[:1] == ["-m"]:
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        return 0
    return _run(arguments)


def _run(command: list[str]) -> int:
    """The program's exit code; our SIGTERM becomes its own, and if it will not go, its end."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, preexec_fn=_die_with_starter if sys.platform == "linux" else None
    )

    def pass_on(number: int, frame: FrameType | None) -> None:
        process.terminate()
        Thread(target=_kill_later, args=(process,), daemon=True).start()

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, pass_on)
    return process.wait()


def _die_with_starter() -> None:
    """A foreign program watches no pipe: should this process be killed, Linux tells the program in our place."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _kill_later(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(GRACE_SECONDS / 2)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
