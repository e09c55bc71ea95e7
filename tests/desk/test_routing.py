"""Lines and who is given whom, on real databases: nobody is given more than they can hold, nobody has two owners."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy import select, update

from gateway.core import clock
from gateway.core.business import Business, Desk, Queue
from gateway.core.events import SeenAddress
from gateway.core.words import AddressKind, PresenceState, Role
from gateway.desk import contacts, conversations, handoff, presence, routing, users
from gateway.desk.handoff import Handing
from gateway.jobs.route import route_all
from gateway.jobs.sweep import sweep
from gateway.models.contact import Address
from gateway.models.conversation import Conversation
from gateway.models.customer import Customer, CustomerAddress
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry
from gateway.models.user import Presence
from gateway.runtime import Runtime
from gateway.signals.wakes import CHORES
from tests import care

QUEUES = (Queue("care", "Care", assigns=True, capacity=2), Queue("offers", "Offers"))
DESK = Desk(return_to_bot_hours=2, tiers={"gold": 30})
BUSINESS = Business("Shop", "Asia/Karachi", ("en",), "en", (care.WHATSAPP,), QUEUES, desk=DESK)


@pytest.fixture
def runtime(database: Database, redis: Redis, redis_url: str) -> Runtime:
    return care.runtime_on(database, redis_url, care.config(business=BUSINESS))


@pytest.fixture
def quick(sqlite: Database, redis: Redis, redis_url: str) -> Runtime:
    return care.runtime_on(sqlite, redis_url, care.config(business=BUSINESS))


def agent(runtime: Runtime, name: str, *, online: bool = True, **work: object) -> int:
    with runtime.work() as session:
        made = users.create(
            session, email=f"{name}@example.com", name=name, role=Role.AGENT, password="a long enough one"
        )
        users.set_work(session, made, **work)  # type: ignore[arg-type]
        if online:
            presence.say(session, made, PresenceState.ONLINE)
        return made


def wait(runtime: Runtime, number: int, queue: str = "care", priority: str = "normal") -> int:
    """Somebody new waits in a queue, since ``number`` seconds before now."""
    with runtime.work() as session:
        seen = [SeenAddress(AddressKind.PHONE, f"+92300{number:07}")]
        found = contacts.resolve(session, seen, channel_id="wa")
        begun = conversations.start(
            session, found.contact_id, channel_id="wa", channel_type="whatsapp", address_id=found.address_id,
            language="en",
        )  # fmt: skip
        handoff.request(session, begun, Handing(queue, "asked", priority=priority), actor="contact")
        since = clock.now() - timedelta(seconds=number)
        session.execute(
            update(Conversation).where(Conversation.id == begun.id).values(waiting_since=since, priority=priority)
        )
        return begun.id


def owners(runtime: Runtime) -> dict[int, int | None]:
    return {row.id: row.assignee_id for row in care.rows(runtime.database, Conversation)}


def test_who_is_next_is_given_to_whoever_has_room(runtime: Runtime) -> None:
    sara = agent(runtime, "sara")
    first, second, pressing = wait(runtime, 30), wait(runtime, 20), wait(runtime, 10, priority="urgent")
    elsewhere = wait(runtime, 99, "offers")
    with runtime.database.read() as session:
        placed = routing.placed(session, "care", DESK.tiers, 2)
    assert [one.waiting.conversation_id for one in placed] == [pressing, first]
    assert placed[0].score.priority == 60
    route_all(runtime)
    assert owners(runtime) == {first: sara, second: None, pressing: sara, elsewhere: None}
    with runtime.work() as session:
        conversations.resolve(session, first, actor="agent", actor_id=sara)
    route_all(runtime)
    assert owners(runtime)[second] == sara


@pytest.mark.parametrize("how", ["vanish", "leave", "deactivate"])
def test_what_somebody_left_comes_back_in_its_place(quick: Runtime, how: str) -> None:
    sara, waits = agent(quick, "sara"), wait(quick, 600)
    answered = wait(quick, 500)
    route_all(quick)
    with quick.work() as session:
        session.execute(update(Conversation).where(Conversation.id == answered).values(waiting_since=None))
        if how == "vanish":
            session.execute(update(Presence).values(seen_at=clock.now() - timedelta(seconds=91)))
        elif how == "leave":
            presence.say(session, sara, PresenceState.AFTER_WORK)
        else:
            users.deactivate(session, sara)
    route_all(quick)
    assert owners(quick) == {waits: None, answered: sara}
    hina = agent(quick, "hina")
    route_all(quick)
    (row, _) = care.rows(quick.database, Conversation)
    assert (row.assignee_id, row.queue) == (hina, "care")
    assert clock.now() - row.waiting_since > timedelta(seconds=590)
    with quick.database.read() as session:
        reasons = [one.data["reason"] for one in session.scalars(select(LogEntry)) if one.kind == "owner_changed"]
    assert reasons[-2:] == ["left_alone", "routed"]


def test_who_is_away_keeps_what_they_have_and_gets_nothing(quick: Runtime) -> None:
    sara, first = agent(quick, "sara"), wait(quick, 5)
    route_all(quick)
    with quick.work() as session:
        presence.say(session, sara, PresenceState.AWAY)
    second = wait(quick, 1)
    route_all(quick)
    assert owners(quick) == {first: sara, second: None}


def test_skills_and_capacities_of_ones_own(quick: Runtime) -> None:
    queue = Queue("care", "Care", skills=("orders",), assigns=True, capacity=2)
    quick.versions.running = care.config(business=Business("S", "UTC", ("en",), "en", (care.WHATSAPP,), (queue,)))  # type: ignore[attr-defined]
    agent(quick, "billing", skills=["billing"])
    able = agent(quick, "able", skills=["orders"], capacity=1)
    made = [wait(quick, number) for number in (3, 2)]
    route_all(quick)
    assert owners(quick) == {made[0]: able, made[1]: None}


def test_a_quiet_conversation_goes_back_to_the_bot(quick: Runtime) -> None:
    sara = agent(quick, "sara")
    quiet, waits = wait(quick, 9), wait(quick, 8)
    route_all(quick)
    long_ago = {"last_message_at": clock.now() - timedelta(hours=3)}
    with quick.work() as session:
        session.execute(update(Conversation).values(long_ago))
        session.execute(update(Conversation).where(Conversation.id == quiet).values(waiting_since=None))
    route_all(quick)
    states = {row.id: (row.owner, row.assignee_id) for row in care.rows(quick.database, Conversation)}
    assert states == {quiet: ("bot", None), waits: ("agent", sara)}


def test_the_sweep_rings_only_where_something_may_change(quick: Runtime, redis: Redis) -> None:
    def rung() -> int:
        redis.flushall()
        sweep(quick)
        return redis.llen(f"rq:queue:{CHORES}")

    assert rung() == 0
    wait(quick, 5)
    assert rung() == 0, "nobody could take it"
    agent(quick, "sara")
    assert rung() == 1
    route_all(quick)
    assert rung() == 0
    with quick.work() as session:
        session.execute(update(Presence).values(seen_at=clock.now() - timedelta(seconds=91)))
    assert rung() == 1


def test_a_tier_moves_ahead(quick: Runtime) -> None:
    slow, gold = wait(quick, 60), wait(quick, 1)
    with quick.work() as session:
        conversation = conversations.lock(session, gold)
        address = session.scalars(select(Address).where(Address.contact_id == conversation.contact_id)).one()
        customer = Customer(number="C1", name="Ayesha", tier="Gold", created_at=clock.now())
        session.add(customer)
        session.flush()
        session.add(CustomerAddress(customer_id=customer.id, kind=address.kind, value="x", match_key=address.match_key))
        routing.keep_tier(session, conversation, DESK.tiers)
        session.flush()
        found = routing.line(session, "care", DESK.tiers)
    assert [(one.conversation_id, one.tier_points) for one in found] == [(gold, 30), (slow, 0)]


@pytest.mark.postgresql
def test_many_routers_and_claims_at_once(postgresql: Database, redis_url: str, redis: Redis) -> None:
    """Four routers and six people who claim: one owner each, nobody given more than they can hold, no deadlock."""
    runtime = care.runtime_on(postgresql, redis_url, care.config(business=BUSINESS))
    routed = [agent(runtime, f"routed{number}") for number in range(5)]
    claimers = [agent(runtime, f"claimer{number}", online=False) for number in range(6)]
    made = [wait(runtime, number) for number in range(40)]
    errors: list[BaseException] = []

    def claim(who: int) -> None:
        for one in made:
            try:
                with runtime.work() as session:
                    conversations.claim(session, one, who)
            except conversations.Conflict:
                continue

    def safely(act: object, *arguments: object) -> None:
        try:
            act(*arguments)  # type: ignore[operator]
        except BaseException as error:
            errors.append(error)

    tasks = [(route_all, runtime)] * 4 + [(claim, who) for who in claimers]
    threads = [threading.Thread(target=safely, args=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    held = Counter(owners(runtime).values())
    assert None not in held
    assert all(held[one] <= 2 for one in routed)
    changes = [row for row in care.rows(postgresql, LogEntry) if row.kind == "owner_changed"]
    assert Counter(one.conversation_id for one in changes) == dict.fromkeys(made, 2), "handed over, then taken once"
