"""Two contacts become one, and two again: nothing of either is lost or left with the wrong one."""

from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import update

from gateway.core import clock
from gateway.core.errors import Conflict, NotFound
from gateway.desk import contacts, conversations
from gateway.models.call import Call
from gateway.models.campaign import Campaign, CampaignRow
from gateway.models.contact import Address, Consent, Contact, ContactMerge
from gateway.models.conversation import Conversation, FlowSession, Note
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry
from gateway.models.message import Delivery, Message
from gateway.models.timer import Timer
from gateway.models.user import User
from gateway.runtime import Runtime
from tests import care

PHONE, ID = "whatsapp:+923001234567", "whatsapp:PK.13491208655302741918"


@pytest.fixture
def runtime(database: Database, redis_url: str, redis: Redis) -> Iterator[Runtime]:
    """A contact known by phone and one by a username's id, each in talk with the bot; the phone wrote first."""
    runtime = care.runtime_on(database, redis_url)
    care.write(runtime, "hello", PHONE)
    care.write(runtime, "when are you open?", ID)
    return runtime


def merge(runtime: Runtime, keep: int = 1, other: int = 2) -> int:
    with runtime.work() as session:
        return contacts.merge(session, keep, other, reason="same person", actor="agent")


def unmerge(runtime: Runtime, merge_id: int) -> None:
    with runtime.work() as session:
        contacts.unmerge(session, merge_id, actor="agent")


def of(runtime: Runtime, model: type, column: str) -> dict[int, Any]:
    return {row.id: getattr(row, column) for row in care.rows(runtime.database, model)}


def picture(runtime: Runtime) -> dict[str, Any]:
    """Who has what."""
    return {
        "addresses": of(runtime, Address, "contact_id"),
        "conversations": of(runtime, Conversation, "contact_id"),
        "states": of(runtime, Conversation, "state"),
        "places": of(runtime, Conversation, "address_id"),
        "messages": of(runtime, Message, "contact_id"),
        "threads": of(runtime, Message, "conversation_id"),
        "deliveries": of(runtime, Delivery, "contact_id"),
        "delivery threads": of(runtime, Delivery, "conversation_id"),
        "merged": of(runtime, Contact, "merged_into_id"),
    }


@pytest.mark.parametrize(("keep", "other"), [(1, 2), (2, 1)])
def test_merge_joins_all_into_the_older_conversation(runtime: Runtime, keep: int, other: int) -> None:
    merge(runtime, keep, other)
    now = picture(runtime)
    assert set(now["addresses"].values()) == set(now["messages"].values()) == set(now["deliveries"].values()) == {keep}
    assert set(now["threads"].values()) == set(now["delivery threads"].values()) == {1}
    assert now["states"] == {1: "open", 2: "resolved"}
    older = care.rows(runtime.database, Conversation)[0]
    assert (older.epoch, older.preview) == (2, care.rows(runtime.database, Conversation)[1].preview)
    assert [row.kind for row in care.rows(runtime.database, LogEntry)][-2:] == ["owner_changed", "contacts_merged"]


@pytest.mark.parametrize(("keep", "other"), [(1, 2), (2, 1)])
def test_unmerge_puts_everything_back(runtime: Runtime, keep: int, other: int) -> None:
    before = picture(runtime)
    unmerge(runtime, merge(runtime, keep, other))
    assert picture(runtime) == before
    assert [row.undone_at is not None for row in care.rows(runtime.database, ContactMerge)] == [True]
    assert care.write(runtime, "refund please", ID)[0].conversation_id == 2
    assert care.write(runtime, "refund please", PHONE)[0].conversation_id == 1


@pytest.mark.parametrize("sender", [PHONE, ID])
def test_what_came_while_merged_goes_back_with_its_address(runtime: Runtime, sender: str) -> None:
    merged = merge(runtime)
    care.write(runtime, "refund please", sender)
    unmerge(runtime, merged)
    now = picture(runtime)
    contact = 1 if sender == PHONE else 2
    assert [now["messages"][number] for number in (5, 6)] == [contact] * 2
    assert [now["conversations"][now["threads"][number]] for number in (5, 6)] == [contact] * 2


def test_a_conversation_begun_while_merged_is_split_by_address(runtime: Runtime) -> None:
    merged = merge(runtime)
    with runtime.work() as session:
        conversations.resolve(session, 1, actor="agent")
        session.execute(update(Conversation).values(resolved_at=clock.now() - conversations.WITH_THE_BOT.within))
    care.write(runtime, "refund please", PHONE)
    care.write(runtime, "refund please", ID)
    unmerge(runtime, merged)
    now = picture(runtime)
    assert [now["conversations"][thread] for thread in now["threads"].values()] == list(now["messages"].values())
    assert {number: now["addresses"][address] for number, address in now["places"].items()} == now["conversations"]


def test_the_owner_closest_to_the_customer_stays(runtime: Runtime) -> None:
    with runtime.work() as session:
        sara = User(email="s@example.org", name="S", role="agent", password_hash="x", created_at=clock.now())
        session.add(sara)
        session.flush()
        conversations.claim(session, 2, sara.id)
        conversations.add_note(session, 2, "regular customer", author_id=sara.id, author_name="S")
    merged = merge(runtime)
    older = care.rows(runtime.database, Conversation)[0]
    assert (older.owner, older.assignee_id, older.epoch) == ("agent", 1, 3)
    assert of(runtime, Note, "conversation_id") == {1: 1}
    unmerge(runtime, merged)
    assert of(runtime, Note, "conversation_id") == {1: 2}


