"""What workers do while Redis is away: nobody wakes them, so they look for themselves what is due (docs/adr/0003)."""

from collections.abc import Callable, Mapping

from gateway.desk import media, preparing
from gateway.jobs.fetch_media import fetch
from gateway.jobs.fire_timers import fire_due
from gateway.jobs.prepare_files import prepare
from gateway.jobs.process_lane import drain
from gateway.jobs.route import route_all
from gateway.jobs.run_campaigns import runner_of
from gateway.jobs.run_request import enquirer_of
from gateway.jobs.send_lane import sender_of
from gateway.jobs.write_back import write_due
from gateway.runtime import Runtime
from gateway.signals.wakes import CAMPAIGNS, CHORES, LANES, REQUESTS, SENDS

FILES_AT_ONCE = 4
SHORT_SECONDS = 2.0


def do_due(queue: str, runtime: Runtime) -> None:
    """One look at the database in place of the queue's jobs; short, because Redis may be back."""
    BY_QUEUE[queue](runtime)


def _lanes(runtime: Runtime) -> None:
    drain(runtime)


def _sends(runtime: Runtime) -> None:
    sender_of(runtime).run()


def _chores(runtime: Runtime) -> None:
    with runtime.database.read() as session:
        files = media.due(session, FILES_AT_ONCE)
        messages = preparing.due(session, FILES_AT_ONCE)
    for media_id in files:
        fetch(runtime, media_id)
    for message_id in messages:
        prepare(runtime, message_id)
    fire_due(runtime)
    route_all(runtime)
    write_due(runtime, SHORT_SECONDS)


def _campaigns(runtime: Runtime) -> None:
    runner_of(runtime).run(SHORT_SECONDS)


def _requests(runtime: Runtime) -> None:
    enquirer_of(runtime).run(SHORT_SECONDS)


BY_QUEUE: Mapping[str, Callable[[Runtime], None]] = {
    LANES: _lanes,
    SENDS: _sends,
    CHORES: _chores,
    CAMPAIGNS: _campaigns,
    REQUESTS: _requests,
}
