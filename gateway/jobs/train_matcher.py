"""Trains the matcher of a config version beside the work, keeps it in the store, and lets workers take it over.

The clock looks whether the running version's training is kept; if not, a process of its own trains it and ends.
Lane workers look for it until they have it; whoever answered before goes on answering meanwhile. Once enough messages
are labelled, the thresholds are set anew with them (a refit), kept and taken over in the same way.
"""

import hashlib
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from prometheus_client import Counter

from automation.faq.embedding import installed, known_here
from automation.faq.lazy import LazyMatcher
from automation.faq.matcher import Matcher
from automation.faq.stored import dump, load
from automation.faq.trained import Trained
from gateway.core import clock
from gateway.core.errors import NotFound
from gateway.desk import refits
from gateway.jobs.apart import fork
from gateway.runtime import Runtime

LOOK_EVERY_SECONDS = 2.0
REFIT_EVERY_SECONDS = 600.0
"""Between two looks whether enough labels are new; there is one refit a day at most."""
REFIT_LOOK_SECONDS = 60.0
REST_SECONDS = 60.0
"""After a training that failed."""

NOTHING: dict[str, Any] = {"count": 0, "before": None, "after": None}

log = structlog.get_logger(__name__)
refitted = Counter("rabta_matcher_refits_total", "Thresholds set anew with labelled messages", ["outcome"])


class Training:
    """What the clock knows of it: which version is cared for, and the process that trains now."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._cared_for: object = None
        self._process = 0
        self._not_before = 0.0
        self._refit_at = 0.0

    def step(self) -> None:
        """Start a training that is needed, or see whether one has ended; returns at once."""
        if self._process:
            self._look_after()
            return
        faq = self._runtime.config().faq
        if not isinstance(faq, LazyMatcher) or time.monotonic() < self._not_before:
            return
        if faq is self._cared_for:
            self._refit_if_due(faq)
        elif self._runtime.storage.exists(_key(self._runtime, faq)):
            self._cared_for, self._refit_at = faq, 0.0
        else:
            self._process = fork(lambda: train(self._runtime, faq), "training_failed")

    def _refit_if_due(self, faq: LazyMatcher) -> None:
        if time.monotonic() < self._refit_at:
            return
        self._refit_at = time.monotonic() + REFIT_EVERY_SECONDS
        refit_id = begin_refit(self._runtime, faq)
        if refit_id is not None:
            database = self._runtime.database
            self._process = fork(lambda: refit(self._runtime, faq, refit_id), "refit_failed", database)

    def stop(self) -> None:
        """End a training that is under way: the next start begins it anew."""
        if self._process:
            with suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)

    def _look_after(self) -> None:
        ended, status = os.waitpid(self._process, os.WNOHANG)
        if not ended:
            return
        self._process = 0
        if code := os.waitstatus_to_exitcode(status):
            self._not_before = time.monotonic() + REST_SECONDS
            log.error("matcher_not_trained", code=code, again_in_seconds=REST_SECONDS)


def train(runtime: Runtime, faq: LazyMatcher) -> None:
    """Train for ``faq`` and keep the result."""
    started = time.monotonic()
    models = installed(runtime.settings.embeddings)
    learn: Callable[..., Trained | None] = import_module("automation.faq.learning").train
    trained = learn(faq.examples, models, faq.wrong_share)
    runtime.storage.put(_key(runtime, faq), [dump(trained)])
    log.info("matcher_trained", phrases=len(faq.examples), models=sorted(models), seconds=time.monotonic() - started)


def begin_refit(runtime: Runtime, faq: LazyMatcher) -> int | None:
    """Take today's refit if it is due."""
    config = runtime.config()
    day = clock.now().astimezone(ZoneInfo(config.business.timezone)).date().isoformat()
    with runtime.database.begin() as session:
        return refits.begin(session, _digest(runtime, faq), day, config.refit_labels)


def refit(runtime: Runtime, faq: LazyMatcher, refit_id: int) -> None:
    """Set the thresholds anew with labelled messages; kept unless more of these would be answered wrongly than may."""
    started = time.monotonic()
    with runtime.database.read() as session:
        rows = refits.labelled(session)
    models = installed(runtime.settings.embeddings)
    module = import_module("automation.faq.refit")
    heard = [module.Heard(*row) for row in rows]
    found = module.refit(faq.examples, models, faq.wrong_share, heard)
    taken = found is not None and found.taken
    if taken:
        runtime.storage.put(_key(runtime, faq, refit_id), [dump(found.trained)])
    about = {"count": found.messages, "before": found.wrong_before, "after": found.wrong_after} if found else NOTHING
    with runtime.database.begin() as session:
        refits.end(session, refit_id, **about, taken=taken)
    refitted.labels("taken" if taken else "not_taken").inc()
    log.info("matcher_refitted" if taken else "matcher_refit_not_taken", **about, seconds=time.monotonic() - started)


def keep_up_to_date(runtime: Runtime) -> Thread:
    """A thread that lets this process's matcher take over each version's training soon after it is kept."""
    thread = Thread(target=_keep, args=(runtime,), name="matcher", daemon=True)
    thread.start()
    return thread


def take_over(runtime: Runtime) -> bool:
    """Answer with the running version's training if it is kept; True: this process does so."""
    faq = runtime.config().faq
    if not isinstance(faq, LazyMatcher) or faq.complete:
        return True
    try:
        with runtime.storage.open(_key(runtime, faq)) as file:
            trained = load(file.read())
    except NotFound:
        return False
    models = installed(runtime.settings.embeddings) if trained and trained.meanings else {}
    faq.adopt(Matcher(trained, lambda: models))
    log.info("matcher_taken_over", models=sorted(models))
    return True


def take_over_refit(runtime: Runtime) -> bool:
    """Answer with the thresholds that were set anew last, where there are newer ones than this process has."""
    faq = runtime.config().faq
    if not isinstance(faq, LazyMatcher) or not faq.complete:
        return False
    with runtime.database.read() as session:
        newest = refits.newest_taken(session, _digest(runtime, faq))
    if newest <= faq.refit:
        return False
    with runtime.storage.open(_key(runtime, faq, newest)) as file:
        trained = load(file.read())
    models = installed(runtime.settings.embeddings) if trained and trained.meanings else {}
    faq.adopt(Matcher(trained, lambda: models), newest)
    log.info("matcher_refit_taken_over", refit=newest)
    return True


def _keep(runtime: Runtime) -> None:
    look_at = 0.0
    while True:
        try:
            if take_over(runtime) and time.monotonic() >= look_at:
                look_at = time.monotonic() + REFIT_LOOK_SECONDS
                take_over_refit(runtime)
        except Exception as error:  # a store or database that is away now is there at the next look
            log.warning("matcher_not_taken_over", error=type(error).__name__)
        time.sleep(LOOK_EVERY_SECONDS)


def _digest(runtime: Runtime, faq: LazyMatcher) -> str:
    return faq.digest(known_here(runtime.settings.embeddings))


def _key(runtime: Runtime, faq: LazyMatcher, refit_id: int = 0) -> str:
    """Where a training is kept, or one of its refits."""
    digest = _digest(runtime, faq)
    if refit_id:
        digest = hashlib.sha256(f"{digest}:{refit_id}".encode()).hexdigest()
    return f"{digest[:2]}/{digest[2:4]}/{digest[4:]}"
