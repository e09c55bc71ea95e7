"""What a restart remembers: customers, chats and content in a small SQLite file, written behind by one thread."""

import json
import queue
import sqlite3
import threading
from pathlib import Path
from typing import Any

from gateway.simulator.state import customer_from, message_from
from gateway.simulator.world import World

FILE = "simulator.db"
PAUSE_SECONDS = 0.5

Change = tuple[str, str, str | None]


class Kept:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / FILE
        self._changes: queue.Queue[Change | None] = queue.Queue()
        with self._connect() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS kept (kind TEXT, key TEXT, data TEXT, PRIMARY KEY (kind, key))"
            )
        connection.close()
        self._thread = threading.Thread(target=self._write, name="simulator-keeper", daemon=True)
        self._thread.start()

    def keep(self, kind: str, key: str, data: dict[str, Any]) -> None:
        self._changes.put((kind, key, json.dumps(data, ensure_ascii=False)))

    def forget(self, kind: str, key: str) -> None:
        self._changes.put((kind, key, None))

    def close(self) -> None:
        """Write what is left and end."""
        self._changes.put(None)
        self._thread.join()

    def restore(self, world: World) -> None:
        """Fill an empty world with what was kept; unreadable rows of an older version are left out."""
        connection = self._connect()
        rows = connection.execute("SELECT kind, key, data FROM kept ORDER BY rowid").fetchall()
        connection.close()
        for kind, key, text in rows:
            try:
                _restore_row(world, kind, key, json.loads(text))
            except (TypeError, KeyError, ValueError):
                self.forget(kind, key)
        for message in sorted(world.messages.values(), key=lambda m: m.created):
            world.messages.move_to_end(message.sid)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path)

    def _write(self) -> None:
        connection = self._connect()
        ended = False
        while not ended:
            changes, ended = self._batch()
            with connection:
                for (kind, key), text in changes.items():
                    _write_row(connection, kind, key, text)
            if not ended:
                threading.Event().wait(PAUSE_SECONDS)
        connection.close()

    def _batch(self) -> tuple[dict[tuple[str, str], str | None], bool]:
        """What changed since the last batch, the newest of each; and whether that was all."""
        changes: dict[tuple[str, str], str | None] = {}
        change = self._changes.get()
        while change is not None:
            changes[change[0], change[1]] = change[2]
            try:
                change = self._changes.get_nowait()
            except queue.Empty:
                return changes, False
        return changes, True


def _restore_row(world: World, kind: str, key: str, data: dict[str, Any]) -> None:
    if kind == "message":
        world.messages[key] = message_from(data)
    elif kind == "customer":
        world.customers[key] = customer_from(data)
    elif kind == "content":
        world.contents[key] = data
    elif kind == "wrote":
        world.last_inbound[key] = data["at"]
    elif kind == "opted_out":
        world.opted_out.add(key)


def _write_row(connection: sqlite3.Connection, kind: str, key: str, text: str | None) -> None:
    if text is None:
        connection.execute("DELETE FROM kept WHERE kind = ? AND key = ?", (kind, key))
    else:
        connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (kind, key, text))
