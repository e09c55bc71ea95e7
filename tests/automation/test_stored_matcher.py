"""What training leaves behind survives being kept."""

from pathlib import Path

import numpy as np
import pytest

from automation.faq.embedding import ALL, ENGLISH
from automation.faq.examples import examples_of
from automation.faq.learning import train
from automation.faq.matcher import Matcher
from automation.faq.stored import dump, load
from automation.faq.words import Numbers
from tests.automation.test_lazy_matcher import ANSWERS


class Letters:
    """Stands in for an embedding model: a vector of how often each letter stands in a text."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, text: str) -> Numbers:
        self.asked.append(text)
        counts = np.array([text.count(chr(97 + i)) for i in range(26)], dtype=np.float32) + 0.01
        found: Numbers = counts / np.linalg.norm(counts)
        return found


QUESTIONS = ("when do you open?", "could you send it back", "اوقات", "something else", "quiero devolver esto")


def test_the_same_answers_after_keeping() -> None:
    models = {ALL: Letters(), ENGLISH: Letters()}
    trained = train(examples_of(ANSWERS), models)
    again = load(dump(trained))
    first, second = Matcher(trained, lambda: models), Matcher(again, lambda: models)
    assert [first.match(text) for text in QUESTIONS] == [second.match(text) for text in QUESTIONS]


def test_nothing_to_tell_apart_is_kept_too() -> None:
    assert load(dump(None)) is None


@pytest.mark.parametrize("kept", [b"PK\x03\x04", b"no matcher", Path(__file__).read_bytes()])
def test_other_bytes_are_refused(kept: bytes) -> None:
    with pytest.raises(ValueError, match="trained matcher"):
        load(kept)


def test_a_model_is_asked_only_when_words_do_not_suffice() -> None:
    model = Letters()
    matcher = Matcher(train(examples_of(ANSWERS), {ALL: model}), lambda: {ALL: model})
    model.asked.clear()
    matcher.match("When do you OPEN?")
    assert model.asked == []
    matcher.match("at what hour does it begin")
    matcher.match("at what hour does it begin")
    assert len(model.asked) == 1


def test_a_model_that_is_gone_is_done_without() -> None:
    trained = train(examples_of(ANSWERS), {ALL: Letters()})
    assert Matcher(trained, dict).match("so when do you open").answer_id == "faq:hours"
