"""Read marks and "typing …": shown at the right moment, once, and never at anything's cost."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from redis import Redis
from rq import Queue
from sqlalchemy import insert, select

from gateway.channels.twilio.adapter import TwilioAdapter
from gateway.core import clock
from gateway.core.business import Channel
from gateway.core.errors import SendError
from gateway.jobs.mark_read import STALE_SECONDS, mark, mark_read
from gateway.jobs.promptly import FEW, ReadMarks
from gateway.models.conversation import Conversation
from gateway.models.message import Message
from gateway.models.wakes import Wakes
from gateway.runtime import use
from tests.outbound.builders import SMS, WHATSAPP, open_conversation
from tests.outbound.conftest import Desk
from tests.outbound.sink import Sink

TYPING = ("POST", "/messaging/v3/Indicators/Typing.json")


def heard(desk: Desk, external_id: str = "SM1", channel: Channel = WHATSAPP, hours_ago: float = 0) -> int:
    """The customer wrote; returns the conversation."""
    with desk.runtime.work() as session:
        conversation = open_conversation(session, channel=channel)
        row = {
            "conversation_id": conversation.id, "contact_id": conversation.contact_id, "direction": "inbound",
            "channel_id": channel.id, "channel_type": channel.type, "address": conversation.address, "kind": "text",
            "author": "contact", "status": "received", "external_id": external_id, "account": "AC1",
            "created_at": clock.now() - timedelta(hours=hours_ago),
        }  # fmt: skip
        session.execute(insert(Message), row)
        return conversation.id


def rung(redis: Redis) -> list[list[int]]:
    return [job.args[0] for job in Queue("chores", connection=redis).get_jobs()]


def test_the_newest_message_is_marked_once(desk: Desk) -> None:
    conversation = heard(desk, "SM1")
    heard(desk, "MM2")
    mark(desk.runtime, conversation)
    mark(desk.runtime, conversation)
    assert desk.sink.typing == [{"channel": "WHATSAPP", "messageId": "MM2"}]
    heard(desk, "SM3")
    mark(desk.runtime, conversation)
    assert desk.sink.typing[1:] == [{"channel": "WHATSAPP", "messageId": "SM3"}]


def test_nothing_is_marked_where_it_cannot_be_shown(desk: Desk) -> None:
    mark(desk.runtime, heard(desk, channel=replace(SMS, read_marks=True)))
    mark(desk.runtime, heard(desk, "SM2", hours_ago=25))
    mark(desk.runtime, 4242)
    assert TYPING not in desk.sink.requests


def test_a_refusal_is_no_matter(desk: Desk) -> None:
    desk.sink.typing_refused = True
    mark(desk.runtime, heard(desk))
    assert desk.sink.requests == [TYPING]


def test_what_comes_late_is_left_out(desk: Desk) -> None:
    use(desk.runtime)
    conversation = heard(desk)
    mark_read([conversation], time.time() - STALE_SECONDS - 1)
    assert desk.sink.typing == []
    mark_read([conversation], time.time())
    assert len(desk.sink.typing) == 1


def test_the_adapter_raises_what_the_provider_says(sink: Sink, desk: Desk) -> None:
    sink.typing_refused = True
    adapter = TwilioAdapter(desk.runtime.settings)
    with pytest.raises(SendError) as caught:
        adapter.show_typing("SM1")
    assert caught.value.code == "20001"


def test_a_bots_answer_rings_while_it_is_on_its_way(desk: Desk, redis: Redis) -> None:
    conversation = heard(desk)
    desk.say("Here you are")
    desk.send()
    assert [job for job in rung(redis) if isinstance(job, list)] == [[conversation]]
    with desk.runtime.database.read() as session:
        assert session.scalar(select(Conversation.id)) == conversation


def test_a_busy_sender_marks_nobody() -> None:
    told: list[set[int]] = []
    marks = ReadMarks(lambda wakes: told.append(wakes.seen))

    def answered(*conversations: int) -> None:
        marks.note(WHATSAPP, [_Claimed(each) for each in conversations])
        marks.ring()

    answered(*range(FEW + 1))
    answered()
    assert told == []
    answered(1, 2)
    answered(3)
    assert told == [{1, 2}], "once in half a second"
    marks.note(SMS, [_Claimed(9)])
    marks.ring()
    assert told == [{1, 2}]


class _Claimed:
    def __init__(self, conversation_id: int) -> None:
        self.conversation_id = conversation_id


def test_wakes_gather_them() -> None:
    wakes = Wakes()
    wakes.add(Wakes(seen={1}))
    assert wakes
    assert wakes.seen == {1}
