"""What agents do: claims that race, replies that are sent once, and whose turn it is at each step."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from redis import Redis
from rq import Queue
from sqlalchemy import select, update

from gateway.core import clock
from gateway.core.words import Author, Owner
from gateway.desk import conversations, handoff
from gateway.desk.handoff import Handing
from gateway.models.contact import SessionWindow
from gateway.models.conversation import Conversation, Note
from gateway.models.message import Delivery, Message
from gateway.runtime import Runtime
from tests.console.conftest import Browser


def state_of(runtime: Runtime, conversation_id: int) -> tuple[str, str, int | None]:
    with runtime.database.read() as session:
        found = session.get_one(Conversation, conversation_id)
        return found.state, found.owner, found.assignee_id


def hand_to_people(runtime: Runtime, conversation_id: int) -> None:
    with runtime.work() as session:
        locked = conversations.lock(session, conversation_id)
        handoff.request(session, locked, Handing("orders", "asked_for_person"), actor=Author.CONTACT)


def path(conversation_id: int, action: str) -> str:
    return f"/console/conversations/{conversation_id}/{action}"


def test_a_way_through(
    sara: Browser, omar: Browser, runtime: Runtime, people: dict[str, int], conversation_id: int
) -> None:
    hand_to_people(runtime, conversation_id)
    steps = [
        (sara, "claim", {}, ("open", "agent", people["sara"])),
        (omar, "take", {}, ("open", "agent", people["omar"])),
        (omar, "assign", {"assignee": str(people["sara"])}, ("open", "agent", people["sara"])),
        (sara, "transfer", {"queue": "returns"}, ("open", "queue", None)),
        (omar, "claim", {}, ("open", "agent", people["omar"])),
        (omar, "hand-back", {}, ("open", "bot", None)),
        (omar, "claim", {}, ("open", "agent", people["omar"])),
        (omar, "resolve", {}, ("resolved", "agent", people["omar"])),
        (sara, "reopen", {}, ("open", "agent", people["sara"])),
    ]
    for who, action, form, state in steps:
        answer = who.post(path(conversation_id, action), form, htmx=True)
        assert answer.status_code == 200, action
        assert answer.headers["HX-Trigger"] == "rabta:changed"
        assert state_of(runtime, conversation_id) == state, action


def test_without_htmx_an_action_leads_back_to_the_page(sara: Browser, conversation_id: int) -> None:
    answer = sara.post(path(conversation_id, "claim"))
    assert answer.status_code == 303
    assert answer.location == f"/console/conversations/{conversation_id}"


def test_of_two_who_claim_one_gets_it_and_the_other_hears_who(
    sara: Browser, omar: Browser, runtime: Runtime, people: dict[str, int], conversation_id: int
) -> None:
    hand_to_people(runtime, conversation_id)
    tokens = {who: who.token() for who in (sara, omar)}

    def claim(who: Browser) -> tuple[int, str]:
        headers = {"HX-Request": "true"}
        answer = who.client.post(path(conversation_id, "claim"), data={"csrf_token": tokens[who]}, headers=headers)
        return answer.status_code, answer.text

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip((sara, omar), pool.map(claim, (sara, omar)), strict=True))
    assert sorted(status for status, _ in answers.values()) == [200, 409]
    _, _, winner = state_of(runtime, conversation_id)
    name = "Sara" if winner == people["sara"] else "Omar"
    assert next(text for status, text in answers.values() if status == 409).count(f"{name} has this conversation") == 1


def test_a_reply_sent_twice_is_one_message(sara: Browser, runtime: Runtime, conversation_id: int) -> None:
    sara.post(path(conversation_id, "claim"))
    for _ in range(3):
        form = {"text": " On its way!\r\nTomorrow. ", "client_key": "k1"}
        answer = sara.post(path(conversation_id, "messages"), form, htmx=True)
        assert answer.status_code == 200
        assert "rabta:replied" in answer.headers["HX-Trigger"]
    with runtime.database.read() as session:
        (message,) = session.scalars(select(Message))
        assert (message.text, message.author) == ("On its way!\nTomorrow.", "agent")
        assert len(session.scalars(select(Delivery)).all()) == 1


@pytest.mark.parametrize(
    ("owner", "status", "words"),
    [
        ("bot", 409, "The bot has this conversation now"),
        ("queue", 409, "Nobody has this conversation now"),
        ("omar", 409, "Omar has this conversation now"),
        ("resolved", 409, "This conversation is resolved"),
        ("sara", 422, "Write something"),
    ],
)
def test_replies_that_are_refused_say_why(
    sara: Browser, runtime: Runtime, people: dict[str, int], conversation_id: int, owner: str, status: int, words: str
) -> None:
    with runtime.work() as session:
        conversation = conversations.lock(session, conversation_id)
        if owner == "resolved":
            conversations.resolve(session, conversation_id, actor=Author.SYSTEM)
        elif owner == "queue":
            handoff.request(session, conversation, Handing("orders", ""), actor=Author.BOT)
        elif owner != "bot":
            conversations.claim(session, conversation_id, people[owner])
    text = "  \n " if owner == "sara" else "Hello"
    answer = sara.post(path(conversation_id, "messages"), {"text": text, "client_key": "k"}, htmx=True)
    assert answer.status_code == status
    assert words in answer.text
    with runtime.database.read() as session:
        assert session.scalars(select(Message)).all() == []


def test_notes_are_for_colleagues(sara: Browser, omar: Browser, runtime: Runtime, conversation_id: int) -> None:
    answer = sara.post(path(conversation_id, "notes"), {"text": "VIP: <b>careful</b>"}, htmx=True)
    assert "rabta:noted" in answer.headers["HX-Trigger"]
    page = omar.get(f"/console/conversations/{conversation_id}").text
    assert "Note by Sara" in page
    assert "VIP: &lt;b&gt;careful&lt;/b&gt;" in page
    with runtime.database.read() as session:
        assert len(session.scalars(select(Note)).all()) == 1
        assert session.scalars(select(Message)).all() == []


@pytest.mark.parametrize(
    ("action", "form", "status"),
    [
        ("transfer", {"queue": "nowhere"}, 404),
        ("assign", {"assignee": "99999"}, 404),
        ("assign", {"assignee": "me"}, 404),
        ("notes", {"text": ""}, 422),
        ("notes", {"text": "x" * 4001}, 422),
        ("messages", {}, 422),
    ],
)
def test_impossible_wishes(sara: Browser, conversation_id: int, action: str, form: dict[str, str], status: int) -> None:
    sara.post(path(conversation_id, "claim"))
    assert sara.post(path(conversation_id, action), form, htmx=True).status_code == status
    assert sara.post(path(conversation_id, action), form).status_code == status


@pytest.mark.parametrize("action", ["claim", "take", "resolve", "hand-back", "reopen", "notes", "messages"])
def test_unknown_conversations(sara: Browser, action: str) -> None:
    assert sara.post(path(424242, action), {"text": "hello"}, htmx=True).status_code == 404


def test_an_undo_stands_in_the_toast(sara: Browser, runtime: Runtime, conversation_id: int) -> None:
    sara.post(path(conversation_id, "claim"))
    toast = sara.post(path(conversation_id, "resolve"), htmx=True).text
    assert path(conversation_id, "reopen") in toast
    sara.post(path(conversation_id, "reopen"), htmx=True)
    assert state_of(runtime, conversation_id)[:2] == ("open", Owner.AGENT)


def test_reading_marks_only_what_is_ones_own(
    sara: Browser, omar: Browser, runtime: Runtime, conversation_id: int
) -> None:
    sara.post(path(conversation_id, "claim"))
    with runtime.work() as session:
        session.get_one(Conversation, conversation_id).unread_count = 3
    for who, unread in ((omar, 3), (sara, 0)):
        assert who.get(f"/console/conversations/{conversation_id}").status_code == 200
        with runtime.database.read() as session:
            assert session.get_one(Conversation, conversation_id).unread_count == unread


def test_pages_without_a_conversation(sara: Browser, browser: Callable[[], Browser]) -> None:
    answer = sara.get("/console/conversations/424242")
    assert answer.status_code == 404
    assert "no such conversation" in answer.text


def marks_rung(redis: Redis) -> list[list[int]]:
    return [job.args[0] for job in Queue("chores", connection=redis).get_jobs() if job.func_name.endswith("mark_read")]


def test_who_claims_opens_or_writes_shows_it_to_the_customer(
    sara: Browser, omar: Browser, runtime: Runtime, redis: Redis, conversation_id: int
) -> None:
    sara.get(f"/console/conversations/{conversation_id}")
    sara.post(path(conversation_id, "typing"))
    assert marks_rung(redis) == [], "nobody has it yet"
    sara.post(path(conversation_id, "claim"))
    with runtime.work() as session:
        session.get_one(Conversation, conversation_id).unread_count = 1
    for who in (omar, sara):
        page = who.get(f"/console/conversations/{conversation_id}").text
        assert (f'data-typing="{path(conversation_id, "typing")}"' in page) == (who is sara)
        assert who.post(path(conversation_id, "typing")).status_code == 204
    assert marks_rung(redis) == [[conversation_id]] * 3


def test_outside_the_window_a_reply_waits_and_can_be_taken_back(
    sara: Browser, runtime: Runtime, conversation_id: int
) -> None:
    sara.post(f"/console/conversations/{conversation_id}/claim")
    with runtime.work() as work:
        work.execute(update(SessionWindow).values(last_inbound_at=clock.now() - timedelta(hours=30)))
    page = sara.get(f"/console/conversations/{conversation_id}").text
    assert "for the customer" in page
    assert sara.post(f"/console/conversations/{conversation_id}/messages", {"text": "Found it!"}).status_code == 303
    page = sara.get(f"/console/conversations/{conversation_id}").text
    assert "Waits until the customer writes" in page
    [message] = messages(runtime)
    assert message.status == "parked"
    assert sara.post(f"/console/messages/{message.id}/withdraw").status_code == 303
    assert "Taken back before it went out" in sara.get(f"/console/conversations/{conversation_id}").text


def messages(runtime: Runtime) -> list[Message]:
    with runtime.database.read() as session:
        found = list(session.scalars(select(Message).order_by(Message.id)))
        session.expunge_all()
        return found
