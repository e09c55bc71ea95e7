"""The loop brake between a bot and what may be another: counted, put on, told once, let go."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from gateway.core import clock
from gateway.core.errors import Action, Verdict
from gateway.core.events import StatusChanged
from gateway.desk import conversations, statuses
from gateway.models.conversation import Conversation
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry
from gateway.models.message import Delivery
from gateway.models.user import User
from gateway.runtime import Runtime
from tests import care

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AUTO = "Thank you for contacting Ali Traders! We will get back to you as soon as possible."


@pytest.fixture
def runtime(database: Database, redis_url: str, redis: Redis) -> Iterator[Runtime]:
    return care.runtime_on(database, redis_url)


def write(runtime: Runtime, text: str, at: timedelta) -> list[str]:
    with clock.frozen(START + at):
        return [reply.text for reply in care.write(runtime, text)]


def conversation(runtime: Runtime) -> Any:
    return care.rows(runtime.database, Conversation)[-1]


def reasons(runtime: Runtime) -> list[str]:
    rows = [row for row in care.rows(runtime.database, LogEntry) if row.kind == "handoff_requested"]
    return [row.data["reason"] for row in rows]


def agent(runtime: Runtime) -> int:
    with runtime.database.begin() as session:
        user = User(email="s@example.org", name="Sara", role="agent", password_hash="x", created_at=clock.now())
        session.add(user)
        session.flush()
        return user.id


def test_the_same_text_again_and_again_is_handed_over_and_told_once(runtime: Runtime) -> None:
    said = [write(runtime, "are you there", n * 5 * MINUTE) for n in range(5)]
    assert [len(replies) for replies in said] == [1, 1, 1, 0, 0]
    assert said[2][0].startswith("We seem to be going round in circles")
    now = conversation(runtime)
    assert (now.owner, now.queue, now.braked_at, now.heard_times) == ("queue", "care", START + 10 * MINUTE, 3)
    assert reasons(runtime) == ["loop"]


def test_an_autoresponder_gets_one_sentence(runtime: Runtime) -> None:
    assert len(write(runtime, AUTO, 0 * MINUTE)) == 1
    assert write(runtime, AUTO, MINUTE) == []
    assert reasons(runtime) == ["loop"]


def test_two_bots_do_not_talk_for_ever(runtime: Runtime) -> None:
    said = [write(runtime, f"what about {chr(97 + n)} then", n * timedelta(seconds=2)) for n in range(30)]
    assert sum(map(bool, said)) == 7  # six answers, and that people were asked
    assert conversation(runtime).owner == "queue"


def test_the_bot_talks_again_after_an_hour_while_people_are_still_asked(runtime: Runtime) -> None:
    write(runtime, AUTO, 0 * MINUTE)
    assert write(runtime, "when are you open?", 59 * MINUTE) == []
    assert write(runtime, "when are you open?", 60 * MINUTE) == ["We are open from 10 to 8."]
    assert write(runtime, "refund please", 61 * MINUTE) == ["Refunds take 5 days."]
    now = conversation(runtime)
    assert (now.owner, now.auto_replies, now.unread_count) == ("queue", 2, 4)


def test_who_takes_over_ends_the_brake(runtime: Runtime) -> None:
    write(runtime, AUTO, 0 * MINUTE)
    sara = agent(runtime)
    with runtime.work() as session:
        conversations.claim(session, 1, sara)
    assert write(runtime, "when are you open?", 70 * MINUTE) == []
    with runtime.work() as session:
        conversations.hand_back(session, 1, actor_id=sara)
    now = conversation(runtime)
    assert (now.braked_at, now.auto_replies, now.heard_times) == (None, 0, 0)
    assert write(runtime, "when are you open?", 71 * MINUTE) == ["We are open from 10 to 8."]


def test_the_providers_own_brake_is_ours(runtime: Runtime) -> None:
    """14107 says that Twilio stopped a loop: the bot says nothing more, and people are asked with what comes next."""
    write(runtime, "when are you open?", 0 * MINUTE)
    (delivery,) = care.rows(runtime.database, Delivery)
    verdict = Verdict(Action.FINAL, frozenset({"loop"}))
    change = StatusChanged(care.ACCOUNT, "SM1", "failed", delivery.token, "14107", "loop", verdict=verdict)
    with clock.frozen(START + MINUTE), runtime.work() as session:
        statuses.advance(session, change)
    assert conversation(runtime).braked_at == START + MINUTE
    assert write(runtime, "refund please", 2 * MINUTE) == []
    assert (conversation(runtime).owner, reasons(runtime)) == ("queue", ["loop"])


def test_counting_costs_no_statement(runtime: Runtime) -> None:
    """The counters ride on the row that is written anyway."""
    write(runtime, "when are you open?", 0 * MINUTE)
    write(runtime, "refund please", MINUTE)
    now = conversation(runtime)
    assert (now.auto_replies, now.auto_since, now.burst_replies, now.heard_times) == (2, START, 1, 1)
