"""Messages, contacts, calls, events and channels as the API shows them."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, insert, update

from gateway.core import clock
from gateway.models.call import Call
from gateway.models.contact import OptOut
from gateway.models.message import Delivery, Media, Message
from gateway.runtime import Runtime
from tests.api.conftest import PUBLIC_URL, Caller

Make = Callable[..., int]


@pytest.fixture
def received(runtime: Runtime, conversation: Make) -> Callable[..., int]:
    """An inbound message with what ``values`` say."""

    def make(**values: Any) -> int:
        item = conversation(said=0)
        row = {
            "account": "AC1", "external_id": "SM1", "conversation_id": item, "contact_id": item, "address": "+92300",
            "channel_id": "whatsapp", "channel_type": "whatsapp", "direction": "inbound", "kind": "text", "text": "hi",
            "payload": {}, "author": "contact", "status": "received", "created_at": clock.now(),
        }  # fmt: skip
        with runtime.work() as session:
            return session.execute(insert(Message).values(row | values).returning(Message.id)).scalar_one()

    return make


def test_a_message_in_full(agent: Caller, runtime: Runtime, received: Callable[..., int]) -> None:
    item = received(
        kind="location",
        text="",
        reply_to="SM0",
        forwarded=True,
        profile_name="Ayesha",
        payload={
            "location": {"latitude": 31.52, "longitude": 74.35, "label": "Shop", "address": None},
            "selection": {"id": "yes", "title": "Yes"},
            "flow_response": {"size": "M"},
            "referral": {"source_id": "ad7"},
        },
    )
    with runtime.work() as session:
        row = {"message_id": item, "position": 0, "claimed_type": "image/jpeg; q=1", "created_at": clock.now()}
        stored = {"storage_key": "ab/cd/12345678", "content_type": "image/png", "size": 3, "sha256": "f" * 64}
        session.execute(insert(Media), [row | {"state": "failed", "error": "404: gone"}])
        session.execute(insert(Media), [row | stored | {"position": 1, "state": "stored", "filename": "a.png"}])
    shown = agent.get(f"/messages/{item}").json
    assert shown["external_id"] == "SM1"
    assert shown["channel"] == {"id": "whatsapp", "type": "whatsapp"}
    assert shown["location"] == {"latitude": 31.52, "longitude": 74.35, "label": "Shop", "address": None}
    assert shown["selection"] == {"id": "yes", "title": "Yes"}
    assert (shown["flow_response"], shown["referral"]) == ({"size": "M"}, {"source_id": "ad7"})
    assert (shown["reply_to"], shown["forwarded"], shown["frequently_forwarded"]) == ("SM0", True, False)
    failed, kept = shown["media"]
    assert (failed["state"], failed["content_type"], failed["url"]) == ("failed", "image/jpeg", None)
    assert failed["error"] == "404: gone"
    assert kept["url"] == f"{PUBLIC_URL}/api/v1/media/{kept['id']}/content"
    assert (kept["content_type"], kept["size"], kept["filename"]) == ("image/png", 3, "a.png")
    assert list(shown) == sorted(shown)
    assert set(shown) == {
        "id", "external_id", "direction", "channel", "conversation_id", "contact_id", "address", "kind", "text",
        "media", "location", "selection", "flow_response", "reply_to", "referral", "forwarded",
        "frequently_forwarded", "profile_name", "mood", "author", "status", "error_code", "created_at",
    }  # fmt: skip


def test_a_reaction_names_what_it_reacts_to(agent: Caller, received: Callable[..., int]) -> None:
    item = received(kind="reaction", text="👍", payload={"reaction_to": "SM9"})
    assert agent.get(f"/messages/{item}").json["reply_to"] == "SM9"


def test_messages_are_found_by_provider_id_whole_or_in_parts(
    agent: Caller, runtime: Runtime, conversation: Make
) -> None:
    item = conversation(said=2)
    first, second = (row["id"] for row in agent.get(f"/messages?conversation_id={item}").json["data"])
    with runtime.work() as session:
        session.execute(update(Message).where(Message.id == first).values(account="AC1", external_id="SMa"))
        session.execute(update(Delivery).where(Delivery.message_id == first).values(provider_id="SMa"))
        session.execute(update(Delivery).where(Delivery.message_id == second).values(provider_id="SMb"))
    for external_id, expected in (("SMa", [first]), ("SMb", [second]), ("SMc", [])):
        found = agent.get(f"/messages?external_id={external_id}").json["data"]
        assert [row["id"] for row in found] == expected


def test_messages_page_both_ways(agent: Caller, conversation: Make) -> None:
    item = conversation(said=5)
    conversation("+923009999999", said=3)

    def walk(order: str) -> list[str]:
        texts, query = [], f"conversation_id={item}&limit=2&order={order}"
        cursor = None
        while True:
            page = agent.get(f"/messages?{query}" + (f"&cursor={cursor}" if cursor else "")).json
            texts += [row["text"] for row in page["data"]]
            cursor = page["next"]
            if cursor is None:
                return texts

    assert walk("asc") == [f"Hello {number}" for number in range(5)]
    assert walk("desc") == [f"Hello {number}" for number in reversed(range(5))]
    assert len(agent.get("/messages?direction=outbound&status=queued").json["data"]) == 8
    assert agent.get("/messages?direction=inbound").json == {"data": [], "next": None}


def test_a_page_costs_few_statements(agent: Caller, runtime: Runtime, conversation: Make) -> None:
    for number in range(6):
        conversation(f"+92300123456{number}", said=3)
    agent.get("/channels")
    for path in ("/messages", "/contacts", "/conversations"):
        assert _statements(runtime, lambda path=path: agent.get(path)) <= 6, path


def _statements(runtime: Runtime, act: Callable[[], object]) -> int:
    seen: list[str] = []

    def note(*args: Any) -> None:
        seen.append(args[2])

    event.listen(runtime.database.engine, "before_cursor_execute", note)
    act()
    event.remove(runtime.database.engine, "before_cursor_execute", note)
    return len([statement for statement in seen if statement.upper().startswith("SELECT")])


@pytest.mark.parametrize(
    ("written", "found"),
    [("+5511987654321", True), ("+551187654321", True), ("whatsapp:+5511987654321", True), ("00551187654321", True),
     ("+5511987654322", False), ("nonsense", False), ("%", False), ("whatsapp:", False)],
)  # fmt: skip
def test_contacts_are_found_by_any_spelling(agent: Caller, customer: Make, written: str, found: bool) -> None:
    item = customer("+5511987654321", "Maria")
    rows = agent.get("/contacts", query_string={"address": written}).json["data"]
    assert [row["id"] for row in rows] == ([item] if found else [])


@pytest.mark.parametrize(
    ("part", "found"), [("ayes", True), ("AYESHA", True), ("%", False), ("_", False), ("\\", False)]
)
def test_contacts_are_found_by_part_of_a_name(agent: Caller, customer: Make, part: str, found: bool) -> None:
    customer()
    assert bool(agent.get("/contacts", query_string={"name": part}).json["data"]) is found


def test_a_contact_and_its_changes(agent: Caller, runtime: Runtime, customer: Make) -> None:
    item = customer()
    before = agent.get(f"/contacts/{item}").json
    assert before["addresses"] == [{"kind": "phone", "value": "+923001234567", "session_windows": {}}]
    assert before["opted_out"] == {"sms": False, "whatsapp": False}
    assert (before["name"], before["profile_name"]) == ("", "Ayesha")
    with runtime.work() as session:
        out = {"address_id": 1, "channel_type": "sms", "since": clock.now()}
        session.execute(insert(OptOut), [out | {"channel_id": "sms"}])
        lifted = {"channel_id": "whatsapp", "channel_type": "whatsapp", "lifted_at": clock.now()}
        session.execute(insert(OptOut), [out | lifted])
    change = {
        "name": "Ayesha Khan",
        "language": "ur-Latn",
        "timezone": "Asia/Karachi",
        "attributes": {"tier": "gold", "n": 2},
    }
    after = agent.patch(f"/contacts/{item}", json=change).json
    assert {name: after[name] for name in change} == change
    assert after["opted_out"] == {"sms": True, "whatsapp": False}
    fewer = agent.patch(f"/contacts/{item}", json={"attributes": {"n": None, "vip": True}, "language": None}).json
    assert (fewer["attributes"], fewer["language"]) == ({"tier": "gold", "vip": True}, None)
    assert agent.patch(f"/contacts/{item}", json={}).json == fewer
    assert agent.patch("/contacts/99", json={"name": "x"}).status_code == 404


def test_attributes_are_bounded(agent: Caller, customer: Make) -> None:
    item = customer()
    for part in range(2):
        full = agent.patch(f"/contacts/{item}", json={"attributes": {f"{part}-{n}": n for n in range(100)}})
        assert full.status_code == 200
    assert agent.patch(f"/contacts/{item}", json={"attributes": {"one": "more"}}).status_code == 422


def test_merge_and_unmerge(admin: Caller, customer: Make) -> None:
    kept, merged = customer("+923001111111"), customer("+923002222222", "Aisha")
    result = admin.post(f"/contacts/{kept}/merge", json={"contact_id": merged, "reason": "same person"}).json
    assert {address["value"] for address in result["contact"]["addresses"]} == {"+923001111111", "+923002222222"}
    assert admin.get(f"/contacts/{merged}").json["merged_into_id"] == kept
    assert [row["id"] for row in admin.get("/contacts").json["data"]] == [kept]
    assert admin.post(f"/contacts/{merged}/unmerge", json={"merge_id": result["merge_id"]}).status_code == 404
    split = admin.post(f"/contacts/{kept}/unmerge", json={"merge_id": result["merge_id"]}).json
    assert [address["value"] for address in split["addresses"]] == ["+923001111111"]
    again = admin.post(f"/contacts/{kept}/unmerge", json={"merge_id": result["merge_id"]})
    assert again.status_code == 409
    assert admin.post(f"/contacts/{kept}/merge", json={"contact_id": kept}).status_code == 409


def test_calls(agent: Caller, runtime: Runtime) -> None:
    with runtime.work() as session:
        row = {"account": "AC1", "channel_id": "voice", "direction": "inbound", "status": "completed", "data": {}}
        calls = [row | {"external_id": f"CA{number}", "started_at": clock.now()} for number in range(3)]
        session.execute(insert(Call), calls)
    found = agent.get("/calls?external_id=CA1").json["data"]
    assert [row["external_id"] for row in found] == ["CA1"]
    assert agent.get(f"/calls/{found[0]['id']}").json == found[0]
    assert len(agent.get("/calls").json["data"]) == 3


def test_events_follow_by_after(admin: Caller, conversation: Make) -> None:
    item = conversation(said=2)
    everything = admin.get("/events").json["data"]
    kinds = [row["kind"] for row in everything]
    assert kinds == ["contact_created", "conversation_started", "message_queued", "message_queued"]
    after = everything[1]["id"]
    assert [row["id"] for row in admin.get(f"/events?after={after}").json["data"]] == [
        row["id"] for row in everything[2:]
    ]
    first = admin.get(f"/events?after={after}&limit=1").json
    rest = admin.get(f"/events?after={after}&limit=1&cursor={first['next']}").json
    assert rest["data"][0]["id"] == everything[3]["id"]
    assert rest["next"] is None
    assert len(admin.get(f"/events?kind=message_queued&conversation_id={item}").json["data"]) == 2
    assert "Hello" not in str(everything)


def test_channels(agent: Caller) -> None:
    assert [(row["id"], row["type"]) for row in agent.get("/channels").json["data"]] == [
        ("whatsapp", "whatsapp"),
        ("sms", "sms"),
        ("phone", "voice"),
    ]
