"""Checks the rows of campaigns and hands them to their senders in time; woken by whoever starts one, and by the clock.

Several processes on several hosts may: a campaign is claimed in the database, and the claim lapses if they die.
"""

import os
import time
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.business import Channel
from gateway.core.words import Author
from gateway.desk import facts, log
from gateway.desk.campaigns import claims, meaning, moves, people, prepare, release, results
from gateway.desk.campaigns.claims import Claimed
from gateway.desk.campaigns.drafts import options_of
from gateway.desk.campaigns.moves import State
from gateway.desk.campaigns.quota import Quotas
from gateway.desk.intended import Rules
from gateway.jobs.process_lane import host_and_process
from gateway.models.wakes import Wakes
from gateway.runtime import Runtime, current

SLICE_SECONDS = 20.0
BATCH = 2_000
SMALL_BATCH = 500
"""While another campaign is being sent: its sender must not run dry meanwhile."""
PAUSE_SECONDS = 0.2
RULES_SECONDS = 2.0
TELL_SECONDS = 1.0
TRIES = 3
FULL_DAY = "the limit of a day is reached: it goes on after midnight"

logger = structlog.get_logger(__name__)


def run_campaigns() -> None:
    """RQ's way in."""
    runner_of(current()).run()


_runner: "Runner | None" = None


def runner_of(runtime: Runtime) -> "Runner":
    """This process's runner: what it remembers outlives a job."""
    global _runner
    if _runner is None or _runner.runtime is not runtime:
        _runner = Runner(runtime)
    return _runner


@dataclass(slots=True)
class Memory:
    """What a runner remembers of a campaign; all of it may be lost."""

    after: int = 0
    """The last line looked at."""
    told_at: float = 0.0
    allowance: float = 0.0
    """Of a rate below the sender's: how many may go now."""
    allowed_at: float = 0.0
    failures: int = 0
    remark: str | None = None


@dataclass(slots=True)
class Known:
    """The rules that hold for everybody, looked up every 2 s."""

    rules: Rules | None = None
    until: float = 0.0
    memories: dict[int, Memory] = field(default_factory=dict)

    def of(self, campaign_id: int) -> Memory:
        return self.memories.setdefault(campaign_id, Memory())


