"""Workers and the clock of one host: a parent that imports everything once and forks the processes that do the work.

Forking shares the imported code's memory. Engines and Redis connections are made after the fork, so none is shared.
Children end when the parent ends; one that crashes is started again.
"""

import argparse
import gc
import importlib
import os
import pkgutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Event
from types import FrameType

import structlog
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from sqlalchemy.exc import SQLAlchemyError

import gateway.jobs
from automation.faq.embedding import installed
from automation.language import detect
from gateway.config.versions import hand_down
from gateway.core.errors import RabtaError
from gateway.core.logging import configure
from gateway.core.tether import Lifeline, torn
from gateway.desk import lanes, requests
from gateway.desk.campaigns import claims
from gateway.jobs.forget import Forgetting
from gateway.jobs.group_questions import Grouping
from gateway.jobs.process_lane import host_and_process
from gateway.jobs.sweep import sweep
from gateway.jobs.sync_templates import Syncing
from gateway.jobs.train_matcher import Training, keep_up_to_date
from gateway.jobs.unaided import do_due
from gateway.models.database import Database
from gateway.models.wakes import Wakes
from gateway.runtime import build, current, use
from gateway.settings import Settings
from gateway.signals.connection import WORKER_TIMEOUT_SECONDS, connect
from gateway.signals.wakes import CAMPAIGNS, CHORES, LANES, REQUESTS, SENDS

SWEEP_EVERY_SECONDS = 2.0
STOP_SECONDS = 20.0
"""A job may take this long to end after SIGTERM: a send waits 10 s for the provider at most."""
LOOK_SECONDS = 0.2
REST_SECONDS = (1.0, 30.0)
"""Before a crashed child is started again: the first time, and at most."""
CALM_SECONDS = 60.0
"""A child that lived this long has no crashes behind it."""

LATER_IMPORTS = ("automation.faq.learning", "twilio.rest.api", "twilio.rest.content", "twilio.rest.messaging")
"""Loaded at first use; in the parent, all children share them."""

log = structlog.get_logger(__name__)


def main() -> None:
    """Run until SIGTERM or SIGINT, or until the starter is gone (``--tethered``)."""
    parser = argparse.ArgumentParser(prog="python -m gateway.worker", description=__doc__)
    parser.add_argument("--tethered", action="store_true", help="end when the standard input closes")
    tethered = parser.parse_args().tethered
    settings = Settings.from_env()
    configure(settings.log_level, private=not settings.log_message_text)
    _preload(settings)
    Crew(duties(settings), tethered=tethered, bury=partial(give_back, settings)).run()


def duties(settings: Settings) -> dict[str, Callable[[], None]]:
    """What each child does. One queue a worker: one on several loses a job if it dies just after taking it."""
    queues = {f"lanes-{number}": LANES for number in range(1, settings.workers + 1)}
    queues |= {"sends": SENDS, "chores": CHORES, "campaigns": CAMPAIGNS, "requests": REQUESTS}
    tasks: dict[str, Callable[[], None]] = {name: partial(work, queue, settings) for name, queue in queues.items()}
    return tasks | {"clock": partial(tick, settings)}


def work(queue: str, settings: Settings) -> None:
    """Take jobs from one queue until told to stop; while Redis is away, look once a second what is due."""
    use(build(settings, WORKER_TIMEOUT_SECONDS, repeatable=queue == LANES))
    if queue == LANES:
        _warm_up()
        keep_up_to_date(current())
        settings.var_dir.mkdir(parents=True, exist_ok=True)
        settings.workers_ready.touch()
    with suppress(StopRequested):
        while not _worked(queue, settings):
            _help_oneself(queue)
            time.sleep(1)


def tick(settings: Settings) -> None:
    """Every 2 s, find what no wake told of, and a little of what to forget. Several hosts may do so."""
    runtime = build(settings, WORKER_TIMEOUT_SECONDS)
    use(runtime)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    forgetting, syncing, training = Forgetting(runtime), Syncing(runtime), Training(runtime)
    grouping = Grouping(runtime)
    while not stop.wait(SWEEP_EVERY_SECONDS):
        _try(partial(sweep, runtime), "sweep_failed")
        _try(forgetting.step, "forgetting_failed")
        _try(syncing.step, "syncing_failed")
        _try(training.step, "training_failed")
        _try(grouping.step, "grouping_failed")
    training.stop()


def give_back(settings: Settings, process: int) -> None:
    """A process that crashed holds its lanes, campaigns and requests for a while: give them to the living, and ring."""
    runtime = build(settings, WORKER_TIMEOUT_SECONDS)
    with runtime.database.begin() as session:
        freed = lanes.free(session, host_and_process(process))
        campaigns = claims.free(session, host_and_process(process))
        asked = requests.free(session, host_and_process(process))
    runtime.waker.asleep(freed)
    runtime.waker.ring(Wakes(lanes=set(freed), campaigns=campaigns, requests=asked))


