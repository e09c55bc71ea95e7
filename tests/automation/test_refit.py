"""Thresholds set anew with what customers' messages turned out to ask."""

from dataclasses import replace
from typing import Any

import pytest

from automation.faq import refit as module
from automation.faq.examples import Example, numbered
from automation.faq.refit import Heard, refit, wrong
from automation.faq.thresholds import Thresholds
from automation.faq.trained import WORDS, Trained

THINGS = {
    "faq:hours": "when do you {} the shop open hours today",
    "faq:price": "how much does it {} cost price rupees",
    "faq:refund": "please {} give my money back refund",
    "faq:track": "where is {} my parcel order track",
}
FILLERS = ("", "please", "kindly", "sir", "now", "really", "again", "hello", "quickly", "tell", "dear", "ok", "so")
EXAMPLES: list[Example] = numbered(
    (" ".join(words.format(filler).split()[place % 3 :]), target, "en")
    for target, words in THINGS.items()
    for place, filler in enumerate(FILLERS)
)
RIGHT = [Heard(f"{number} {THINGS['faq:price'].format('cap')}", "en", "faq:price") for number in range(80)]
STRANGE = [Heard(f"{number} refund policy of the moon", "en", "") for number in range(200)]
NOT_IT = [Heard(f"{number} refund of the sun money", "en", "faq:refund", fits=False) for number in range(20)]


def test_messages_that_were_right_are_answered() -> None:
    found = refit(EXAMPLES, {}, 0.04, RIGHT)
    assert found is not None
    assert (found.messages, found.wrong_after, found.taken) == (80, 0.0, True)


def test_what_is_strange_to_the_business_is_answered_less() -> None:
    found = refit(EXAMPLES, {}, 0.04, [*RIGHT, *STRANGE])
    assert found is not None
    assert found.taken
    assert (found.wrong_before > 0.5, found.wrong_after <= 0.04) == (True, True)
    assert wrong(found.trained, {}, [*RIGHT, *STRANGE]) == found.wrong_after


def test_what_did_not_help_counts_only_against_that_answer() -> None:
    found = refit(EXAMPLES, {}, 0.04, [*RIGHT, *NOT_IT])
    assert found is not None
    assert found.wrong_after <= max(0.04, found.wrong_before)
    other = [replace(one, target="faq:hours") for one in NOT_IT]
    assert wrong(found.trained, {}, other) == 0.0  # whatever is answered to them, nobody said it is wrong


def test_a_refit_that_answers_more_wrongly_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(learnt: Any, *_: Any) -> Trained:
        routes = {WORDS: replace(learnt.trained.routes[WORDS], thresholds=Thresholds(0.0, 0.0))}
        trained: Trained = replace(learnt.trained, routes=routes)
        return trained

    monkeypatch.setattr(module, "_with_thresholds", careless)
    found = refit(EXAMPLES, {}, 0.04, [Heard(f"{number} the moon is cold", "en", "") for number in range(50)])
    assert found is not None
    assert not found.taken
    assert found.wrong_after > max(0.04, found.wrong_before)
    assert found.trained.routes[WORDS].thresholds != Thresholds(0.0, 0.0)


@pytest.mark.parametrize(
    "heard",
    [
        [],
        [Heard(EXAMPLES[0].text.upper(), "en", "faq:hours")],  # a phrase by now
        [Heard("how much is it", "en", "faq:gone")],
    ],
)
def test_nothing_to_learn_from(heard: list[Heard]) -> None:
    assert refit(EXAMPLES, {}, 0.04, heard) is None


def test_nothing_to_tell_apart() -> None:
    assert refit(EXAMPLES[:3], {}, 0.04, RIGHT) is None
