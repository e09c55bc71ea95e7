"""Customers are told that a machine writes, whatever the business has it say."""

import pytest

from automation.honesty import FIRST_WORDS, TOLD, honest, says_bot, unsaid
from automation.sentences import SENTENCES
from automation.texts import Texts

BUILT_IN: Texts = {"en": "I am a bot.", "ur": "میں بوٹ ہوں۔"}


@pytest.mark.parametrize("key", [*FIRST_WORDS, TOLD])
def test_the_built_in_sentences_say_so_in_every_language(key: str) -> None:
    assert [language for language, text in SENTENCES[key].items() if not says_bot(text)] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hi, I am Gul, the shop's *bot*!", True),
        ("This chat is automated.", True),
        ("Soy su asistente virtual", True),
        ("یہ خودکار جواب ہے", True),
        ("أنا المساعد الآلي", True),
        ("Hi, I am Gul. How can I help?", False),
        ("Visit our virtual shop, bottoms from Rs 900", False),
        ("", False),
    ],
)
def test_who_says_it(text: str, said: bool) -> None:
    assert says_bot(text) is said


@pytest.mark.parametrize(
    ("greeting", "told", "language", "said"),
    [
        ("Hi from the bot", "I am a bot.", "en", "Hi from the bot"),
        ("Hi", "Our robot writes.", "en", "Hi Our robot writes."),
        ("Hi", "I am Gul", "en", "Hi I am a bot."),
        ("ہیلو", "", "ur", "ہیلو میں بوٹ ہوں۔"),
        ("Hallo", "", "de", "Hallo I am a bot."),
    ],
    ids=["said", "in the business's words", "neither says it", "in Urdu", "a language we have no words in"],
)
def test_first_words_that_hide_it_get_the_bots_own(greeting: str, told: str, language: str, said: str) -> None:
    sentences: dict[str, Texts] = {key: {language: greeting} for key in FIRST_WORDS}
    sentences |= {TOLD: {**BUILT_IN, **({language: told} if told else {})}, "other": {language: "Hi"}}
    found = honest(sentences, BUILT_IN, "en")
    assert found["greeting"][language] == said
    assert found["other"] == {language: "Hi"}
    assert all(says_bot(text) for text in found[TOLD].values())


def test_what_hides_it_is_named() -> None:
    assert unsaid({"greeting": {"en": "Hi", "ur": "بوٹ"}, "bot_told": {"": "Gul"}, "fallback": {"en": "?"}}) == [
        ("greeting", "en"),
        ("bot_told", ""),
    ]
