"""Asks other systems what flows want to know: claims requests, asks many at once, brings the answers (docs/adr/0010).

Each thread asks outside any transaction and brings its own answer, so that a slow system keeps nobody else waiting.
"""

import os
import time
from functools import partial

import structlog
from prometheus_client import Counter, Histogram

from automation.flows.requests import Answered, Result, answered_of, request_of
from gateway.core import clock
from gateway.core.errors import Unanswered
from gateway.desk import requests
from gateway.desk.requests import Asked
from gateway.jobs.asking import Asking, ask, repeatable
from gateway.jobs.calls import Calls
from gateway.jobs.process_lane import host_and_process
from gateway.models.wakes import Wakes
from gateway.runtime import Runtime, current
from handlers.request_answered import RequestAnswered, request_answered

ASKED_AT_ONCE = 16
SLICE_SECONDS = 5.0
POLL_SECONDS = 0.05
"""While some are under way, or rest: how long new ones may go unnoticed."""
FAILED = Answered(Result.FAILED)

log = structlog.get_logger(__name__)
ended = Counter("rabta_requests_total", "Requests to other systems by how they ended", ["kind", "outcome"])
took = Histogram("rabta_request_seconds", "From the flow's wish to its answer, brought", ["kind"])


def run_requests() -> None:
    """RQ's way in."""
    enquirer_of(current()).run()


_enquirer: "Enquirer | None" = None


def enquirer_of(runtime: Runtime) -> "Enquirer":
    """This process's enquirer: what it has asked outlives a job."""
    global _enquirer
    if _enquirer is None or _enquirer.runtime is not runtime:
        _enquirer = Enquirer(runtime)
    return _enquirer


class Enquirer:
    """Claims and begins what is due; not to be run by two threads at once."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._calls: Calls[None] = Calls(ASKED_AT_ONCE)
        self._claims = 0

    def run(self, seconds: float = SLICE_SECONDS) -> None:
        """Ask until nothing is due or the time is up; what is under way then ends by itself."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            began = self._begin_due()
            if self._calls.under_way:
                self._calls.collect(POLL_SECONDS)
            elif not began and not self._rested(until):
                return
        if self._due():
            self.runtime.waker.ring(Wakes(requests=True))

    def close(self) -> None:
        """Wait for what is under way and end the threads."""
        self._calls.close()

    def _begin_due(self) -> int:
        if not self._calls.room or not self._due():
            return 0
        self._claims += 1
        who = f"{host_and_process(os.getpid())}{time.monotonic_ns()}:{self._claims}"
        with self.runtime.database.begin() as session:
            claimed = requests.claim(session, who, self._calls.room)
            wanted = [one for one in claimed if one.attempts > 1 or requests.still_wanted(session, one)]
            for one in claimed:
                if one not in wanted:
                    requests.drop(session, one.id, "the customer went on before it was asked")
        for one in wanted:
            self._calls.begin(partial(serve, self.runtime, one))
        return len(claimed)

    def _due(self) -> bool:
        with self.runtime.database.read() as session:
            return requests.any_due(session)

    def _rested(self, until: float) -> bool:
        """Wait a little for one that rests, if it will be due within our time."""
        with self.runtime.database.read() as session:
            rests = requests.rests_seconds(session)
        if rests is None or time.monotonic() + rests >= until:
            return False
        time.sleep(min(max(rests, 0.0), POLL_SECONDS))
        return True


def serve(runtime: Runtime, asked: Asked) -> None:
    """Ask once, and bring the answer or put the request back."""
    try:
        answered = _answer(Asking(runtime, asked))
    except Unanswered as error:
        log.warning("request_unanswered", kind=asked.kind, request_id=asked.id, reason=error.why, again=error.again)
        if error.again:
            with runtime.database.begin() as session:
                requests.again(session, asked, error.why, arrived=error.arrived)
            ended.labels(asked.kind, "again").inc()
            return
        _bring(runtime, asked, FAILED, error.why)
    else:
        _bring(runtime, asked, answered)


def _answer(asking: Asking) -> Answered:
    """The answer, kept from an earlier time or new.

    Raises:
        Unanswered: there is none; ``again``: and there is time to ask once more.
    """
    asked = asking.asked
    if asked.answer is not None:
        return answered_of(asked.answer)
    if asking.left_seconds <= 0:
        raise Unanswered("no answer in time", again=False)
    try:
        request = request_of(asked.kind, asked.payload)
    except (KeyError, TypeError) as error:
        raise Unanswered(f"nobody knows such a request: {type(error).__name__}", again=False) from error
    if asked.attempts > 1 and not repeatable(request):
        raise Unanswered("whoever asked was lost, and it may have arrived", again=False)
    try:
        return ask(asking, request)
    except Unanswered as error:
        again = error.again and (repeatable(request) or not error.arrived) and _time_left(asking)
        raise Unanswered(error.why, arrived=error.arrived, again=again) from error
    except Exception as error:
        log.exception("request_broke", kind=asked.kind, request_id=asked.id, error=type(error).__name__)
        again = repeatable(request) and _time_left(asking)
        raise Unanswered(type(error).__name__, again=again) from error


def _time_left(asking: Asking) -> bool:
    return asking.left_seconds > requests.rest_of(asking.asked).total_seconds()


def _bring(runtime: Runtime, asked: Asked, answered: Answered, why: str = "") -> None:
    """Into the conversation, in one transaction with the row's end; a failure is taken back and tried later."""
    try:
        with runtime.work() as session:
            contact_id = requests.take(session, asked, answered, why)
            if contact_id is None:
                ended.labels(asked.kind, "lost").inc()
                log.warning("request_lost", kind=asked.kind, request_id=asked.id)
                return
            event = RequestAnswered(session, asked, contact_id, answered, runtime.config(), runtime.published)
            went_on = request_answered(event)
    except Exception as error:
        _broke(runtime, asked, answered, error)
        return
    ended.labels(asked.kind, answered.result.value if went_on else "dropped").inc()
    took.labels(asked.kind).observe((clock.now() - asked.created_at).total_seconds())


def _broke(runtime: Runtime, asked: Asked, answered: Answered, error: Exception) -> None:
    ended.labels(asked.kind, "broke").inc()
    with runtime.database.begin() as session:
        last = requests.broke(session, asked, answered, f"{type(error).__name__}: {error}")
    log.error("answer_not_brought", kind=asked.kind, request_id=asked.id, last=last, error=repr(error)[:300])
