"""Working on conversations by the API, as an agent would."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import update

from gateway.core.words import Role
from gateway.desk import users
from gateway.models.conversation import Conversation
from gateway.runtime import Runtime
from tests.api.conftest import PASSWORD, Caller

Make = Callable[..., int]


def test_a_conversation_from_claim_to_resolve(agent: Caller, conversation: Make, sara: int) -> None:
    item = conversation()
    assert agent.get(f"/conversations/{item}").json["owner"] == "bot"
    claimed = agent.post(f"/conversations/{item}/claim").json
    assert (claimed["owner"], claimed["assignee"], claimed["epoch"]) == ("agent", {"id": sara, "name": "Sara"}, 2)
    sent = agent.post(f"/conversations/{item}/messages", json={"text": "سلام"})
    assert sent.status_code == 201
    assert (sent.json["author"], sent.json["status"], sent.json["direction"]) == ("agent", "queued", "outbound")
    assert sent.json["channel"] == {"id": "whatsapp", "type": "whatsapp"}
    assert agent.get(f"/messages/{sent.json['id']}").json == sent.json
    assert agent.post(f"/conversations/{item}/transfer", json={"queue": "billing"}).json["queue"] == "billing"
    assert agent.post(f"/conversations/{item}/assign", json={"assignee": "me"}).json["assignee"]["id"] == sara
    assert agent.post(f"/conversations/{item}/hand_back").json["owner"] == "bot"
    assert agent.post(f"/conversations/{item}/resolve").json["state"] == "resolved"
    refused = agent.post(f"/conversations/{item}/messages", json={"text": "too late"})
    assert (refused.status_code, refused.json["detail"]) == (409, "the conversation is resolved: reopen it first")
    reopened = agent.post(f"/conversations/{item}/reopen").json
    assert (reopened["state"], reopened["owner"]) == ("open", "agent")


def test_who_has_it_is_said(agent: Caller, caller: Callable[..., Caller], runtime: Runtime, conversation: Make) -> None:
    with runtime.work() as session:
        users.create(session, email="bilal@example.com", name="Bilal", role=Role.AGENT, password=PASSWORD)
    item = conversation()
    agent.post(f"/conversations/{item}/claim")
    refused = caller(Role.AGENT, "bilal@example.com").post(f"/conversations/{item}/claim")
    assert refused.status_code == 409
    assert "Sara" in refused.json["detail"]


@pytest.mark.parametrize(
    ("path", "body"),
    [("claim", None), ("assign", {"assignee": "me"}), ("transfer", {"queue": "nowhere"}), ("messages", {}),
     ("messages", {"text": "  "}), ("messages", {"text": "x", "media_ids": [99]}),
     ("messages", {"text": "x", "client_key": ""}), ("notes", {"text": ""}), ("assign", {"assignee": True})],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_a_reason(
    admin: Caller, conversation: Make, path: str, body: dict[str, object] | None
) -> None:
    item = conversation()
    options = {} if body is None else {"json": body}
    response = admin.post(f"/conversations/{item}/{path}", **options)
    assert response.status_code == 422, response.data
    assert response.json["detail"]


@pytest.mark.parametrize("action", ["claim", "hand_back", "resolve", "reopen"])
def test_an_unknown_conversation_is_not_found(agent: Caller, action: str) -> None:
    assert agent.post(f"/conversations/77/{action}").status_code == 404


def test_an_unknown_assignee_is_not_found(agent: Caller, conversation: Make) -> None:
    assert agent.post(f"/conversations/{conversation()}/assign", json={"assignee": 999}).status_code == 404


def test_the_same_key_twice_is_one_message(agent: Caller, conversation: Make) -> None:
    item = conversation(said=0)
    first, again = (
        agent.post(f"/conversations/{item}/messages", json={"text": "Hello", "client_key": "k1"}) for _ in range(2)
    )
    assert first.json["id"] == again.json["id"]
    assert len(agent.get(f"/messages?conversation_id={item}").json["data"]) == 1


def test_notes(agent: Caller, admin: Caller, conversation: Make) -> None:
    item = conversation()
    first = agent.post(f"/conversations/{item}/notes", json={"text": "wants size M"})
    assert (first.status_code, first.json["author_name"]) == (201, "Sara")
    assert admin.post(f"/conversations/{item}/notes", json={"text": "sent"}).json["author_name"] == "test admin"
    listed = agent.get(f"/conversations/{item}/notes").json
    assert [note["text"] for note in listed["data"]] == ["wants size M", "sent"]
    assert agent.get("/conversations/99/notes").status_code == 404


def test_lists_are_filtered_and_paged_by_newest_message(agent: Caller, conversation: Make, sara: int) -> None:
    items = [conversation(f"+92300123456{number}") for number in range(5)]
    agent.post(f"/conversations/{items[1]}/assign", json={"assignee": sara})
    agent.post(f"/conversations/{items[2]}/transfer", json={"queue": "support"})
    agent.post(f"/conversations/{items[3]}/resolve")
    agent.post(f"/conversations/{items[0]}/messages", json={"text": "newest"})

    def ids(query: str) -> list[int]:
        return [row["id"] for row in agent.get(f"/conversations?{query}").json["data"]]

    assert ids("assignee=me") == ids(f"assignee={sara}") == [items[1]]
    assert ids("queue=support") == ids("owner=queue") == [items[2]]
    assert ids("state=resolved") == [items[3]]
    assert ids("state=open&owner=bot") == [items[0], items[4]]
    seen, query = [], "limit=2"
    while query:
        page = agent.get(f"/conversations?{query}").json
        seen += [row["id"] for row in page["data"]]
        query = page["next"] and f"limit=2&cursor={page['next']}"
    assert seen == [items[0], items[4], items[3], items[2], items[1]]


def test_a_reply_with_an_uploaded_file(agent: Caller, conversation: Make, picture: bytes) -> None:
    item = conversation(said=0)
    upload = agent.post("/media", data={"file": (io.BytesIO(picture), "boot.png")}).json
    sent = agent.post(f"/conversations/{item}/messages", json={"text": "this one?", "media_ids": [upload["id"]]})
    assert sent.status_code == 201, sent.data
    assert (sent.json["kind"], sent.json["media"][0]["content_type"]) == ("image", "image/png")
    again = agent.post(f"/conversations/{item}/messages", json={"text": "or this", "media_ids": [upload["id"]]})
    assert again.json["media"][0]["sha256"] == upload["sha256"]


def test_a_line_by_score(agent: Caller, runtime: Runtime, conversation: Make) -> None:
    first, second = conversation(), conversation("+923009876543")
    for item in (first, second):
        agent.post(f"/conversations/{item}/transfer", json={"queue": "billing"})
    with runtime.work() as session:
        session.execute(update(Conversation).where(Conversation.id == second).values(priority="urgent", tier="gold"))
    line = agent.get("/conversations?queue=billing&order=score").json
    assert ([one["id"] for one in line["data"]], line["next"]) == ([second, first], None)
    assert line["data"][0]["score"]["priority"] == 60
    assert line["data"][0]["tier"] == "gold"
    assert len(agent.get("/conversations?queue=billing&order=score&limit=1").json["data"]) == 1
    assert [one["id"] for one in agent.get("/conversations?order=score").json["data"]] == [second, first]
    assert agent.get("/conversations?order=score&assignee=me").json["data"] == []
    assert agent.get("/conversations?queue=billing&order=best").status_code == 422
