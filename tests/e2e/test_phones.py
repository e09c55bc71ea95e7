"""Somebody writes on the phone page and sees the answer; an agent sees it too and takes over."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Running, watched

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


def phone(page: Page, rabta: Running, name: str) -> Locator:
    page.goto(rabta.phones)
    return page.get_by_role("article", name=name)


def newcomer(page: Page, name: str, number: str) -> Locator:
    page.get_by_role("button", name="Customer").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Number").fill(number)
    dialog.get_by_role("button", name="Add").click()
    return page.get_by_role("article", name=name)


def write(phone: Locator, text: str) -> None:
    box = phone.get_by_role("textbox")
    box.fill(text)
    box.press("Enter")


def answers(phone: Locator) -> Locator:
    return phone.locator(".row.in")


def test_hello_is_answered_and_a_topic_chosen(page: Page, rabta: Running) -> None:
    bilal = phone(page, rabta, "Bilal Ahmed")
    write(bilal, "hello")
    expect(answers(bilal)).to_have_count(1)
    expect(bilal.locator(".row.out .tick.read, .row.out .tick.delivered")).to_have_count(1)
    bilal.locator(".row.in .option").first.click()
    bilal.get_by_text("Shops and hours", exact=True).click()
    bilal.get_by_role("dialog").get_by_role("button", name="Send").click()
    expect(answers(bilal)).to_have_count(2)
    answers(bilal).nth(1).get_by_role("button", name="Opening hours").click()
    expect(answers(bilal).nth(2)).to_contain_text("Monday")
    wire = page.get_by_role("complementary", name="What went over the wire")
    expect(wire.get_by_text("message button")).to_be_visible()
    expect(wire.get_by_text("status read").first).to_be_visible()


def test_urdu_stands_right_to_left_and_tells_of_her_order(page: Page, rabta: Running) -> None:
    ayesha = phone(page, rabta, "Ayesha Khan")
    ayesha.get_by_role("button", name="میرا آرڈر کہاں ہے؟").click()
    told = answers(ayesha).filter(has_text="G204171").first
    expect(told).to_contain_text("آرڈر")
    text = told.locator(".text")
    assert text.evaluate("node => getComputedStyle(node).direction") == "rtl"


def test_sms_is_numbered(page: Page, rabta: Running) -> None:
    carmen = phone(page, rabta, "Carmen Ruiz")
    carmen.get_by_role("button", name="SMS").click()
    write(carmen, "hello")
    expect(answers(carmen).first).to_contain_text("2")
    write(carmen, "8")
    expect(answers(carmen).nth(1)).to_contain_text(re.compile("nearest shop", re.IGNORECASE))


def test_everything_that_can_be_attached(page: Page, rabta: Running) -> None:
    page.goto(rabta.phones)
    sender = newcomer(page, "Sends Everything", "+923335550199")  # nobody else's conversation ends up braked
    for kind in ("Photo", "Voice note", "Document", "Location", "Contact", "Sticker"):
        sender.get_by_role("button", name="Attach").click()
        sender.get_by_role("menuitem", name=kind, exact=True).click()
    for what in (".photo img", ".voice .wave", ".file", ".map", ".person-card", ".sticker-image"):
        expect(sender.locator(f".row.out {what}").first).to_be_visible()
    expect(sender.locator(".row.out .tick.refused")).to_have_count(0)


def test_a_customer_who_blocked_us_gets_nothing(page: Page, rabta: Running) -> None:
    """Somebody of her own: whoever blocked us counts as opted out, in the other tests too."""
    page.goto(rabta.phones)
    zara = newcomer(page, "Zara Blocked", "+92 333 4445566")
    zara.get_by_role("button", name=re.compile("Break things")).click()
    zara.get_by_label("Blocked the business").check()
    zara.get_by_role("button", name="Close").last.click()
    write(zara, "menu")
    expect(zara.locator(".notice").last).to_contain_text("63033")
    zara.get_by_role("button", name=re.compile("Break things")).click()
    zara.get_by_role("button", name="All well again").click()
    expect(zara.locator(".chip")).to_have_count(0)


def test_a_new_customer_and_an_agent_meet(page: Page, rabta: Running, complaints: list[str]) -> None:
    page.goto(rabta.phones)
    omar = newcomer(page, "Omar Farooq", "+92 333 1112233")
    write(omar, "I want to talk to a real person")
    expect(answers(omar).first).to_be_visible()
    desk = watched(page.context.new_page(), complaints)
    log_in(desk, rabta)
    desk.get_by_role("link", name=re.compile("Waiting")).click()
    desk.get_by_text("Omar Farooq").first.click()
    desk.get_by_role("button", name="Claim").first.click()
    desk.get_by_label("Reply to Omar Farooq").fill("Sara here. How can I help?")
    desk.get_by_role("button", name="Send").click()
    expect(answers(omar).filter(has_text="Sara here")).to_have_count(1)
    write(omar, "a lovely answer")
    expect(desk.get_by_text("a lovely answer").first).to_be_visible()
    desk.get_by_label("Reply to Omar Farooq").press_sequentially("Goo")
    expect(omar.get_by_text("typing…")).to_be_visible()
    expect(omar.locator(".row.out .tick").last).to_have_class(re.compile("read"))


@pytest.mark.parametrize("width", [360, 900, 1280])
def test_nothing_is_cut_off(page: Page, rabta: Running, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(rabta.phones)
    expect(page.get_by_role("article").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def log_in(desk: Page, rabta: Running) -> None:
    email, password = rabta.login
    desk.goto(rabta.desk)
    desk.get_by_label("E-mail").fill(email)
    desk.get_by_label("Password").fill(password)
    desk.get_by_role("button", name="Sign in").click()


def test_a_template_is_paused_on_the_page(page: Page, rabta: Running) -> None:
    page.goto(rabta.phones)
    page.get_by_role("button", name="Templates").click()
    dialog = page.get_by_role("dialog", name="Templates at the provider")
    state = dialog.get_by_label("What the reviewers say of follow_up_en", exact=True)
    expect(state).to_have_value("approved")
    state.select_option("paused")
    expect(state).to_have_value("paused")
    dialog.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Templates").click()
    expect(state).to_have_value("paused")
    state.select_option("approved")
    expect(state).to_have_class("state approved")
