"""Search on both databases: every spelling finds, whatever is typed fails nothing, and pages go on where they ended."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.searching import read
from gateway.desk import filters, search
from gateway.desk.filters import Filters
from gateway.desk.search import Scope
from gateway.models import search_index
from gateway.models.contact import Address, Contact
from gateway.models.conversation import Conversation
from gateway.models.database import Database
from gateway.models.message import Message
from gateway.models.user import User

PHONE = "+923001234567"
OTHER = "+14155550100"
AGENT = 7


@pytest.fixture
def talk(database: Database) -> Database:
    """Ayesha and Bob, each with a conversation; AGENT has Bob's."""
    with database.begin() as session:
        now = clock.now()
        session.add(User(id=AGENT, email="a@b.c", name="A", role="agent", password_hash="x", created_at=now))
        ayesha = {"email": "Ayesha.Khan@Example.com", "city": "لاہور"}
        people = (
            Contact(id=1, name="", profile_name="عائشة خان", attributes=ayesha, created_at=now, last_seen_at=now),
            Contact(id=2, name="Bob Müller", profile_name="bobby", attributes={}, created_at=now),
            Contact(id=3, name="Bob gone", attributes={}, merged_into_id=2, created_at=now),
        )
        session.add_all(people)
        session.flush()
        for number, value in ((1, PHONE), (2, OTHER)):
            session.add(
                Address(id=number, contact_id=number, kind="phone", value=value, match_key=value, created_at=now)
            )
        session.flush()
        made: dict[str, Any] = {"opened_at": now, "last_message_at": now, "channel_type": "whatsapp"}
        about = {"topic": "delivery"}
        session.add(Conversation(id=1, contact_id=1, address_id=1, channel_id="wa", mood="angry", case=about, **made))
        session.add(
            Conversation(id=2, contact_id=2, address_id=2, channel_id="sms", owner="agent", assignee_id=AGENT, **made)
        )
    return database


def say(session: Session, said: str, contact: int = 1, **more: Any) -> int:
    values: dict[str, Any] = {
        "contact_id": contact, "conversation_id": contact, "address": PHONE, "channel_id": "wa",
        "channel_type": "whatsapp", "direction": "inbound", "kind": "text", "author": "contact", "status": "received",
        "created_at": clock.now(),
    }  # fmt: skip
    message = Message(text=said, **(values | more))
    session.add(message)
    session.flush()
    return message.id


def found(database: Database, typed: str, scope: Scope | None = None) -> list[int]:
    with database.read() as session:
        return [hit.id for hit in search.messages(session, read(typed), scope or Scope(), 20).rows]


SPELLINGS = [
    ("Where is my order?", "ORDER"),
    ("Where is my order?", "my ord"),
    ("Where is my order?", '"is my"'),
    ("میرا آرڈر کہاں ہے", "ارڈر کہ"),
    ("ﻣﺤﻤﺪ", "محمد"),
    ("كتاب جديد", "کتاب"),
    ("مُحَمَّد", "محمد"),
    ("می\u200cخواهم", "میخواهم"),
    ("order ۴۵۲۱ please", "4521"),
    ("order 4521 please", "٤٥٢١"),
    ("order GC-4521", "gc4521"),
    ("order gc4521", "GC-4521"),
    ("call 0300-1234567", "03001234567"),
    ("call 03001234567", "0300 1234567"),
    ("write to me@example.com/path", "me@example.com"),
    ("see https://example.com/a?b=1", "example"),
    ("minus -4521", "4521"),
    ("el niño llegó", "NINO llego"),
    ("नमस्ते दोस्त", "नमस्ते"),
    ("good 👍 job", "good 👍 job"),
    ("<b>bold</b>", "bold"),
]


def test_every_spelling_finds(talk: Database) -> None:
    """Each alone, so that none is found for another."""
    for said, typed in SPELLINGS:
        with talk.begin() as session:
            wanted = say(session, said)
        assert (typed, found(talk, typed)) == (typed, [wanted])
        assert (typed, found(talk, f"{typed} absent")) == (typed, [])
        with talk.begin() as session:
            session.execute(text("DELETE FROM messages"))


HOSTILE = [
    "", " ", "👍", '"', '""', "'", "\\", "*", ":*", "a:*", "!", "& |", "( ( (", "NEAR(a b, 2)", "text : x", "^x", "- -",
    "x" * 10_000, "1" * 10_000, '"a" ' * 3000, "\u202e\u200f", "-- ; drop table messages", "%_%", "a\u0301" * 500,
]  # fmt: skip


def test_whatever_is_typed_fails_nothing(talk: Database) -> None:
    with talk.begin() as session:
        say(session, "nothing of that kind")
    with talk.read() as session:
        for query in map(read, HOSTILE):
            assert not search.messages(session, query, Scope(), 5).rows
            assert not search.contacts(session, query, 5, ("92",))
            assert not search.conversations(session, query, Scope(), 5)


