"""The campaigns' pages: a list is handed in and checked, refusals are shown in words, moves are buttons."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gateway.jobs.run_campaigns import Runner
from gateway.models.campaign import Campaign
from gateway.runtime import Runtime
from tests import care
from tests.campaigns.conftest import TEMPLATES, approve
from tests.console.conftest import BUSINESS, Browser

LIST = "phone;order;name\n+923001234567;A-1;عائشہ\n12;A-2;x\n+923007654321;;y\n"


@pytest.fixture
def hina(browser: Callable[[], Browser], people: dict[str, int], runtime: Runtime) -> Browser:
    """A supervisor, with templates to use."""
    runtime.versions = care.FixedVersions(replace(care.config(business=BUSINESS), templates=TEMPLATES))  # type: ignore[assignment]
    approve(runtime.database)
    made = browser()
    made.sign_in("hina")
    return made


def hand_in(hina: Browser, csv: str = LIST, **fields: Any) -> Any:
    file = (io.BytesIO(csv.encode("utf-16")), "late.csv")
    usual = {"name": "Floods", "template": "late", "channel": "wa", "file": file}
    return hina.post("/console/campaigns", usual | fields, follow_redirects=True)


def test_a_list_is_handed_in_checked_and_started(hina: Browser, runtime: Runtime) -> None:
    page = hand_in(hina)
    assert "0 of 3 rows checked" in page.text
    Runner(runtime).run(5)
    page = hina.get("/console/campaigns/1").text
    for words in ("1 may go, 2 are refused; nothing has been sent", "a variable is missing", "WhatsApp, template"):
        assert words in page
    assert "Floods" in hina.get("/console/campaigns").text
    started = hina.post("/console/campaigns/1/start", follow_redirects=True)
    assert "0 of 1 handed to the sender" in started.text
    Runner(runtime).run(5)
    assert "1 of 1 handed to the sender" in hina.get("/console/campaigns/1/body").text
    assert "running" in hina.get("/console/campaigns/rows").text


def test_the_refused_rows_are_a_file(hina: Browser, runtime: Runtime) -> None:
    hand_in(hina)
    Runner(runtime).run(5)
    file = hina.get("/console/campaigns/1/refused.csv")
    assert file.headers["Content-Disposition"] == 'attachment; filename="refused-1.csv"'
    lines = file.text.splitlines()
    assert lines[0] == "\ufeffline,reason,detail,address,language,name,order"
    assert [line.split(",")[:2] for line in lines[1:]] == [["3", "bad_address"], ["4", "variable_missing"]]


def test_values_for_all_rows_and_urgency(hina: Browser, runtime: Runtime) -> None:
    hand_in(hina, values="order=A-9\r\n\r\nname = Customer ", urgent="1")
    with runtime.database.read() as session:
        options = session.get_one(Campaign, 1).options
    assert (options["variables"], options["urgent"]) == ({"order": "A-9", "name": "Customer"}, True)
    assert hand_in(hina, values="order").status_code == 422


def test_buttons_are_what_may_be_done_now(hina: Browser, runtime: Runtime) -> None:
    hand_in(hina)
    for words, there in (("Start sending", True), ("Pause", False), ("Go on", False), (">Cancel<", True)):
        assert (words in hina.get("/console/campaigns/1").text) is there
    canceled = hina.post("/console/campaigns/1/cancel", follow_redirects=True).text
    assert "Start sending" not in canceled
    again = hina.post("/console/campaigns/1/cancel")
    assert (again.status_code, "is canceled: it cannot cancel now" in again.text) == (409, True)


@pytest.mark.parametrize(
    ("change", "csv", "why"),
    [
        ({}, "name\nAyesha\n", "No column is called address"),
        ({}, "", "The list is empty"),
        ({"template": "unheard_of"}, LIST, "No template"),
        ({"name": " "}, LIST, "has a name"),
        ({"file": ""}, LIST, "Choose a CSV file"),
    ],
)
def test_what_cannot_be_taken_says_why(hina: Browser, change: dict[str, Any], csv: str, why: str) -> None:
    page = hand_in(hina, csv, **change)
    assert (page.status_code, why in page.text) == (422, True)


@pytest.mark.parametrize("path", ["", "/rows", "/1", "/1/body", "/1/refused.csv"])
def test_agents_see_none_of_it(sara: Browser, path: str) -> None:
    page = sara.get(f"/console/campaigns{path}")
    assert (page.status_code, "for supervisors" in page.text) == (403, True)
    assert "Campaigns" not in sara.get("/console/inbox").text


def test_names_from_outside_stay_words(hina: Browser) -> None:
    page = hand_in(hina, name="<script>alert(1)</script>")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_no_such_campaign(hina: Browser) -> None:
    assert hina.get("/console/campaigns/9").status_code == 404
    assert hina.post("/console/campaigns/9/pause").status_code == 404
    assert hina.post("/console/campaigns/9/fly").status_code == 404
