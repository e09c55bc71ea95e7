"""What the pages show: views and their counts, threads page by page, what changed, files."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, g

from gateway.app import create_app
from gateway.console import inbox, thread
from gateway.core import clock
from gateway.core.errors import InvalidPayload
from gateway.core.words import Author, Role
from gateway.desk import conversations, handoff, users
from gateway.desk.handoff import Handing
from gateway.desk.users import Account
from gateway.models.conversation import Conversation
from gateway.models.database import Database
from gateway.models.message import Media, Message
from gateway.runtime import Runtime
from gateway.storage.keep import keep
from tests.console.conftest import BUSINESS, Browser, add_conversation

SARA = Account(1, "sara@example.com", "Sara", Role.AGENT, "Asia/Karachi", "en")


def add_message(session: Any, conversation_id: int, text: str = "", minutes: float = 0, **values: Any) -> Message:
    conversation = session.get_one(Conversation, conversation_id)
    fixed = {
        "conversation_id": conversation_id, "contact_id": conversation.contact_id, "address": "+923001234567",
        "channel_id": "wa", "channel_type": "whatsapp", "direction": "inbound", "kind": "text", "author": "contact",
        "status": "received", "payload": {}, "text": text, "created_at": clock.now() + timedelta(minutes=minutes),
    }  # fmt: skip
    message = Message(**(fixed | values))
    session.add(message)
    session.flush()
    return message


def many(database: Database, number: int) -> list[int]:
    """Conversations that begin a second after each other."""
    made = []
    start = clock.now() - timedelta(hours=1)
    for index in range(number):
        with clock.frozen(start + timedelta(seconds=index // 2)), database.begin() as session:
            made.append(add_conversation(session, f"Customer {index}", f"+9230000{index:05}"))
    return made


@pytest.mark.parametrize("name", ["bot", "all", "waiting"])
def test_a_view_comes_page_by_page_without_gaps(database: Database, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "PAGE", 5)
    made = many(database, 13)
    if name == "waiting":
        for conversation_id in made:
            with database.begin() as session:
                locked = conversations.lock(session, conversation_id)
                handoff.request(session, locked, Handing("orders", "asked"), actor=Author.CONTACT)
    seen: list[int] = []
    after = None
    with Flask("test").app_context(), database.read() as session:
        g.account = SARA
        for _ in range(3):
            page = inbox.page(session, inbox.VIEWS[name], SARA, after)
            seen += [row.id for row in page.rows]
            after = page.next
    assert after is None
    assert seen == (made if name == "waiting" else made[::-1])


@pytest.mark.parametrize(
    "word", ["x", "2026-01-01~1", "2026-01-01T00:00:00+00:00~-1", "~", "2026-01-01T00:00:00+00:00~9" + "9" * 30]
)
def test_a_made_up_place_in_a_list_is_refused(sqlite: Database, word: str) -> None:
    with sqlite.read() as session, pytest.raises(InvalidPayload):
        inbox.page(session, inbox.VIEWS["all"], SARA, word)


def test_counts_and_views(sara: Browser, runtime: Runtime, people: dict[str, int]) -> None:
    made = many(runtime.database, 5)
    with runtime.work() as session:
        conversations.claim(session, made[0], people["sara"])
        conversations.claim(session, made[1], people["omar"])
        locked = conversations.lock(session, made[2])
        handoff.request(session, locked, Handing("orders", "asked"), actor=Author.CONTACT)
        conversations.resolve(session, made[3], actor=Author.SYSTEM)
    shown = {view: re.findall(r'id="row-(\d+)"', sara.get(f"/console/inbox?view={view}").text) for view in inbox.VIEWS}
    places = {"mine": [0], "waiting": [2], "bot": [4], "all": [4, 2, 1, 0], "resolved": [3]}
    assert shown == {view: [str(made[index]) for index in indexes] for view, indexes in places.items()}
    page = sara.get("/console/inbox").text
    for title, number in (("Mine", 1), ("Waiting", 1), ("Bot", 1), ("All", 4)):
        assert re.search(rf"{title}\s*<b>{number}</b>", page)


@pytest.mark.parametrize(
    ("mine", "waiting", "bot", "view"),
    [(1, 1, 1, "mine"), (0, 2, 1, "waiting"), (0, 0, 1, "all"), (0, 0, 0, "mine")],
)
def test_the_inbox_opens_where_there_is_something_to_do(
    sara: Browser, runtime: Runtime, people: dict[str, int], mine: int, waiting: int, bot: int, view: str
) -> None:
    made = many(runtime.database, mine + waiting + bot)
    with runtime.work() as session:
        for conversation_id in made[:mine]:
            conversations.claim(session, conversation_id, people["sara"])
        for conversation_id in made[mine : mine + waiting]:
            conversations.transfer(session, conversation_id, "orders", actor_id=None)
    page = sara.get("/console/inbox").text
    assert f'data-view="{view}"' in page
    assert re.findall(r"<b[^>]*>(\d+)</b>", page)[:2] == [str(mine), str(waiting)]


def test_empty_views_say_so(sara: Browser) -> None:
    for view in inbox.VIEWS.values():
        assert view.empty in sara.get(f"/console/inbox?view={view.id}").text
    assert sara.get("/console/inbox?view=nonsense").status_code == 404


def test_older_messages_come_page_by_page(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread, "PAGE", 4)
    with database.begin() as session:
        conversation_id = add_conversation(session)
        for number in range(10):
            add_message(session, conversation_id, f"m{number}", minutes=number)
        with clock.frozen(clock.now() + timedelta(minutes=4.5)):
            conversations.add_note(session, conversation_id, "a note", author_id=None, author_name="Sara")
    told: list[list[str]] = []
    with database.read() as session:
        page = thread.newest(session, conversation_id, {})
        while True:
            told.append([each.message.text if each.message else each.type for each in page.entries])
            if page.older is None:
                break
            page = thread.before(session, conversation_id, page.older, {})
    assert told == [["m6", "m7", "m8", "m9"], ["m2", "m3", "m4", "note", "m5"], ["m0", "m1"]]


def test_changes_bring_what_the_page_does_not_show(sara: Browser, runtime: Runtime, conversation_id: int) -> None:
    with runtime.work() as session:
        first = add_message(session, conversation_id, "first", direction="outbound", author="bot", status="queued").id
    path = f"/console/conversations/{conversation_id}/changes?message={first}&note=0&entry=0&changed={first}"
    with runtime.work() as session:
        session.get_one(Message, first).status = "read"
        second = add_message(session, conversation_id, "second", minutes=1).id
    answer = sara.get(path, headers={"HX-Request": "true"}).text
    assert f'hx-target="#message-{first}" hx-swap="outerHTML"' in answer
    assert "ticks-read" in answer
    assert f'id="message-{second}"' in answer.split('hx-target="#thread"', 1)[1]
    key = re.search(r'data-composer="([^"]+)"', answer)
    assert key is not None
    asked = {"message": second, "note": 0, "entry": 0, "composer": key[1]}
    quiet = sara.get(path.partition("?")[0], query_string=asked).text
    assert 'id="composer"' not in quiet, "a reply box somebody may be writing in stays"
    assert 'id="case-head"' in quiet


def test_the_list_hears_what_came_changed_and_went(sara: Browser, runtime: Runtime) -> None:
    here, gone, new = many(runtime.database, 3)
    with runtime.work() as session:
        conversations.resolve(session, gone, actor=Author.SYSTEM)
    answer = sara.get(f"/console/inbox/changes?view=bot&ids={here},{gone},{new}&shown={here},{gone}").text
    assert f'hx-target="#row-{here}"' in answer
    assert f'hx-target="#row-{gone}"' in answer
    assert "<em>resolved</em>" in answer
    assert f'data-fresh="{new}"' in answer
    assert "1 new" in answer
    assert f'hx-target="#row-{new}"' not in answer
    assert sara.get("/console/inbox/changes?ids=1,x").status_code == 422


ODD_KINDS: list[tuple[dict[str, Any], str]] = [
    ({"kind": "unknown"}, "sent something Rabta does not know yet"),
    ({"kind": "location", "payload": {"location": {"latitude": 31.5, "longitude": 74.3}}}, "mlat=31.5&amp;mlon=74.3"),
    ({"kind": "button_reply", "payload": {"selection": {"id": "1", "title": "Track"}}}, "Track"),
    ({"kind": "flow_reply", "payload": {"flow_response": {"order_no": "4521"}}}, "<dt>order no</dt>"),
    ({"kind": "reaction", "text": "👍", "payload": {"reaction_to": "SM404"}}, "to an earlier message"),
    ({"kind": "text", "text": "yes", "reply_to": "SM404"}, "an earlier message"),
    ({"kind": "image"}, "Photo without content"),
    ({"kind": "text", "text": "hi", "frequently_forwarded": True}, "Forwarded many times"),
    ({"kind": "text", "text": "hi", "payload": {"referral": {"headline": "Eid sale"}}}, "From an ad: <bdi>Eid sale"),
    ({"kind": "text", "text": "<img src=x onerror=alert(1)>"}, "&lt;img src=x"),
    ({"kind": "brand_new_kind", "text": "from a later version"}, "from a later version"),
    ({"direction": "outbound", "author": "bot", "status": "canceled", "text": "late"}, "a person took over"),
    ({"direction": "outbound", "author": "agent", "status": "failed", "error_code": "63003"}, "no WhatsApp account"),
]


@pytest.mark.parametrize(("values", "shown"), ODD_KINDS)
def test_every_kind_has_a_face(
    sara: Browser, runtime: Runtime, conversation_id: int, values: dict[str, Any], shown: str
) -> None:
    with runtime.work() as session:
        add_message(session, conversation_id, **values)
    assert shown in sara.get(f"/console/conversations/{conversation_id}").text


def test_a_quoted_message_is_shown(sara: Browser, runtime: Runtime, conversation_id: int) -> None:
    with runtime.work() as session:
        add_message(session, conversation_id, "Which order?", external_id="SM1", author="agent", direction="outbound")
        add_message(session, conversation_id, "4521", minutes=1, reply_to="SM1")
    page = sara.get(f"/console/conversations/{conversation_id}").text
    assert re.search(r"<blockquote[^>]*>\s*<b>We</b> <span[^>]*>Which order\?", page)


def add_file(runtime: Runtime, conversation_id: int, data: bytes, claimed: str, **values: Any) -> int:
    kept = keep(runtime.storage, [data], claimed=claimed, max_bytes=1_000_000)
    with runtime.work() as session:
        message = add_message(session, conversation_id, kind=values.pop("kind", "document"))
        media = Media(
            message_id=message.id, claimed_type=claimed, content_type=kept.content_type, size=kept.size,
            sha256=kept.sha256, storage_key=kept.storage_key, state="stored", created_at=clock.now(), **values,
        )  # fmt: skip
        session.add(media)
        session.flush()
        return media.id


def test_files_are_served_to_people_and_run_nowhere(sara: Browser, runtime: Runtime, conversation_id: int) -> None:
    media_id = add_file(runtime, conversation_id, b"<html><script>alert(1)</script>", "text/html", filename="a.html")
    answer = sara.get(f"/console/media/{media_id}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert sara.get(f"/console/media/{media_id}/thumbnail").status_code == 404
    assert sara.get("/console/media/424242").status_code == 404


def test_a_contact_card_shows_who(sara: Browser, runtime: Runtime, conversation_id: int) -> None:
    card = b"BEGIN:VCARD\nVERSION:3.0\nFN:Bilal Khan\nTEL:+92 300 1\nEND:VCARD\n"
    add_file(runtime, conversation_id, card, "text/vcard", kind="contact")
    page = sara.get(f"/console/conversations/{conversation_id}").text
    assert "<bdi>Bilal Khan</bdi>" in page
    assert "+92 300 1" in page


def test_a_failed_file_is_fetched_again(sara: Browser, runtime: Runtime, conversation_id: int) -> None:
    with runtime.work() as session:
        message = add_message(session, conversation_id, kind="image")
        media = Media(
            message_id=message.id, claimed_type="image/jpeg", source_url="https://api.twilio.com/x", state="failed",
            error="gone", created_at=clock.now(),
        )  # fmt: skip
        session.add(media)
        session.flush()
        media_id = media.id
    assert "could not be fetched: gone" in sara.get(f"/console/conversations/{conversation_id}").text
    assert sara.post(f"/console/media/{media_id}/retry", htmx=True).status_code == 200
    with runtime.database.read() as session:
        assert session.get_one(Media, media_id).state == "pending"
    assert sara.post(f"/console/media/{media_id}/retry", htmx=True).status_code == 409


class Strict(HTMLParser):
    """Finds what the content security policy would block."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.unlabelled: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.found += [f"{tag} {name}" for name in names if name == "style" or name.startswith(("on", "hx-on"))]
        if tag == "style" or (tag == "script" and not names.get("src")):
            self.found.append(tag)
        if tag in ("input", "textarea", "select") and names.get("type") != "hidden" and not names.get("id"):
            self.unlabelled.append(tag)


