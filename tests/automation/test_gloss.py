"""Words of Urdu and Arabic in English, and the bones that scripts share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.faq.embedding import wording
from automation.faq.gloss import LISTS, gloss
from automation.faq.skeleton import skeleton
from automation.normal import normal


@pytest.mark.parametrize(
    ("text", "language", "english"),
    [
        ("mera order kahan hai?", "ur-Latn", "my order where is"),
        ("meray paisay kab milein ge", "ur-Latn", "my money when get ge"),
        ("میرا آرڈر کہاں ہے", "ur", "my order where is"),
        ("मेरा ऑर्डर", "hi", "मेरा order"),
        ("وين وصل طلبي", "ar", "where arrive order"),
        ("والفاتورة؟", "ar", "invoice"),
        ("the main thing is to do it", "en", "the main thing is to do it"),
        ("el pedido", "es", "el pedido"),
        ("", "ur", ""),
    ],
)
def test_gloss(text: str, language: str, english: str) -> None:
    assert gloss(text, language) == english


@pytest.mark.parametrize(
    "spellings",
    [
        ("order", "آرڈر", "ऑर्डर"),
        ("refund", "ریفنڈ", "रिफंड"),
        ("kahan", "kahaan", "کہاں", "कहाँ"),
        ("wapis", "waapis", "واپس", "वापस"),
        ("delivery", "dilivery", "ڈیلیوری", "डिलीवरी"),
    ],
)
def test_spellings_of_a_word_share_their_skeleton(spellings: tuple[str, ...]) -> None:
    assert len({skeleton(normal(word)) for word in spellings}) == 1


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [
        ("WHERE is my order???", "en", "where is my order"),
        ("sooooo late", "en", "soo late"),
        ("¿Dónde está?", "es", "dónde está"),
        ("mera ORDER kahan hai", "ur-Latn", "my order where is"),
        ("x" * 1000, "en", "xx"),
    ],
)
def test_what_a_model_is_shown(text: str, language: str, shown: str) -> None:
    assert wording(text, language) == shown


@given(st.text(max_size=400), st.sampled_from([*LISTS, "en", None]))
def test_no_text_breaks_it(text: str, language: str | None) -> None:
    assert isinstance(gloss(text, language), str)
    assert len(wording(text, language)) < 5000
