"""What a failed browser test shows of the product: the end of its log, and what it had not done yet."""

import sqlite3
from contextlib import closing
from pathlib import Path

LOG_CHARACTERS = 8000
QUESTIONS = {
    "events not done": "SELECT id, kind, state, attempts, lane, received_at, error FROM inbound_events "
    "WHERE state <> 'done' ORDER BY id DESC LIMIT 20",
    "lanes held or due": "SELECT key, due_at, claimed_until, claimed_by FROM lanes "
    "WHERE due_at IS NOT NULL OR claimed_by IS NOT NULL LIMIT 20",
    "deliveries": "SELECT id, state, attempts, looks, due_at, claimed_by, claimed_at, error_code, error_text "
    "FROM deliveries ORDER BY id DESC LIMIT 20",
    "content": "SELECT hash, external_id, error FROM contents LIMIT 20",
    "newest facts": "SELECT at, kind, actor, message_id, data FROM event_log ORDER BY id DESC LIMIT 30",
    "now": "SELECT datetime('now')",
}


def tail(log: Path) -> str:
    return log.read_text(errors="replace")[-LOG_CHARACTERS:] if log.exists() else "no log"


def facts(var_dir: Path) -> str:
    """Rows that say where a message is stuck; a database that cannot be read is a fact, too."""
    spooled = f"requests in the spool: {sum(1 for _ in (var_dir / 'spool').rglob('*.request'))}\n"
    try:
        with closing(sqlite3.connect(f"file:{var_dir / 'rabta.db'}?mode=ro", uri=True, timeout=5)) as connection:
            return spooled + "\n".join(_answer(connection, title, question) for title, question in QUESTIONS.items())
    except sqlite3.Error as error:
        return f"cannot be read: {error!r}"


def _answer(connection: sqlite3.Connection, title: str, question: str) -> str:
    cursor = connection.execute(question)
    names = [column[0] for column in cursor.description]
    rows = [", ".join(f"{name}={value}" for name, value in zip(names, row, strict=True)) for row in cursor]
    return "\n".join([f"{title}: {len(rows)}", *(f"  {row}" for row in rows)])
