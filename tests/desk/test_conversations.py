"""Owners, epochs, and who may take what."""

import threading

import pytest
from sqlalchemy import select

from gateway.core import clock
from gateway.core.errors import Conflict, NotFound
from gateway.core.events import SeenAddress
from gateway.core.words import AddressKind, Owner
from gateway.desk import contacts, conversations, handoff
from gateway.desk.conversations import OpenConversation
from gateway.desk.handoff import Handing
from gateway.models.conversation import Conversation
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry
from gateway.models.user import User


def begun(database: Database) -> OpenConversation:
    with database.begin() as session:
        found = contacts.resolve(session, [SeenAddress(AddressKind.PHONE, "+923001234567")], channel_id="wa")
        return conversations.start(
            session,
            found.contact_id,
            channel_id="wa",
            channel_type="whatsapp",
            address_id=found.address_id,
            language="ur",
        )


def user(database: Database, name: str) -> int:
    with database.begin() as session:
        made = User(email=f"{name}@example.org", name=name, role="agent", password_hash="x", created_at=clock.now())
        session.add(made)
        session.flush()
        return made.id


def kinds(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.execute(select(LogEntry.kind).order_by(LogEntry.id)).scalars())


def test_a_contact_has_one_open_conversation(database: Database) -> None:
    first = begun(database)
    with pytest.raises(Conflict):
        begun(database)
    with database.begin() as session:
        assert conversations.open_of(session, first.contact_id) == first


def test_owner_changes_raise_the_epoch_and_are_told(database: Database) -> None:
    first, sara = begun(database), user(database, "Sara")
    with database.begin() as session:
        waiting = handoff.request(session, first, Handing("care", "asked"), actor="contact")
        again = handoff.request(session, waiting, Handing("care", "asked"), actor="contact")
        taken = conversations.claim(session, first.id, sara)
        back = conversations.hand_back(session, first.id, actor_id=sara)
    assert [c.epoch for c in (first, waiting, again, taken, back)] == [1, 2, 2, 3, 4]
    assert (waiting.owner, waiting.queue, taken.assignee_id, back.owner) == ("queue", "care", sara, "bot")
    assert waiting.waiting_since is not None
    assert back.waiting_since is None
    assert kinds(database)[2:] == ["owner_changed", "handoff_requested", "owner_changed", "owner_changed"]


def test_one_of_many_claims_wins_and_the_others_hear_who(database: Database) -> None:
    first = begun(database)
    people = [user(database, f"agent{number}") for number in range(6)]
    outcomes: list[str] = []

    def take(person: int) -> None:
        try:
            with database.begin() as session:
                conversations.claim(session, first.id, person)
            outcomes.append("taken")
        except Conflict as conflict:
            outcomes.append(str(conflict))

    threads = [threading.Thread(target=take, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("taken") == 1
    assert len({text for text in outcomes if "has this conversation" in text}) == 1


def test_a_stale_view_changes_nothing(database: Database) -> None:
    first, sara = begun(database), user(database, "Sara")
    with database.begin() as session:
        conversations.claim(session, first.id, sara)
    with pytest.raises(Conflict), database.begin() as session:
        conversations.change_owner(session, first, owner=Owner.BOT, actor="system")


@pytest.mark.parametrize("owner_after", ["agent", "bot"])
def test_resolve_and_reopen(database: Database, owner_after: str) -> None:
    first, sara = begun(database), user(database, "Sara")
    actor, actor_id = ("agent", sara) if owner_after == "agent" else ("contact", None)
    with database.begin() as session:
        conversations.resolve(session, first.id, actor="agent", actor_id=sara)
        assert conversations.open_of(session, first.contact_id) is None
        with pytest.raises(Conflict):
            conversations.claim(session, first.id, sara)
        again = conversations.reopen(session, first.id, actor=actor, actor_id=actor_id)
    assert (again.owner, again.state, again.epoch) == (owner_after, "open", 2)


def test_reopening_beside_an_open_one_is_refused(database: Database) -> None:
    first = begun(database)
    with database.begin() as session:
        conversations.resolve(session, first.id, actor="system")
    begun(database)
    with database.begin() as session, pytest.raises(Conflict):
        conversations.reopen(session, first.id, actor="agent", actor_id=None)


def test_assign_needs_somebody_who_works_here(database: Database) -> None:
    first = begun(database)
    with database.begin() as session, pytest.raises(NotFound):
        conversations.assign(session, first.id, 99, actor_id=None)


def test_transfer_note_and_read(database: Database) -> None:
    first, sara = begun(database), user(database, "Sara")
    with database.begin() as session:
        moved = conversations.transfer(session, first.id, "returns", actor_id=sara)
        assert conversations.add_note(session, first.id, "Called back", author_id=sara, author_name="Sara") > 0
        session.get_one(Conversation, first.id).unread_count = 3
        session.flush()
        conversations.mark_read(session, first.id)
    with database.read() as session:
        assert session.get_one(Conversation, first.id).unread_count == 0
    assert (moved.owner, moved.queue) == ("queue", "returns")
