"""Buttons and lists: made once at the provider, filled each time, words where they cannot be had."""

from gateway.core import clock
from gateway.core.replies import Option, Reply
from tests.outbound.conftest import Desk
from tests.outbound.sink import Lever

CHOICE = Reply("Sure?", (Option("yes", "Yes"), Option("no", "No")))


def test_buttons_are_made_once_and_filled_each_time(desk: Desk) -> None:
    for _ in range(2):
        desk.say("", reply=CHOICE)
        desk.send()
    assert list(desk.sink.contents) == ["HX" + "0" * 32]
    assert [message["form"]["ContentSid"] for message in desk.sink.messages] == [["HX" + "0" * 32]] * 2
    assert '"2": "Yes"' in desk.sink.messages[0]["form"]["ContentVariables"][0]


def test_refused_content_goes_out_as_numbered_text(desk: Desk) -> None:
    desk.sink.content_levers += [Lever(400, 21656), Lever(400, 21656)]
    desk.say("", reply=CHOICE)
    desk.send()
    desk.sender._shelf._not_before.clear()
    desk.send()
    assert desk.sink.bodies == ["Sure?\n\n1. Yes\n2. No\n\nReply with a number."]


def test_content_that_the_provider_lost_is_made_again(desk: Desk) -> None:
    desk.say("", reply=CHOICE)
    desk.send()
    desk.sink.levers.append(Lever(400, 21655))
    desk.say("", reply=CHOICE)
    desk.send()
    assert desk.states() == ["accepted", "queued"]
    desk.change(due_at=clock.now())
    desk.send()
    assert desk.states() == ["accepted", "accepted"]
    assert len(desk.sink.contents) == 2


def test_content_of_an_unknown_shape_goes_out_as_text(desk: Desk) -> None:
    desk.say("", reply=CHOICE)
    desk.change(content_hash="0" * 64)
    desk.send()
    assert desk.sink.bodies == ["Sure?\n\n1. Yes\n2. No\n\nReply with a number."]
