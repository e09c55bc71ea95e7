"""STOP and START as customers say them: what stops, what goes on, and what the ledger keeps."""

from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from gateway.models.contact import Consent, OptOut
from gateway.models.conversation import Conversation
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry
from gateway.models.message import Message
from gateway.runtime import Runtime
from tests import care

TEXTER = "+923007654321"


@pytest.fixture
def runtime(database: Database, redis_url: str, redis: Redis) -> Iterator[Runtime]:
    return care.runtime_on(database, redis_url)


def text(runtime: Runtime, body: str, **fields: str) -> list[Any]:
    return care.write(runtime, body, TEXTER, To=care.SMS.address, **fields)


def ledger(runtime: Runtime) -> list[tuple[str, str, str, str]]:
    return [(row.channel_id, row.wish, row.source, row.detail) for row in care.rows(runtime.database, Consent)]


def test_stop_on_whatsapp_stops_what_we_begin_and_no_answer(runtime: Runtime) -> None:
    care.write(runtime, "when are you open?")
    (told,) = care.write(runtime, "STOP")
    assert "no more messages" in told.text
    (answer,) = care.write(runtime, "when are you open?")
    assert answer.text == "We are open from 10 to 8."
    (row,) = care.rows(runtime.database, OptOut)
    assert (row.channel_id, row.lifted_at) == ("wa", None)
    (back,) = care.write(runtime, "start")
    assert back.text.startswith("Welcome back!")
    (row,) = care.rows(runtime.database, OptOut)
    assert row.lifted_at is not None


def test_the_ledger_says_who_asked_how_and_where(runtime: Runtime) -> None:
    care.write(runtime, "messages band karo")
    care.write(runtime, "Start!")
    text(runtime, "cancel")
    text(runtime, "START", OptOutType="START")
    assert ledger(runtime) == [
        ("wa", "opt_out", "word", "messages band karo"),
        ("wa", "opt_in", "word", "Start!"),
        ("sms", "opt_out", "word", "cancel"),
        ("sms", "opt_in", "provider_flag", "START"),
    ]
    inbound = [row.id for row in care.rows(runtime.database, Message) if row.direction == "inbound"]
    assert [row.message_id for row in care.rows(runtime.database, Consent)] == inbound
    told = [row for row in care.rows(runtime.database, LogEntry) if row.kind in ("opted_out", "opted_in")]
    assert [row.data["source"] for row in told] == ["word", "word", "word", "provider_flag"]


def test_who_subscribes_has_opted_in(runtime: Runtime) -> None:
    (told,) = care.write(runtime, "Subscribe")
    assert "You will hear from Shop here" in told.text
    assert ledger(runtime) == [("wa", "opt_in", "word", "Subscribe")]


def test_one_channel_stopped_leaves_the_other(runtime: Runtime) -> None:
    text(runtime, "STOP", OptOutType="STOP")
    (answer,) = care.write(runtime, "when are you open?", "whatsapp:" + TEXTER)
    assert answer.text.endswith("We are open from 10 to 8.")
    assert [row.channel_id for row in care.rows(runtime.database, OptOut)] == ["sms"]


@pytest.mark.parametrize("fields", [{"OptOutType": "STOP"}, {"OptOutType": "HELP"}, {}])
def test_what_the_provider_answers_is_not_answered_twice(runtime: Runtime, fields: dict[str, str]) -> None:
    body = fields.get("OptOutType", "STOP")
    assert text(runtime, body, **fields) == []
    assert len(care.rows(runtime.database, OptOut)) == (0 if body == "HELP" else 1)


def test_after_stop_on_sms_people_are_asked_and_nothing_is_sent(runtime: Runtime) -> None:
    text(runtime, "STOP")
    assert text(runtime, "when are you open?") == []
    assert text(runtime, "hello?") == []
    (now,) = care.rows(runtime.database, Conversation)
    assert (now.owner, now.queue, now.unread_count) == ("queue", "texts", 2)
    (asked,) = [row for row in care.rows(runtime.database, LogEntry) if row.kind == "handoff_requested"]
    assert asked.data["reason"] == "opted_out"


def test_an_offered_word_is_an_answer(runtime: Runtime) -> None:
    """The menu's second option, typed as a word that stops an SMS sender elsewhere."""
    care.write(runtime, "hello")
    care.write(runtime, "Talk to a person")
    assert ledger(runtime) == []


def test_a_nul_behind_the_word_is_no_failure(runtime: Runtime) -> None:
    assert len(care.write(runtime, "stop\x00")) == 1
    assert ledger(runtime) == [("wa", "opt_out", "word", "stop\ufffd")]
