"""The ledger and the standing: what an error of the provider adds, and what it does not."""

from collections.abc import Iterator

import pytest
from redis import Redis

from gateway.core.words import Author, ConsentSource, Wish
from gateway.desk import consents
from gateway.desk.consents import Proof, Wisher
from gateway.models.contact import Consent, OptOut
from gateway.models.database import Database
from gateway.models.log_entry import LogEntry
from gateway.runtime import Runtime
from tests import care

THEM = Wisher(contact_id=1, address_id=1, channel_id="wa", channel_type="whatsapp", conversation_id=1)


@pytest.fixture
def runtime(database: Database, redis_url: str, redis: Redis) -> Iterator[Runtime]:
    runtime = care.runtime_on(database, redis_url)
    care.write(runtime, "hello")
    return runtime


def refused(runtime: Runtime, code: str) -> None:
    with runtime.work() as session:
        consents.record_error(session, THEM, code, 2)


def ledger(runtime: Runtime) -> list[tuple[str, str, str]]:
    return [(row.wish, row.source, row.detail) for row in care.rows(runtime.database, Consent)]


def test_an_error_is_news_once(runtime: Runtime) -> None:
    for code in ("63033", "63033", "63014"):
        refused(runtime, code)
    assert ledger(runtime) == [("opt_out", "error_code", "63033")]
    (row,) = care.rows(runtime.database, OptOut)
    assert (row.reason, row.lifted_at) == ("provider:63033", None)


def test_an_error_after_a_new_start_is_news_again(runtime: Runtime) -> None:
    refused(runtime, "21610")
    with runtime.work() as session:
        proof = Proof(ConsentSource.IMPORT, "x" * 500, "v" * 500)
        consents.record(session, THEM, Wish.OPT_IN, proof, actor=Author.SYSTEM)
    refused(runtime, "21610")
    assert [wish for wish, _, _ in ledger(runtime)] == ["opt_out", "opt_in", "opt_out"]
    assert ledger(runtime)[1][2] == "x" * 80
    (row,) = care.rows(runtime.database, OptOut)
    assert row.lifted_at is None


def test_the_log_bears_no_words_of_the_customer(runtime: Runtime) -> None:
    care.write(runtime, "messages band karo")
    (told,) = [row for row in care.rows(runtime.database, LogEntry) if row.kind == "opted_out"]
    assert told.data == {"channel_id": "wa", "channel_type": "whatsapp", "reason": "asked", "source": "word"}