class Runner:
    """Works on all campaigns that it can claim, a batch of each in turn."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._who = f"{host_and_process(os.getpid())}{time.monotonic_ns() % 100_000}"
        self._known = Known()
        self._quotas = Quotas()

    def run(self, seconds: float = SLICE_SECONDS) -> None:
        """Work until nothing is to do or the time is up, then ring for the rest."""
        until = time.monotonic() + seconds
        while True:
            busy = self._round()
            if time.monotonic() >= until:
                break
            if not busy:
                break
            if busy == "soon":
                time.sleep(PAUSE_SECONDS)
        with self.runtime.database.begin() as session:
            claims.let_go(session, self._who)
        if busy:
            self.runtime.waker.ring(Wakes(campaigns=True))

    def _round(self) -> str:
        """One batch of each campaign: ``now`` there is more to do, ``soon`` a sender is full, empty: nothing."""
        with self.runtime.database.begin() as session:
            claimed = claims.claim(session, self._who)
        most = SMALL_BATCH if any(campaign.state is State.RUNNING for campaign in claimed) else BATCH
        found = {self._try(campaign, most) for campaign in claimed}
        return "now" if "now" in found else "soon" if "soon" in found else ""

    def _try(self, campaign: Claimed, most: int) -> str:
        """A campaign that breaks again and again is paused, with the reason; the others go on."""
        memory = self._known.of(campaign.id)
        try:
            found = self._step(campaign, memory, most)
            memory.failures = 0
            return found
        except OperationalError:
            raise  # the database is away: the clock wakes us when it is back
        except Exception as error:
            logger.error("campaign_broke", campaign_id=campaign.id, error=repr(error)[:500])
            memory.failures += 1
            if memory.failures < TRIES:
                return "soon"
            with self.runtime.work() as session:
                moves.turn(session, campaign.id, campaign.state, State.PAUSED, f"broke off: {error!r}"[:500])
            memory.failures = 0
            return ""

    def _step(self, campaign: Claimed, memory: Memory, most: int) -> str:
        match campaign.state:
            case State.PREPARING:
                return self._prepare(campaign, memory, most)
            case State.READY:
                return self._turn(campaign, State.RUNNING)
            case State.RUNNING:
                return self._release(campaign, memory)
            case _:
                return self._cancel(campaign)

    def _turn(self, campaign: Claimed, target: State, reason: str = "") -> str:
        with self.runtime.work() as session:
            moves.turn(session, campaign.id, campaign.state, target, reason)
        return "now"

    def _cancel(self, campaign: Claimed) -> str:
        with self.runtime.work() as session:
            number = results.cancel_rows(session, campaign.id)
            self._tell(session, campaign, self._known.of(campaign.id))
        return "now" if number else ""

    def _prepare(self, campaign: Claimed, memory: Memory, most: int) -> str:
        config = self.runtime.config()
        with self.runtime.database.read() as session:
            batch = prepare.read(session, campaign, config.business, memory.after, most)
            newcomers = prepare.strangers(session, batch) if batch else []
        if batch is None:
            return self._nothing_given(campaign, memory)
        for at in range(0, len(newcomers), people.MADE_AT_ONCE):
            with self.runtime.work() as session:
                people.make(session, newcomers[at : at + people.MADE_AT_ONCE])
        with self.runtime.work() as session:
            if claims.hold(session, campaign, self._who):
                prepare.decide(session, campaign, batch, self._rules(session), clock.now())
                self._tell(session, campaign, memory)
                memory.after = batch.last
        return "now"

    def _nothing_given(self, campaign: Claimed, memory: Memory) -> str:
        if memory.after:
            memory.after = 0  # look once more from the beginning: rows may have come in any order
            return "now"
        if campaign.source.get("segment") is not None and not campaign.source["complete"]:
            return self._gather(campaign)
        if not campaign.source["complete"]:
            return ""  # the list is still being handed in
        return self._turn(campaign, State.READY)

    def _gather(self, campaign: Claimed) -> str:
        config = self.runtime.config()
        names = meaning.names_of(config.templates, campaign.template)
        with self.runtime.work() as session:
            if claims.hold(session, campaign, self._who):
                prepare.gather(session, campaign, config.business, names)
        return "now"

    def _release(self, campaign: Claimed, memory: Memory) -> str:
        channel = self.runtime.config().business.channel(campaign.channel_id)
        if channel is None:
            raise LookupError(f"channel {campaign.channel_id} is not connected any more")
        with self.runtime.work() as session:
            if not claims.hold(session, campaign, self._who):
                return "now"
            now = clock.now()
            left = self._quotas.left(session, campaign, channel, self.runtime.config().business, now)
            full = left == 0 and release.any_due(session, campaign.id, now)
            self._remark(session, campaign, memory, FULL_DAY if full else "")
            most = self._room(session, campaign, channel, memory, left)
            decided = release.release(session, campaign, self._rules(session), most, now) if most > 0 else []
            self._count(campaign, memory, sum(one.state == "released" for one in decided))
            if decided:
                self._tell(session, campaign, memory)
                return "now" if len(decided) == most else "soon"
            idle = self._idle(session, campaign, now)
            return "" if left == 0 else idle

    def _remark(self, session: Session, campaign: Claimed, memory: Memory, words: str) -> None:
        if memory.remark != words:
            moves.remark(session, campaign.id, words)
            memory.remark = words

    def _idle(self, session: Session, campaign: Claimed, now: datetime) -> str:
        """Nothing went out: done, or no room just now, or all of it is put off."""
        if results.is_over(session, campaign.id):
            moves.turn(session, campaign.id, State.RUNNING, State.DONE)
            return ""
        return "soon" if release.any_due(session, campaign.id, now) else ""

    def _room(self, session: Session, campaign: Claimed, channel: Channel, memory: Memory, left: int | None) -> int:
        """How many may be released now: by the sender's rate, the campaign's own, and the limits of a day."""
        room = release.room(session, channel, clock.now())
        own = options_of(campaign.options).rate_per_second
        limits = (room, left, None if own is None else _allowed(memory, own))
        return min(limit for limit in limits if limit is not None)

    def _count(self, campaign: Claimed, memory: Memory, released: int) -> None:
        memory.allowance -= released
        self._quotas.take(campaign, released)

    def _rules(self, session: Session) -> Rules:
        known = self._known
        if known.rules is None or known.until <= time.monotonic():
            config = self.runtime.config()
            known.rules = facts.rules(session, config, clock.now(), [template.name for template in config.templates])
            known.until = time.monotonic() + RULES_SECONDS
        return known.rules

    def _tell(self, session: Session, campaign: Claimed, memory: Memory) -> None:
        """Consoles see how far it is, once a second."""
        if time.monotonic() - memory.told_at < TELL_SECONDS:
            return
        memory.told_at = time.monotonic()
        log.write(session, "campaign_progressed", actor=Author.SYSTEM, data={"campaign_id": campaign.id})


def _allowed(memory: Memory, rate: float) -> int:
    """Of a rate below the sender's; a second's worth at most is saved up."""
    now = time.monotonic()
    earned = (now - memory.allowed_at) * rate if memory.allowed_at else max(1.0, rate)
    memory.allowance = min(max(1.0, rate), memory.allowance + earned)
    memory.allowed_at = now
    return int(memory.allowance)
