"""Groups what nobody answered, once a day and when somebody asks, in a process of its own beside the work.

The clock of each host wants the day's run and claims what is wanted; the row's claim lets one of them do it.
"""

import os
import re
import time
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog
from prometheus_client import Counter

from automation.faq.embedding import installed
from automation.faq.grouping import Group, Missed, group
from automation.faq.model import Candidate, Matching
from automation.masking import masked
from gateway.core import clock
from gateway.desk import questions
from gateway.desk.questions import Found
from gateway.jobs.apart import fork
from gateway.runtime import Runtime

LOOK_EVERY_SECONDS = 10.0
MASKS = re.compile(r"\((number|email)\)")
ASKED = 3
"""Of a group's examples, those the matcher is asked about for the nearest answer."""

log = structlog.get_logger(__name__)
grouped = Counter("rabta_question_runs_total", "Groupings of what nobody answered", ["outcome"])


class Grouping:
    """What the clock knows of it: when it looked last, and the process that groups now."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._look_at = 0.0
        self._process = 0

    def step(self) -> None:
        """Start a run that is wanted, or see whether one has ended; returns at once."""
        if self._process:
            self._look_after()
        elif time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + LOOK_EVERY_SECONDS
            run_id = claim(self._runtime)
            if run_id is not None:
                self._process = fork(lambda: run(self._runtime, run_id), "grouping_failed", self._runtime.database)

    def _look_after(self) -> None:
        ended, status = os.waitpid(self._process, os.WNOHANG)
        if ended:
            self._process = 0
            code = os.waitstatus_to_exitcode(status)
            grouped.labels("failed" if code else "done").inc()


def claim(runtime: Runtime) -> int | None:
    """Want today's run where there is something to group, and take what is wanted."""
    business = runtime.config().business
    day = clock.now().astimezone(ZoneInfo(business.timezone)).date().isoformat()
    since = clock.now() - timedelta(days=business.retention.question_days)
    with runtime.database.read() as session:
        if not questions.is_due(session, day, since):
            return None
    with runtime.database.begin() as session:
        if questions.is_any(session, since):
            questions.want_daily(session, day)
        return questions.claim(session)


def run(runtime: Runtime, run_id: int) -> None:
    """Group the newest misses and keep what they ask."""
    started = time.monotonic()
    config = runtime.config()
    since = clock.now() - timedelta(days=config.business.retention.question_days)
    with runtime.database.read() as session:
        rows = questions.newest_misses(session, since)
    models = installed(runtime.settings.embeddings)
    # Numbers and addresses are everybody's own: what is asked stands in the other words.
    asked = [Missed(row[0], MASKS.sub(" ", masked(row[1])), *row[2:]) for row in rows]
    groups, others = group(asked, models)
    found = [_found(one, config.faq) for one in groups]
    with runtime.work() as session:
        questions.keep(session, run_id, found, looked_at=len(rows), others=others)
    log.info("questions_grouped", messages=len(rows), questions=len(found), seconds=time.monotonic() - started)


def _found(one: Group, matcher: Matching) -> Found:
    nearest = _nearest(one, matcher)
    return Found(
        [example.message_id for example in one.examples],
        [member.message_id for member in one.members],
        one.contacts,
        one.languages,
        one.reasons,
        nearest.target if nearest else "",
        nearest.score if nearest else 0.0,
    )


def _nearest(one: Group, matcher: Matching) -> Candidate | None:
    """The answer that the examples come nearest to."""
    scores: dict[str, float] = {}
    for example in one.examples[:ASKED]:
        match = matcher.match(example.text, example.language)
        best = [Candidate(match.answer_id, match.score)] if match.answer_id else []
        for candidate in [*best, *match.runner_ups]:
            scores[candidate.target] = scores.get(candidate.target, 0.0) + candidate.score / ASKED
    found = max(scores.items(), key=lambda pair: (pair[1], pair[0]), default=None)
    return Candidate(*found) if found else None
