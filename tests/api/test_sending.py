"""Sending by the rules through the API: explained, parked, withdrawn, promised, refused with reasons."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.core.templates import Category, Templates, TemplateSpec, Variable, Wording
from gateway.models.contact import OptOut
from gateway.models.template import Template
from gateway.runtime import Runtime
from tests.api.conftest import BUSINESS, Caller

Make = Callable[..., int]
TEMPLATES = Templates(
    {
        name: TemplateSpec(name, Category.UTILITY, variables, {"en": Wording(f"{name}_en", body, body)})
        for name, variables, body in (
            ("reply_waiting", (), "Your answer is waiting for you."),
            ("order_update", (Variable("order", "5531"),), "Your order {{order}} is on its way to you."),
        )
    }
)


@pytest.fixture(autouse=True)
def approved(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    running = RunningConfig(1, BUSINESS, None, None, None, templates=TEMPLATES)
    monkeypatch.setattr(runtime.versions, "newest", lambda: running)
    with runtime.work() as session:
        for name in ("reply_waiting", "order_update"):
            known = {"account": "AC", "external_id": f"HX{name}", "name": name, "language": "en"}
            session.add(Template(**known, approval="approved", types=[], variables={}, synced_at=clock.now()))


def test_a_conversation_and_its_contact_show_the_window(agent: Caller, conversation: Make) -> None:
    item = agent.get(f"/conversations/{conversation()}").json
    window = item["session_window"]
    assert (window["open"], 1370 < window["minutes_left"] <= 1375, item["parked_count"]) == (True, True, 0)
    address = agent.get(f"/contacts/{item['contact_id']}").json["addresses"][0]
    assert address["session_windows"]["whatsapp"]["closes_at"] == window["closes_at"]
    never = agent.get(f"/conversations/{conversation('+923009999999', heard_hours_ago=None)}").json
    assert never["session_window"] == {"open": False, "minutes_left": 0, "closes_at": None}


def test_outside_the_window_a_reply_is_parked_and_may_be_withdrawn(agent: Caller, conversation: Make) -> None:
    item = conversation(heard_hours_ago=30)
    sent = agent.post(f"/conversations/{item}/messages", json={"text": "Your refund is done."})
    assert (sent.status_code, sent.json["status"]) == (201, "parked")
    assert agent.get(f"/conversations/{item}").json["parked_count"] == 1
    texts = [row["text"] for row in agent.get(f"/messages?conversation_id={item}").json["data"]]
    assert texts[-1] == "Your answer is waiting for you."
    taken_back = agent.post(f"/messages/{sent.json['id']}/withdraw")
    assert (taken_back.status_code, taken_back.json["status"]) == (200, "canceled")
    assert agent.post(f"/messages/{sent.json['id']}/withdraw").status_code == 409
    assert agent.post("/messages/9999/withdraw").status_code == 404
    assert agent.get(f"/conversations/{item}").json["parked_count"] == 0


def test_a_template_goes_outside_the_window(agent: Caller, conversation: Make) -> None:
    item = conversation(heard_hours_ago=30)
    body = {"template": "order_update", "variables": {"order": "77"}}
    sent = agent.post(f"/conversations/{item}/messages", json=body)
    assert (sent.json["status"], sent.json["text"]) == ("queued", "Your order 77 is on its way to you.")


@pytest.mark.parametrize(
    ("body", "reasons"),
    [
        ({"template": "order_update"}, {"variable_missing"}),
        ({"template": "order_update", "variables": {"order": "7", "size": "M"}}, {"variable_unknown"}),
        ({"template": "order_updte", "variables": {}}, {"template_unknown"}),
        ({"text": "  "}, {"empty"}),
    ],
)
def test_what_may_not_be_sent_is_refused_by_reason(
    agent: Caller, conversation: Make, body: dict[str, Any], reasons: set[str]
) -> None:
    refused = agent.post(f"/conversations/{conversation()}/messages", json=body)
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert set(refused.json["errors"]["reasons"]) == reasons
    assert refused.json["detail"].endswith(".")


def test_explain_says_how_it_would_go(agent: Caller, conversation: Make) -> None:
    contact_id = agent.get(f"/conversations/{conversation(heard_hours_ago=30)}").json["contact_id"]
    notice = {"purpose": "notice", "template": "order_update", "variables": {"order": "5"}, "contact_id": contact_id}
    found = agent.post("/explain", json=notice).json
    assert (found["allowed"], found["how"], found["channel_id"], found["cost_class"]) == (
        True, "template", "whatsapp", "medium",
    )  # fmt: skip
    assert [(rung["channel_id"], rung["after_seconds"]) for rung in found["rungs"]] == [("sms", 30)]
    free = agent.post("/explain", json={"purpose": "notice", "text": "Hi", "contact_id": contact_id,
                                        "channel_id": "whatsapp"}).json  # fmt: skip
    assert ([reason["refusal"] for reason in free["reasons"]], free["allowed"]) == (["window_closed"], False)
    assert (free["alternative"]["channel_id"], free["alternative"]["segments"]) == ("sms", 1)
    parked = agent.post("/explain", json={"text": "Hi", "contact_id": contact_id}).json
    assert (parked["allowed"], parked["how"]) == (True, "parked")


@pytest.mark.parametrize("to", ["+923331112233", "whatsapp:+923331112233"])
def test_explain_knows_nothing_of_a_new_number(agent: Caller, to: str) -> None:
    found = agent.post("/explain", json={"purpose": "notice", "text": "سلام", "to": to}).json
    assert (found["allowed"], found["channel_id"], found["encoding"], found["address_id"]) == (
        True, "sms", "ucs2", None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status"),
    [({"text": "Hi"}, 422), ({"text": "Hi", "contact_id": 1, "to": "+1"}, 422), ({"text": "Hi", "contact_id": 99}, 404),
     ({"text": "Hi", "to": "+92300", "purpose": "spam"}, 422)],
)  # fmt: skip
def test_explain_wants_one_somebody(agent: Caller, body: dict[str, Any], status: int) -> None:
    assert agent.post("/explain", json=body).status_code == status


def test_a_follow_up_is_kept_listed_and_called_off(agent: Caller, conversation: Make, sara: int) -> None:
    item = conversation()
    made = agent.post(f"/conversations/{item}/follow-ups", json={"in_minutes": 60, "text": "Has the problem gone?"})
    assert (made.status_code, made.json["state"], made.json["created_by"]) == (201, "pending", sara)
    listed = agent.get(f"/conversations/{item}/follow-ups").json["data"]
    assert [row["text"] for row in listed] == ["Has the problem gone?"]
    path = f"/conversations/{item}/follow-ups/{made.json['id']}"
    assert agent("DELETE", path).status_code == 204
    assert (agent("DELETE", path).status_code, agent("DELETE", f"{path}9").status_code) == (409, 404)
    assert agent.get(f"/conversations/{item}/follow-ups").json["data"][0]["outcome"] == "called off"


@pytest.mark.parametrize(
    "body",
    [
        {"text": "Hi"},
        {"in_minutes": 5},
        {"in_minutes": 5, "text": "Hi", "template": "order_update"},
        {"in_minutes": 5, "at": "2030-01-01T00:00:00Z", "text": "Hi"},
        {"at": "2020-01-01T00:00:00Z", "text": "Hi"},
        {"in_minutes": 60 * 24 * 61, "text": "Hi"},
    ],
)
def test_a_follow_up_that_makes_no_sense(agent: Caller, conversation: Make, body: dict[str, Any]) -> None:
    assert agent.post(f"/conversations/{conversation()}/follow-ups", json=body).status_code == 422


def test_who_opted_out_is_not_written_to(agent: Caller, conversation: Make, runtime: Runtime) -> None:
    item = conversation(heard_hours_ago=30)
    with runtime.work() as session:
        session.add(OptOut(address_id=1, channel_id="whatsapp", channel_type="whatsapp", since=clock.now()))
    refused = agent.post(f"/conversations/{item}/messages", json={"text": "Hello"})
    assert (refused.status_code, set(refused.json["errors"]["reasons"])) == (422, {"opted_out"})


def test_the_window_is_closed_early(agent: Caller, conversation: Make) -> None:
    item = conversation(heard_hours_ago=24 - 4 / 60)
    assert agent.get(f"/conversations/{item}").json["session_window"]["open"] is False
