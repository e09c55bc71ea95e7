"""How who is handed over is received, and what they are told of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import update

from automation.desk_sentences import DESK_SENTENCES
from automation.scheduling.hours import calendar_of
from gateway.core import clock
from gateway.core.business import Queue
from gateway.core.words import PresenceState, Role
from gateway.desk import presence, users
from gateway.jobs.route import route_all
from gateway.models.contact import SessionWindow
from gateway.models.conversation import Conversation
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry
from gateway.runtime import Runtime
from tests import care

TEXTS = Queue("texts", "T")
SHUT = {"shut": calendar_of({}, "Asia/Karachi")}
ORDERS = {"skills": ("orders",)}
FIRST, SECOND = "whatsapp:+923001234567", "whatsapp:+923007654321"


def runtime_with(database: Database, redis_url: str, queue: Queue, other: Queue = TEXTS) -> Runtime:
    business = replace(care.BUSINESS, queues=(queue, other))
    return care.runtime_on(database, redis_url, replace(care.config(business=business), hours=SHUT))


def somebody(runtime: Runtime, state: PresenceState, **work: Any) -> None:
    with runtime.work() as session:
        made = users.create(session, email="s@example.com", name="S", role=Role.AGENT, password="a long enough one")
        users.set_work(session, made, **work)
        presence.say(session, made, state)


def outcomes(runtime: Runtime) -> list[tuple[str, str]]:
    found = [row for row in care.rows(runtime.database, LogEntry) if row.kind == "handoff_requested"]
    return [(row.data["queue"], row.data["outcome"]) for row in found]


@pytest.mark.parametrize(
    ("queue", "work", "outcome", "told"),
    [
        ({}, None, "unknown", ""),
        ({}, {"state": PresenceState.ONLINE}, "online", ""),
        ({}, {"state": PresenceState.BUSY}, "nobody_online", "nobody_online"),
        (ORDERS, {"state": PresenceState.ONLINE, "skills": ["billing"]}, "nobody_online", "nobody_online"),
        (ORDERS, {"state": PresenceState.ONLINE, "skills": ["orders"]}, "online", ""),
        ({"hours": "shut"}, {"state": PresenceState.ONLINE}, "closed", ""),
    ],
)  # fmt: skip
def test_one_who_asks_for_a_person(
    sqlite: Database, redis: Redis, redis_url: str, queue: Any, work: Any, outcome: str, told: str
) -> None:
    runtime = runtime_with(sqlite, redis_url, Queue("care", "Care", **queue))
    if work:
        somebody(runtime, **work)
    (said,) = care.write(runtime, "agent", FIRST)
    assert outcomes(runtime) == [("care", outcome)]
    sentence = DESK_SENTENCES[told]["en"] if told else ""
    found = [key for key, texts in DESK_SENTENCES.items() if texts["en"] in said.text]
    assert found == ([told] if told else [])
    assert said.text.endswith(sentence)


@pytest.mark.parametrize(
    ("overflow", "other", "received"),
    [
        (None, TEXTS, ("care", "crowded", "many_waiting")),
        ("texts", TEXTS, ("texts", "overflow", "overflow_told")),
        ("texts", replace(TEXTS, hours="shut"), ("care", "crowded", "many_waiting")),
    ],
)
def test_a_full_queue(
    sqlite: Database, redis: Redis, redis_url: str, overflow: str | None, other: Queue, received: tuple[str, str, str]
) -> None:
    queue = Queue("care", "Care", max_waiting=1, overflow_to=overflow)
    runtime = runtime_with(sqlite, redis_url, queue, other)
    care.write(runtime, "agent", FIRST)
    (said,) = care.write(runtime, "agent", SECOND)
    where, outcome, sentence = received
    assert outcomes(runtime)[1] == (where, outcome)
    assert said.text.endswith(DESK_SENTENCES[sentence]["en"])


@pytest.mark.parametrize(
    ("minutes", "window_hours", "shut", "moves", "says"),
    [(4, 0, False, False, 0), (6, 0, False, True, 1), (6, 0, True, False, 0), (6, 30, False, True, 0)],
)
def test_who_waits_too_long_goes_on(
    database: Database,
    redis: Redis,
    redis_url: str,
    minutes: int,
    window_hours: int,
    shut: bool,
    moves: bool,
    says: int,
) -> None:
    queue = Queue("care", "Care", overflow_to="texts", overflow_after_minutes=5, hours="shut" if shut else None)
    runtime = runtime_with(database, redis_url, queue)
    care.write(runtime, "agent", FIRST)
    before, now = len(care.said(database)), clock.now()
    with database.begin() as session:
        session.execute(update(Conversation).values(waiting_since=now - timedelta(minutes=minutes)))
        session.execute(update(SessionWindow).values(last_inbound_at=now - timedelta(hours=window_hours)))
    route_all(runtime)
    route_all(runtime)
    (row,) = care.rows(database, Conversation)
    assert (row.queue, row.owner) == ("texts" if moves else "care", "queue")
    assert now - row.waiting_since > timedelta(minutes=minutes - 1)
    new = care.said(database)[before:]
    assert [one.text for one in new] == [DESK_SENTENCES["overflow_told"]["en"]] * says
    told = [one.data for one in care.rows(database, LogEntry) if one.kind == "overflowed"]
    assert told == ([{"from": "care", "to": "texts", "told": bool(says)}] if moves else [])