@pytest.mark.parametrize("path", ["/console/login", "/console/inbox", "/console/conversations/{}"])
def test_no_inline_script_or_style_and_a_label_on_every_control(
    sara: Browser, conversation_id: int, path: str, app: Flask
) -> None:
    client = app.test_client() if path.endswith("login") else sara.client
    answer = client.get(path.format(conversation_id))
    parser = Strict()
    parser.feed(answer.text)
    assert (parser.found, parser.unlabelled) == ([], [])
    for control in re.findall(r'<(?:input|textarea|select)[^>]* id="([^"]+)"', answer.text):
        assert f'for="{control}"' in answer.text, control
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("base_url", "public_url", "live"),
    [
        ("http://10.0.0.5:8000", "http://10.0.0.5:8000", "http://10.0.0.5:8002/live"),
        ("http://127.0.0.1:8000", "https://hooks.example.com", "http://127.0.0.1:8002/live"),
        ("https://care.example.com", "https://care.example.com", "/live"),
        ("https://example.com", "https://example.com/care", "/care/live"),
    ],
)
def test_where_the_stream_is(
    runtime: Runtime, people: dict[str, int], base_url: str, public_url: str, live: str
) -> None:

    runtime.settings = replace(runtime.settings, public_url=public_url)
    client = create_app(runtime.settings, runtime).test_client()
    with runtime.work() as session:
        token = users.session_create(session, people["sara"])
    client.set_cookie(users.SESSION_COOKIE, token, domain=urlsplit(base_url).hostname or "")
    answer = client.get("/console/inbox", base_url=base_url)
    assert f'data-live="{live}"' in answer.text
    if live.startswith("http"):
        assert live.removesuffix("/live") in answer.headers["Content-Security-Policy"]


def test_the_business_named_on_the_login(app: Flask) -> None:
    assert BUSINESS.name in app.test_client().get("/console/login").text
