"""Customers ask whether they talk with a machine, in any language; or they ask something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.bot_question import asks_if_bot, asks_nothing_else

ASKED = (
    "are you a robot?",
    "are you a bot",
    "r u a bot",
    "Are you human?",
    "ARE YOU A REAL PERSON???",
    "are you chatgpt",
    "are you an AI",
    "hey, are you a bot?",
    "you're a bot, right?",
    "is this a bot",
    "is this automated",
    "is this an automated message",
    "am I talking to a robot?",
    "am i chatting with a real person",
    "who am i talking to",
    "who are you?",
    "what is your name",
    "are you a bot or a human",
    "are you real",
    "did a human write this",
    "is there a real person behind this",
    "kya aap insan hain?",
    "kya aap robot hain",
    "tum bot ho?",
    "aap asli insan ho ya robot",
    "kya main robot se baat kar raha hun",
    "yeh bot hai kya",
    "aap kaun hain",
    "main kis se baat kar rahi hoon",
    "kya ap insaan hen",
    "کیا آپ انسان ہیں؟",
    "آپ روبوٹ ہیں کیا؟",
    "کیا میں کسی انسان سے بات کر رہا ہوں؟",
    "آپ کون ہیں؟",
    "کیا آپ بوٹ ہیں یا انسان؟",
    "¿eres una persona?",
    "¿eres un robot?",
    "eres un bot?",
    "es usted una persona real?",
    "¿estoy hablando con una persona?",
    "con quién hablo",
    "¿quién eres?",
    "você é um robô?",
    "vc é humano?",
    "estou falando com uma pessoa?",
    "هل أنت روبوت؟",
    "هل أنت إنسان حقيقي؟",
    "انت بوت؟",
    "هل أتحدث مع شخص حقيقي؟",
    "من أنت؟",
    "क्या आप रोबोट हैं?",
    "क्या आप इंसान हैं",
    "आप कौन हैं?",
    "Hello! Are you a bot? Where is my order?",
)
NEAR_MISSES = (
    "are you open",
    "are you a shop",
    "is this real leather",
    "is this a robot vacuum",
    "do you sell robots",
    "I want a robot",
    "is this the price",
    "are you there",
    "is the person who called yours",
    "who is my rider",
    "what is your address",
    "what is your number",
    "is the watch automatic",
    "is the delivery automated",
    "who delivers my order",
    "what are your hours",
    "are you a manufacturer",
    "are you serious",
    "do you have human hair wigs",
    "a bot ordered in my name",
    "aap kab khulte hain",
    "aap kahan hain",
    "aap kya bechte hain",
    "yeh asli hai ya naqli",
    "kya ye asli leather hai",
    "mera rider kaun hai",
    "آپ کب کھلتے ہیں",
    "کیا یہ اصلی ہے",
    "¿está abierto?",
    "¿es piel auténtica?",
    "¿quién me lo trae?",
    "é couro de verdade?",
    "هل هو أصلي؟",
    "من المندوب؟",
    "क्या यह असली है",
    "where is my order",
    "connect me to a human",
)


@pytest.mark.parametrize("text", ASKED)
def test_it_is_asked(text: str) -> None:
    assert asks_if_bot(text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_something_else_is_asked(text: str) -> None:
    assert not asks_if_bot(text)


@pytest.mark.parametrize(
    ("text", "nothing_else"),
    [
        ("Hey, are you a bot?", True),
        ("you're a bot, right?", True),
        ("Hello! Are you a bot? Where is my order?", False),
        ("are you a bot? I want a human", False),
    ],
)
def test_whether_nothing_else_is_asked(text: str, nothing_else: bool) -> None:
    assert asks_nothing_else(text) is nothing_else


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    assert asks_if_bot(text) in {True, False}
