"""Every code of the provider's error table, what a response means, and how a broken exchange is told apart."""

import json

import pytest

from gateway.channels.twilio.errors import BY_CODE, refusal, verdict_on
from gateway.core.errors import Action

EXPECTED = {
    Action.RETRY: "20429 30003 30008 30017 30410 63009 63010 63012 63019 63023 63037",
    Action.UNKNOWN: "20500 20503",
    Action.LATER: "21611 30001 30022 30023 63017 63018 63038",
    Action.OPT_OUT: "21610 63014 63033",
    Action.TEMPLATE: "63016",
    Action.CHANNEL: "21612 63036",
    Action.PAGE: "20003 20005 21215 21408 21606 21701 21703 21704 30002 30018 30024 30032 30033 30034 30035 63001 63002"
    " 63007 63008 63020 63022 63026 63051 63059 63062 63101 11200 11205 11750 12100 12200 12300",
    Action.FINAL: "20404 "
    "21211 21614 21217 21401 21604 21602 21603 21609 21617 21620 21623 21654 21655 21656 21658 21910"
    " 21608 63015 14107 30004 30005 30006 21635 30007 30450 30019 11751 63034 30036 63003 63024 63005 63006 63021 63030"
    " 63013 63027 63028 63040 63041 63042 63031 63032 63049",
}


@pytest.mark.parametrize(("action", "codes"), EXPECTED.items())
def test_each_code_has_its_action(action: Action, codes: str) -> None:
    assert {code: verdict_on(code).action for code in codes.split()} == dict.fromkeys(codes.split(), action)


def test_no_code_is_listed_without_a_test() -> None:
    listed = {code for codes in EXPECTED.values() for code in codes.split()}
    assert set(BY_CODE) == listed


@pytest.mark.parametrize(
    ("code", "also", "tries"),
    [
        ("30003", {"channel"}, 3),
        ("30008", {"channel"}, 3),
        ("63019", {"link"}, 2),
        ("63009", set(), 5),
        ("21211", {"flag"}, 5),
        ("30006", {"flag", "channel"}, 5),
        ("63003", {"flag", "channel"}, 5),
        ("21617", {"bug"}, 5),
        ("30004", {"opt_out"}, 5),
        ("63027", {"page", "content"}, 5),
        ("63038", {"page"}, 5),
        ("21408", {"channel"}, 5),
        ("14107", {"loop"}, 5),
        ("99999", {"new"}, 5),
    ],
)
def test_what_else_holds(code: str, also: set[str], tries: int) -> None:
    assert (verdict_on(code).also, verdict_on(code).tries) == (also, tries)


@pytest.mark.parametrize(
    ("status", "body", "code", "action"),
    [
        (400, {"code": 21610, "message": "stopped"}, "21610", Action.OPT_OUT),
        (400, {"code": 63018, "message": "rate"}, "63018", Action.LATER),
        (401, {"code": 20003, "message": "Authenticate"}, "20003", Action.PAGE),
        (401, "not json", "20003", Action.PAGE),
        (403, {"code": 20005, "message": "suspended"}, "20005", Action.PAGE),
        (404, {}, "20404", Action.FINAL),
        (429, {"code": 20429, "message": "slow"}, "20429", Action.RETRY),
        (429, "<html>", "20429", Action.RETRY),
        (429, {"code": 21610, "message": "odd"}, "21610", Action.RETRY),
        (500, {"code": 20500, "message": "oops"}, "20500", Action.UNKNOWN),
        (502, "<html>bad gateway", "502", Action.UNKNOWN),
        (503, {"code": 21211, "message": "odd"}, "21211", Action.UNKNOWN),
        (307, "", "307", Action.FINAL),
        (400, ["not", "a", "dict"], "400", Action.FINAL),
        (400, {"code": 77777, "message": "new one"}, "77777", Action.FINAL),
        (422, {"type": "t", "title": "Bad field", "status": 422, "code": 21656}, "21656", Action.FINAL),
    ],
)
def test_refusals(status: int, body: object, code: str, action: Action) -> None:
    error = refusal(status, body if isinstance(body, str) else json.dumps(body), {})
    assert (error.code, error.action) == (code, action)


@pytest.mark.parametrize(("header", "seconds"), [("2", 2.0), ("0.5", 0.5), ("soon", None), ("", None)])
def test_the_wait_that_was_asked_for(header: str, seconds: float | None) -> None:
    assert refusal(429, "", {"Retry-After": header}).retry_after == seconds
