"""The ledger of consent by the API: who said what, how, about which sender."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select

from gateway.core import clock
from gateway.models.contact import Address, OptOut
from gateway.models.log_entry import LogEntry
from gateway.runtime import Runtime
from tests.api.conftest import Caller

Make = Callable[..., int]
CLAIM = {"wish": "opt_in", "channel_type": "whatsapp"}


@pytest.fixture
def contact(customer: Make, runtime: Runtime) -> int:
    """One with a number and a username's id."""
    made = customer()
    row = {"contact_id": made, "kind": "bsuid", "value": "PK.1349", "match_key": "PK.1349", "created_at": clock.now()}
    with runtime.work() as session:
        session.execute(insert(Address), [row])
    return made


def told(rows: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(row["address"], row["channel_id"], row["wish"]) for row in rows]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"channel_type": "whatsapp"}, [("+923001234567", "whatsapp"), ("PK.1349", "whatsapp")]),
        ({"channel_id": "sms"}, [("+923001234567", "sms")]),
        ({"channel_id": "whatsapp", "address": "whatsapp:PK.1349"}, [("PK.1349", "whatsapp")]),
        ({"channel_id": "whatsapp", "address": "0092 300 1234567"}, [("+923001234567", "whatsapp")]),
    ],
)
def test_a_wish_is_about_senders_and_addresses(
    agent: Caller, contact: int, wanted: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    made = agent.post(f"/contacts/{contact}/consents", json=wanted | {"wish": "opt_in"})
    assert made.status_code == 201, made.data
    assert told(made.json["data"]) == [(*each, "opt_in") for each in expected]
    assert agent.get(f"/contacts/{contact}/consents").json == made.json


def test_what_is_kept_of_a_wish(agent: Caller, contact: int, sara: int) -> None:
    body = CLAIM | {"source": "call_key", "detail": "1", "prompt_version": "ivr-7", "address": "+923001234567"}
    (row,) = agent.post(f"/contacts/{contact}/consents", json=body).json["data"]
    assert (row["source"], row["detail"], row["prompt_version"], row["actor_id"]) == ("call_key", "1", "ivr-7", sara)
    assert (row["message_id"], row["call_id"], row["channel_type"]) == (None, None, "whatsapp")


def test_the_newest_wish_holds(agent: Caller, contact: int, runtime: Runtime) -> None:
    for wish, stands in (("opt_out", True), ("opt_out", True), ("opt_in", False), ("opt_out", True)):
        assert agent.post(f"/contacts/{contact}/consents", json=CLAIM | {"wish": wish}).status_code == 201
        assert agent.get(f"/contacts/{contact}").json["opted_out"] == {"sms": False, "whatsapp": stands}
    newest = agent.get(f"/contacts/{contact}/consents?order=desc&limit=3").json
    assert told(newest["data"])[0] == ("PK.1349", "whatsapp", "opt_out")
    assert newest["next"]
    with runtime.database.read() as session:
        rows = session.execute(select(OptOut.channel_id, OptOut.reason)).all()
        kinds = session.scalars(
            select(LogEntry.kind).where(LogEntry.kind.startswith("opted_")).order_by(LogEntry.id)
        ).all()
    assert rows == [("whatsapp", "api")] * 2
    assert kinds == ["opted_out"] * 4 + ["opted_in"] * 2 + ["opted_out"] * 2


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"wish": "opt_in"}, 422, "Name either channel_id or channel_type."),
        (CLAIM | {"channel_id": "whatsapp"}, 422, "Name either channel_id or channel_type."),
        ({"wish": "opt_in", "channel_id": "fax"}, 422, "no channel is called 'fax'; there are whatsapp, sms, phone"),
        ({"wish": "opt_in", "channel_type": "messenger"}, 422, "no messenger channel"),
        (CLAIM | {"wish": "maybe"}, 422, "wish"),
        (CLAIM | {"source": "word"}, 422, "source"),
        (CLAIM | {"detail": "x" * 81}, 422, "detail"),
        (CLAIM | {"address": "+923009999999"}, 422, "the contact has no such address"),
        ({"wish": "opt_in", "channel_id": "sms", "address": "PK.1349"}, 422, "none that this channel goes to"),
    ],
)
def test_refused_with_a_reason(agent: Caller, contact: int, body: dict[str, str], status: int, words: str) -> None:
    refused = agent.post(f"/contacts/{contact}/consents", json=body)
    assert refused.status_code == status
    assert words in refused.get_data(as_text=True)
    assert agent.get(f"/contacts/{contact}/consents").json["data"] == []


def test_nobody_has_no_ledger(agent: Caller) -> None:
    assert agent.post("/contacts/99/consents", json=CLAIM).status_code == 404
    assert agent.get("/contacts/99/consents").status_code == 404
