"""What a model is given; and the example business's own answers, which it may always repeat."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from automation.faq.model import Answer, Candidate, Match, Outcome
from automation.flows.model import Surroundings
from automation.grounded.masking import mask
from automation.grounded.passages import passages_of
from automation.grounded.prompt import Question
from automation.grounded.verdict import judge
from gateway.config.compile import compile_files
from gateway.config.files import read_folder
from gateway.config.running import RunningConfig

CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture(scope="module")
def shop() -> RunningConfig:
    compiled = compile_files(read_folder(CONFIG))
    assert isinstance(compiled, RunningConfig)
    return compiled


def test_the_nearest_answers_are_given_best_first(shop: RunningConfig) -> None:
    plain = [f"faq:{answer.id}" for answer in shop.flows.answers.values() if not answer.goto and not answer.when][:5]
    leading = [f"faq:{answer.id}" for answer in shop.flows.answers.values() if answer.goto][:1]
    near = [*leading, "flow:talk_to_person", "faq:gone", plain[0], *plain]
    match = Match(None, 0.4, tuple(Candidate(target, 0.1) for target in near), Outcome.DID_YOU_MEAN)
    found = passages_of(shop.flows, match, Surroundings("es"))
    assert [f"faq:{one.id}" for one in found] == plain[:4]
    first = shop.flows.answers[found[0].id]
    assert (found[0].title, "{" in found[0].text) == (first.title["es"], False)


def test_what_is_known_of_the_contact_stays_here(shop: RunningConfig) -> None:
    answers = {
        "a": Answer("a", {"en": "A"}, {"en": ("a",)}, {"en": "Dear {contact.name|friend} of {contact.city|ours}"})
    }
    match = Match("faq:a", 1.0, (), Outcome.ANSWER)
    around = Surroundings("en", name="Ayesha", attributes={"city": "Lahore"})
    (found,) = passages_of(replace(shop.flows, answers=answers), match, around)
    assert found.text == "Dear friend of ours"


@pytest.mark.parametrize("language", ["en", "ur", "ur-Latn", "es"])
def test_repeating_an_answer_is_never_refused(shop: RunningConfig, language: str) -> None:
    for answer in shop.flows.answers.values():
        match = Match(f"faq:{answer.id}", 1.0, (), Outcome.ANSWER)
        passages = passages_of(shop.flows, match, Surroundings(language))
        for passage in passages:
            content = json.dumps({"answer": passage.text, "cited_ids": [passage.id], "abstain": False})
            assert judge(content, Question(mask("?"), language, passages)).refused == "", (answer.id, language)
