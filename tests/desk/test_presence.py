"""Who is at the desk, and how it is noticed that somebody is not."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from gateway.core import clock
from gateway.core.errors import InvalidPayload, NotFound
from gateway.core.words import PresenceState, Role
from gateway.desk import presence, users
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def add(database: Database, name: str = "sara") -> int:
    with database.begin() as session:
        return users.create(
            session, email=f"{name}@example.com", name=name, role=Role.AGENT, password="a long enough one"
        )


def told(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        rows = session.scalars(select(LogEntry).where(LogEntry.kind == "presence_changed").order_by(LogEntry.id)).all()
        return [(row.data["from"], row.data["to"], row.data["how"]) for row in rows]


def test_a_day_at_the_desk(database: Database) -> None:
    sara = add(database)
    steps = [
        (0, "seen", "online"), (30, "seen", "online"), (60, PresenceState.BUSY, "busy"), (90, "seen", "busy"),
        (181, "look", "offline"), (200, "seen", "busy"), (210, PresenceState.AFTER_WORK, "after_work"),
        (900, "look", "offline"),
    ]  # fmt: skip
    for second, what, state in steps:
        with clock.frozen(NOON + timedelta(seconds=second)), database.begin() as session:
            if what == "seen":
                presence.seen(session, sara)
            elif what == "look":
                presence.notice_vanished(session)
                assert not presence.any_vanished(session)
            else:
                presence.say(session, sara, PresenceState(what))
            assert presence.state_now(session, sara) == state
    assert told(database) == [
        ("offline", "online", "said"), ("online", "busy", "said"), ("busy", "offline", "vanished"),
        ("offline", "busy", "returned"), ("busy", "after_work", "said"),
    ]  # fmt: skip


def test_who_can_be_given_something(sqlite: Database) -> None:
    there, busy, gone = (add(sqlite, name) for name in ("there", "busy", "gone"))
    add(sqlite, "never")
    with clock.frozen(NOON - timedelta(seconds=91)), sqlite.begin() as session:
        presence.seen(session, gone)
    with clock.frozen(NOON), sqlite.begin() as session:
        assert presence.anybody_ever(session)
        presence.seen(session, there)
        presence.say(session, busy, PresenceState.BUSY)
        assert presence.any_vanished(session)
        states = {person.name: person.state for person in presence.people(session)}
        assert [person.id for person in presence.people(session, online=True)] == [there]
        assert [presence.lock(session, user) for user in (there, gone, 99)] == ["online", "offline", "offline"]
    assert states == {"busy": "busy", "gone": "offline", "never": "offline", "there": "online"}


def test_what_somebody_can_do(sqlite: Database) -> None:
    sara = add(sqlite)
    with sqlite.begin() as session:
        users.set_work(session, sara, skills=["orders", " orders", ""], languages=["ur-Latn"], capacity=3)
        users.set_work(session, sara)
        account = users.by_email(session, "sara@example.com")
        assert (account.skills, account.languages, account.capacity) == (("orders",), ("ur-Latn",), 3)
        users.set_work(session, sara, skills=[], capacity=0)
        account = users.by_email(session, "sara@example.com")
        assert (account.skills, account.capacity) == ((), None)


@pytest.mark.parametrize("wrong", [{"skills": ["No Skill"]}, {"languages": ["Urdu"]}, {"capacity": 1001}])
def test_what_nobody_can_do(sqlite: Database, wrong: dict[str, list[str]]) -> None:
    sara = add(sqlite)
    with pytest.raises(InvalidPayload), sqlite.begin() as session:
        users.set_work(session, sara, **wrong)  # type: ignore[arg-type]
    with pytest.raises(NotFound), sqlite.begin() as session:
        users.set_work(session, 99, capacity=1)
