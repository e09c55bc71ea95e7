"""Two people at the desk in real browsers: what one does the other sees, keys work, nothing typed is lost."""

import json
import time
from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import PATIENCE_MILLIS, Running, watched

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


class Customer:
    """Somebody new who writes on WhatsApp."""

    def __init__(self, rabta: Running) -> None:
        self.rabta = rabta
        self.number = f"+92300{time.time_ns() // 1000 % 10_000_000:07}"
        self.name = f"Customer {self.number[-4:]}"

    def write(self, text: str) -> None:
        sent = {
            "to": "whatsapp:+14155238886", "frm": f"whatsapp:{self.number}", "body": text, "ProfileName": self.name
        }  # fmt: skip
        with requests.Session() as session:
            session.trust_env = False
            assert session.post(f"{self.rabta.phones}/_control/inbound", json=sent, timeout=30).ok


@pytest.fixture
def seat(browser: Browser, rabta: Running, complaints: list[str]) -> Iterator[Callable[[str], Page]]:
    """Signs somebody in, by role, in a window of their own."""
    logins = {user["role"]: user for user in json.loads((rabta.folder / "var" / "logins.json").read_text())["users"]}
    contexts = []

    def sit(role: str, width: int = 1360) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 820}, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE_MILLIS)
        contexts.append(context)
        page = watched(context.new_page(), complaints)
        page.goto(f"{rabta.desk}/console/inbox?view=waiting")
        page.get_by_label("E-mail").fill(logins[role]["email"])
        page.get_by_label("Password").fill(logins[role]["password"])
        page.get_by_role("button", name="Sign in").click()
        return page

    yield sit
    for context in contexts:
        context.close()
    assert complaints == []


def row(page: Page, customer: Customer) -> Locator:
    """The customer's place in the list; "1 new" brings who came after the page."""
    found, news = page.locator("#rows a", has_text=customer.name), page.locator(".news-button")
    found.or_(news).first.wait_for()
    if not found.count():
        news.click()
    return found


def open_case(page: Page, rabta: Running, customer: Customer) -> None:
    page.goto(f"{rabta.desk}/console/inbox?view=all")
    row(page, customer).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(customer.name)


def test_two_at_one_desk(rabta: Running, seat: Callable[[str], Page]) -> None:
    sara, omar = seat("agent"), seat("supervisor")
    customer = Customer(rabta)
    customer.write("I want to talk to a person")
    sara.locator(".news-button").click()
    sara.locator("#rows a", has_text=customer.name).click()
    expect(sara.get_by_role("heading", level=1)).to_have_text(customer.name)
    open_case(omar, rabta, customer)
    sara.keyboard.press("c")
    expect(sara.locator(".turn")).to_contain_text("Yours")
    expect(omar.locator(".turn")).not_to_contain_text("Waiting")
    expect(omar.locator(".locked")).to_contain_text("has this conversation")
    sara.keyboard.press("r")
    sara.keyboard.type("Hello, how can I help?")
    omar.keyboard.press("n")
    omar.keyboard.type("an old friend of the house")
    omar.keyboard.press("Control+Enter")
    expect(sara.locator(".note")).to_contain_text("an old friend")
    assert sara.input_value("#reply-text") == "Hello, how can I help?", "what she types stays"
    sara.keyboard.press("Control+Enter")
    expect(omar.locator(".bubble.by-agent")).to_contain_text("how can I help")
    expect(sara.locator(".bubble.by-agent :is(.ticks-delivered, .ticks-read)")).to_have_count(1)
    customer.write("where is my parcel")
    for page in (sara, omar):
        expect(page.locator(".bubble.by-contact").last).to_contain_text("where is my parcel")


def test_sent_twice_is_said_once_and_a_draft_survives(rabta: Running, seat: Callable[[str], Page]) -> None:
    sara, customer = seat("agent"), Customer(rabta)
    customer.write("agent please")
    open_case(sara, rabta, customer)
    sara.keyboard.press("c")
    sara.keyboard.press("r")
    sara.keyboard.press("e")  # typed too soon: resolves nothing
    expect(sara.locator("#reply-text")).to_be_focused()
    sara.keyboard.type("only once")
    sara.evaluate(
        "() => { const form = document.getElementById('reply'); form.requestSubmit(); form.requestSubmit(); }"
    )
    expect(sara.locator(".bubble.by-agent")).to_have_count(1)
    expect(sara.locator("#reply-text")).to_have_value("")
    sara.locator("#reply-text").press_sequentially("half a thought")
    sara.evaluate("() => document.dispatchEvent(new CustomEvent('rabta:replied'))")  # the second answer, late
    sara.reload()
    expect(sara.locator("#reply-text")).to_have_value("half a thought")
    expect(sara.locator(".bubble.by-agent")).to_have_count(1)
    sara.keyboard.press("e")
    expect(sara.locator(".turn")).to_contain_text("Resolved")
    sara.locator(".toast").get_by_role("button", name="Undo").click()
    expect(sara.locator(".turn")).to_contain_text("Yours")


def test_reading_far_up_is_not_disturbed(rabta: Running, seat: Callable[[str], Page]) -> None:
    sara, customer = seat("agent"), Customer(rabta)
    customer.write("agent please")
    open_case(sara, rabta, customer)
    for number in range(60):
        customer.write(f"line {number}")
    expect(sara.locator(".bubble.by-contact").last).to_contain_text("line 59")
    sara.reload()
    expect(sara.locator(".bubble")).to_have_count(50)
    scroll = "document.getElementById('thread-scroll')"
    sara.evaluate(f"{scroll}.scrollTop = -99999")
    expect(sara.locator(".bubble").filter(has_text="agent please")).to_have_count(1)
    sara.evaluate(f"{scroll}.scrollTop = -1200")
    first = "() => [...document.querySelectorAll('.bubble')].find(b => b.getBoundingClientRect().top > 70).id"
    before = sara.evaluate(first)
    customer.write("while you read")
    expect(sara.locator("#to-newest")).to_be_visible()
    assert sara.evaluate(first) == before
    sara.locator("#to-newest").click()
    expect(sara.locator("#to-newest")).to_be_hidden()
    assert abs(sara.evaluate(f"{scroll}.scrollTop")) < 2


def test_keys_alone(rabta: Running, seat: Callable[[str], Page]) -> None:
    sara, customer = seat("agent"), Customer(rabta)
    customer.write("agent please")
    sara.goto(f"{rabta.desk}/console/inbox?view=all")
    row(sara, customer).wait_for()
    sara.keyboard.press("j")
    sara.keyboard.press("Enter")
    expect(sara.get_by_role("heading", level=1)).to_have_text(customer.name)
    sara.keyboard.press("?")
    expect(sara.get_by_role("dialog")).to_be_visible()
    sara.keyboard.press("Escape")
    expect(sara.get_by_role("dialog")).to_be_hidden()
    sara.go_back()
    expect(sara.get_by_role("heading", level=1)).to_have_count(0)


@pytest.mark.parametrize("width", [360, 800, 1360])
def test_nothing_is_cut_off(rabta: Running, seat: Callable[..., Page], width: int) -> None:
    sara, customer = seat("agent", width), Customer(rabta)
    customer.write("x" * 300 + " agent please")
    open_case(sara, rabta, customer)
    assert sara.evaluate("document.documentElement.scrollWidth") <= width
    pane = "document.getElementById('case-head')"
    assert sara.evaluate(f"{pane}.scrollWidth <= {pane}.clientWidth")
