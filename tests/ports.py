"""Ports for servers that tests start as programs, of which no two tests get the same one."""

import os
import socket
from itertools import count

FIRST, LAST = 12_000, 32_000
"""Below those that the kernel gives outgoing connections: one of them would be gone again before the server has it."""

_steps = count(os.getpid() * 37)


def free_port() -> int:
    """A port that nobody listens on."""
    for step in _steps:
        port = FIRST + step % (LAST - FIRST)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) and not _taken(port):
                return port
    raise AssertionError("never reached")


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
