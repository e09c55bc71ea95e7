"""The reader of the log: nothing twice, nothing lost, late commits included."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import insert

from gateway.core import clock
from gateway.core.words import ROLE_RANK, Role
from gateway.live import journal as journals
from gateway.live.journal import Journal
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry


def write(database: Database, *ids: int, kind: str = "message_received", ago: timedelta = timedelta()) -> None:
    rows = [{"id": i, "at": clock.now() - ago, "kind": kind, "actor": "contact", "data": {}} for i in ids]
    with database.begin() as session:
        session.execute(insert(LogEntry), rows)


def ids(facts: Sequence[journals.Fact] | None) -> list[int]:
    assert facts is not None
    return [fact.id for fact in facts]


def test_news_come_once_and_in_order(database: Database) -> None:
    write(database, 1, 2)
    journal = Journal(database)
    journal.start()
    assert ids(journal.news()) == []
    write(database, 3, 4)
    assert ids(journal.news()) == [3, 4]
    assert ids(journal.news()) == []


def test_an_id_committed_late_is_still_told(database: Database) -> None:
    write(database, 1, 4)
    journal = Journal(database)
    journal.start()
    write(database, 7)
    assert ids(journal.news()) == [7]
    write(database, 2, 6, 5)
    assert ids(journal.news()) == [2, 5, 6], "gaps before the start and after it"
    write(database, 3, 8)
    assert ids(journal.news()) == [3, 8]


def test_a_gap_is_given_up_after_the_look_back(sqlite: Database) -> None:
    journal = Journal(sqlite)
    journal.start()
    write(sqlite, 1, 3)
    assert ids(journal.news()) == [1, 3]
    with clock.frozen(clock.now() + journals.LOOK_BACK + timedelta(seconds=1)):
        journal.news()
    assert journal._gaps == {}


def test_a_long_absence_comes_in_batches(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "BATCH", 3)
    journal = Journal(sqlite)
    journal.start()
    write(sqlite, *range(1, 8))
    assert [ids(journal.news()) for _ in range(4)] == [[1, 2, 3], [4, 5, 6], [7], []]


@pytest.mark.parametrize(
    ("after", "told"),
    [(0, [1, 2, 3, 4, 5]), (2, [1, 2, 3, 4, 5]), (3, [3, 4, 5]), (5, [3, 4, 5]), (99, [3, 4, 5])],
)
def test_what_was_missed_and_what_may_have_been(database: Database, after: int, told: list[int]) -> None:
    write(database, 1, 2, ago=timedelta(minutes=5))
    write(database, 3, 4, 5)
    assert ids(Journal(database).missed(after)) == told


def test_too_much_missed(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "MISSED_AT_MOST", 3)
    write(sqlite, *range(1, 10))
    assert Journal(sqlite).missed(5) is None
    assert ids(Journal(sqlite).missed(6))[-3:] == [7, 8, 9]


@pytest.mark.parametrize(("kind", "role"), [("message_received", Role.AGENT), ("operator_paged", Role.SUPERVISOR)])
def test_who_hears_of_it(kind: str, role: Role) -> None:
    assert journals.fact(1, kind, 2, None, None).rank == ROLE_RANK[role]


def test_an_event_bears_ids_alone() -> None:
    chunk = journals.fact(7, "note_added", 3, None, 5).chunk
    assert chunk == (b'id: 7\ndata: {"kind":"note_added","conversation_id":3,"message_id":null,"contact_id":5}\n\n')