def test_one_place_in_a_flow_is_kept(runtime: Runtime) -> None:
    care.write(runtime, "hello", ID)
    merge(runtime)
    assert [row.contact_id for row in care.rows(runtime.database, FlowSession)] == [1]


def test_a_place_moves_where_there_was_none(runtime: Runtime) -> None:
    merge(runtime, 2, 1)
    assert [row.contact_id for row in care.rows(runtime.database, FlowSession)] == [2]


def test_calls_go_along_and_come_back(runtime: Runtime) -> None:
    with runtime.work() as session:
        facts = {"account": "A", "external_id": "CA1", "channel_id": "v", "direction": "inbound", "status": "completed"}
        session.add(Call(contact_id=2, address="", started_at=clock.now(), data={}, **facts))
    merged = merge(runtime)
    assert of(runtime, Call, "contact_id") == {1: 1}
    unmerge(runtime, merged)
    assert of(runtime, Call, "contact_id") == {1: 2}


def consents_of(runtime: Runtime) -> list[tuple[int, str]]:
    return [(row.contact_id, row.wish) for row in care.rows(runtime.database, Consent)]


def test_the_ledger_goes_with_its_address(runtime: Runtime) -> None:
    care.write(runtime, "stop", ID)
    merged = merge(runtime)
    care.write(runtime, "start", ID)
    care.write(runtime, "stop", PHONE)
    assert consents_of(runtime) == [(1, "opt_out"), (1, "opt_in"), (1, "opt_out")]
    unmerge(runtime, merged)
    assert consents_of(runtime) == [(2, "opt_out"), (2, "opt_in"), (1, "opt_out")]


def test_timers_go_with_their_message_or_conversation(runtime: Runtime) -> None:
    facts = {"kind": "follow_up", "data": {}, "due_at": clock.now(), "created_at": clock.now()}
    with runtime.work() as session:
        session.add(Timer(contact_id=2, conversation_id=2, message_id=4, **facts))
        session.add(Timer(contact_id=2, conversation_id=2, **facts))
        session.add(Timer(contact_id=1, conversation_id=1, message_id=2, **facts))
    merged = merge(runtime)
    assert of(runtime, Timer, "contact_id") == {1: 1, 2: 1, 3: 1}
    assert of(runtime, Timer, "conversation_id") == {1: 1, 2: 1, 3: 1}
    unmerge(runtime, merged)
    found = of(runtime, Timer, "contact_id")
    assert (found[1], found[3]) == (2, 1)
    assert of(runtime, Timer, "conversation_id")[1] == 2


@pytest.mark.parametrize(
    ("kept", "other", "after"),
    [
        (None, "ready", [("ready", 1)]),
        ("ready", "ready", [("ready", 1), ("refused", 1)]),
        ("ready", "released", [("refused", 1), ("released", 1)]),
        ("released", "ready", [("released", 1), ("refused", 1)]),
        ("released", "released", [("released", 1), ("released", 2)]),
        ("refused", "ready", [("refused", 1), ("ready", 1)]),
    ],
)
def test_a_campaign_writes_once_to_who_turned_out_to_be_one(
    runtime: Runtime, kept: str | None, other: str, after: list[tuple[str, int]]
) -> None:
    with runtime.work() as session:
        campaign = Campaign(name="Sale", template="sale", channel_id="wa", created_at=clock.now())
        session.add(campaign)
        session.flush()
        for number, state in enumerate((kept, other), 1):
            if state:
                session.add(
                    CampaignRow(
                        campaign_id=campaign.id, number=number, state=state, contact_id=number, address_id=number
                    )
                )
    merged = merge(runtime)
    assert [(row.state, row.contact_id) for row in care.rows(runtime.database, CampaignRow)] == after
    unmerge(runtime, merged)
    expected = [1, 2] if kept else [2]
    assert [row.contact_id for row in care.rows(runtime.database, CampaignRow)] == expected


def test_parked_replies_are_counted_together_and_apart_again(runtime: Runtime) -> None:
    with runtime.work() as session:
        session.execute(update(Message).where(Message.id.in_((2, 4))).values(status="parked"))
        session.execute(update(Conversation).values(parked_count=1))
    merged = merge(runtime)
    assert of(runtime, Conversation, "parked_count")[1] == 2
    unmerge(runtime, merged)
    assert of(runtime, Conversation, "parked_count") == {1: 1, 2: 1}


def test_merge_refuses_what_makes_no_sense(runtime: Runtime) -> None:
    with pytest.raises(Conflict):
        merge(runtime, 1, 1)
    with pytest.raises(NotFound):
        merge(runtime, 1, 99)
    with pytest.raises(NotFound):
        unmerge(runtime, 99)
    merged = merge(runtime)
    with pytest.raises(Conflict):
        merge(runtime, 1, 2)
    unmerge(runtime, merged)
    with pytest.raises(Conflict):
        unmerge(runtime, merged)
