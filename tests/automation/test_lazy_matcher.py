"""The lazy matcher answers as the real one does, and costs nothing before."""

import subprocess
import sys

from automation.faq.lazy import LazyMatcher
from automation.faq.learning import train
from automation.faq.matcher import Matcher
from automation.faq.model import Answer

ANSWERS = (
    Answer(
        id="hours", title={"en": "Hours"}, phrases={"en": ("when do you open", "opening hours")}, text={"en": "9-5"}
    ),
    Answer(
        id="returns", title={"en": "Returns"}, phrases={"en": ("send it back", "return my order")}, text={"en": "x"}
    ),
)


def lazy(**phrases: list[str]) -> LazyMatcher:
    return LazyMatcher(ANSWERS, phrases or {"menu": ["menu"]})


def test_answers_before_its_training_is_done() -> None:
    matcher = lazy()
    assert [matcher.match(text).answer_id for text in ("when do you open?", "send it back please", "menu")] == [
        "faq:hours",
        "faq:returns",
        "flow:menu",
    ]
    assert not matcher.complete
    assert matcher.matcher() is matcher.matcher()


def test_the_training_takes_over_in_one_step() -> None:
    matcher = lazy()
    trained = Matcher(train(matcher.examples, {}), dict)
    matcher.adopt(trained)
    assert (matcher.complete, matcher.matcher()) == (True, trained)


def test_the_version_before_answers_meanwhile() -> None:
    before, after = lazy(), lazy(menu=["menu", "start again"])
    before.adopt(Matcher(train(before.examples, {}), dict))
    after.stand_in(before)
    assert (after.complete, after.matcher()) == (False, before.matcher())


def test_the_same_phrases_need_no_training() -> None:
    before, after = lazy(), lazy()
    before.adopt(Matcher(train(before.examples, {}), dict))
    after.stand_in(before)
    assert (after.complete, after.matcher()) == (True, before.matcher())
    assert after.digest(["all"]) == before.digest(["all"]) != after.digest([])


def test_a_web_process_does_not_load_scikit_learn() -> None:
    code = "import sys, gateway.app; sys.exit(bool({'sklearn', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
