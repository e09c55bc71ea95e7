"""A version's matcher is trained beside the work and taken over when it is kept."""

import os
import time
from pathlib import Path

import pytest

from automation.faq.lazy import LazyMatcher
from gateway.jobs import train_matcher
from gateway.jobs.train_matcher import Training, take_over
from gateway.models.database import Database
from gateway.runtime import Runtime
from tests.care import ANSWERS, config, runtime_on


@pytest.fixture
def runtime(sqlite: Database, tmp_path: Path) -> Runtime:
    url = f"file://{tmp_path / 'media'}"
    return runtime_on(sqlite, "unix:///nowhere", config(), embeddings="off", media_url=url)


def finish(training: Training) -> None:
    """Step until no process trains any more."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        training.step()
        if not training._process:
            return
        time.sleep(0.05)
    raise AssertionError("still training")


def matcher(runtime: Runtime) -> LazyMatcher:
    found = runtime.config().faq
    assert isinstance(found, LazyMatcher)
    return found


def test_trained_by_the_clock_and_taken_over_by_workers(runtime: Runtime) -> None:
    before = matcher(runtime).matcher()
    assert not take_over(runtime)
    assert matcher(runtime).matcher() is before
    finish(Training(runtime))
    assert take_over(runtime)
    assert matcher(runtime).complete
    assert matcher(runtime).match("when are you open").answer_id == "faq:hours"


def test_another_clock_does_not_train_what_is_kept(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    finish(Training(runtime))
    monkeypatch.setattr(train_matcher, "train", lambda *_: os._exit(3))
    second = Training(runtime)
    second.step()
    assert not second._process


def test_a_training_that_fails_is_tried_again_later(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_matcher, "train", lambda *_: 1 / 0)
    training = Training(runtime)
    finish(training)
    training.step()
    assert not training._process
    assert training._not_before > time.monotonic()
    assert matcher(runtime).match(ANSWERS["hours"].phrases["en"][0]).answer_id == "faq:hours"
