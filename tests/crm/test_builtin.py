"""What only the database can show: races, keys, cases that stay, variants of numbers, an outage."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from gateway.core import clock
from gateway.core.crm import Asker, CrmClient, CrmRefused, CrmSettings, CrmUnavailable
from gateway.crm.builtin import BuiltinCrm
from gateway.models.contact import Contact
from gateway.models.database import Database
from gateway.models.order import Order, OrderCase
from tests.care import rows
from tests.crm.shop import CARMEN, SETTINGS, TODAY, asker, take

THREADS = 6


@pytest.fixture
def crm(database: Database, shop_files: dict[str, str]) -> BuiltinCrm:
    take(database, shop_files)
    return BuiltinCrm(database, SETTINGS)


def at_once(crm: CrmClient, keys: list[str]) -> list[Any]:
    """Cancel the same order with each key, all at the same moment; what each was told."""
    barrier = Barrier(len(keys))

    def cancel(key: str) -> Any:
        barrier.wait(60)
        try:
            return dict(crm.act("cancel_order", {"order": "G204390"}, asker(CARMEN), key))
        except CrmRefused as refused:
            return refused.code

    with ThreadPoolExecutor(len(keys)) as pool:
        return list(pool.map(cancel, keys))


def test_of_many_who_cancel_at_once_one_does(crm: BuiltinCrm, database: Database) -> None:
    told = at_once(crm, [f"key {number}" for number in range(THREADS)])
    assert sorted(map(str, told)).count("already_done") == THREADS - 1
    assert len(rows(database, OrderCase)) == 1


def test_one_key_at_once_is_one_act_with_one_answer(crm: BuiltinCrm, database: Database) -> None:
    told = at_once(crm, ["same"] * THREADS)
    assert all(one == told[0] for one in told)
    assert told[0]["status"] == "cancelled"
    assert len(rows(database, OrderCase)) == 1


def test_a_case_keeps_what_was_said_and_what_stood_there(crm: BuiltinCrm, database: Database) -> None:
    with database.begin() as session:
        contact = Contact(created_at=clock.now(), attributes={}, tags=[])
        session.add(contact)
        session.flush()
        who = Asker(contact.id, (("phone", CARMEN),), TODAY)
    fields = {"order": "G204390", "reason": "me \0equivoqué " + "x" * 5000, "method": "bank", "media": "17"}
    crm.act("cancel_order", fields, who, "k")
    case = rows(database, OrderCase)[0]
    assert (case.kind, case.state, case.contact_id, len(case.reason)) == ("cancel", "open", who.contact_id, 2000)
    assert case.detail == {"method": "bank", "media": "17", "before": {"status": "placed", "refund": "none"}}
    order = next(row for row in rows(database, Order) if row.number == "G204390")
    assert order.replaced == {"status": "placed", "refund": "none"}


@pytest.mark.parametrize(
    ("kept", "writes"),
    [("+5491123456789", "+541123456789"), ("+525512345678", "+5215512345678"), ("+5511987654321", "+551187654321")],
)
def test_variants_of_a_number_are_the_same_customer(sqlite: Database, kept: str, writes: str) -> None:
    take(sqlite, {"customers.csv": f"number,name,phone\nC1,Ana,{kept}\n"})
    found = BuiltinCrm(sqlite, CrmSettings()).look_up("customer", {}, asker(writes))
    assert (found or {}).get("name") == "Ana"


def test_usernames_and_page_ids_are_addresses_too(sqlite: Database) -> None:
    take(sqlite, {"customers.csv": "number,name,bsuid,psid\nC1,Ana,PK.abc123,24680\n"})
    crm = BuiltinCrm(sqlite, CrmSettings())
    assert crm.look_up("customer", {}, asker("PK.abc123", "bsuid")) is not None
    assert crm.look_up("customer", {}, asker("24680", "psid")) is not None
    assert crm.look_up("customer", {}, asker("24680", "bsuid")) is None


def test_a_database_that_is_away_is_no_answer(monkeypatch: pytest.MonkeyPatch, sqlite: Database) -> None:
    def away(*_: object) -> Any:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(sqlite, "read", away)
    monkeypatch.setattr(sqlite, "begin", away)
    crm = BuiltinCrm(sqlite, CrmSettings())
    with pytest.raises(CrmUnavailable, match="away or busy"):
        crm.look_up("order", {}, asker(CARMEN))
    with pytest.raises(CrmUnavailable, match="away or busy"):
        crm.act("report_late", {}, asker(CARMEN), "k")
