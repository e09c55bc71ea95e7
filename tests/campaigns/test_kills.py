"""A campaign whose host is killed with -9 again and again, checking and sending: each contact is reached once."""

import io
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from gateway.core import clock
from gateway.desk.campaigns import drafts, intake, lists
from gateway.desk.campaigns.drafts import Draft, Options
from gateway.jobs.run_campaigns import BATCH
from gateway.models.database import Database
from gateway.models.template import Template
from gateway.runtime import Runtime, build
from gateway.settings import Settings
from tests import care, hosts
from tests.hosts import ENOUGH_SECONDS, column, number
from tests.outbound import sink as sinks
from tests.outbound.sink import Lever, Sink
from tests.platform.processes import until

RECIPIENTS = BATCH + 100

PREPARED = "SELECT prepared FROM campaigns"
RELEASED = "SELECT count(*) FROM campaign_rows WHERE state = 'released'"
ACCEPTED = "SELECT count(*) FROM deliveries WHERE state = 'accepted'"
UNSENT = "SELECT concat_ws(' ', state, attempts, looks, error_code) FROM deliveries WHERE state <> 'accepted'"
STATES = "SELECT DISTINCT state FROM campaign_rows"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinks.running() as running:
        yield running


@pytest.fixture
def environment(sink: Sink, postgresql: Database, redis_url: str, redis: Redis, tmp_path: Path) -> dict[str, str]:
    return hosts.environment(postgresql, redis_url, sink, tmp_path / "var", workers=1)


@pytest.fixture
def runtime(environment: dict[str, str]) -> Iterator[Runtime]:
    runtime = build(Settings.from_env(environment), 5)
    yield runtime
    runtime.database.engine.dispose()


@pytest.mark.postgresql
def test_killed_again_and_again_it_reaches_each_contact_once(
    environment: dict[str, str], runtime: Runtime, postgresql: Database, sink: Sink
) -> None:
    _approve(postgresql)
    _begin(runtime)
    _work_and_be_killed(environment, postgresql, BATCH + 50, "campaigns")
    assert number(postgresql, PREPARED) == BATCH, "the kill comes while rows are checked"
    for row, victim in ((800, "sends"), (1_500, "campaigns")):
        sink.levers.append(Lever(keep=True, hold=True))  # one call at least is under way when its process dies
        _work_and_be_killed(environment, postgresql, row, victim, accepted=row - 500)
        assert row - 500 <= number(postgresql, ACCEPTED) < row, "the kill comes while messages are sent"
    sink.released.set()
    with hosts.working(environment):
        assert until(lambda: number(postgresql, RELEASED) == RECIPIENTS, ENOUGH_SECONDS)
        assert until(lambda: number(postgresql, ACCEPTED) > RECIPIENTS - 300, ENOUGH_SECONDS)
    hosts.minutes_later(runtime)
    assert column(postgresql, UNSENT) == []
    assert column(postgresql, STATES) == ["released"]
    reached = Counter(message["to"] for message in sink.messages)
    assert (len(reached), set(reached.values())) == (RECIPIENTS, {1})


def _approve(database: Database) -> None:
    usual = {"account": care.ACCOUNT, "approval": "approved", "synced_at": clock.now(), "category": "UTILITY"}
    with database.begin() as session:
        session.add(Template(name="order_update", language="en", external_id="HX" + "1" * 32, **usual))


def _begin(runtime: Runtime) -> None:
    listed = "phone,order,news\n" + "".join(f"+92300{at:07},A-{at},late\n" for at in range(RECIPIENTS))
    options = Options(urgent=True, ladder=False)
    draft = Draft("News", "order_update", "whatsapp", options, {"csv": "x"}, starts_at=clock.now())
    with runtime.work() as session:
        campaign_id, _ = drafts.create(session, draft, runtime.config().business)
    intake.take_list(runtime.work, campaign_id, lists.read_csv(io.BytesIO(listed.encode())))


def _work_and_be_killed(
    environment: dict[str, str], database: Database, row: int, victim: str, accepted: int = 0
) -> None:
    """The campaign gets as far as ``row``, which we hold: there one process dies, and then the whole host."""
    wanted = f"SELECT id FROM campaign_rows WHERE number = {row}"
    with hosts.held_back(database, wanted) as arrived, hosts.working(environment) as crew:
        doomed = hosts.processes(crew, environment)[victim]
        assert until(lambda: arrived() and number(database, ACCEPTED) >= accepted, ENOUGH_SECONDS)
        os.kill(doomed, signal.SIGKILL)
    hosts.lapse(database, "campaigns")
