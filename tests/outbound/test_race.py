"""Several senders at once, owners that change meanwhile, processes that die: each message goes out once, in order."""

import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core import clock
from gateway.core.replies import Option, Reply
from gateway.core.words import Owner
from gateway.desk import contents, conversations, deliveries
from gateway.jobs.send_lane import Sender
from gateway.jobs.shelf import delete_unused
from gateway.models.message import Content
from tests.outbound.builders import open_conversation
from tests.outbound.conftest import Desk
from tests.outbound.sink import ACCOUNT, Lever
from tests.platform.processes import until

ROOT = Path(__file__).parents[2]
CHOICE = Reply("Sure?", (Option("yes", "Yes"), Option("no", "No")))


@pytest.fixture
def senders(desk: Desk) -> Iterator[list[Sender]]:
    several = [Sender(desk.runtime) for _ in range(3)]
    yield several
    for sender in several:
        sender.close()


def test_three_senders_keep_order_and_send_once(desk: Desk, senders: list[Sender]) -> None:
    for text in range(6):
        for number in range(5):
            desk.say(str(text), number=f"+92300123450{number}")
    desk.sink.delay = 0.01
    threads = [threading.Thread(target=sender.run) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    by_contact = defaultdict(list)
    for message in desk.sink.messages:
        by_contact[message["to"]].append(message["body"])
    assert dict(by_contact) == {f"whatsapp:+92300123450{number}": list("012345") for number in range(5)}


def test_a_takeover_while_bot_replies_wait(desk: Desk) -> None:
    """What was claimed before may arrive; nothing is claimed after."""
    for text in range(5):
        desk.say(str(text), epoch=1)
    desk.sink.levers.extend([Lever(), Lever(hold=True)])
    sending = threading.Thread(target=desk.send)
    sending.start()
    assert until(lambda: not desk.sink.levers), "the second is on its way"
    with desk.runtime.work() as session:
        conversations.change_owner(
            session, open_conversation(session), owner=Owner.QUEUE, queue="care", actor="contact"
        )
    desk.sink.released.set()
    sending.join(120)
    assert desk.states() == ["accepted"] * 2 + ["canceled"] * 3


def test_only_one_of_two_claims_wins(desk: Desk) -> None:
    desk.say("Hello")
    with desk.runtime.database.begin() as session:
        first = deliveries.claim(session, "one", most=5)
    with desk.runtime.database.begin() as session:
        second = deliveries.claim(session, "two", most=5)
    assert (len(first), second) == (1, [])


def test_an_outcome_that_cannot_be_written_keeps_no_other_back(desk: Desk) -> None:
    """The provider gives one id to two messages: the second stays to be looked up, the others are settled."""
    desk.say("first", number="+923001234501")
    desk.send()
    desk.sink.messages.clear()
    desk.say("same id", number="+923001234502")
    desk.say("other id", number="+923001234503")
    desk.send()
    assert sorted(desk.states()) == ["accepted", "accepted", "sending"]


def test_two_processes_make_the_same_content(desk: Desk) -> None:
    """The slower one deletes its own and uses the other's."""
    (content_hash,) = [h for h, shape in contents.shapes().items() if (shape.kind, shape.options) == ("buttons", 2)]
    desk.say("", reply=CHOICE)
    with desk.runtime.database.begin() as session:
        contents.keep(session, ACCOUNT, content_hash, "HXfaster")
    adapter = desk.runtime.registry.provider("twilio")
    desk.sender._shelf._make(content_hash, adapter)
    assert (desk.sender._shelf.sid_of(content_hash), desk.sink.contents) == ("HXfaster", {})


def test_content_unused_for_a_week_is_deleted(desk: Desk) -> None:
    desk.say("", reply=CHOICE)
    desk.send()
    adapter = desk.runtime.registry.provider("twilio")
    delete_unused(desk.runtime.database, adapter)
    assert len(desk.sink.contents) == 1
    with desk.runtime.database.begin() as session:
        session.query(Content).update({"used_at": clock.now() - timedelta(days=8)})
    delete_unused(desk.runtime.database, adapter)
    assert desk.sink.contents == {}
    with desk.runtime.database.read() as session:
        assert session.query(Content).count() == 0


CHILD = """
import sys
from gateway.channels.twilio import client
from gateway.jobs.send_lane import Sender
from gateway.models.database import Database
from tests.outbound.builders import runtime_at
client.make_client.__defaults__ = (300.0,)  # no call gives up before the kill
database, redis, provider = sys.argv[1:]
Sender(runtime_at(Database(database), redis, provider)).run(300)
"""


def test_a_killed_sender_loses_nothing_and_sends_nothing_twice(desk: Desk, redis_url: str) -> None:
    """Ten were answered, ten taken by the provider without an answer, ten not taken, when it dies."""
    for number in range(30):
        desk.say(str(number), number=f"+9230012345{number:02}")
    desk.sink.levers.extend([Lever()] * 10 + [Lever(keep=True, hold=True)] * 10 + [Lever(drop=True, hold=True)] * 10)
    database = desk.runtime.database.engine.url.render_as_string(hide_password=False)
    child = subprocess.Popen([sys.executable, "-c", CHILD, database, redis_url, desk.sink.url], cwd=ROOT)
    assert until(lambda: len(desk.sink.bodies) == 20 and desk.states().count("accepted") == 10)
    child.kill()
    child.wait(60)
    desk.sink.released.set()
    assert desk.states().count("sending") == 20
    died_at = clock.now()
    for minutes in (1, 2, 3):
        with clock.frozen(died_at + timedelta(seconds=61 * minutes)):
            _sweep_and_send(desk)
    assert desk.states() == ["accepted"] * 30
    assert sorted(map(int, desk.sink.bodies)) == list(range(30))


def _sweep_and_send(desk: Desk) -> None:
    with desk.runtime.work() as session:
        deliveries.mark_stale(session)
    for _ in range(3):  # a run looks up eight at most
        desk.sender._look_at = 0.0
        desk.send()
