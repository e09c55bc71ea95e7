"""Ring for what a commit left to do. A hint, never the truth: a wake that fails is counted and forgotten.

One cheap command per lane says whether it is awake already; a job is added only for lanes that were asleep, and
none while enough jobs wait, because every drainer takes any lane that is due (docs/adr/0003).
"""

import time
from collections.abc import Sequence
from typing import Any, TypeVar

import structlog
from prometheus_client import Counter
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

from gateway.models.wakes import Wakes

AWAKE_SECONDS = 30
WAITING_JOBS_ENOUGH = 8
CHORES_WAITING_ENOUGH = 64
"""Each file is a job of its own, rung for again by every sweep: without a bound a slow provider would fill Redis."""
JOB_TIMEOUT_SECONDS = 60

LANES, SENDS, CHORES, CAMPAIGNS, REQUESTS = "lanes", "sends", "chores", "campaigns", "requests"
PROCESS_LANES = "gateway.jobs.process_lane.process_lanes"
SEND_LANES = "gateway.jobs.send_lane.send_lanes"
RUN_CAMPAIGNS = "gateway.jobs.run_campaigns.run_campaigns"
RUN_REQUESTS = "gateway.jobs.run_request.run_requests"
FETCH_MEDIA = "gateway.jobs.fetch_media.fetch_media"
PREPARE_FILES = "gateway.jobs.prepare_files.prepare_files"
SYNC_TEMPLATES = "gateway.jobs.sync_templates.sync_templates"
MARK_READ = "gateway.jobs.mark_read.mark_read"
WRITE_BACK = "gateway.jobs.write_back.write_back"
FIRE_TIMERS = "gateway.jobs.fire_timers.fire_timers"
ROUTE = "gateway.jobs.route.route"

LIVE_CHANNEL = "rabta:live"

WAKE = """
local woken = {}
local function ring(queue, first, last)
    local room = redis.call('LLEN', queue) < tonumber(ARGV[2])
    for i = first, last do
        woken[#woken + 1] = room and redis.call('SET', KEYS[i], '1', 'NX', 'EX', ARGV[1]) and '1' or '0'
    end
end
ring(KEYS[1], 3, 2 + tonumber(ARGV[3]))
ring(KEYS[2], 3 + tonumber(ARGV[3]), #KEYS)
if ARGV[4] ~= '' then redis.call('PUBLISH', ARGV[4], '') end
return table.concat(woken)
"""
"""Who was asleep and gets a job: one command however many lanes, because each reply costs the asker.

While enough jobs wait, nobody is marked awake: a mark without a job of its own could outlive the work it was set for
(a drainer that comes by before the mark is set), and the next wake would find the lane awake and ring for nobody.
"""

T = TypeVar("T")

log = structlog.get_logger(__name__)
wakes_failed = Counter("rabta_wakes_failed_total", "Wakes that Redis did not take; the sweep finds their work")


class Waker:
    """Turns wakes into RQ jobs and live nudges. Safe to share between threads."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._wake = redis.register_script(WAKE)
        self._queues = {name: Queue(name, connection=redis) for name in (LANES, SENDS, CHORES, CAMPAIGNS, REQUESTS)}

    def ring(self, wakes: Wakes) -> None:
        """Wake everything noted; never raises on a broken Redis."""
        if not wakes:
            return
        try:
            self._ring(wakes)
        except (RedisError, OSError) as error:
            wakes_failed.inc()
            log.warning("wake_failed", error=str(error))

    def asleep(self, lanes: Sequence[str], sends: Sequence[int] = ()) -> None:
        """Say that these lanes are being looked at now: a later wake must ring again. Never raises either."""
        keys = [f"awake:{lane}" for lane in lanes] + [f"awake:send:{contact}" for contact in sends]
        try:
            if keys:
                self._redis.delete(*keys)
        except (RedisError, OSError) as error:
            log.warning("asleep_failed", error=str(error))

    def chore(self, function: str) -> None:
        """Have a chore done that needs nothing told; one that waits already is not added twice. Never raises either."""
        try:
            if self._redis.set(f"awake:chore:{function}", "1", nx=True, ex=AWAKE_SECONDS):
                self._add(CHORES, function)
        except (RedisError, OSError) as error:
            wakes_failed.inc()
            log.warning("wake_failed", error=str(error))

    def first(self, name: str, seconds: int) -> bool:
        """Whether nobody did this within so many seconds; False also without Redis: what asks can be left undone."""
        try:
            return bool(self._redis.set(f"once:{name}", "1", nx=True, ex=seconds))
        except (RedisError, OSError):
            return False

    def chore_begun(self, function: str) -> None:
        """Say that a chore is being done now: a later wake must ring again. Never raises either."""
        try:
            self._redis.delete(f"awake:chore:{function}")
        except (RedisError, OSError) as error:
            log.warning("asleep_failed", error=str(error))

    def depths(self) -> dict[str, int]:
        """Jobs that wait, by queue.

        Raises:
            RedisError: Redis cannot be reached.
        """
        pipe = self._redis.pipeline(transaction=False)
        for queue in self._queues.values():
            pipe.llen(queue.key)
        return dict(zip(self._queues, pipe.execute(), strict=True))

    def _ring(self, wakes: Wakes) -> None:
        lanes, sends = sorted(wakes.lanes), sorted(wakes.sends)
        names = [f"awake:{lane}" for lane in lanes] + [f"awake:send:{contact}" for contact in sends]
        queues = [self._queues[LANES].key, self._queues[SENDS].key]
        live = LIVE_CHANNEL if wakes.live else ""
        woken = self._wake(keys=queues + names, args=[AWAKE_SECONDS, WAITING_JOBS_ENOUGH, len(lanes), live])
        self._enqueue(LANES, PROCESS_LANES, _woken(lanes, woken))
        self._enqueue(SENDS, SEND_LANES, _woken(sends, woken[len(lanes) :]))
        chores: list[tuple[Any, ...]] = [(FETCH_MEDIA, media_id) for media_id in sorted(wakes.media)]
        chores += [(PREPARE_FILES, message_id) for message_id in sorted(wakes.files)]
        if wakes.seen:
            chores.append((MARK_READ, sorted(wakes.seen), time.time()))
        if chores:
            self._do(chores)
        if wakes.timers:
            self.chore(FIRE_TIMERS)
        if wakes.routing:
            self.chore(ROUTE)
        if wakes.campaigns and not self._redis.llen(self._queues[CAMPAIGNS].key):
            self._add(CAMPAIGNS, RUN_CAMPAIGNS)
        if wakes.requests and not self._redis.llen(self._queues[REQUESTS].key):
            self._add(REQUESTS, RUN_REQUESTS)

    def _do(self, chores: Sequence[tuple[Any, ...]]) -> None:
        """Jobs (function, its arguments) as far as there is room."""
        room = CHORES_WAITING_ENOUGH - int(self._redis.llen(self._queues[CHORES].key))
        for function, *arguments in chores[: max(0, room)]:
            self._add(CHORES, function, *arguments)

    def _enqueue(self, queue: str, function: str, names: Sequence[object]) -> None:
        if names:
            self._add(queue, function, names)

    def _add(self, queue: str, function: str, *arguments: object) -> None:
        self._queues[queue].enqueue(
            function, *arguments, job_timeout=JOB_TIMEOUT_SECONDS, result_ttl=0, failure_ttl=3600
        )


def _woken(names: Sequence[T], woken: bytes) -> list[T]:
    return [name for name, was_asleep in zip(names, woken, strict=False) if was_asleep == ord("1")]
