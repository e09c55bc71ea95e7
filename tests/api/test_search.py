"""Searching by the API."""

from collections.abc import Callable

import pytest

from tests.api.conftest import Caller

Make = Callable[..., int]


def test_everything_that_is_found(agent: Caller, conversation: Make) -> None:
    item = conversation("+923001234567", said=3)
    found = agent.get("/search", query_string={"q": "ayesha"}).json
    assert [hit["conversation_id"] for hit in found["contacts"]] == [item]
    assert [hit["id"] for hit in found["conversations"]] == [item]
    assert found["messages"] == {"data": [], "next": None}
    assert [hit["address"] for hit in agent.get("/search?q=0300 1234567").json["contacts"]] == ["+923001234567"]


def test_pages_of_messages(agent: Caller, conversation: Make) -> None:
    conversation(said=3)
    first = agent.get("/search?q=hello&limit=2").json["messages"]
    assert [hit["snippet"] for hit in first["data"]] == [
        [{"text": "Hello", "found": True}, {"text": f" {number}", "found": False}] for number in (2, 1)
    ]
    second = agent.get("/search", query_string={"q": "hello", "limit": 2, "cursor": first["next"]}).json
    assert [hit["snippet"][1]["text"] for hit in second["messages"]["data"]] == [" 0"]
    assert (second["messages"]["next"], second["contacts"], second["conversations"]) == (None, [], [])


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("owner=bot&channel=whatsapp&language=en", 1),
        ("owner=agent", 0),
        ("assignee=me", 0),
        ("mood=angry", 0),
        ("from=2020-01-01&to=2199-01-01", 1),
        ("to=2020-01-01", 0),
    ],
)
def test_filters(agent: Caller, conversation: Make, query: str, number: int) -> None:
    conversation()
    assert len(agent.get(f"/search?q=hello&{query}").json["messages"]["data"]) == number


def test_what_is_no_search(agent: Caller) -> None:
    assert agent.get("/search").status_code == 422
    assert agent.get("/search?q=a&mood=sleepy").status_code == 422
    assert agent.get("/search", query_string={"q": "(" * 3000}).json["messages"]["data"] == []