class Crew:
    """The children by name: started, watched, started again, stopped; ``bury`` is run for one that crashed."""

    def __init__(
        self,
        tasks: dict[str, Callable[[], None]],
        tethered: bool = False,
        bury: Callable[[int], None] | None = None,
    ) -> None:
        self._tasks, self._tethered, self._bury = tasks, tethered, bury
        self._lifeline = Lifeline()
        self._running: dict[int, str] = {}
        self._born: dict[str, float] = {}
        self._rest: dict[str, float] = {}
        self._due: dict[str, float] = dict.fromkeys(tasks, 0.0)
        self._stopping = False
        self._unburied: list[int] = []

    def run(self) -> None:
        """Keep all of them running until told to stop."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self._stopping:
            self._start_due()
            self._reap()
            self._stopping = self._stopping or (self._tethered and torn())
            time.sleep(LOOK_SECONDS)
        self._end()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _start_due(self) -> None:
        for name in [name for name, at in self._due.items() if at <= time.monotonic()]:
            del self._due[name]
            self._born[name] = time.monotonic()
            self._running[self._fork(name, self._tasks[name])] = name

    def _fork(self, name: str, task: Callable[[], None]) -> int:
        if pid := os.fork():
            return pid
        code = 1
        try:
            self._lifeline.hold()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's: it tells us in good order
            structlog.contextvars.bind_contextvars(process=name)
            task()
            code = 0
        except Exception:
            log.exception("worker_crashed")
        finally:
            os._exit(code)

    def _reap(self) -> None:
        for pid in list(self._running):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._ended(pid, self._running.pop(pid), os.waitstatus_to_exitcode(status))

    def _ended(self, pid: int, name: str, code: int) -> None:
        if name not in self._tasks:
            return
        if self._stopping:
            self._unburied += [pid] if code else []
            return
        if self._bury:  # in a child of its own: connections of this process would be shared by all that it forks
            self._running[self._fork("undertaker", partial(self._bury, pid))] = "undertaker"
        lived = time.monotonic() - self._born[name]
        first, longest = REST_SECONDS
        rest = first if lived > CALM_SECONDS else min(self._rest.get(name, first / 2) * 2, longest)
        self._rest[name] = rest
        self._due[name] = time.monotonic() + rest
        log.error("worker_ended", process=name, code=code, again_in_seconds=rest)

    def _end(self) -> None:
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self._running and time.monotonic() < deadline:
            self._reap()
            time.sleep(0.05)
        self._signal(signal.SIGKILL)
        for pid in [*self._unburied, *self._running]:
            self._bury_here(pid)

    def _bury_here(self, pid: int) -> None:
        """At the very end, when nothing is forked any more."""
        try:
            if self._bury:
                self._bury(pid)
        except Exception as error:  # then its lanes wait until its claim lapses
            log.warning("not_buried", error=type(error).__name__)

    def _signal(self, number: int) -> None:
        for pid in self._running:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


class QueueWorker(SimpleWorker):
    """RQ's worker without forks, that neither gives a broken Redis up nor lets it break a job that is under way."""

    max_connection_wait_time = 2.0

    def set_shutdown_requested_date(self) -> None:
        with suppress(RedisError):
            super().set_shutdown_requested_date()  # type: ignore[no-untyped-call]

    @property
    def told_to_stop(self) -> bool:
        return self._shutdown_requested_date is not None


def _worked(queue: str, settings: Settings) -> bool:
    """One worker's life; False: Redis ended it."""
    worker = None
    try:
        worker = QueueWorker(
            [queue],
            connection=connect(settings.redis_url, WORKER_TIMEOUT_SECONDS),
            worker_ttl=20,
            maintenance_interval=5,
            log_job_description=False,
        )
        worker.work(logging_level="WARNING")
    except (RedisError, OSError) as error:  # also from saying goodbye to a Redis that is gone
        log.warning("redis_unavailable", queue=queue, error=str(error))
    return worker is not None and worker.told_to_stop


def _help_oneself(queue: str) -> None:
    try:
        do_due(queue, current())
    except Exception as error:  # a database that is away too is there at the next look
        log.exception("unaided_work_failed", queue=queue, error=type(error).__name__)


def _warm_up() -> None:
    """Compile the config and train the matcher now rather than at the first customer's question."""
    try:
        current().config().faq.match("hello there")
    except (RabtaError, SQLAlchemyError) as error:  # the first event will try again
        log.warning("not_warmed_up", error=str(error))


def _try(duty: Callable[[], object], failure: str) -> None:
    try:
        duty()
    except Exception as error:  # a database or Redis that is away now is there at the next tick
        log.exception(failure, error=type(error).__name__)


def _preload(settings: Settings) -> None:
    """Import every job and load every model before the fork.

    The collector is kept from touching (and so copying) what was imported.
    """
    for module in pkgutil.iter_modules(gateway.jobs.__path__):
        importlib.import_module(f"gateway.jobs.{module.name}")
    for name in LATER_IMPORTS:
        importlib.import_module(name)
    installed(settings.embeddings)
    _rehearse(settings)
    gc.collect()
    gc.freeze()


def _rehearse(settings: Settings) -> None:
    """Do once what every child will do, so that what it loads on the way is there before the fork."""
    detect("hello there, how are you?")
    database = Database(settings.database_url, 1, settings.sqlite_synchronous)
    with suppress(RabtaError, SQLAlchemyError):  # each child will look for itself
        hand_down(database)
    database.engine.dispose()  # no child may inherit a connection


if __name__ == "__main__":
    main()
