"""The phone page's server side: state, live changes, levers, safety, and what a restart remembers."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from gateway.core.errors import ConfigError
from gateway.simulator.app import build
from gateway.simulator.setup import OVERRIDES, read
from gateway.simulator.world import MESSAGES_KEPT
from tests.simulator.conftest import ACCOUNT, AYESHA, SHOP, SHOP_SMS, Running

WHATSAPP = f"whatsapp:{AYESHA}"


def test_page_and_scripts_without_inline_code(running: Running) -> None:
    page = requests.get(running.url, timeout=60)
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "<style" not in page.text
    assert "style=" not in page.text
    static = Path(build.__globals__["__file__"]).parent / "static"
    for file in [*static.glob("js/*.js"), *static.glob("css/*.css")]:
        assert requests.get(f"{running.url}/static/{file.parent.name}/{file.name}", timeout=60).status_code == 200


def test_three_customers_to_begin_with(running: Running) -> None:
    state = requests.get(f"{running.url}/state", timeout=60).json()
    assert [c["language"] for c in state["customers"]] == ["ur", "ur-Latn", "es"]
    assert [(s["address"], s["channel"]) for s in state["senders"]] == [(SHOP, "whatsapp"), (SHOP_SMS, "sms")]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"name": "Omar", "number": "+92 333 1112233", "language": "en"}, 200),
        ({"name": "Omar", "number": "0333"}, 400),
        ({"name": " ", "number": "+923331112233"}, 400),
        ([], 400),
    ],
)
def test_add_a_customer(running: Running, data: Any, status: int) -> None:
    answer = requests.post(f"{running.url}/phones", json=data, timeout=60)
    assert answer.status_code == status
    assert status != 200 or answer.json()["number"] == "+923331112233"


def test_levers_are_checked(running: Running) -> None:
    path = f"{running.url}/phones/{AYESHA[1:]}/levers"
    assert requests.post(path, json={"blocked": True}, timeout=60).json()["levers"]["blocked"] is True
    assert requests.post(path, json={"gravity": 0}, timeout=60).status_code == 400
    assert requests.post(f"{running.url}/phones/999/levers", json={}, timeout=60).status_code == 404


def test_other_sites_and_forms_are_kept_out(running: Running) -> None:
    path = f"{running.url}/phones/{AYESHA[1:]}/levers"
    assert requests.post(path, json={}, headers={"Origin": "https://evil.example"}, timeout=60).status_code == 403
    assert requests.post(path, data="{}", headers={"Content-Type": "text/plain"}, timeout=60).status_code == 415


def test_live_tells_what_changed(running: Running) -> None:
    after = requests.get(f"{running.url}/state", timeout=60).json()["last"]
    with requests.get(f"{running.url}/live", params={"after": after}, stream=True, timeout=60) as stream:
        running.tap(text="live?")
        lines = stream.iter_lines(decode_unicode=True)
        told = next(line for line in lines if line.startswith("data:") and "live?" in line)
    assert json.loads(told[5:])["customer_id"] == AYESHA[1:]


def test_who_missed_too_much_loads_again(running: Running) -> None:
    for n in range(1100):
        running.simulator.world.feed.publish("noise", {"n": n})
    with requests.get(f"{running.url}/live", params={"after": 1}, stream=True, timeout=60) as stream:
        lines = stream.iter_lines(decode_unicode=True)
        assert next(line for line in lines if line.startswith("event:")) == "event: reload"


def test_the_window_closes_and_opens(running: Running) -> None:
    running.control("lever", user=AYESHA, window_hours=25)
    assert running.control("customers")[0]["window_left"] == 0
    running.control("inbound", to=SHOP, frm=WHATSAPP, body="back again")
    assert running.control("customers")[0]["window_left"] > 86_000


def test_a_restart_remembers(setup: Any, tmp_path: Path) -> None:
    kept = replace(setup, folder=tmp_path)
    first = build(kept, "http://127.0.0.1:1")
    client = first.app.test_client()
    client.post("/_control/inbound", json={"to": SHOP_SMS, "frm": AYESHA, "body": "stop"})
    client.post("/_control/lever", json={"user": AYESHA, "blocked": True})
    first.close()
    again = build(kept, "http://127.0.0.1:1")
    assert next(iter(again.world.messages.values())).body == "stop"
    assert again.world.levers_of(AYESHA).blocked is True
    assert again.world.has_opted_out(AYESHA)
    again.close()


def test_memory_is_bounded(running: Running) -> None:
    for n in range(MESSAGES_KEPT + 5):
        running.simulator.app.test_client().post(
            f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
            data={"To": AYESHA, "From": SHOP_SMS, "Body": str(n)},
            auth=(ACCOUNT, "t" * 32),
        )
    assert len(running.simulator.world.messages) == MESSAGES_KEPT


def test_reset(running: Running) -> None:
    running.control("inbound", to=SHOP, frm=WHATSAPP, body="x")
    running.control("lever", user=AYESHA, blocked=True)
    running.control("reset")
    assert running.control("messages") == []
    assert running.control("customers")[0]["levers"]["blocked"] is False


def test_unknown_verbs_are_said(running: Running) -> None:
    answer = requests.post(f"{running.url}/_control/dance", json={}, timeout=60)
    assert (answer.status_code, "inbound" in answer.text) == (400, True)


def test_a_link_changes_nothing(running: Running) -> None:
    assert requests.get(f"{running.url}/_control/ledger", timeout=60).json() == []
    assert requests.get(f"{running.url}/_control/reset", timeout=60).status_code == 405


def test_setup_is_read(tmp_path: Path) -> None:
    path = tmp_path / "simulator.json"
    with pytest.raises(ConfigError, match="make run"):
        read(path, folder=None)
    path.write_text('{"account_sid": "AC1"}')
    with pytest.raises(ConfigError, match="public_url"):
        read(path, folder=None)
    senders = [{"address": SHOP}]
    data = {"account_sid": "AC1", "auth_token": "t", "public_url": "http://a.example/", "senders": senders}
    path.write_text(json.dumps(data))
    assert read(path, folder=None).senders[0].messages_url == f"http://a.example/webhooks/twilio/messages{OVERRIDES}"
