"""Sends what is due: claims heads of lanes, makes many calls at once, settles them in batches (docs/adr/0004).

One transaction a turn settles what ended and claims what goes next; the calls wait in threads of this process.
"""

import os
import socket
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import attrgetter

import structlog
from prometheus_client import Counter
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from gateway.channels.base import Adapter
from gateway.core.business import Channel
from gateway.core.errors import Action, SendError
from gateway.desk import deliveries, lookups
from gateway.desk.deliveries import Claimed, Outcome
from gateway.desk.lookups import Unsure
from gateway.jobs.calls import Calls
from gateway.jobs.exchanges import Looked, call, look, settle
from gateway.jobs.pace import Pace
from gateway.jobs.promptly import ReadMarks
from gateway.jobs.sending import sending_of
from gateway.jobs.shelf import Shelf
from gateway.models.database import is_passing
from gateway.models.wakes import Wakes, wakes_of
from gateway.runtime import Runtime, current
from gateway.signals.connection import connect
from gateway.signals.rates import Rates

CALLS_AT_ONCE = 48
SLICE_SECONDS = 5.0
POLL_SECONDS = 0.015
"""While calls are under way: how long new deliveries may go unnoticed."""
REST_SECONDS = 0.1
HICCUP_REST_SECONDS = 1.0
PATIENCE_SECONDS = 15.0
"""How long a job outstays its time for a database in trouble, to write down how its calls ended."""
LOOK_EVERY_SECONDS = 1.0
RATES_TIMEOUT_SECONDS = 0.5

log = structlog.get_logger(__name__)
sends = Counter("rabta_sends_total", "Provider calls by how they ended", ["outcome"])


def send_lanes(named: Sequence[int]) -> None:
    """RQ's way in: send what is due; ``named`` are the contacts whose wake this job is, no more than a hint."""
    sender = sender_of(current())
    sender.asleep(named)
    sender.run()


_sender: "Sender | None" = None


def sender_of(runtime: Runtime) -> "Sender":
    """This process's sender: its threads, connections and knowledge outlive a job."""
    global _sender
    if _sender is None or _sender.runtime is not runtime:
        _sender = Sender(runtime)
    return _sender


@dataclass(slots=True)
class Taken:
    """What one turn found to do."""

    claimed: Sequence[Claimed] = ()
    unsure: Sequence[Unsure] = ()
    news: bool = False
    """Something became ready meanwhile: claim again at once."""

    def __bool__(self) -> bool:
        return bool(self.claimed or self.unsure or self.news)


