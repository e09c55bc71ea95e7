"""Templates at the simulator: reviewed after a while or as a test says, listed, sent, refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from gateway.simulator.app import build
from tests.simulator.conftest import AYESHA, SHOP, Running

WHATSAPP = f"whatsapp:{AYESHA}"
TEMPLATE = {
    "name": "order_en",
    "language": "en",
    "category": "UTILITY",
    "body": "Dear {{1}}, order {{2}} has left us.",
    "samples": {"1": "Ali", "2": "A-1"},
    "buttons": [{"id": "help", "title": "Help", "description": ""}],
}


@pytest.fixture
def setup(setup: Any) -> Any:
    return replace(setup, templates=(TEMPLATE,))


def make(running: Running, name: str = "offer_en", approve: bool = True) -> str:
    data = {
        "friendly_name": name,
        "language": "en",
        "variables": {"1": "x"},
        "types": {"twilio/text": {"body": "a {{1}} b"}},
    }
    sid = str(running.rest("POST", "/content/v1/Content", json=data).json()["sid"])
    if approve:
        asked = request_approval(running, sid, name)
        assert (asked.status_code, asked.json()["status"]) == (201, "received")
    return sid


def request_approval(running: Running, sid: str, name: str) -> Any:
    path = f"/content/v1/Content/{sid}/ApprovalRequests/whatsapp"
    return running.rest("POST", path, json={"name": name, "category": "UTILITY"})


def status(running: Running, sid: str) -> str:
    return str(running.rest("GET", f"/content/v1/Content/{sid}/ApprovalRequests").json()["whatsapp"]["status"])


def test_the_businesss_own_are_there_and_approved(running: Running) -> None:
    (listed,) = running.rest("GET", "/content/v1/ContentAndApprovals").json()["contents"]
    assert listed["friendly_name"] == "order_en"
    assert listed["approval_requests"]["status"] == "approved"
    assert list(listed["types"]) == ["twilio/quick-reply"]
    assert "url" not in listed


def test_what_was_decided_survives_a_restart(setup: Any, tmp_path: Path) -> None:
    for expected in ("approved", "paused"):
        simulator = build(replace(setup, folder=tmp_path), "http://127.0.0.1:9")
        client = simulator.app.test_client()
        (template,) = client.get("/_control/templates").json or []
        assert template["approval"]["status"] == expected
        client.post("/_control/approval", json={"name": "order_en", "status": "paused"})
        simulator.close()


def test_review_takes_its_time(running: Running) -> None:
    running.control("approval_seconds", seconds=3600)
    slow = make(running)
    assert status(running, slow) == "received"
    running.simulator.world.contents[slow]["approval"]["asked_at"] -= 2000
    assert status(running, slow) == "pending"
    running.simulator.world.contents[slow]["approval"]["asked_at"] -= 2000
    assert status(running, slow) == "approved"
    running.control("approval_seconds", seconds=0)
    assert status(running, make(running, "other_en")) == "approved"
    assert status(running, make(running, "third_en", approve=False)) == "unsubmitted"


def test_a_rejected_name_is_not_taken_again(running: Running) -> None:
    sid = make(running)
    running.control("approval", sid=sid, status="rejected", reason="too vague")
    shown = running.rest("GET", f"/content/v1/Content/{sid}/ApprovalRequests").json()["whatsapp"]
    assert (shown["status"], shown["rejection_reason"]) == ("rejected", "too vague")
    again = request_approval(running, make(running, approve=False), "offer_en")
    assert again.status_code == 400
    assert request_approval(running, make(running, approve=False), "offer_en_2").status_code == 201


def test_the_list_comes_in_pages(running: Running) -> None:
    for number in range(4):
        make(running, f"offer_{number}", approve=False)
    first = running.rest("GET", "/content/v1/ContentAndApprovals?PageSize=2").json()
    assert [row["friendly_name"] for row in first["contents"]] == ["offer_3", "offer_2"]
    assert first["meta"]["next_page_url"].endswith("ContentAndApprovals?PageSize=2&Page=1")
    last = running.rest("GET", "/content/v1/ContentAndApprovals?PageSize=2&Page=2").json()
    assert (len(last["contents"]), last["meta"]["next_page_url"]) == (1, None)


@pytest.mark.parametrize(
    ("state", "open_window", "variables", "fate"),
    [
        ("approved", False, {"1": "x"}, None),
        ("approved", True, {"1": "x"}, None),
        ("approved", False, {}, 63028),
        ("approved", False, {"1": "x", "2": "y"}, 63028),
        ("approved", False, {"1": "x\ny"}, 63013),
        ("approved", False, {"1": "a     b"}, 63013),
        ("pending", False, {"1": "x"}, 63016),
        ("unsubmitted", False, {"1": "x"}, 63016),
        ("pending", True, {"1": "x"}, None),
        ("rejected", False, {"1": "x"}, 63040),
        ("paused", False, {"1": "x"}, 63041),
        ("disabled", False, {"1": "x"}, 63042),
        ("disabled", True, {"1": "x"}, None),
    ],
)
def test_how_a_send_ends(
    running: Running, state: str, open_window: bool, variables: dict[str, str], fate: int | None
) -> None:
    sid = make(running)
    running.control("approval", name="offer_en", status=state)
    running.control("window", user=WHATSAPP, age=0 if open_window else 90_000)
    sent = running.send(To=WHATSAPP, From=SHOP, ContentSid=sid, ContentVariables=json.dumps(variables))
    assert sent.status_code == 201
    assert running.simulator.world.messages[sent.json()["sid"]].fate == fate


def test_the_phone_shows_the_words_and_the_buttons(running: Running) -> None:
    (template,) = running.control("templates")
    sent = running.send(
        To=WHATSAPP, From=SHOP, ContentSid=template["sid"], ContentVariables='{"1": "Sara", "2": "7"}'
    ).json()
    message = running.simulator.world.messages[sent["sid"]]
    assert message.body == sent["body"] == "Dear Sara, order 7 has left us."
    assert message.content
    assert [button["title"] for button in message.content["buttons"]] == ["Help"]
    assert message.fate is None


def test_the_page_shows_and_decides(running: Running) -> None:
    make(running, "draft_en", approve=False)
    shown = requests.get(f"{running.url}/templates", timeout=60).json()
    assert [template["friendly_name"] for template in shown["templates"]] == ["order_en"]
    sid = shown["templates"][0]["sid"]
    after = requests.post(f"{running.url}/templates/{sid}", json={"status": "rejected"}, timeout=60).json()
    assert after["templates"][0]["approval"]["status"] == "rejected"
    assert requests.post(f"{running.url}/reviewers", json={"seconds": 60}, timeout=60).json()["seconds"] == 60
    running.control("reset")
    assert running.simulator.world.approval_seconds == 0


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/templates/HX1", {"status": "approved"}, 404),
        ("/templates/{sid}", {"status": "lovely"}, 400),
        ("/templates/{sid}", [], 400),
        ("/reviewers", {"seconds": -1}, 400),
        ("/reviewers", {"seconds": "soon"}, 400),
        ("/reviewers", {}, 400),
    ],
)
def test_the_page_is_told_what_is_wrong(running: Running, path: str, body: Any, status: int) -> None:
    sid = running.control("templates")[0]["sid"]
    assert requests.post(running.url + path.format(sid=sid), json=body, timeout=60).status_code == status
