"""The clock's daily duty: forget what the business keeps no longer, a small transaction at each of its ticks."""

import time
from datetime import timedelta

from gateway.core import clock
from gateway.desk import answers, crm_writes, questions, requests, retention
from gateway.runtime import Runtime

DAY_SECONDS = 86_400.0
FIRST_SECONDS = 60.0
"""After the start, when everybody is busy with it."""
AT_ONCE = 500


class Forgetting:
    """Where the clock stands in today's round; safe beside other clocks."""

    def __init__(self, runtime: Runtime, first_seconds: float = FIRST_SECONDS) -> None:
        self._runtime = runtime
        self._next = time.monotonic() + first_seconds
        self._after = retention.FROM_THE_START

    def step(self) -> bool:
        """One bounded piece, if today's round is due; False: nothing is left for today."""
        if time.monotonic() < self._next:
            return False
        kept, now = self._runtime.config().business.retention, clock.now()
        with self._runtime.database.begin() as session:
            last = retention.forget_raw(session, now - timedelta(days=kept.raw_request_days), self._after, AT_ONCE)
            more = retention.forget_held(session, now - timedelta(days=kept.held_status_days), AT_ONCE)
            more |= requests.forget(session, now - timedelta(days=kept.request_days), AT_ONCE)
            more |= crm_writes.forget(session, now - timedelta(days=kept.request_days), AT_ONCE)
            more |= questions.forget(session, now - timedelta(days=kept.question_days), AT_ONCE)
            more |= answers.forget(session, now - timedelta(days=kept.answer_days), AT_ONCE)
        self._after = last or self._after
        if last or more:
            return True
        self._after = retention.FROM_THE_START
        self._next = time.monotonic() + DAY_SECONDS
        return False
