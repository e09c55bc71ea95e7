"""What customers were promised, over a conversation's whole life; snoozes, and who it goes on with afterwards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import event, update

from automation.desk_sentences import DESK_SENTENCES
from gateway.core import clock
from gateway.core.business import Desk, Queue, Standard
from gateway.core.errors import Conflict, InvalidPayload
from gateway.core.replies import Reply
from gateway.core.words import Author, PresenceState, Role
from gateway.desk import conversations, outbox, presence, sla, snoozes, users
from gateway.jobs.fire_timers import fire_due
from gateway.models.conversation import Conversation
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry
from gateway.models.sla import SlaClock
from gateway.models.user import Presence
from gateway.runtime import Runtime
from tests import care

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FULL = Standard("fast", "Fast", 10, 5, 1, None)
Life = Callable[..., None]


class Talk:
    """One customer and one agent, minute by minute."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        with clock.frozen(NOON), runtime.work() as session:
            self.sara = users.create(
                session, email="s@example.com", name="Sara", role=Role.AGENT, password="a long enough one"
            )

    def at(self, minute: float, what: str, *arguments: Any) -> Any:
        """Do something at a minute after noon, after what is due until then."""
        with clock.frozen(NOON + timedelta(minutes=minute)):
            fire_due(self.runtime)
            found = getattr(self, what)(*arguments) if what else None
            fire_due(self.runtime)
            return found

    def write(self, text: str) -> list[str]:
        return [one.text for one in care.write(self.runtime, text)]

    def claim(self) -> None:
        with self.runtime.work() as session:
            conversations.claim(session, 1, self.sara)

    def answer(self) -> None:
        with self.runtime.work() as session:
            found = conversations.lock(session, 1)
            business = self.runtime.config().business
            outbox.say(session, found, Reply("Hi"), author=Author.AGENT, author_id=self.sara, business=business)

    def snooze(self, minutes: float | None) -> None:
        with self.runtime.work() as session:
            until = None if minutes is None else clock.now() + timedelta(minutes=minutes)
            snoozes.snooze(session, 1, until, actor_id=self.sara)

    def resolve(self) -> None:
        with self.runtime.work() as session:
            conversations.resolve(session, 1, actor="agent", actor_id=self.sara)

    def hand_back(self) -> None:
        with self.runtime.work() as session:
            conversations.hand_back(session, 1, actor_id=self.sara)

    def transfer(self, queue: str) -> None:
        with self.runtime.work() as session:
            conversations.transfer(session, 1, queue, actor_id=self.sara)

    def row(self) -> Any:
        return care.rows(self.runtime.database, Conversation)[-1]

    def clocks(self) -> dict[str, str]:
        return {row.kind: _state(row) for row in care.rows(self.runtime.database, SlaClock)}

    def told(self) -> list[tuple[str, str]]:
        found = [row for row in care.rows(self.runtime.database, LogEntry) if row.kind.startswith("sla_")]
        return [(row.kind.removeprefix("sla_"), row.data["clock"]) for row in found]


def _state(row: Any) -> str:
    if row.met_at:
        return "late" if row.breached_at else "met"
    if row.ended_at:
        return "ended"
    return "breached" if row.breached_at else "paused" if row.paused_at else "runs"


def talk_on(database: Database, redis_url: str, standard: Standard = FULL, desk: Desk | None = None) -> Talk:
    queues = (Queue("care", "Care", sla="fast"), Queue("texts", "T"))
    business = replace(care.BUSINESS, queues=queues, standards=(standard,), desk=desk or Desk())
    return Talk(care.runtime_on(database, redis_url, care.config(business=business)))


@pytest.fixture
def talk(sqlite: Database, redis: Redis, redis_url: str) -> Talk:
    return talk_on(sqlite, redis_url)


def test_an_answer_in_time_and_one_that_is_late(database: Database, redis: Redis, redis_url: str) -> None:
    talk = talk_on(database, redis_url)
    talk.at(0, "write", "agent")
    assert talk.clocks() == {"first_response": "runs", "resolution": "runs"}
    talk.at(3, "claim")
    talk.at(4, "answer")
    talk.at(5, "write", "where is it?")
    talk.at(6, "write", "hello??")
    assert talk.clocks() == {"first_response": "met", "resolution": "runs", "next_response": "runs"}
    talk.at(9, "")
    talk.at(11, "")
    talk.at(12, "answer")
    talk.at(30, "resolve")
    assert talk.clocks() == {"first_response": "met", "resolution": "met", "next_response": "late"}
    assert talk.told() == [
        ("met", "first_response"), ("warned", "next_response"), ("breached", "next_response"),
        ("met", "next_response"), ("met", "resolution"),
    ]  # fmt: skip
    with database.read() as session:
        found = {one.kind: (one.met, one.missed, one.percent) for one in sla.kept(session, NOON, clock.now())}
        assert sla.kept(session, NOON, NOON + timedelta(days=1), "slow") == []
    assert found == {"first_response": (1, 0, 100.0), "next_response": (0, 1, 0.0), "resolution": (1, 0, 100.0)}


@pytest.mark.parametrize(
    ("what", "after"),
    [
        ("hand_back", {"first_response": "ended", "resolution": "ended"}),
        ("resolve", {"first_response": "ended", "resolution": "met"}),
        ("claim", {"first_response": "runs", "resolution": "runs"}),
    ],
)
def test_what_ends_clocks(talk: Talk, what: str, after: dict[str, str]) -> None:
    talk.at(0, "write", "agent")
    talk.at(1, what)
    assert talk.clocks() == after


