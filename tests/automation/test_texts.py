"""Which text serves which reader."""

import pytest

from automation.sentences import SENTENCES
from automation.texts import Sentences, lead, pick
from gateway.core.languages import languages_for
from gateway.core.replies import Option, OutMedia, Reply

CHOICE = (Option("a", "A"),)
PHOTO = (OutMedia("image/png", url="u"),)


@pytest.mark.parametrize(
    ("there", "language", "chosen"),
    [
        ({"en", "ur", "ur-Latn"}, "ur", "ur"),
        ({"en", "ur"}, "ur-Latn", "ur"),
        ({"en", "ur-Latn"}, "ur", "ur-Latn"),
        ({"en", "ur-Latn"}, "hi", "ur-Latn"),
        ({"en", "es"}, "ar", "es"),
        ({"en", "es"}, None, "es"),
        ({"en", "ur"}, "fr", "en"),
        ({"fr"}, "ur", "fr"),
        ({"en", "es"}, "es-MX", "es"),
        ({"en", "es", "es-MX"}, "es-MX", "es-MX"),
        ({"en", "ur-Latn"}, "ur-Latn-PK", "ur-Latn"),
    ],
)
def test_pick(there: set[str], language: str | None, chosen: str) -> None:
    assert pick({name: name for name in there}, language, default="es") == chosen


@pytest.mark.parametrize(
    ("language", "order"),
    [
        ("en", ("en", "es")),
        ("ur", ("ur", "ur-Latn", "en", "es")),
        ("ur-Latn", ("ur-Latn", "ur", "en", "es")),
        ("hi", ("hi", "ur-Latn", "en", "es")),
        ("pt-BR", ("pt-BR", "pt", "es", "en")),
        ("ar", ("ar", "es", "en")),
        ("", ("es", "en")),
        (None, ("es", "en")),
    ],
)
def test_the_order_of_languages(language: str | None, order: tuple[str, ...]) -> None:
    assert languages_for(language, "es") == order


def test_no_text_at_all_is_empty() -> None:
    assert pick({}, "en", "en") == ""


@pytest.mark.parametrize("language", ["en", "ur", "ur-Latn", "ar", "es"])
def test_every_sentence_is_there_in_every_language(language: str) -> None:
    sentences = Sentences(SENTENCES, "en")
    assert all(language in texts and sentences.say(key, language) for key, texts in SENTENCES.items())


def test_titles_of_our_own_fit_a_button() -> None:
    assert all(len(SENTENCES[key][lang]) <= 20 for key in ("list_button", "person_title") for lang in SENTENCES[key])


@pytest.mark.parametrize(
    ("replies", "led"),
    [
        ((), (Reply("Hello"),)),
        ((Reply("Menu", CHOICE, language="ur"),), (Reply("Hello\n\nMenu", CHOICE, language="ur"),)),
        ((Reply("x" * 1000),), (Reply("Hello"), Reply("x" * 1000))),
        ((Reply("see", media=PHOTO),), (Reply("Hello"), Reply("see", media=PHOTO))),
        ((Reply("a"), Reply("b")), (Reply("Hello\n\na"), Reply("b"))),
    ],
)
def test_lead(replies: tuple[Reply, ...], led: tuple[Reply, ...]) -> None:
    assert lead("Hello", replies) == led
    assert lead("", replies) == replies