class Sender:
    """Claims, calls and settles until nothing is due; not to be run by two threads at once."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._who = f"{socket.gethostname()[:40]}:{os.getpid()}"
        self._calls: Calls[Outcome | Looked] = Calls(CALLS_AT_ONCE)
        self._ended: list[Outcome | Looked] = []
        self._returned: list[int] = []
        """Claimed, and not to be sent now: given back by the next turn."""
        self._pace = Pace(Rates(connect(runtime.settings.redis_url, RATES_TIMEOUT_SECONDS)))
        self._shelf = Shelf(runtime.database, self._calls.begin)
        self._read_marks = ReadMarks(runtime.waker.ring)
        self._look_at = 0.0
        self._gone: set[str] = set()
        self._business = runtime.config().business

    def run(self, seconds: float = SLICE_SECONDS) -> None:
        """Send until nothing is due or the time is up, then ring for the rest."""
        until = time.monotonic() + seconds
        while True:
            taken = self._turn_patiently(until)
            if self._calls.under_way:
                self._collect()
                self._read_marks.ring()
            elif not taken and not self._owing and not self._rested(until):
                break
        wait = self._pace.wait_seconds()
        if time.monotonic() >= until or (wait is not None and wait < SLICE_SECONDS):
            self._ring_for_the_rest()

    def asleep(self, contacts: Iterable[int]) -> None:
        """A wake for these rings again from now on: what it tells of may come after our look."""
        try:
            self.runtime.waker.asleep((), sorted(set(contacts)))
        except (RedisError, OSError) as error:
            log.warning("wakes_not_marked", error=str(error))

    def close(self) -> None:
        """Wait for the calls under way and write down how they ended."""
        while self._calls.under_way:
            self._collect()
        self._turn(taking=False)
        self._calls.close()

    @property
    def _owing(self) -> bool:
        """Something is still to be written down; if nobody did, it would look like a call that never ended."""
        return bool(self._ended or self._returned)

    def _turn_patiently(self, until: float) -> Taken:
        """A turn; a database in trouble is waited for while we know what it does not."""
        try:
            return self._turn(taking=time.monotonic() < until)
        except SQLAlchemyError as error:
            knowing = self._owing or self._calls.under_way
            if not knowing or not is_passing(error) or time.monotonic() > until + PATIENCE_SECONDS:
                raise
            log.warning("turn_not_written", error=type(error).__name__)
            time.sleep(HICCUP_REST_SECONDS)
            return Taken(news=True)

    def _turn(self, taking: bool) -> Taken:
        """Settle what ended, claim and begin what goes next."""
        taken = Taken()
        self._business = self.runtime.config().business
        try:
            with self.runtime.database.begin() as session:
                settle(session, self._ended)
                deliveries.give_back(session, self._returned)
                if taking and self._calls.room:
                    taken = self._take(session)
        except Exception as error:
            if not self._ended:
                raise
            log.warning("batch_not_settled", error=repr(error)[:500])
            self._settle_one_by_one()
            return Taken(news=True)
        self._ended.clear()
        self._returned.clear()
        self._ring(session)
        self._begin(taken)
        return taken

    def _take(self, session: Session) -> Taken:
        most = self._pace.most(self._calls.room)
        ready, resting, gone = self._shelf.ready(), self._pace.resting(), self._still_gone()
        claimed = deliveries.claim(session, self._who, most=most, ready=ready, resting=resting, gone=gone)
        if len(claimed) == most:
            return Taken(claimed)
        wanted = deliveries.shapes_wanted(session, ready, gone)
        news = bool(wanted) and self._shelf.want(session, self._adapters(wanted))
        return Taken(claimed, self._unsure(session), news or len(self._gone) > len(gone))

    def _unsure(self, session: Session) -> Sequence[Unsure]:
        if time.monotonic() < self._look_at:
            return ()
        self._look_at = time.monotonic() + LOOK_EVERY_SECONDS
        return lookups.take(session)

    def _adapters(self, wanted: Mapping[str, str]) -> dict[str, Adapter]:
        """Who makes each shape: the adapter of the channel that needs it."""
        found = {}
        for content_hash, channel_id in wanted.items():
            channel = self._channel(channel_id)
            if channel:
                found[content_hash] = self.runtime.registry.of(channel)
            else:
                self._gone.add(channel_id)
        return found

    def _still_gone(self) -> Collection[str]:
        """Channels found missing from the config that have not come back."""
        self._gone = {channel_id for channel_id in self._gone if self._channel(channel_id) is None}
        return frozenset(self._gone)

    def _channel(self, channel_id: str) -> Channel | None:
        return self._business.channel(channel_id)

    def _begin(self, taken: Taken) -> None:
        self.asleep(delivery.contact_id for delivery in taken.claimed)
        by_channel = attrgetter("channel_id")
        for channel_id, claimed in groupby(sorted(taken.claimed, key=by_channel), by_channel):
            self._begin_on(channel_id, list(claimed))
        for unsure in taken.unsure:
            self._begin_look(unsure)

    def _begin_on(self, channel_id: str, claimed: Sequence[Claimed]) -> None:
        channel = self._channel(channel_id)
        if channel is None:
            gone = SendError("channel_gone", f"channel {channel_id} is not connected any more", Action.PAGE)
            self._ended += [Outcome(delivery, "", gone) for delivery in claimed]
            return
        adapter = self.runtime.registry.of(channel)
        go, wait = self._pace.allow(channel, claimed)
        for delivery in go:
            sid = delivery.content_sid or self._shelf.sid_of(delivery.content_hash)
            sending = sending_of(self.runtime.settings, delivery, channel.provider, sid)
            self._calls.begin(partial(call, adapter, delivery, sending))
        self._read_marks.note(channel, go)
        self._returned += [delivery.id for delivery in wait]
        self._shelf.tidy(adapter)

    def _begin_look(self, unsure: Unsure) -> None:
        channel = self._channel(unsure.channel_id)
        if channel:
            self._calls.begin(partial(look, self.runtime.registry.of(channel), unsure))

    def _collect(self) -> None:
        for ended in self._calls.collect(POLL_SECONDS):
            self._ended.append(self._heeded(ended) if isinstance(ended, Outcome) else ended)

    def _heeded(self, outcome: Outcome) -> Outcome:
        """Learn from how a call ended; content that the provider lost is made anew and the call made again."""
        error, delivery = outcome.result, outcome.delivery
        sends.labels(error.action if isinstance(error, SendError) else "accepted").inc()
        if not isinstance(error, SendError):
            return outcome
        self._pace.heed(delivery.channel_id, error)
        if "content" in error.also and delivery.content_hash and delivery.attempts == 1:
            channel = self._channel(delivery.channel_id)
            if channel:
                self._shelf.forget(delivery.content_hash, self.runtime.registry.of(channel))
            return Outcome(delivery, outcome.account, SendError(error.code, error.text, Action.RETRY))
        return outcome

    def _settle_one_by_one(self) -> None:
        """One outcome that cannot be written must not keep the others back; its delivery is looked up later."""
        while self._ended:
            try:
                with self.runtime.database.begin() as session:
                    settle(session, self._ended[:1])
            except Exception as error:
                if is_passing(error):
                    raise  # the database is away: all of them wait for it
                log.error("outcome_not_settled", error=repr(error)[:500])
            self._ended.pop(0)

    def _rested(self, until: float) -> bool:
        """Wait a little for a channel that rests, if it will go on within our time; others may have work meanwhile."""
        wait = self._pace.wait_seconds()
        if wait is None or time.monotonic() + wait >= until:
            return False
        time.sleep(min(wait, REST_SECONDS))
        return True

    def _ring(self, session: Session) -> None:
        """Consoles want to know; our own further work we find ourselves."""
        if wakes_of(session).live:
            self.runtime.waker.ring(Wakes(live=True))

    def _ring_for_the_rest(self) -> None:
        with self.runtime.database.read() as session:
            rest = deliveries.due(session, most=1)
        self.asleep(rest)
        self.runtime.waker.ring(Wakes(sends=set(rest)))
