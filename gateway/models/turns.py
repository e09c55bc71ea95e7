"""Writers of one SQLite file take turns: the kernel queues them, where SQLite alone lets them poll and starve.

SQLite's own busy handler sleeps up to 100 ms between looks, so that under steady load an unlucky writer waits for
seconds while lucky ones pass. A lock on a file beside the database wakes the next in line at once.
"""

import fcntl
import os
import sqlite3
from typing import Any


class TurnTaking(sqlite3.Connection):
    """A connection whose write transactions begin with ``take_turn`` and give the turn back after their end."""

    def __init__(self, database: str, *args: Any, **options: Any) -> None:
        super().__init__(database, *args, **options)
        self._path = f"{database}-turn" if os.path.isabs(database) else ""
        self._file: int | None = None
        self._mine = False

    def take_turn(self) -> None:
        """Wait until no other writer is at work, on whatever thread or process; its death gives the turn back."""
        if self._path and not self._mine:
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._mine = True  # first: a time-out that strikes just after the lock is ours must find it to give back
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self._give_turn()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._give_turn()

    def close(self) -> None:
        self._give_turn()
        if self._file is not None:
            os.close(self._file)
            self._file = None
        super().close()

    def _give_turn(self) -> None:
        if self._mine and self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._mine = False
