"""The example business in the product itself, from a customer's message to what is said: look-ups, actions, photos and
people, on a database with the example's own orders."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from gateway.commands.prepare import first_customers
from gateway.config.compile import compile_files
from gateway.config.files import read_folder
from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.jobs.run_request import Enquirer
from gateway.models.conversation import Conversation
from gateway.models.database import Database
from gateway.models.order import Order, OrderCase
from gateway.runtime import Runtime
from tests import care

FOLDER = Path(__file__).parents[2] / "config"
NOWHERE = "redis://127.0.0.1:1/0"
NOON = datetime(2027, 3, 2, 7, tzinfo=UTC)  # in Karachi
AYESHA, BILAL, CARMEN = "whatsapp:+923001234567", "whatsapp:+923009876543", "whatsapp:+34600111222"
PHOTO = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/x/1", "MediaContentType0": "image/jpeg"}


@cache
def shipped() -> RunningConfig:
    compiled = compile_files(read_folder(FOLDER), 1)
    assert isinstance(compiled, RunningConfig)
    return compiled


@pytest.fixture
def runtime(sqlite: Database) -> Runtime:
    made = care.runtime_on(sqlite, NOWHERE, shipped(), care_config=FOLDER)
    with clock.frozen(NOON):
        assert "bad" not in " ".join(first_customers(made))
    return made


def say(runtime: Runtime, sender: str, text: str, **fields: str) -> str:
    """A customer writes, and all that flows ask for is answered; returns what was said."""
    before = len(care.said(runtime.database))
    with clock.frozen(NOON):
        care.write(runtime, text, sender, **fields)
        enquirer = Enquirer(runtime)
        for _ in range(20):
            enquirer.run(0.2)
            while enquirer._calls.under_way:
                enquirer._calls.collect(1)
            if not enquirer._due():
                break
        enquirer.close()
    return "\n".join(message.text for message in care.said(runtime.database)[before:])


def test_a_customer_gets_the_state_of_an_order_in_roman_urdu(runtime: Runtime) -> None:
    said = say(runtime, AYESHA, "mera order kahan hai")
    assert "Main dukan ka bot hoon" in said
    assert "order G204171 (2 × Lawn suit, 1 × Shawl) TCS se rawana ho chuka hai aur 4 March 2027" in said


def test_a_damaged_item_is_reported_with_its_photos(runtime: Runtime) -> None:
    assert "tasveerein bhejein" in say(runtime, BILAL, "qameez phati hui aayi hai")
    assert "Kharabi kya hai?" in say(runtime, BILAL, "", MessageSid="SM" + "a" * 32, **PHOTO)
    assert "yeh bhi shamil kar liya" in say(runtime, BILAL, "", MessageSid="SM" + "b" * 32, **PHOTO)
    assert "nayi cheez ya paise wapis" in say(runtime, BILAL, "aasteen ki silai khuli hai")
    said = say(runtime, BILAL, "nayi cheez")
    (case,) = care.rows(runtime.database, OrderCase)
    assert "R-" in said
    assert (case.kind, case.reason) == ("damage", "aasteen ki silai khuli hai (wish: new)")
    assert case.detail["media"].split(", ") == ["SM" + "a" * 32, "SM" + "b" * 32]
    (conversation,) = care.rows(runtime.database, Conversation)
    assert (conversation.owner, conversation.queue, conversation.priority) == ("queue", "complaints", "high")


def test_an_order_is_cancelled_after_a_clear_yes(runtime: Runtime) -> None:
    assert "¿Cancelo el pedido G204390" in say(runtime, CARMEN, "quiero cancelar el pedido G204390")
    orders = {order.number: order.status for order in care.rows(runtime.database, Order)}
    assert orders["G204390"] == "placed"
    assert "está cancelado" in say(runtime, CARMEN, "sí")
    orders = {order.number: order.status for order in care.rows(runtime.database, Order)}
    assert (orders["G204390"], orders["G204377"]) == ("cancelled", "placed")


def test_who_is_angry_hears_a_kind_word_the_truth_and_gets_a_person(runtime: Runtime) -> None:
    said = say(runtime, BILAL, "KAHAN HAI MERA ORDER!!! 2 din se wait kar raha hoon, bakwas service")
    assert "Main samajh sakta hoon ke aap kyun pareshan hain" in said
    assert "G204355" in said
    assert "2 din late hai" in said
    (conversation,) = care.rows(runtime.database, Conversation)
    assert (conversation.owner, conversation.queue) == ("queue", "orders")


def test_who_waits_for_a_person_has_the_one_open_order_attached_though_people_are_there(runtime: Runtime) -> None:
    said = say(runtime, AYESHA, "talk to a person")
    assert "I am passing you to a person" in said
    assert "what is it about?" in said
    (conversation,) = care.rows(runtime.database, Conversation)
    assert (conversation.owner, conversation.queue, conversation.case["order"]) == ("queue", "care", "G204171")
    assert "I have noted it for my colleague" in say(runtime, AYESHA, "1")
    (conversation,) = care.rows(runtime.database, Conversation)
    assert (conversation.queue, conversation.case["topic"]) == ("orders", "orders")
    assert say(runtime, AYESHA, "where is my order?") == ""  # people are there: the bot is still


def test_where_the_matter_is_known_the_order_is_named_and_nothing_asked(runtime: Runtime) -> None:
    say(runtime, AYESHA, "how much is delivery?")
    said = say(runtime, AYESHA, "talk to a person")
    assert "I have added your order G204171" in said
    (conversation,) = care.rows(runtime.database, Conversation)
    assert (conversation.queue, conversation.case["order"]) == ("orders", "G204171")
