"""Conversations that ended reach the CRM: once, in their order, after days without it, and people see what did not."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from gateway.config.crm_mapping import shipped
from gateway.core import clock
from gateway.core.crm import CrmSettings, Remote
from gateway.core.errors import NotFound
from gateway.desk import conversations, crm_links, crm_writes
from gateway.jobs.write_back import collect, write_due
from gateway.models.crm import CrmWrite
from gateway.models.database import Database
from gateway.runtime import Runtime
from tests import care
from tests.crm import shop
from tests.crm.standins.rows import Shop
from tests.crm.standins.server import answering, serving
from tests.crm.standins.zendesk import Zendesk

AWAY = answering(502, {})
Later = Callable[..., int]


@pytest.fixture
def zendesk() -> Iterator[tuple[Zendesk, str]]:
    stand_in = Zendesk.of(Shop.of_files(shop.files()))
    with serving(stand_in) as url:
        yield stand_in, url


@pytest.fixture
def runtime(database: Database, redis_url: str, redis: Redis, zendesk: tuple[Zendesk, str]) -> Runtime:
    """Ayesha is in talk with the bot."""
    stand_in, url = zendesk
    remote = Remote("zendesk", url, shipped("zendesk") or {}, private=True, cache_seconds=0)
    crm = CrmSettings("rest", "PK", remote=remote, write_back=True)
    secrets = tuple(stand_in.secrets.items())
    made = care.runtime_on(database, redis_url, replace(care.CONFIG, crm=crm), crm_secrets=secrets)
    care.write(made, "where is my parcel?", f"whatsapp:{shop.AYESHA}")
    return made


def resolve(runtime: Runtime, conversation_id: int = 1) -> None:
    with runtime.work() as session:
        conversations.resolve(session, conversation_id, actor="agent")


def reopen(runtime: Runtime) -> None:
    with runtime.work() as session:
        conversations.reopen(session, 1, actor="agent")


def writes(runtime: Runtime) -> list[Any]:
    return list(care.rows(runtime.database, CrmWrite))


def states(runtime: Runtime) -> list[str]:
    return [row.state for row in writes(runtime)]


def written_at(runtime: Runtime, moment: datetime) -> int:
    """What is written then, by a process that has no memory of failures."""
    runtime._crm = None
    with clock.frozen(moment):
        collect(runtime)
        return write_due(runtime)


def test_an_ended_conversation_is_written_once(runtime: Runtime, zendesk: tuple[Zendesk, str]) -> None:
    assert not collect(runtime)
    resolve(runtime)
    assert collect(runtime)
    assert collect(runtime)
    assert write_due(runtime) == 1
    assert not collect(runtime)
    assert write_due(runtime) == 0
    [ticket], [row] = zendesk[0].tickets, writes(runtime)
    assert (ticket["requester_id"], ticket["status"], ticket["external_id"]) == ("40000", "solved", row.key)
    assert ticket["subject"].startswith("Conversation by whatsapp")
    assert ticket["description"].startswith("Summary: where is my parcel?")
    assert "Customer: where is my parcel?" in ticket["description"]
    assert (row.state, row.reference) == ("written", "35000")


def test_nothing_is_collected_where_nobody_wants_it(runtime: Runtime) -> None:
    settings = replace(runtime.config().crm, write_back=False)
    runtime.versions.running = replace(runtime.config(), crm=settings)  # type: ignore[attr-defined]
    resolve(runtime)
    assert not collect(runtime)
    assert write_due(runtime) == 0
    assert writes(runtime) == []


def test_endings_of_one_conversation_go_in_their_order(runtime: Runtime, zendesk: tuple[Zendesk, str]) -> None:
    resolve(runtime)
    collect(runtime)
    reopen(runtime)
    care.write(runtime, "and the other one?", f"whatsapp:{shop.AYESHA}")
    resolve(runtime)
    collect(runtime)
    with runtime.database.begin() as session:
        first = crm_writes.claim(session, "a")
        assert first is not None
        assert crm_writes.claim(session, "b") is None
        crm_writes.away(session, first, "gone")
    assert written_at(runtime, clock.now() + timedelta(seconds=31)) == 2
    first_text, second_text = (ticket["description"] for ticket in zendesk[0].tickets)
    assert ("my parcel" in first_text, "other one" in first_text) == (True, False)
    assert ("my parcel" in second_text, "other one" in second_text) == (False, True)


def test_an_outage_of_days_loses_nothing(runtime: Runtime, zendesk: tuple[Zendesk, str]) -> None:
    resolve(runtime)
    collect(runtime)
    start = clock.now()
    tries = 0
    for hours in range(1, 72, 6):
        zendesk[0].faults.append(AWAY)
        tries += 1
        assert written_at(runtime, start + timedelta(hours=hours)) == 0
        zendesk[0].faults.clear()
        assert write_due(runtime) == 0
    [row] = writes(runtime)
    assert (row.state, row.attempts, row.error) == ("waiting", tries, "it answered 502")
    assert written_at(runtime, start + timedelta(hours=80)) == 1
    assert len(zendesk[0].tickets) == 1


def test_a_row_is_given_up_after_a_week_and_can_be_replayed(runtime: Runtime, zendesk: tuple[Zendesk, str]) -> None:
    resolve(runtime)
    collect(runtime)
    zendesk[0].faults.append(AWAY)
    assert written_at(runtime, clock.now() + timedelta(days=8)) == 0
    assert writes(runtime)[0].error == "given up after 7 days: it answered 502"
    with runtime.work() as session:
        assert crm_writes.replay(session) == 1
    assert write_due(runtime) == 1
    with runtime.work() as session:
        assert crm_writes.replay(session) == 0
        assert crm_writes.replay(session, [writes(runtime)[0].id]) == 1
        with pytest.raises(NotFound):
            crm_writes.replay(session, [99])


def test_what_the_crm_refuses_holds_nobody_up(runtime: Runtime, zendesk: tuple[Zendesk, str]) -> None:
    care.write(runtime, "hello", f"whatsapp:{shop.BILAL}")
    resolve(runtime, 1)
    resolve(runtime, 2)
    collect(runtime)
    zendesk[0].faults.append(answering(422, {"error": "RecordInvalid"}))
    assert write_due(runtime) == 2
    assert sorted(states(runtime)) == ["failed", "written"]
    assert "it answered 422 RecordInvalid" in {row.error for row in writes(runtime)}


def test_who_died_while_writing_is_followed_by_another_and_one_ticket_remains(
    runtime: Runtime, zendesk: tuple[Zendesk, str]
) -> None:
    resolve(runtime)
    collect(runtime)

    def lost(heard: Any) -> tuple[int, dict[str, str], bytes]:
        zendesk[0].reply(heard)
        return 502, {}, b""

    zendesk[0].faults.extend([lambda _: None, lambda _: None, lost])
    assert write_due(runtime) == 0
    zendesk[0].idempotent.clear()  # two hours are over
    assert written_at(runtime, clock.now() + timedelta(hours=3)) == 1
    with runtime.database.begin() as session:
        crm_writes.replay(session, [1])
        dead = crm_writes.claim(session, "dead")
    assert dead is not None
    assert write_due(runtime) == 0
    assert written_at(runtime, clock.now() + crm_writes.CLAIM_LASTS) == 1
    with runtime.database.begin() as session:
        crm_writes.written(session, dead, "late")
    assert writes(runtime)[0].reference == "35000"
    assert len(zendesk[0].tickets) == 1


def test_it_goes_to_whom_people_chose(runtime: Runtime, zendesk: tuple[Zendesk, str]) -> None:
    with runtime.work() as session:
        crm_links.choose(session, 1, "zendesk", "C1002", chosen_by=None)
    resolve(runtime)
    collect(runtime)
    write_due(runtime)
    assert zendesk[0].tickets[0]["requester_id"] == "40001"


def test_what_is_written_is_forgotten_in_time(runtime: Runtime) -> None:
    resolve(runtime)
    collect(runtime)
    with runtime.database.begin() as session:
        assert not crm_writes.forget(session, clock.now() + timedelta(days=1), 10)
    write_due(runtime)
    with runtime.database.begin() as session:
        assert crm_writes.forget(session, clock.now() + timedelta(days=1), 1)
    assert writes(runtime) == []
