"""The console's pure parts, as tables: the reply box, sentences, times, texts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, g

from gateway.console import cards, formats, lines, marks, words
from gateway.console.case import turn_of
from gateway.console.composer import Facts, composer_of
from gateway.console.context import matter_of
from gateway.console.inbox import InboxRow
from gateway.core import clock
from gateway.core.words import Role
from gateway.desk.users import Account
from gateway.models.conversation import Conversation
from gateway.models.log_entry import LogEntry
from gateway.models.message import Media

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)  # Thursday 01:00 in Karachi
HOUR = timedelta(hours=1)
SARA = Account(1, "sara@example.com", "Sara", Role.AGENT, "Asia/Karachi", "en")


@pytest.fixture(autouse=True)
def _in_karachi() -> Iterator[None]:
    with clock.frozen(NOW), Flask("test").test_request_context():
        g.account = SARA
        yield


OPEN = {
    "state": "open", "owner": "agent", "is_mine": True, "assignee": "Sara", "contact": "Ayesha",
    "channel_type": "whatsapp", "last_inbound_at": NOW - HOUR, "opted_out_since": None, "now": NOW,
    "margin": timedelta(0),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "state", "closes_at"),
    [
        ({}, "free", NOW + 23 * HOUR),
        ({"last_inbound_at": NOW - 22 * HOUR}, "free", NOW + 2 * HOUR),
        ({"last_inbound_at": NOW - 22.1 * HOUR}, "closing", NOW + 1.9 * HOUR),
        ({"last_inbound_at": NOW - 24 * HOUR}, "closed", None),
        ({"last_inbound_at": NOW - 23.95 * HOUR, "margin": timedelta(minutes=5)}, "closed", None),
        ({"last_inbound_at": NOW - 24 * HOUR, "opted_out_since": NOW}, "opted_out", None),
        ({"last_inbound_at": None}, "closed", None),
        ({"channel_type": "sms", "last_inbound_at": NOW - 90 * HOUR}, "free", None),
        ({"channel_type": "sms", "last_inbound_at": None}, "free", None),
        ({"opted_out_since": NOW}, "free", NOW + 23 * HOUR),  # who writes on WhatsApp is answered
        ({"opted_out_since": NOW, "channel_type": "sms"}, "opted_out", None),
        ({"is_mine": False, "assignee": "Omar"}, "theirs", None),
        ({"is_mine": False, "owner": "queue"}, "waiting", None),
        ({"is_mine": False, "owner": "bot", "opted_out_since": NOW}, "bot", None),
        ({"state": "resolved"}, "resolved", None),
        ({"state": "resolved", "owner": "bot", "is_mine": False}, "resolved", None),
    ],
)
def test_reply_box(change: dict[str, Any], state: str, closes_at: datetime | None) -> None:
    composer = composer_of(Facts(**(OPEN | change)))
    assert (composer.state, composer.closes_at) == (state, closes_at)
    assert composer.is_open is (state in ("free", "closing", "closed"))
    assert bool(composer.reason) is (state not in ("free", "closing")), "what is locked or waits says why"


@pytest.mark.parametrize(
    ("state", "owner", "is_mine", "turn"),
    [
        ("open", "bot", False, "bot"), ("open", "queue", False, "waiting"), ("open", "agent", True, "mine"),
        ("open", "agent", False, "theirs"), ("resolved", "agent", True, "resolved"), ("snoozed", "bot", False, "bot"),
    ],
)  # fmt: skip
def test_whose_turn(state: str, owner: str, is_mine: bool, turn: str) -> None:
    assert turn_of(state, owner, is_mine) == turn


NAMES, QUEUES = {1: "Sara", 2: "Omar"}, {"orders": "Orders"}


@pytest.mark.parametrize(
    ("kind", "actor", "actor_id", "data", "told"),
    [
        ("owner_changed", "contact", None, {"to": "queue", "queue": "orders"}, "Handed to people · Orders"),
        ("owner_changed", "bot", None, {"to": "queue", "queue": "gone"}, "Handed to people · gone"),
        ("owner_changed", "agent", 1, {"to": "queue", "queue": "orders"}, "Sara moved this to Orders"),
        ("owner_changed", "agent", 1, {"to": "agent", "assignee_id": 1}, "Sara took this conversation"),
        ("owner_changed", "agent", 1, {"to": "agent", "assignee_id": 2}, "Sara gave this to Omar"),
        ("owner_changed", "system", None, {"to": "agent", "assignee_id": 9}, "an agent took this conversation"),
        ("owner_changed", "agent", 2, {"to": "bot"}, "Omar handed back to the bot"),
        ("owner_changed", "agent", 2, {"to": "agent", "assignee_id": 2, "reason": "reopened"}, ""),
        ("conversation_resolved", "agent", 1, {}, "Sara resolved this"),
        ("conversation_resolved", "system", None, {}, "Resolved"),
        ("conversation_reopened", "agent", 2, {}, "Omar reopened this"),
        ("conversation_reopened", "contact", None, {}, "Reopened: the customer wrote again"),
        (
            "reply_waiting_not_told",
            "system",
            None,
            {"reason": "template_not_approved"},
            "The customer could not be told that a reply waits: template not approved",
        ),
        (
            "crm_asked",
            "bot",
            None,
            {"action": "cancel_order", "order": "G204390", "result": "found", "refused": ""},
            "The bot asked the CRM: cancel order G204390 · done",
        ),
        (
            "crm_asked",
            "bot",
            None,
            {"action": "cancel_order", "order": "G204390", "result": "refused", "refused": "too_late"},
            "The bot asked the CRM: cancel order G204390 · refused (too late)",
        ),
        ("mood_changed", "contact", None, {"from": "neutral", "to": "angry"}, "The customer sounds angry"),
        ("mood_changed", "contact", None, {"from": "angry", "to": "neutral"}, "The customer is calm again"),
        ("mood_changed", "contact", None, {"from": "angry", "to": "angry", "urgency": "urgent"}, ""),
        ("distress_noticed", "contact", None, {"kind": "medical"}, "Look at once: a medical emergency"),
        ("ladder_climbed", "system", None, {"rung": 1, "because": "63024"}, "It went on by another channel"),
        (
            "follow_up_dropped",
            "system",
            None,
            {"reason": "the customer wrote first"},
            "The follow-up was dropped: the customer wrote first",
        ),
    ],
)
def test_lines(kind: str, actor: str, actor_id: int | None, data: dict[str, Any], told: str) -> None:
    entry = LogEntry(kind=kind, actor=actor, actor_id=actor_id, data=data)
    assert lines.line(entry, NAMES, QUEUES) == told


@pytest.mark.parametrize(
    ("ago", "brief"),
    [
        (timedelta(), "01:00"),
        (timedelta(minutes=59), "00:01"),
        (timedelta(minutes=61), "Wed"),
        (timedelta(days=6), "Fri"),
        (timedelta(days=7), "12 Nov"),
        (timedelta(days=400), "15/10/25"),
    ],
)
def test_brief_times(ago: timedelta, brief: str) -> None:
    assert formats.brief_time(NOW - ago) == brief


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-19", "Today"), ("2026-11-18", "Yesterday"), ("2026-11-17", "Tuesday 17 November"),
        ("2025-12-31", "Wednesday 31 December 2025"),
    ],
)  # fmt: skip
def test_days(day: str, said: str) -> None:
    assert formats.day_words(day) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (None, ""), (timedelta(seconds=-5), "0:00"), (timedelta(seconds=48), "0:48"), (timedelta(seconds=125), "2:05"),
        (timedelta(minutes=72), "1 h 12"), (timedelta(days=3, hours=5), "3 d"),
    ],
)  # fmt: skip
def test_spans(length: timedelta | None, said: str) -> None:
    assert formats.span(length) == said


@pytest.mark.parametrize(
    ("size", "said"),
    [(None, ""), (0, "0 B"), (812, "812 B"), (65_536, "64 kB"), (1_500_000, "1.4 MB")],
)
def test_sizes(size: int | None, said: str) -> None:
    assert formats.file_size(size) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [("+923001234567", "+92 300 1234567"), ("US.13491208655302741918", "US.13491208655302741918"), ("8585", "8585")],
)
def test_addresses(value: str, said: str) -> None:
    assert formats.address(value) == said


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ayesha Khan", "AK"),
        ("María José de la Torre", "MT"),
        ("فاطمہ زہرا", "فز"),
        ("+92 300", "#"),
        ("👑", "#"),
        ("", "#"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert formats.initials(name) == letters


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        (
            "see https://a.example/?x=1&y=<b>",
            'see <a href="https://a.example/?x=1&amp;y=&lt;b&gt;" rel="noopener noreferrer nofollow" target="_blank">'
            "https://a.example/?x=1&amp;y=&lt;b&gt;</a>",
        ),
        ('" onmouseover="x', "&#34; onmouseover=&#34;x"),
        ("<hx-partial hx-target='body'>", "&lt;hx-partial hx-target=&#39;body&#39;&gt;"),
    ],
)
def test_customer_texts_are_only_text(text: str, html: str) -> None:
    assert str(marks.said(text)) == html


@pytest.mark.parametrize(
    ("text", "known", "attribute"),
    [
        ("کہاں ہے میرا پارسل؟", None, ' lang="ur"'),
        ("هل توصلون إلى الرياض؟", None, ' lang="ar"'),
        ("hello", "ur", ""),
        ("", None, ""),
        ("😊", "ur", ""),
    ],
)
def test_script_picks_the_typeface(text: str, known: str | None, attribute: str) -> None:
    assert str(marks.lang_attr(text, known)) == attribute


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [
        ("63016", None, "24 hours"),
        ("63003", "x", "no WhatsApp account"),
        ("99999", "Odd thing", "Odd thing"),
        (None, None, "no reason"),
    ],
)
def test_failures_in_words(code: str | None, text: str | None, said: str) -> None:
    assert said in words.failure(code, text)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": "resolved"}, "resolved"), ({"owner": "agent", "assignee_id": 1}, "yours"),
        ({"owner": "agent", "assignee_id": 2}, "with Omar"), ({"owner": "bot"}, "with bot"), ({}, "waiting"),
    ],
)  # fmt: skip
def test_whereabouts(change: dict[str, Any], said: str) -> None:
    row: dict[str, Any] = {
        "id": 1, "name": "A", "channel_type": "sms", "preview": "", "preview_kind": "text", "unread_count": 0,
        "state": "open", "owner": "queue", "assignee_id": None, "assignee": "Omar", "queue": None, "language": None,
        "last_message_at": NOW, "waiting_since": None,
    }  # fmt: skip
    assert marks.whereabouts(InboxRow(**(row | change)), SARA) == said


@pytest.mark.parametrize(
    ("width", "height", "shown"),
    [(100, 50, (100, 50)), (2800, 1400, (280, 140)), (480, 600, (256, 320)), (None, None, (1, 1)), (9000, 1, (280, 1))],
)
def test_pictures_keep_their_place(width: int | None, height: int | None, shown: tuple[int, int]) -> None:
    assert str(marks.picture_size(Media(width=width, height=height))) == f'width="{shown[0]}" height="{shown[1]}"'


VCARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Khan;Bilal\r\nFN:Bilal Khan\r\n"
    "TEL;TYPE=CELL:+92 300 1\r\nTEL:+92 42 2\r\nEND:VCARD\r\n"
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (VCARD, [("Bilal Khan", ("+92 300 1", "+92 42 2"))]),
        (VCARD * 7, [("Bilal Khan", ("+92 300 1", "+92 42 2"))] * 5),
        ("BEGIN:VCARD\nVERSION:3.0\nEND:VCARD", [("", ())]),
        ("BEGIN:VCARD\nnot a card", []),
        ("\x00\xff", []),
        ("", []),
    ],
)
def test_cards(text: str, found: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(card.name, card.phones) for card in cards.read(text)] == found


@pytest.mark.parametrize(
    ("kept", "mood", "priority", "told"),
    [
        ({}, "neutral", "normal", []),
        ({"topic": "orders", "messages": 3}, "neutral", "low", [("Topic", "Orders and delivery")]),
        (
            {"topic": "gone", "order": "G204171", "product": "Kurta", "signs": ["damage", "money"]}, "angry", "urgent",
            [("Topic", "gone"), ("Order", "G204171"), ("Product", "Kurta"), ("Mood", "Angry"), ("Priority", "Urgent"),
             ("Writes of", "Damage, Money")],
        ),
    ],
)  # fmt: skip
def test_what_a_case_is_about(kept: dict[str, Any], mood: str, priority: str, told: list[tuple[str, str]]) -> None:
    conversation = Conversation(case=kept, mood=mood, priority=priority)
    assert matter_of(conversation, {"orders": "Orders and delivery"}) == told
