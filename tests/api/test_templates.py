"""Templates as the API shows them: by our names, with how each language stands."""

from dataclasses import replace

import pytest

from gateway.config.running import RunningConfig
from gateway.core.provider_templates import ProviderTemplate
from gateway.desk import templates
from gateway.runtime import Runtime
from tests.api.conftest import Caller
from tests.desk.test_templates import OURS, found


@pytest.fixture
def ours(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    config: RunningConfig = replace(runtime.config(), templates=OURS)
    monkeypatch.setattr(runtime.versions, "newest", lambda: config)


def store(runtime: Runtime, *listed: ProviderTemplate) -> None:
    with runtime.work() as session:
        templates.store(session, "AC1", listed, OURS)


@pytest.mark.usefixtures("ours")
def test_what_is_declared_and_how_it_stands(agent: Caller, runtime: Runtime) -> None:
    store(runtime, found(1, "order_en"), found(2, "order_en", "pending"), found(3, "other"))
    (template,) = agent.get("/templates").json["data"]
    assert (template["name"], template["category"]) == ("order", "utility")
    assert template["variables"] == [{"name": "id", "sample": "A-1", "required": True}]
    english, roman = template["languages"]
    assert (english["language"], english["text"], english["sms"]) == ("en", "Order {{id}} left.", "Order {{id}}.")
    assert (english["approval"], english["external_id"]) == ("approved", found(1, "").external_id)
    assert (roman["approval"], roman["external_id"], roman["synced_at"]) == ("missing", None, None)


@pytest.mark.usefixtures("ours")
def test_the_newest_counts_while_none_may_be_sent(agent: Caller, runtime: Runtime) -> None:
    store(runtime, found(1, "order_en", "rejected", rejection="vague"), found(2, "order_en", "paused"))
    (template,) = agent.get("/templates").json["data"]
    assert template["languages"][0]["approval"] == "paused"
    store(runtime, found(1, "order_en", "rejected", rejection="vague"))
    (template,) = agent.get("/templates").json["data"]
    assert template["languages"][0]["rejection"] == "vague"


def test_none_declared(agent: Caller) -> None:
    assert agent.get("/templates").json == {"data": [], "next": None}
