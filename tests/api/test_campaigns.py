"""Campaigns by the API: handed in by rows, CSV or segment, moved, followed, their rows read."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from gateway.core.words import Role
from gateway.jobs.run_campaigns import Runner
from gateway.runtime import Runtime
from tests.api.conftest import BUSINESS, Caller
from tests.campaigns.conftest import TEMPLATES, approve
from tests.care import FixedVersions, config

NEW: dict[str, Any] = {"name": "Floods", "template": "late"}
ROWS = [
    {"to": "+923001234567", "name": "Ayesha", "variables": {"order": "A-1"}},
    {"to": "12", "variables": {"order": "A-2"}},
    {"to": "0300 1234567", "variables": {"order": "A-3"}},
]


@pytest.fixture
def office(app: Flask, runtime: Runtime) -> Runner:
    runtime.versions = FixedVersions(replace(config(business=BUSINESS), templates=TEMPLATES))  # type: ignore[assignment]
    approve(runtime.database)
    return Runner(runtime)


def test_from_rows_to_a_running_campaign(office: Runner, admin: Caller) -> None:
    made = admin.post("/campaigns", json=NEW | {"variables": {"order": "?"}, "client_key": "k"})
    assert (made.status_code, made.json["state"], made.json["channel_id"]) == (201, "preparing", "whatsapp")
    at = f"/campaigns/{made.json['id']}"
    admin.post(f"{at}/rows", json={"rows": ROWS[:1], "more": True})
    handed_in = admin.post(f"{at}/rows", json={"rows": ROWS[1:]})
    assert (handed_in.status_code, handed_in.json["total"]) == (202, 3)
    office.run(5)
    ready = admin.get(at).json
    assert (ready["state"], ready["rows"], ready["refused"]) == (
        "ready", {"ready": 1, "refused": 2}, {"bad_address": 1, "duplicate": 1}
    )  # fmt: skip
    assert ready["ways"][0] | {"cost_class": ""} == {
        "channel_type": "whatsapp", "how": "template", "language": "en", "cost_class": "", "rows": 1, "segments": 0
    }  # fmt: skip
    assert admin.post(f"{at}/start", json={}).json["state"] == "running"
    office.run(5)
    assert admin.get(at).json["messages"] == {"queued": 1}
    assert [row["number"] for row in admin.get(f"{at}/rows?state=refused").json["data"]] == [2, 3]
    assert [row["number"] for row in admin.get(f"{at}/rows?reason=duplicate").json["data"]] == [3]


def test_from_a_csv(office: Runner, admin: Caller) -> None:
    at = f"/campaigns/{admin.post('/campaigns', json=NEW).json['id']}"
    file = (io.BytesIO("Phone;Order\n+923001234567;A-1\n".encode("utf-16")), "late.csv")
    handed_in = admin.post(f"{at}/csv", data={"file": file})
    assert (handed_in.status_code, handed_in.json["total"]) == (202, 1)
    assert admin.post(f"{at}/csv", data={"file": (io.BytesIO(b"phone\n1\n"), "x.csv")}).status_code == 409
    office.run(5)
    assert admin.get(at).json["rows"] == {"ready": 1}


def test_what_is_no_csv_ends_the_campaign_with_the_reason(office: Runner, admin: Caller) -> None:
    at = f"/campaigns/{admin.post('/campaigns', json=NEW).json['id']}"
    refused = admin.post(f"{at}/csv", data={"file": (io.BytesIO(b"name\nAyesha\n"), "x.csv")})
    assert (refused.status_code, "no column is called address" in refused.json["detail"]) == (422, True)
    assert "no column" in admin.get(at).json["state_reason"]


def test_from_a_segment(office: Runner, admin: Caller, customer: Callable[..., int]) -> None:
    contact = customer()
    admin.patch(f"/contacts/{contact}", json={"attributes": {"order": "B-7"}})
    segment = {"attributes": {"order": None}, "seen_after": "2020-01-01T00:00:00+00:00"}
    at = f"/campaigns/{admin.post('/campaigns', json=NEW | {'segment': segment}).json['id']}"
    office.run(5)
    assert admin.get(at).json["rows"] == {"ready": 1}
    assert admin.get(f"{at}/rows").json["data"][0]["given"] == {"variables": {"order": "B-7", "name": "Ayesha"}}


def test_moves(office: Runner, admin: Caller) -> None:
    at = f"/campaigns/{admin.post('/campaigns', json=NEW).json['id']}"
    refused = admin.post(f"{at}/pause", json={})
    assert (refused.status_code, refused.json["detail"]) == (409, "campaign 1 is preparing: it cannot pause now")
    assert admin.post(f"{at}/start", json={"at": "2031-01-01T09:00:00+05:00"}).json["starts_at"] is not None
    canceled = admin.post(f"{at}/cancel", json={"reason": "wrong list"}).json
    assert (canceled["state"], canceled["state_reason"]) == ("canceled", "wrong list")
    assert [row["id"] for row in admin.get("/campaigns?state=canceled").json["data"]] == [1]


def test_the_same_key_is_the_same_campaign(office: Runner, admin: Caller) -> None:
    ids = {admin.post("/campaigns", json=NEW | {"client_key": "k"}).json["id"] for _ in range(2)}
    assert len(ids) == 1
    assert admin.post("/campaigns", json=NEW | {"client_key": "k", "template": "offer"}).status_code == 409


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"template": "unheard_of"}, "no template 'unheard_of'"),
        ({"channel": "fax"}, "no channel 'fax'"),
        ({"rate_per_second": 500.0}, "80 a second at most"),
        ({"starts_at": "2020-01-01T00:00:00+00:00"}, "is over"),
        ({"segment": {"attributes": {'a"b': 1}}}, "can be called"),
    ],
)
def test_campaigns_that_cannot_be(office: Runner, admin: Caller, change: dict[str, Any], why: str) -> None:
    refused = admin.post("/campaigns", json=NEW | change)
    assert (refused.status_code, why in refused.json["detail"]) == (422, True)


def test_agents_make_no_campaigns(office: Runner, agent: Caller, caller: Callable[..., Caller]) -> None:
    assert agent.post("/campaigns", json=NEW).status_code == 403
    assert caller(Role.SUPERVISOR).post("/campaigns", json=NEW).status_code == 201
    assert agent.get("/campaigns/1").status_code == 403
