"""Labelled messages set the thresholds anew: once a day, when enough are new, taken over by every worker."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from automation.faq import refit as module
from automation.faq.lazy import LazyMatcher
from gateway.core import clock
from gateway.desk import answers
from gateway.jobs import train_matcher
from gateway.jobs.train_matcher import begin_refit, take_over, take_over_refit
from gateway.models.database import Database
from gateway.models.question import Refit
from gateway.runtime import Runtime
from tests import care

LABELS = 4


def runtime_on(database: Database, redis_url: str, folder: Path) -> Runtime:
    config = replace(care.config(1), refit_labels=LABELS)
    return care.runtime_on(database, redis_url, config, embeddings="off", media_url=f"file://{folder / 'media'}")


@pytest.fixture
def runtime(sqlite: Database, redis_url: str, tmp_path: Path) -> Runtime:
    return runtime_on(sqlite, redis_url, tmp_path)


def faq(runtime: Runtime) -> LazyMatcher:
    found = runtime.config().faq
    assert isinstance(found, LazyMatcher)
    return found


def label(runtime: Runtime, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        care.write(runtime, f"what hours do you keep on street {'abcdefghij'[number]}")
    with runtime.work() as session:
        for number in range(start, start + count):
            answers.label(session, 1 + 2 * number, "faq:hours", source="person")


def refit_now(runtime: Runtime) -> int:
    refit_id = begin_refit(runtime, faq(runtime))
    assert refit_id is not None
    train_matcher.refit(runtime, faq(runtime), refit_id)
    return refit_id


def test_from_labels_to_answers(runtime: Runtime) -> None:
    label(runtime, LABELS)
    train_matcher.train(runtime, faq(runtime))
    assert take_over(runtime)
    assert not take_over_refit(runtime)
    refit_id = refit_now(runtime)
    (row,) = care.rows(runtime.database, Refit)
    assert (row.labels, row.taken, row.wrong_after) == (LABELS, True, 0.0)
    assert take_over_refit(runtime)
    assert faq(runtime).refit == refit_id
    assert not take_over_refit(runtime)
    assert faq(runtime).match("when are you open").answer_id == "faq:hours"


def test_once_a_day_and_only_with_enough_new_labels(database: Database, redis_url: str, tmp_path: Path) -> None:
    runtime = runtime_on(database, redis_url, tmp_path)
    label(runtime, LABELS - 1)
    assert begin_refit(runtime, faq(runtime)) is None
    label(runtime, 1, LABELS - 1)
    refit_now(runtime)
    label(runtime, LABELS, LABELS)
    assert begin_refit(runtime, faq(runtime)) is None
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert begin_refit(runtime, faq(runtime)) is not None
        assert begin_refit(runtime, faq(runtime)) is None
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert begin_refit(runtime, faq(runtime)) is None  # nothing new since


def test_one_that_is_not_taken_is_not_used(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    label(runtime, LABELS)
    train_matcher.train(runtime, faq(runtime))
    assert take_over(runtime)
    shares = iter((0.1, 0.5))
    monkeypatch.setattr(module, "wrong", lambda *_: next(shares))
    refit_now(runtime)
    (row,) = care.rows(runtime.database, Refit)
    assert (row.taken, row.wrong_before, row.wrong_after) == (False, 0.1, 0.5)
    assert not take_over_refit(runtime)


def test_the_next_version_with_the_same_phrases_keeps_it(runtime: Runtime) -> None:
    label(runtime, LABELS)
    train_matcher.train(runtime, faq(runtime))
    take_over(runtime)
    refit_now(runtime)
    take_over_refit(runtime)
    before = faq(runtime)
    after = LazyMatcher(before.answers, before.flow_phrases, before.wrong_share)
    after.stand_in(before)
    assert (after.complete, after.refit) == (True, before.refit)
