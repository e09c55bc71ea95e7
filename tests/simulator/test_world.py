"""What the page is told, whichever thread tells it: the newest state comes last, and blue ticks stay."""

import json
import threading
import time
from functools import partial
from typing import Any

import pytest
import structlog

from gateway.simulator.scheduler import Scheduler
from gateway.simulator.state import Message
from gateway.simulator.world import World
from tests.simulator.conftest import SHOP


def message(**more: Any) -> Message:
    return Message("SM1", more.pop("outbound", True), SHOP, "whatsapp:+923001234567", "Hello", "queued", **more)


def test_an_older_state_is_never_told_after_a_newer_one(setup: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world, told = World(setup), message()
    whole, looking = World.message_view, threading.Event()

    def slow(world: World, message: Message) -> dict[str, Any]:
        view = whole(world, message)
        if message.status == "queued":
            looking.set()
            time.sleep(0.1)
        return view

    monkeypatch.setattr(World, "message_view", slow)
    first = threading.Thread(target=world.add, args=(told,))
    first.start()
    looking.wait()
    told.status = "delivered"
    world.changed(told)
    first.join()
    events = [json.loads(data) for _, kind, data in world.feed._events if kind == "message"]
    assert [event["status"] for event in events] == ["queued", "delivered"]


def test_who_has_read_keeps_the_blue_ticks(setup: Any) -> None:
    world, asked, answer = World(setup), message(outbound=False), message()
    world.add(asked)
    world.ticked(asked, "sent")
    world.business_read(answer)
    world.ticked(asked, "delivered")
    assert asked.tick == "read"


def test_what_breaks_in_the_background_is_told() -> None:
    scheduler = Scheduler()
    with structlog.testing.capture_logs() as told:
        scheduler.after(0, partial(int, "no number"))
        until = time.monotonic() + 120
        while not told and time.monotonic() < until:
            time.sleep(0.01)
    scheduler.close()
    assert [line["event"] for line in told] == ["simulator_job_broke"]
