"""One corpus of requests: the stand-in and our simulator give the same status and error code, in Twilio's shapes."""

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from judge.corpus import CONTENT, CORPUS, CUSTOMER, CUSTOMER_SMS, SMS, STOPPED, WHATSAPP, Case, send
from judge.processes import Standin

SPECS = {
    "api": "twilio_api_v2010.json",
    "content": "twilio_content_v1.json",
    "lookups": "twilio_lookups_v2.json",
    "messaging": "twilio_messaging_v3.json",
}


@pytest.fixture(scope="module")
def sides(standin: Standin, simulator: Standin) -> tuple[Standin, Standin]:
    """Both in the same condition: two senders, a customer inside the window, one who opted out."""
    for side in (standin, simulator):
        side.control("reset")
        for number in (WHATSAPP, SMS):
            side.control("number", number=number, sms_url="http://127.0.0.1:9/", voice_url="http://127.0.0.1:9/")
        side.control("window", user=CUSTOMER)
        side.control("inbound", to=SMS, frm=STOPPED, body="STOP")
    return standin, simulator


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.about)
def test_alike(sides: tuple[Standin, Standin], case: Case, twilio: Path) -> None:
    theirs, ours = (_ask(side, case) for side in sides)
    assert _verdict(ours) == _verdict(theirs)
    assert ours.status_code >= 400 or _complaint(twilio, case, ours) == ""


def test_refusals_have_twilios_shape(sides: tuple[Standin, Standin]) -> None:
    theirs, ours = (_ask(side, send("nothing to say")) for side in sides)
    assert set(ours.json()) == set(theirs.json()) == {"code", "message", "more_info", "status"}


def test_too_many_requests_says_when(sides: tuple[Standin, Standin]) -> None:
    for side in sides:
        side.control("fail_next", code=20429, status=429)
    theirs, ours = (_ask(side, send("hello", Body="x")) for side in sides)
    assert (ours.status_code, ours.headers["Retry-After"]) == (theirs.status_code, theirs.headers["Retry-After"])


@pytest.mark.parametrize(
    ("age_seconds", "statuses"), [(0, ["sent", "delivered", "read"]), (90_000, ["undelivered"])], ids=["open", "closed"]
)
def test_statuses_alike(sides: tuple[Standin, Standin], age_seconds: int, statuses: list[str]) -> None:
    walks = []
    for side in sides:
        side.control("window", user=CUSTOMER, age=age_seconds)
        sid = _ask(side, send("x", Body="x")).json()["sid"]
        walks.append([side.control("advance", s=sid)["status"] for _ in statuses])
        side.control("window", user=CUSTOMER)
    assert walks == [statuses, statuses]


def _ask(side: Standin, case: Case) -> requests.Response:
    made = _made(side, case)

    def filled(text: Any) -> Any:
        return text.replace("{content}", made).replace("{message}", made) if isinstance(text, str) else text

    form = {name: filled(value) for name, value in case.form.items()} if case.form else None
    return side.request(case.method, filled(case.path), data=form, json=case.json, **case.options)


def _made(side: Standin, case: Case) -> str:
    """The SID of what the case needs to exist."""
    wanted = case.path + json.dumps(case.form or {})
    if "{content}" in wanted:
        return str(side.request("POST", "/content/v1/Content", json=CONTENT).json()["sid"])
    if "{message}" in wanted:
        return str(_ask(side, send("x", To=CUSTOMER_SMS, From=SMS, Body="x")).json()["sid"])
    return ""


def _verdict(answer: requests.Response) -> tuple[int, int | None]:
    failed = answer.status_code >= 400
    return answer.status_code, answer.json().get("code") if failed else None


def _complaint(twilio: Path, case: Case, answer: requests.Response) -> str:
    """What Twilio's specification says against our answer."""
    product, path = case.path.lstrip("/").split("/", 1)
    request = MockRequest(f"https://{product}.twilio.com", case.method.lower(), "/" + _concrete(path))
    content_type = answer.headers.get("Content-Type", "application/json").partition(";")[0]
    response = MockResponse(answer.content, status_code=answer.status_code, content_type=content_type)
    try:
        _spec(twilio / "openapi" / SPECS[product]).validate_response(request, response)
    except Exception as error:
        return f"{error}: {[e.message for e in getattr(error.__cause__, 'schema_errors', [])]}"
    return ""


def _concrete(path: str) -> str:
    return urlsplit(path).path.replace("{content}", "HX" + "a" * 32).replace("{message}", "SM" + "a" * 32)


@cache
def _spec(path: Path) -> OpenAPI:
    return OpenAPI.from_dict(json.loads(path.read_text()))
