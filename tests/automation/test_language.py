"""Which language a text is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.language import LATIN, OTHERS, detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is my order?", "en"),
        ("hi, do you have this shirt in blue", "en"),
        ("میرا آرڈر کہاں ہے", "ur"),
        ("کیا حال ہے", "ur"),
        ("أين طلبي؟", "ar"),
        ("مرحبا، كم سعر هذا القميص", "ar"),
        ("mera order kahan hai", "ur-Latn"),
        ("mujhe size change karwana hai", "ur-Latn"),
        ("paise wapis kab milenge bhai", "ur-Latn"),
        ("delivery kitne din mein hoti hai", "ur-Latn"),
        ("¿dónde está mi pedido?", "es"),
        ("quiero devolver una camisa", "es"),
        ("मेरा ऑर्डर कहाँ है", "hi"),
        ("onde está meu pedido", "pt"),
        ("quero devolver uma camisa", "pt"),
        ("order 4521 cancel kar dein", "ur-Latn"),
        ("G204102 cancel karo", "ur-Latn"),
        ("cancel kar do", "ur-Latn"),
        ("how do I cancel", "en"),
        ("kya black colour stock mein hai", "ur-Latn"),
        ("tax invoice email kar dein", "ur-Latn"),
        ("order cancel", "en"),
        ("refund چاہیے", "ur"),
        ("order कब आएगा", "hi"),
        ("you guys open?", "en"),
        ("kb ayega", "ur-Latn"),
        ("shukria", "ur-Latn"),
        ("wo ist denn meine bestellung geblieben", "de"),
    ],
)
def test_detect(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("known", [None, "en", "ur", "ur-Latn"])
@pytest.mark.parametrize(
    "text", ["", "👍", "?", "123", "xyzzy", "https://shop.example/mera-order", "ali@kahan.example", "Привет"]
)
def test_what_tells_nothing_keeps_the_known_language(text: str, known: str | None) -> None:
    assert detect(text, known) == known


@pytest.mark.parametrize(
    ("text", "known", "language"),
    [
        ("refund", "ur-Latn", "ur-Latn"),
        ("yes please", "ur-Latn", "ur-Latn"),
        ("nahi", "en", "en"),
        ("I want to talk about the refund for my order", "ur-Latn", "en"),
        ("mujhe abhi tak paise nahi mile hain", "en", "ur-Latn"),
        ("جی", "ur-Latn", "ur"),
        ("سلام", "ar", "ar"),
        ("سلام", "en", "ur"),
        ("میرا order کہاں ہے", "en", "ur"),
    ],
)
def test_a_short_text_does_not_change_it_and_a_clear_one_does(text: str, known: str, language: str) -> None:
    assert detect(text, known) == language


@given(st.text(), st.sampled_from([None, "en", "ur"]))
def test_any_text_has_an_answer(text: str, known: str | None) -> None:
    assert detect(text, known) in {None, "ur", "ar", "hi", *LATIN, *OTHERS}
