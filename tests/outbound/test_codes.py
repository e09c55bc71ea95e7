"""Every code of the provider's table: what becomes of delivery, message, address and contact, told by callback.

A notice by template with SMS behind it, then a reply that a person wrote, each of which fails with the code.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from redis import Redis
from sqlalchemy import select, update

from gateway.channels.twilio.errors import BY_CODE
from gateway.core import clock
from gateway.jobs.send_lane import Sender
from gateway.models.contact import OptOut, SessionWindow
from gateway.models.database import Database
from tests.outbound import sink as sinks
from tests.outbound.builders import runtime_at
from tests.outbound.conftest import Desk
from tests.outbound.ways import Ways


@dataclass(frozen=True)
class Expected:
    """After the code was told of the delivery on WhatsApp: what else was written."""

    then: str = "sms"
    """``sms``: the next rung; ``again``: a fresh try on the same channel; ``end``: nothing more."""
    dead: dict[str, str] = field(default_factory=dict)
    opted_out: bool = False
    paged: bool = False


def _table() -> dict[str, Expected]:
    """The rows of CONTRACT.md 9, by what follows."""
    rows: dict[str, Expected] = {}
    groups = (
        ("20429 63009 63010 63012 63023 63037 30003 30008 30017 30410 63019", Expected("again")),
        ("21611 30001 30022 30023 63017 63018", Expected("again")),
        ("63038", Expected("again", paged=True)),
        ("20500 20503", Expected()),
        ("21612 63036 30036 63032 21608 63015 63031 63016", Expected()),
        ("11751 30019 63034", Expected()),
        ("20003 20005 21606 21701 21703 21704 63007 21215 21408 30002 30018 30024", Expected(paged=True)),
        ("30032 30033 30034 30035 63001 63002 63008 63020 63022 63026 63051 63059", Expected(paged=True)),
        ("63062 63101 11200 11205 11750 12100 12200 12300", Expected(paged=True)),
        ("21602 21603 21609 21617 21620 21623 21654 21655 21656 21658 21910", Expected(paged=True)),
        ("63005 63006 63021 63030 63013 63027 63028 63040 63041 63042 30007 30450", Expected(paged=True)),
        ("99999 20404", Expected(paged=True)),  # 20404: the template is gone
        ("21610 63014 63033 30004", Expected("end", opted_out=True)),
        ("14107", Expected("end")),
    )
    for codes, expected in groups:
        rows |= dict.fromkeys(codes.split(), expected)
    rows |= {code: Expected("end", {"whatsapp": code}) for code in ["21211", "21217", "21401", "21604", "21614"]}
    rows |= {code: Expected("sms", {"whatsapp": code}) for code in ["21635", "30005", "30006", "63003", "63024"]}
    rows["63049"] = Expected("end", {"marketing": "63049"})
    return rows


TABLE = _table()


@pytest.fixture
def ways(sqlite: Database, redis: Redis, redis_url: str) -> Iterator[Ways]:
    with sinks.running() as sink:
        runtime = runtime_at(sqlite, redis_url, sink.url)
        sender = Sender(runtime)
        made = Ways(Desk(runtime, sender, sink))
        made.begin(heard_hours_ago=30)
        yield made
        sender.close()


def test_the_table_is_whole() -> None:
    assert set(TABLE) - {"99999"} == set(BY_CODE)
    assert all(re.fullmatch(r"\d{5}", code) for code in TABLE)


@pytest.mark.parametrize("code", sorted(TABLE))
def test_a_notice_that_fails(ways: Ways, code: str) -> None:
    expected = TABLE[code]
    message_id = ways.notify()
    ways.desk.send()
    ways.told("undelivered", code, at=0)
    then = {"sms": [("sms", "queued")], "again": [("wa", "queued")], "end": []}[expected.then]
    assert ways.ways() == [("wa", "undelivered"), *then]
    assert ways.desk.message(message_id).status == ("queued" if then else "undelivered")
    assert ways.dead() == expected.dead
    assert bool(ways.desk.log("operator_paged")) is expected.paged
    with ways.desk.runtime.database.read() as session:
        assert (session.scalars(select(OptOut.channel_id)).all() == ["wa"]) is expected.opted_out


@pytest.mark.parametrize(("code", "status"), [("63016", "parked"), ("63024", "undelivered"), ("30003", "queued")])
def test_a_persons_reply_that_fails(ways: Ways, code: str, status: str) -> None:
    with ways.desk.runtime.database.begin() as session:
        session.execute(update(SessionWindow).values(last_inbound_at=clock.now()))
    message_id = ways.reply("Your refund is done.")
    ways.desk.send()
    ways.told("undelivered", code, at=0)
    assert ways.desk.message(message_id).status == status
