"""Customers, orders and imports over the API."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.core import clock
from gateway.core.crm import Asker, CrmSettings
from gateway.core.words import Role
from gateway.crm.builtin import BuiltinCrm
from gateway.crm.columns import Table
from gateway.models.database import Database
from tests.api.conftest import Caller

CSV = Path(__file__).parents[2] / "config" / "crm"
TEXT = {"Content-Type": "text/csv"}


@pytest.fixture
def supervisor(caller: Callable[..., Caller]) -> Caller:
    return caller(Role.SUPERVISOR)


def shop() -> dict[str, Any]:
    return {table.value: (io.BytesIO((CSV / f"{table}.csv").read_bytes()), f"{table}.csv") for table in reversed(Table)}


def data(response: Any) -> Any:
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json()


@pytest.fixture
def filled(supervisor: Caller) -> Caller:
    told = data(supervisor.post("/crm/imports", data=shop()))
    assert [(one["table"], one["new"], one["bad"]) for one in told["files"]] == [
        ("customers", 12, 0),
        ("orders", 18, 0),
        ("order_lines", 24, 0),
        ("invoices", 16, 0),
    ]
    return supervisor


def test_the_same_again_changes_nothing_and_a_dry_run_writes_nothing(filled: Caller) -> None:
    told = data(filled.post("/crm/imports", data=shop()))
    assert {(one["new"], one["changed"], one["bad"]) for one in told["files"]} == {(0, 0, 0)}
    assert (told["bad_rows"], told["bad_rows_left_out"], told["dry_run"]) == ([], 0, False)
    one_more = b"number,name\nC2000,New\n"
    told = data(filled.post("/crm/imports?table=customers&dry_run=true", data=one_more, headers=TEXT))
    assert (told["files"][0]["new"], filled.get("/customers/C2000").status_code) == (1, 404)


def test_customers_and_orders_are_found(filled: Caller, agent: Caller) -> None:
    found = data(agent.get("/customers?address=0092 300 9876543"))["data"]
    assert found == [data(agent.get("/customers/C1002"))]
    assert found == data(agent.get("/customers?address=Bilal.Ahmed@example.com"))["data"]
    assert (found[0]["name"], found[0]["addresses"]) == ("Bilal Ahmed", [{"kind": "phone", "value": "+923009876543"}])
    orders = data(agent.get("/orders?customer=C1002"))["data"]
    assert [(one["number"], one["late"], one["days_late"]) for one in orders] == [
        ("G204102", False, 0),
        ("G204355", True, 2),
    ]
    order = data(agent.get("/orders/g-204171"))
    assert (order["total"], order["customer"]["name"]) == ({"amount": "4500.00", "currency": "PKR"}, "Ayesha Khan")
    assert [(line["quantity"], line["price"]["amount"]) for line in order["lines"]] == [(2, "1500.00"), (1, "1500.00")]
    assert [(one["number"], one["status"]) for one in order["invoices"]] == [("INV-7101", "paid")]
    first = data(filled.get("/orders?status=delivered&limit=2"))
    rest = data(filled.get(f"/orders?status=delivered&limit=2&cursor={first['next']}"))
    numbers = [one["number"] for one in first["data"] + rest["data"]]
    assert (len(numbers), len(set(numbers)), rest["next"]) == (4, 4, None)


def test_a_contact_is_the_customer_with_one_of_their_addresses(
    filled: Caller, agent: Caller, customer: Callable[..., int]
) -> None:
    ayesha, stranger = customer("+923001234567"), customer("+923330000009")
    known = {"number": "C1001", "name": "Ayesha Khan", "tier": "gold"}
    assert data(agent.get(f"/contacts/{ayesha}"))["customer"] == known
    assert data(agent.patch(f"/contacts/{stranger}", json={"name": "X"}))["customer"] is None


def test_what_customers_ask_for_is_found_and_closed(filled: Caller, agent: Caller, database: Database) -> None:
    who = Asker(0, (("phone", "+34600111222"),), clock.now().date())
    crm = BuiltinCrm(database, CrmSettings())
    case = crm.act("cancel_order", {"order": "G204390", "reason": "changed my mind"}, who, "k1")["case"]
    found = data(agent.get("/orders?open_cases=true"))["data"]
    assert [(one["number"], one["cases"][0]["reference"], one["cases"][0]["reason"]) for one in found] == [
        ("G204390", case, "changed my mind")
    ]
    assert data(agent.post(f"/order-cases/{case}/close"))["cases"][0]["state"] == "done"
    assert agent.post(f"/order-cases/{case}/close").status_code == 409
    assert data(agent.get("/orders?open_cases=true"))["data"] == []
    assert len(data(agent.get("/orders?open_cases=false"))["data"]) == 18


def test_what_is_not_there(agent: Caller) -> None:
    for path in ("/customers/C9", "/orders/nothing", "/orders/%00", "/orders/%2F%2F", "/customers/%ed%a0%80"):
        response = agent.get(path)
        assert (response.status_code, response.mimetype) == (404, "application/problem+json"), path
    for reference in ("R-9999", "R-1", "x", "R-" + "9" * 30, "%00", "R-٣"):
        assert agent.post(f"/order-cases/{reference}/close").status_code == 404, reference
    assert agent.post("/crm/imports?table=customers", data=b"", headers=TEXT).status_code == 403


def test_bad_rows_come_back_and_good_ones_go_in(supervisor: Caller) -> None:
    body = "\ufeffnumber;name;phone\nC1;علی;+92 300 1234567\nC2;=cmd();12\n;x;\n".encode()
    told = data(supervisor.post("/crm/imports?table=customers", data=body, headers=TEXT))
    assert told["files"] == [{"table": "customers", "new": 1, "changed": 0, "unchanged": 0, "bad": 2}]
    assert [(row["line"], row["column"]) for row in told["bad_rows"]] == [(3, "name"), (3, "phone"), (4, "number")]
    assert data(supervisor.get("/customers/C1"))["name"] == "علی"
    many = "number,name\n" + "C1,\n" * 1_200
    told = data(supervisor.post("/crm/imports?table=customers", data=many.encode(), headers=TEXT))
    assert (len(told["bad_rows"]), told["bad_rows_left_out"], told["files"][0]["bad"]) == (1_000, 200, 1_200)


MULTIPART = "multipart/form-data"
NAMELESS = (
    b"--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n"
    b'--b\r\nContent-Disposition: form-data; name="pets"\r\n\r\n1\r\n--b--\r\n'
)
NO_IMPORTS: list[tuple[str, dict[str, Any], int, str]] = [
    ("?table=customers", {"data": b"what\n1", "headers": TEXT}, 422, "customers: no column is called 'what'"),
    ("", {"data": b"number,name\nC1,A", "headers": TEXT}, 422, "say with `table`"),
    ("?table=pets", {"data": b"", "headers": TEXT}, 422, "not understood"),
    ("", {"json": {}}, 415, "text/csv or multipart/form-data"),
    ("", {"data": {"orders": "a,b"}}, 415, "text/csv or multipart/form-data"),
    ("", {"data": {"orders": "a,b"}, "content_type": MULTIPART}, 422, "no file; name them"),
    ("", {"data": {"pets": "a,b"}, "content_type": MULTIPART}, 422, "no file is called 'pets'"),
    ("", {"data": NAMELESS, "content_type": f"{MULTIPART}; boundary=b"}, 422, "no file is called ''"),
]


def test_what_is_no_import(supervisor: Caller) -> None:
    for path, options, status, detail in NO_IMPORTS:
        response = supervisor.post(f"/crm/imports{path}", **options)
        assert (response.status_code, response.mimetype) == (status, "application/problem+json"), detail
        assert detail in response.get_json()["detail"]