def test_who_is_put_in_line_by_an_agent_is_promised_the_same(talk: Talk) -> None:
    talk.at(0, "write", "hello")
    talk.at(1, "transfer", "care")
    assert talk.clocks() == {"first_response": "runs", "resolution": "runs"}


def test_a_snooze_stops_the_clocks_and_ends(talk: Talk) -> None:
    talk.at(0, "write", "agent")
    talk.at(1, "claim")
    talk.at(2, "snooze", 60)
    assert (talk.row().state, talk.clocks()["first_response"]) == ("snoozed", "paused")
    talk.at(40, "")
    assert talk.told() == []
    talk.at(62, "")
    assert (talk.row().state, talk.row().assignee_id, talk.row().snoozed_until) == ("open", talk.sara, None)
    talk.at(69, "")
    assert talk.told() == [("warned", "first_response")]
    talk.at(70.5, "")
    assert talk.told()[-1] == ("breached", "first_response")


@pytest.mark.parametrize(("minutes", "wakes"), [(None, "write"), (60, "write"), (60, "claim"), (60, "transfer")])
def test_who_wakes_one_that_sleeps(talk: Talk, minutes: float | None, wakes: str) -> None:
    talk.at(0, "write", "agent")
    talk.at(1, "claim")
    talk.at(2, "snooze", 5)
    talk.at(3, "snooze", minutes)
    talk.at(20, "")
    assert talk.row().state == "snoozed", "the first time was called off"
    talk.at(30, wakes, *{"write": ["still there?"], "transfer": ["texts"]}.get(wakes, []))
    assert (talk.row().state, talk.row().snoozed_until) == ("open", None)
    assert talk.clocks()["first_response"] == "runs"
    if wakes == "write":
        assert talk.row().assignee_id == talk.sara


def test_one_whose_agent_is_gone_wakes_in_the_queue(talk: Talk) -> None:
    talk.at(0, "write", "agent")
    talk.at(1, "claim")
    talk.at(2, "snooze", 60)
    with talk.runtime.work() as session:
        users.deactivate(session, talk.sara)
    talk.at(62, "")
    assert (talk.row().state, talk.row().owner, talk.row().queue) == ("open", "queue", "care")


def test_what_cannot_be_snoozed(talk: Talk) -> None:
    talk.at(0, "write", "hello")
    with pytest.raises(Conflict, match="the bot has"):
        talk.at(1, "snooze", 5)
    talk.at(1, "claim")
    with pytest.raises(InvalidPayload):
        talk.at(2, "snooze", -1)
    talk.at(3, "resolve")
    with pytest.raises(Conflict, match="resolved"):
        talk.at(4, "snooze", 5)


@pytest.mark.parametrize(("answers", "said"), [(False, [DESK_SENTENCES["acknowledged"]["en"]]), (True, [])])
def test_the_bot_acknowledges_where_nobody_could(
    sqlite: Database, redis: Redis, redis_url: str, answers: bool, said: list[str]
) -> None:
    talk = talk_on(sqlite, redis_url, Standard("fast", "Fast", acknowledge_minutes=15))
    talk.at(0, "write", "agent")
    before = len(care.said(sqlite))
    if answers:
        talk.at(5, "claim")
        talk.at(6, "answer")
    talk.at(13, "")
    talk.at(16, "")
    by_bot = [row.text for row in care.said(sqlite)[before:] if row.author == "bot"]
    assert by_bot == said
    assert talk.clocks() == {"acknowledge": "met"}
    assert talk.row().waiting_since is None if answers else talk.row().waiting_since is not None


GONE = {"seen_at": NOON - timedelta(hours=1)}


@pytest.mark.parametrize(
    ("desk", "presence_row", "minutes", "text", "owner"),
    [
        (Desk(), None, 60, "it broke again", "agent"),
        (Desk(), {"state": "busy", "seen_at": NOON + timedelta(hours=1)}, 60, "it broke again", "agent"),
        (Desk(), {"state": "after_work", "seen_at": NOON + timedelta(hours=1)}, 60, "it broke again", "queue"),
        (Desk(), GONE, 60, "it broke again", "queue"),
        (Desk(), None, 60, "ok thanks 👍", "bot"),
        (Desk(reopen_to="queue"), None, 60, "it broke again", "queue"),
        (Desk(reopen_to="bot"), None, 60, "it broke again", "bot"),
        (Desk(reopen_hours=0.5), None, 60, "it broke again", "bot"),
    ],
)
def test_who_goes_on_with_it(
    sqlite: Database, redis: Redis, redis_url: str, desk: Desk, presence_row: Any, minutes: int, text: str, owner: str
) -> None:
    talk = talk_on(sqlite, redis_url, desk=desk)
    talk.at(0, "write", "agent")
    talk.at(1, "claim")
    talk.at(2, "answer")
    talk.at(3, "resolve")
    if presence_row:
        with clock.frozen(NOON), talk.runtime.work() as session:
            presence.say(session, talk.sara, PresenceState.ONLINE)
            session.execute(update(Presence).values(presence_row))
    said = talk.at(minutes, "write", text)
    row = talk.row()
    assert (row.owner, row.id, row.state) == (owner, 2 if desk.reopen_hours < 1 else 1, "open")
    assert row.assignee_id == (talk.sara if owner == "agent" else None)
    assert bool(said) is (owner == "bot")
    assert talk.clocks().get("next_response") == (None if owner == "bot" else "runs")


def test_a_message_to_the_bot_costs_nothing_for_all_this(talk: Talk) -> None:
    statements: list[str] = []
    engine = talk.runtime.database.engine
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    talk.write("hello")
    talk.write("when are you open?")
    assert len(care.said(talk.runtime.database)) == 2
    assert [one for one in statements if any(table in one for table in ("sla_clocks", "presence", "users"))] == []