PEOPLE = [
    ("عائشہ", [1]),
    ("خان", [1]),
    ("muller", [2]),
    ("bob", [2]),
    ("bobby", [2]),
    ("ayesha.khan@example.com", [1]),
    ("لاہور", [1]),
    ("+92 300 1234567", [1]),
    ("0300-1234567", [1]),
    ("0300 12", [1]),
    ("00923001", [1]),
    ("٠٣٠٠١٢٣٤٥٦٧", [1]),
    ("4567", [1]),
    ("415 555", []),
    ("1 415 555", [2]),
    ("bob ayesha", []),
]


def test_people_by_name_attribute_and_number(talk: Database) -> None:
    with talk.read() as session:
        for typed, people in PEOPLE:
            hits = search.contacts(session, read(typed), 5, ("92",))
            talks = search.conversations(session, read(typed), Scope(), 5, ("92",))
            assert (typed, [hit.id for hit in hits]) == (typed, people)
            assert (typed, [hit.conversation_id for hit in hits]) == (typed, people)
            assert (typed, [hit.contact_id for hit in talks]) == (typed, people)


FILTERS: list[tuple[dict[str, str], set[int]]] = [
    ({}, {1, 2}),
    ({"channel": "sms"}, {2}),
    ({"mood": "angry"}, {1}),
    ({"topic": "delivery"}, {1}),
    ({"topic": "payment"}, set()),
    ({"assignee": "me"}, {2}),
    ({"assignee": "nobody"}, {1}),
    ({"owner": "bot", "state": "open"}, {1}),
    ({"state": "resolved"}, set()),
]


def test_filters(talk: Database) -> None:
    with talk.begin() as session:
        for contact in (1, 2):
            say(session, "the same words", contact)
        say(session, "the same words", 1, conversation_id=None)
    with talk.read() as session:
        for given, conversations in FILTERS:
            hits = search.messages(session, read("same words"), Scope(filters.read(given), AGENT), 20).rows
            assert (given, {hit.conversation_id for hit in hits}) == (given, conversations)


def test_days(talk: Database) -> None:
    today = clock.now()
    with talk.begin() as session:
        old = say(session, "a word", created_at=today - timedelta(days=10))
        new = say(session, "a word", created_at=today)
    day = (today - timedelta(days=5)).date()
    assert found(talk, "word", search.scope_of(Filters(), None, "UTC", last=day)) == [old]
    assert found(talk, "word", search.scope_of(Filters(), None, "UTC", first=day)) == [new]
    assert found(talk, "word", search.scope_of(Filters(), None, "UTC", date.min, date.max)) == [new, old]


def test_pages_go_on_where_they_ended(talk: Database) -> None:
    with talk.begin() as session:
        wanted = [say(session, f"parcel {number}") for number in range(12)][::-1]
    seen: list[int] = []
    with talk.read() as session:
        while len(seen) < 12:
            page = search.messages(session, read("parcel"), Scope(), 5, seen[-1] if seen else None)
            seen += [hit.id for hit in page.rows]
            assert page.more == (len(seen) < 12)
    assert seen == wanted


def test_window_by_window(talk: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few ids at a time find the same."""
    monkeypatch.setattr(search, "WINDOWS", (1, 2))
    with talk.begin() as session:
        wanted = [say(session, said) for said in ("parcel", "no", "parcel", "no", "no", "no", "parcel")]
    assert found(talk, "parcel") == [wanted[6], wanted[2], wanted[0]]


def test_what_is_changed_or_erased_is_found_no_more(talk: Database) -> None:
    with talk.begin() as session:
        kept, gone = say(session, "first words"), say(session, "first words")
    with talk.begin() as session:
        session.execute(text("UPDATE messages SET text = 'other words' WHERE id = :id"), {"id": kept})
        session.execute(text("DELETE FROM messages WHERE id = :id"), {"id": gone})
        session.execute(text("UPDATE contacts SET name = 'Zahra' WHERE id = 2"))
    assert (found(talk, "first"), found(talk, "other")) == ([], [kept])
    with talk.read() as session:
        assert [hit.id for hit in search.contacts(session, read("zahra"), 5)] == [2]
        assert search.contacts(session, read("muller"), 5) == []


def test_the_index_is_used(postgresql: Database) -> None:
    with postgresql.read() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        for table, words, index in (
            ("messages", search_index.MESSAGE, "ix_search_messages"),
            ("contacts", search_index.CONTACT, "ix_search_contacts"),
        ):
            asked = f"EXPLAIN SELECT id FROM {table} WHERE {words} @@ to_tsquery('simple', 'word')"
            plan = session.connection().exec_driver_sql(asked.replace("%", "%%")).scalars().all()
            assert any(index in line for line in plan), plan


def test_a_copied_table_is_searched_on(sqlite: Database) -> None:
    with sqlite.engine.begin() as connection:
        for name in ("put", "take", "change"):
            connection.exec_driver_sql(f"DROP TRIGGER search_messages_{name}")
        search_index.keep_triggers(connection)
        names = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'search_messages_%'"
        assert connection.exec_driver_sql(names).scalar() == 3


def test_a_search_that_takes_too_long_says_so(postgresql: Database) -> None:
    def slowly(session: Session) -> None:
        with search.bounded(session):
            session.execute(text("SET LOCAL statement_timeout = 1"))
            session.execute(text("SELECT pg_sleep(5)"))

    with postgresql.read() as session, pytest.raises(search.TooWide, match="add a word"):
        slowly(session)
