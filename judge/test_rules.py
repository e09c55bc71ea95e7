"""What may be said and when to stop, driven from outside: consent on either channel, and loops between bots."""

import pytest

from judge.customers import Customer, words_of
from judge.processes import eventually


@pytest.mark.both_databases
def test_stop_on_whatsapp_is_confirmed_and_who_writes_is_answered(whatsapp: Customer) -> None:
    sid = whatsapp.write("stop")
    assert "START" in whatsapp.answer()["m"]["body"]
    eventually(lambda: whatsapp.contact(sid)["opted_out"]["whatsapp"] is True, what="opted out")
    whatsapp.write("how can I pay")
    assert "JazzCash" in words_of(whatsapp.answer(2))
    assert whatsapp.contact(sid)["opted_out"]["whatsapp"] is True
    whatsapp.write("START")
    whatsapp.answer(3)
    assert whatsapp.contact(sid)["opted_out"]["whatsapp"] is False


def test_stop_on_sms_is_left_to_the_carrier_and_people_are_asked(sms: Customer) -> None:
    sid = sms.write("STOP", OptOutType="STOP")
    eventually(lambda: sms.contact(sid)["opted_out"]["sms"] is True, what="opted out")
    sms.write("hello?")
    eventually(lambda: sms.conversation(sid)["owner"] == "queue", what="queued")
    sms.message(sms.write("START", OptOutType="START"))
    eventually(lambda: sms.contact(sid)["opted_out"]["sms"] is False, what="opted in")
    assert sms.answers() == []


COLOURS = ["red", "blue", "green", "pink", "brown", "grey", "black", "white"]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("texts", "answers"),
    [
        (["Automatic reply: I am on leave"] * 4, 1),
        (["how can I pay"] * 5, 3),
        ([f"and what about the {colour} one then" for colour in COLOURS], 7),
    ],
    ids=["autoresponder", "same text", "too fast"],
)
def test_loops_end_with_people(whatsapp: Customer, texts: list[str], answers: int) -> None:
    for number, text in enumerate(texts, 1):
        sid = whatsapp.write(text)
        whatsapp.message(sid)
        whatsapp.answer(min(number, answers))
    assert "round in circles" in words_of(whatsapp.answer(answers))
    assert whatsapp.conversation(sid)["owner"] == "queue"
    assert len(whatsapp.answers()) == answers
