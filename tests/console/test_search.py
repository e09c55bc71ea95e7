"""Search beside the list, filters of the inbox, and views of one's own."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.desk import saved_views
from gateway.models.conversation import Conversation
from gateway.models.message import Message
from gateway.runtime import Runtime
from tests.console.conftest import Browser, add_conversation

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def say(session: Session, conversation_id: int, text: str, minutes: int = 0) -> int:
    contact = session.get_one(Conversation, conversation_id).contact_id
    message = Message(
        contact_id=contact, conversation_id=conversation_id, address="+923001234567", channel_id="wa",
        channel_type="whatsapp", direction="inbound", kind="text", text=text, author="contact", status="received",
        created_at=clock.now() - timedelta(minutes=minutes),
    )  # fmt: skip
    session.add(message)
    session.flush()
    return message.id


def rows(page: str) -> list[str]:
    return re.findall(r'id="row-(\d+)"', page)


def test_what_is_found_stands_in_groups_and_is_escaped(sara: Browser, runtime: Runtime, conversation_id: int) -> None:
    with runtime.work() as session:
        said = say(session, conversation_id, "<script>order</script> order 4521")
    people = sara.get("/console/search?q=ayesha", headers=PARTIAL).text
    assert "<h2>Contacts</h2>" in people
    assert "<h2>Conversations</h2>" in people
    assert "<html" not in people
    found = sara.get("/console/search?q=order ۴۵۲۱", headers=PARTIAL).text
    assert "&lt;script&gt;<mark>order</mark>&lt;/script&gt; <mark>order</mark> <mark>4521</mark>" in found
    assert f"/console/conversations/{conversation_id}?message={said}" in found.replace("&amp;", "&")


def test_search_as_a_page(sara: Browser, conversation_id: int) -> None:
    page = sara.get("/console/search?q=ayesha&view=all").text
    assert "<h2>Contacts</h2>" in page
    assert 'value="ayesha"' in page
    assert rows(page) == [str(conversation_id)]
    answer = sara.get("/console/search?q=&view=all&mood=angry")
    assert (answer.status_code, answer.location) == (302, "/console/inbox?view=all&mood=angry")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("zzz", "Nothing found for"),
        ("!!", "Nothing to look for yet"),
        ("", ""),
        ("(" * 3000, "Nothing to look for yet"),
    ],
)
def test_when_nothing_is_found(sara: Browser, conversation_id: int, typed: str, told: str) -> None:
    found = sara.get("/console/search", query_string={"q": typed}, headers=PARTIAL)
    assert (found.status_code, told in found.text) == (200, True)
    assert 'class="hit' not in found.text


def test_older_finds_follow(sara: Browser, runtime: Runtime, conversation_id: int) -> None:
    with runtime.work() as session:
        for number in range(25):
            say(session, conversation_id, f"parcel {number}")
    first = sara.get("/console/search?q=parcel&view=all", headers=PARTIAL).text
    (more,) = re.findall(r'hx-get="([^"]+before[^"]+)"', first)
    second = sara.get(more.replace("&amp;", "&"), headers=PARTIAL).text
    assert [page.count('class="hit is-message"') for page in (first, second)] == [20, 5]
    assert "<h2>" not in second


def test_a_conversation_opens_at_the_message(sara: Browser, runtime: Runtime, conversation_id: int) -> None:
    with runtime.work() as session:
        ids = [say(session, conversation_id, f"word {number}", 200 - number) for number in range(120)]
    for wanted, is_past in ((ids[10], True), (ids[110], False)):
        page = sara.get(f"/console/conversations/{conversation_id}?view=all&message={wanted}").text
        shown = [int(number) for number in re.findall(r'id="message-(\d+)"', page)]
        assert wanted in shown
        assert len(shown) <= 50
        assert ("These are earlier messages" in page) == is_past
        assert f'data-seen-message="{ids[-1]}"' in page
    elsewhere = sara.get(f"/console/conversations/{conversation_id}?view=all&message=999999").text
    assert f'id="message-{ids[-1]}"' in elsewhere


def test_filters_narrow_and_are_counted(sara: Browser, runtime: Runtime) -> None:
    with runtime.work() as session:
        calm, angry = (add_conversation(session, name, f"+92300123456{place}") for place, name in enumerate("AB"))
        session.execute(update(Conversation).where(Conversation.id == angry).values(mood="angry", unread_count=1))
    assert rows(sara.get("/console/inbox?view=unassigned").text) == []
    assert rows(sara.get("/console/inbox?view=all").text) == [str(angry), str(calm)]
    page = sara.get("/console/inbox?view=all&mood=angry&unread=yes&language=ur&assignee=nobody").text
    assert rows(page) == [str(angry)]
    assert "<b>1</b>" in page
    assert "Keep as a view" in page
    changes = sara.get(f"/console/inbox/changes?view=all&mood=angry&ids={calm},{angry}&shown=").text
    assert f'data-fresh="{angry}"' in changes
    assert "Without filters" in sara.get("/console/inbox?view=all&queue=orders").text
    assert sara.get("/console/inbox?view=all&assignee=x").status_code == 422


def test_views_of_ones_own(sara: Browser, omar: Browser, runtime: Runtime, conversation_id: int) -> None:
    for name in ("اردو والے", "Second"):
        made = sara.post("/console/views", {"name": name, "view": "all", "language": "ur"})
        assert made.status_code == 303
    page = sara.get("/console/inbox?view=saved-1").text
    assert rows(page) == [str(conversation_id)]
    assert re.search(r"اردو والے</bdi>\s*<b>1</b>", page)
    assert "اردو والے" not in omar.get("/console/inbox").text
    assert omar.post("/console/views/1", {"name": "Mine now"}).status_code == 404
    assert omar.post("/console/views/1/delete").status_code == 404
    sara.post("/console/views/2", {"move": "up"})
    sara.post("/console/views/1", {"name": " New   name "})
    titles = re.findall(r"<bdi>([^<]+)</bdi> <b", sara.get("/console/inbox").text)
    assert titles == ["Second", "New name"]
    gone = sara.post("/console/views/1/delete")
    assert gone.location == "/console/inbox?view=all&language=ur"
    assert sara.get("/console/inbox?view=saved-1").status_code == 200


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"name": "", "view": "all", "mood": "angry"}, 422),
        ({"name": "x" * 41, "view": "all", "mood": "angry"}, 422),
        ({"name": "All", "view": "all"}, 422),
        ({"name": "All", "view": "nowhere", "mood": "angry"}, 404),
    ],
)
def test_what_is_no_view(sara: Browser, form: dict[str, str], status: int) -> None:
    assert sara.post("/console/views", form).status_code == status


def test_twenty_views_are_enough(sara: Browser) -> None:
    wanted = {"view": "all", "mood": "angry"}
    answers = [
        sara.post("/console/views", wanted | {"name": f"View {number}"}) for number in range(saved_views.MOST + 1)
    ]
    assert [answer.status_code for answer in answers] == [303] * saved_views.MOST + [409]
