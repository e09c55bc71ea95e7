"""CRMs elsewhere that are slow, busy, broken, or know our key no more; and how often they are asked."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gateway.core.breaker import FAILURES
from gateway.core.crm import CrmNotOffered, CrmRefused, CrmSettings, CrmUnavailable
from gateway.crm.remote.cache import MOST, Cache
from gateway.crm.remote.client import RemoteCrm
from gateway.crm.remote.connection import join
from gateway.crm.remote.shelf import Note
from gateway.crm.remote.spellings import spellings
from tests.crm.elsewhere import STAND_INS, client_at
from tests.crm.shop import AYESHA, BILAL, CARMEN, SETTINGS, SHARED, STRANGER, asker
from tests.crm.standins.hubspot import HubSpot
from tests.crm.standins.salesforce import Salesforce
from tests.crm.standins.server import Fault, StandIn, answering, slow
from tests.crm.standins.zendesk import Zendesk

Elsewhere = tuple[str, StandIn, Callable[..., RemoteCrm]]
NOTE = Note("rabta-7-1", "WhatsApp", "Hello\nBye", "Hello", "solved", "", "2026-11-20T10:00:00Z", "whatsapp")


@pytest.fixture(params=STAND_INS)
def elsewhere(request: pytest.FixtureRequest) -> Elsewhere:
    stand_in, url = request.getfixturevalue(f"{request.param}_server")
    return request.param, stand_in, lambda **more: client_at(SETTINGS, request.param, stand_in, url, **more)


def number(crm: RemoteCrm, phone: str = AYESHA) -> object:
    return (crm.look_up("customer", {}, asker(phone)) or {}).get("number")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (answering(500, {"message": "+923001234567 broke"}), "it answered 500"),
        (answering(200, b"<html>"), "its answer is no JSON"),
        (answering(200, {"data": []}), "its answer has no"),
        (answering(200, b"[" * 100_000), "its answer is no JSON"),
        (answering(200, b'"' + b"x" * 2_000_001), "larger than 2000 kB"),
        (answering(400, {"category": "VALIDATION_ERROR"}), "it answered 400 VALIDATION_ERROR"),
        (slow(1.5), "no answer in 1 s"),
    ],
)
def test_a_broken_answer_is_none_and_the_next_one_counts(elsewhere: Elsewhere, fault: Fault, reason: str) -> None:
    name, stand_in, client = elsewhere
    crm = client(timeout_seconds=1.0)
    if name == "salesforce":
        crm.check()  # it has its token
    stand_in.faults.append(fault)
    with pytest.raises(CrmUnavailable, match=reason) as caught:
        number(crm)
    assert "92300" not in str(caught.value)
    assert number(crm) == "C1001"


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("salesforce", answering(403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests"}])),
        ("zendesk", answering(429, {"error": "TooManyRequests"}, Retry_After="300")),
        ("hubspot", answering(429, {"status": "error", "policyName": "DAILY", "errorType": "RATE_LIMIT"})),
        ("hubspot", answering(429, {"policyName": "TEN_SECONDLY_ROLLING"}, Retry_After="300")),
    ],
)
def test_who_is_busy_is_left_alone_as_long_as_it_says(request: pytest.FixtureRequest, name: str, fault: Fault) -> None:
    stand_in, url = request.getfixturevalue(f"{name}_server")
    crm = client_at(SETTINGS, name, stand_in, url)
    crm.check()
    stand_in.faults.append(fault)
    asked = len(stand_in.heard) + 1
    for _ in range(3):
        with pytest.raises(CrmUnavailable, match="it is busy"):
            number(crm)
    assert len(stand_in.heard) == asked
    crm._connection._now = lambda: 1e9
    assert number(crm) == "C1001"


def test_a_crm_that_fails_again_and_again_rests_and_is_tried_once(elsewhere: Elsewhere) -> None:
    _, stand_in, client = elsewhere
    crm = client()
    crm.check()
    stand_in.faults.extend([answering(500, {})] * FAILURES)
    for _ in range(FAILURES):
        with pytest.raises(CrmUnavailable, match="it answered 500"):
            number(crm)
    asked = len(stand_in.heard)
    with pytest.raises(CrmUnavailable, match="left alone for a while"):
        number(crm)
    assert len(stand_in.heard) == asked
    crm._connection._breaker._now = lambda: 1e9
    assert number(crm) == "C1001"


def test_a_token_that_ran_out_is_renewed_and_a_wrong_key_is_said(
    salesforce_server: tuple[Salesforce, str], hubspot_server: tuple[HubSpot, str]
) -> None:
    salesforce, url = salesforce_server
    crm = client_at(SETTINGS, "salesforce", salesforce, url)
    assert number(crm) == "C1001"
    salesforce.expire()
    assert number(crm) == "C1001"
    assert salesforce.paths("POST") == ["/services/oauth2/token"] * 2
    hubspot, url = hubspot_server
    wrong = client_at(SETTINGS, "hubspot", hubspot, url)
    wrong._connection._secrets = {"HUBSPOT_TOKEN": "other"}
    with pytest.raises(CrmUnavailable, match="it answered 401 INVALID_AUTHENTICATION"):
        wrong.check()
    wrong._connection._secrets = {}
    with pytest.raises(CrmUnavailable, match="CRM_SECRET_HUBSPOT_TOKEN is not set"):
        wrong.check()


def test_what_was_heard_lately_is_not_asked_again_until_something_changes(elsewhere: Elsewhere) -> None:
    _, stand_in, client = elsewhere
    crm = client(cache_seconds=60.0)
    found = crm.look_up("order", {"number": "G204390"}, asker(CARMEN)) or {}
    asked = len(stand_in.heard)
    assert crm.look_up("order", {"number": "G204390"}, asker(CARMEN)) == found
    assert len(stand_in.heard) == asked
    crm.act("cancel_order", {"order": "G204390"}, asker(CARMEN), "k1")
    assert (crm.look_up("order", {"number": "G204390"}, asker(CARMEN)) or {})["status"] == "cancelled"


def test_the_cache_is_bounded_and_forgets() -> None:
    now = [0.0]
    cache = Cache(10.0, lambda: now[0])
    for one in range(MOST + 10):
        cache.get(one, lambda one=one: one)  # type: ignore[misc]
    assert len(cache._kept) == MOST
    assert cache.get(MOST, lambda: -1) == MOST
    now[0] = 11.0
    assert cache.get(MOST, lambda: -1) == -1

    def changed_meanwhile() -> int:
        cache.clear()
        return 1

    assert cache.get("x", changed_meanwhile) == 1
    assert cache.get("x", lambda: 2) == 2


def test_pages_are_followed_and_never_to_another_host(salesforce_server: tuple[Salesforce, str]) -> None:
    salesforce, url = salesforce_server
    salesforce.page = 1
    crm = client_at(SETTINGS, "salesforce", salesforce, url)
    assert (crm.look_up("order", {}, asker(CARMEN)) or {})["count"] == 2
    for other in ("https://evil.example/x", f"{url}1/x", "http://127.0.0.1@evil.example/"):
        with pytest.raises(CrmUnavailable, match="another host"):
            join(url, other)
    crm._connection._token = ""
    evil = {"records": [], "nextRecordsUrl": "https://evil.example/steal"}
    salesforce.faults.extend([lambda _: None, lambda _: None, answering(200, evil)])
    with pytest.raises(CrmUnavailable, match="another host"):
        crm.look_up("order", {}, asker(CARMEN))


def test_an_action_that_broke_off_is_brought_to_its_end(elsewhere: Elsewhere) -> None:
    """The case was opened, the answer lost; or the order was not changed any more."""
    _, stand_in, client = elsewhere
    crm = client()
    crm.check()

    def lost(heard: Any) -> tuple[int, dict[str, str], bytes]:
        stand_in.reply(heard)
        return 502, {}, b""

    whole = [client().act("report_late", {"order": "G204355"}, asker(BILAL), "k0")]
    assert whole[0]["case"]
    before = _cases(stand_in)
    for at in range(12):
        stand_in.faults.clear()
        stand_in.faults.extend([*([lambda _: None] * at), lost])
        try:
            crm.act("cancel_order", {"order": "G204390"}, asker(CARMEN), "k1")
        except CrmUnavailable:
            crm._connection._breaker.worked()
        else:
            break
    stand_in.faults.clear()
    done = crm.act("cancel_order", {"order": "G204390"}, asker(CARMEN), "k1")
    assert (done["status"], done["refund"], bool(done["case"])) == ("cancelled", "requested", True)
    assert _cases(stand_in) == before + 1
    assert (client().look_up("order", {"number": "G204390"}, asker(CARMEN)) or {})["status"] == "cancelled"


def test_a_conversation_is_written_once_to_whom_it_surely_belongs(elsewhere: Elsewhere) -> None:
    name, stand_in, client = elsewhere
    crm = client()
    first = crm.write(NOTE, asker(AYESHA))
    assert crm.write(NOTE, asker(AYESHA)) == first
    assert client().write(NOTE, asker(AYESHA)) == first
    assert _cases(stand_in) == 1
    assert _owner(stand_in, 0) == {"salesforce": "003" + "0" * 15, "zendesk": "40000", "hubspot": "1000000"}[name]
    for phone in (SHARED, STRANGER):
        crm.write(replace(NOTE, key=f"rabta-{phone}"), asker(phone))
        assert not _owner(stand_in, -1)
    crm.write(replace(NOTE, key="rabta-chosen"), asker(SHARED, customer="C2001"))
    assert _owner(stand_in, -1)


def test_without_orders_nothing_of_orders_is_offered(zendesk_server: tuple[Zendesk, str]) -> None:
    zendesk, url = zendesk_server
    crm = client_at(SETTINGS, "zendesk", zendesk, url)
    shortened = {part: value for part, value in crm._settings.remote.mapping.items()  # type: ignore[union-attr]
                 if part not in ("orders", "invoices", "cases")}  # fmt: skip
    bare = client_at(SETTINGS, "zendesk", zendesk, url, mapping=shortened)
    assert (bare.look_up("customer", {}, asker(AYESHA)) or {})["name"] == "Ayesha Khan"
    for what in ("order", "invoice"):
        with pytest.raises(CrmNotOffered, match=f"no {what}s"):
            bare.look_up(what, {}, asker(AYESHA))
    with pytest.raises(CrmNotOffered):
        bare.act("cancel_order", {"order": "G204390"}, asker(CARMEN), "k")


def test_orders_that_may_not_be_changed_become_cases_for_people(zendesk_server: tuple[Zendesk, str]) -> None:
    zendesk, url = zendesk_server
    crm = client_at(SETTINGS, "zendesk", zendesk, url)
    mapping = dict(crm._settings.remote.mapping)  # type: ignore[union-attr]
    orders = dict(mapping["orders"])  # type: ignore[call-overload]
    del orders["change"]
    fixed = client_at(SETTINGS, "zendesk", zendesk, url, mapping=mapping | {"orders": orders})
    said = []
    for _ in range(2):
        with pytest.raises(CrmRefused) as caught:
            fixed.act("cancel_order", {"order": "G204390"}, asker(CARMEN), "k1")
        said.append((caught.value.code, caught.value.record["status"], caught.value.record["case"]))
    assert said == [("passed_on", "placed", "35000")] * 2
    assert fixed.act("request_refund", {"order": "G204102"}, asker(BILAL), "k2")["refund"] == "requested"
    with pytest.raises(CrmRefused, match="already_done"):
        fixed.act("request_refund", {"order": "G204102"}, asker(BILAL), "k3")
    assert [ticket["status"] for ticket in zendesk.tickets] == ["new", "new"]


def test_hubspots_search_may_lag_behind_its_tickets(hubspot_server: tuple[HubSpot, str]) -> None:
    hubspot, url = hubspot_server
    hubspot.index_lags = True
    crm = client_at(SETTINGS, "hubspot", hubspot, url)
    first = crm.act("report_late", {"order": "G204355"}, asker(BILAL), "k1")
    assert crm.act("report_late", {"order": "G204355"}, asker(BILAL), "k1") == first


def test_what_nobody_translates_is_not_told_to_a_customer(salesforce_server: tuple[Salesforce, str]) -> None:
    salesforce, url = salesforce_server
    next(one for one in salesforce.objects["Order"] if one["OrderReferenceNumber"] == "G204171")["Status"] = "Limbo"
    crm = client_at(SETTINGS, "salesforce", salesforce, url)
    with pytest.raises(CrmUnavailable, match="nobody translates Status 'Limbo'") as caught:
        crm.look_up("order", {"number": "G204171"}, asker(AYESHA))
    assert not caught.value.again


def test_a_customer_by_bsuid_and_one_without_a_number(zendesk_server: tuple[Zendesk, str]) -> None:
    zendesk, url = zendesk_server
    zendesk.users[0] |= {"external_id": None, "user_fields": {"whatsapp_bsuid": "PK.135"}}
    crm = client_at(SETTINGS, "zendesk", zendesk, url)
    found = crm.look_up("customer", {}, asker("PK.135", "bsuid")) or {}
    assert (found["number"], found["name"]) == ("id:40000", "Ayesha Khan")
    assert (crm.look_up("customer", {}, asker(STRANGER, customer="id:40000")) or {})["name"] == "Ayesha Khan"


def test_a_number_is_looked_for_as_people_write_it() -> None:
    forms = spellings("+923001234567")
    assert forms[0] == "+923001234567"
    assert {"923001234567", "00923001234567", "+92 300 1234567", "0300 1234567", "03001234567"} <= set(forms)
    assert "+5511987654321" in spellings("+551187654321")
    assert spellings("x") == ["x", "00x"]


def test_secrets_and_words_stay_out_of_what_is_shown(salesforce_server: tuple[Salesforce, str]) -> None:
    salesforce, url = salesforce_server
    crm = client_at(CrmSettings(country="PK"), "salesforce", salesforce, url)
    crm._connection._secrets = {"SALESFORCE_CLIENT_ID": "client", "SALESFORCE_CLIENT_SECRET": "wrong-secret"}
    with pytest.raises(CrmUnavailable) as caught:
        number(crm)
    assert str(caught.value) == "the CRM did not answer: it answered 400 invalid_client_id"


def _rows(stand_in: StandIn) -> list[Any]:
    if isinstance(stand_in, Salesforce):
        return stand_in.objects["Case"]
    return stand_in.tickets if isinstance(stand_in, Zendesk) else stand_in.objects["tickets"]  # type: ignore[attr-defined]


def _cases(stand_in: StandIn) -> int:
    return len(_rows(stand_in))


def _owner(stand_in: StandIn, at: int) -> str:
    row = _rows(stand_in)[at]
    if isinstance(stand_in, HubSpot):
        return next(iter(stand_in.tied.get((f"tickets/{row['id']}", "contacts"), [])), "")
    return row.get("ContactId" if isinstance(stand_in, Salesforce) else "requester_id") or ""
