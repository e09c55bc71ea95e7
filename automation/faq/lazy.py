"""The matcher of a config version, whatever state its training is in: there is always one that answers.

A process that is asked before the version's training is done (a job, see ``gateway.jobs.train_matcher``) answers with
the version before, or with a first judge of words alone that is learnt in a second. Processes that never match carry
neither scikit-learn nor a model.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from importlib import import_module
from threading import Lock

from automation.faq.examples import Example, examples_of
from automation.faq.model import WRONG_SHARE, Answer, Match, Matching

FORM = 7
"""Rises when features, judges or the form they are kept in change: what was kept before is then trained anew."""


class LazyMatcher:
    """Safe from several threads; what is adopted takes the place of what answered before in one step."""

    def __init__(
        self,
        answers: Iterable[Answer],
        flow_phrases: Mapping[str, Iterable[str]],
        wrong_share: float = WRONG_SHARE,
    ) -> None:
        self.answers, self.flow_phrases = tuple(answers), {flow: tuple(some) for flow, some in flow_phrases.items()}
        self.wrong_share = wrong_share
        self._lock = Lock()
        self._matcher: Matching | None = None
        self.complete = False
        """The version's own training is in use."""
        self.refit = 0
        """Which setting of its thresholds anew is in use; 0: none."""

    @property
    def examples(self) -> list[Example]:
        return examples_of(self.answers, self.flow_phrases)

    @cached_property
    def _rows(self) -> str:
        rows = [(e.text, e.target, e.language, e.group) for e in self.examples]
        return json.dumps([FORM, self.wrong_share, rows], ensure_ascii=False)

    def digest(self, models: Iterable[str]) -> str:
        """The same for the same phrases, aim and models: what was trained for one version serves the next, too."""
        return hashlib.sha256(f"{sorted(models)}{self._rows}".encode()).hexdigest()

    def match(self, text: str, language: str | None = None) -> Match:
        return self.matcher().match(text, language)

    def matcher(self) -> Matching:
        """Whoever answers now; the first call of a first version takes a second."""
        if self._matcher is None:
            with self._lock:
                self._matcher = self._matcher or self._quick()
        return self._matcher

    def stand_in(self, before: Matching) -> None:
        """Let the version before answer until this one's training is done."""
        if isinstance(before, LazyMatcher) and before._matcher is not None:
            with self._lock:
                self._matcher = self._matcher or before._matcher
            same = (before.answers, before.flow_phrases, before.wrong_share)
            self.complete = before.complete and same == (self.answers, self.flow_phrases, self.wrong_share)
            self.refit = before.refit if self.complete else 0

    def adopt(self, matcher: Matching, refit: int = 0) -> None:
        """Answer with ``matcher``, which was trained for this version, from now on."""
        with self._lock:
            self._matcher, self.complete, self.refit = matcher, True, refit

    def _quick(self) -> Matching:
        train: Callable[..., object] = import_module("automation.faq.learning").train_words
        matcher: Matching = import_module("automation.faq.matcher").Matcher(train(self.examples), dict)
        return matcher
