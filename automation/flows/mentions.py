"""Order numbers in what people write: to whoever finds the answer to a question, each is "order" like any other."""

from collections.abc import Iterable

from automation.flows.typed import mask, plain

WORD = "order"
"""Understood in every language we know."""


def as_words(text: str, forms: Iterable[str]) -> str:
    """``where is G204171?`` becomes ``where is order?``; a text without a number of one of ``forms`` stays as it is."""
    found = plain(text)
    for form in forms:
        found = mask(form).sub(WORD, found)
    return found if found != plain(text) else text
