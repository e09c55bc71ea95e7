"""A customer who shares where they are, through the whole way of a message, with the flows that ship."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.config.compile import compile_files
from gateway.config.files import read_folder
from gateway.config.running import RunningConfig
from gateway.models.conversation import FlowSession
from gateway.models.database import Database
from gateway.runtime import Runtime
from tests import care

SHIPPED = Path(__file__).parents[2] / "config"
PIN = {"MessageType": "location", "Latitude": "31.4700", "Longitude": "74.2700", "Label": "Home"}


@pytest.fixture
def runtime(database: Database, redis_url: str) -> Runtime:
    shipped = compile_files(read_folder(SHIPPED), 1)
    assert isinstance(shipped, RunningConfig)
    return care.runtime_on(database, redis_url, replace(care.config(), flows=shipped.flows, hours=shipped.hours))


def test_a_pin_is_answered_with_the_nearest_shop(runtime: Runtime) -> None:
    first, also = care.write(runtime, "", **PIN)
    assert "nearest to you is *Johar Town, Lahore*, about 0.5 km away" in first.text
    assert "https://maps.google.com/?q=31.4671,74.266" in first.text
    assert "Also in town: *Gulberg, Lahore*" in also.text
    assert [row.node for row in care.rows(runtime.database, FlowSession) if row.node] == []


def test_a_pin_answers_the_question(runtime: Runtime) -> None:
    (asked,) = care.write(runtime, "nearest shop")
    assert "Share your location" in asked.text
    assert care.rows(runtime.database, FlowSession)[0].node == "place"
    assert "*Johar Town, Lahore*" in care.write(runtime, "", **PIN)[0].text
