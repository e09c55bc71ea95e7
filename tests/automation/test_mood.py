"""How somebody feels as they write, by words alone: what a machine without models can tell."""

import pytest

from automation.faq.learning import learn_moods
from automation.faq.model import Mood
from automation.language import detect
from automation.mood import NAMES, exclaims, marks, sentences, shouts

JUDGE = learn_moods({})


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("you people are liars and thieves", Mood.ANGRY),
        ("worst company ever, total scam!!!", Mood.ANGRY),
        ("tum log chor ho, paise wapis karo", Mood.ANGRY),
        ("KAHAN HAI MERA ORDER!!! 2 din se wait kar raha hoon, bakwas service", Mood.ANGRY),
        ("I'm angry", Mood.ANGRY),
        ("please hurry it is an emergency", Mood.URGENT),
        ("where is my order", Mood.NEUTRAL),
        ("میرا آرڈر کہاں ہے", Mood.NEUTRAL),
        ("when are you open", Mood.NEUTRAL),
        ("menu", Mood.NEUTRAL),
        ("who are you", Mood.NEUTRAL),
        ("how are you", Mood.NEUTRAL),
        ("kya tum insan ho?", Mood.NEUTRAL),
        ("tum kaun ho", Mood.NEUTRAL),
        ("aap log kya bechte ho", Mood.NEUTRAL),
        ("کیا تم انسان ہو", Mood.NEUTRAL),
        ("میں نے غلطی سے دو منگوا لیے", Mood.NEUTRAL),
        ("¿eres una persona?", Mood.NEUTRAL),
        ("هل أنت إنسان", Mood.NEUTRAL),
        ("القائمة", Mood.NEUTRAL),
        ("👍", Mood.NEUTRAL),
        ("banana", Mood.NEUTRAL),
        ("where is your nearest shop", Mood.NEUTRAL),
        ("mera order abi tk ni aya yar", Mood.NEUTRAL),
        ("😡😡😡", Mood.ANGRY),
        ("my order 🤬", Mood.ANGRY),
    ],
)
def test_moods(text: str, mood: Mood) -> None:
    assert JUDGE.mood(text, detect(text)) is mood


@pytest.mark.parametrize(
    ("text", "loud"),
    [
        ("WHERE IS MY ORDER", (True, False)),
        ("OK", (False, False)),
        ("HELLO!!", (True, True)),
        ("hm! ok", (False, False)),
    ],
)
def test_loudness(text: str, loud: tuple[bool, bool]) -> None:
    assert (shouts(text), exclaims(text)) == loud
    assert ("m:shouts" in marks(text, None), "m:loud" in marks(text, None)) == loud


def test_each_mood_has_sentences_in_several_languages() -> None:
    languages = {mood: {language for m, language, _ in sentences() if m == mood} for mood in NAMES}
    assert all(len(some) >= 5 for some in languages.values())
