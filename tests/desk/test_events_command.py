"""``events list`` and ``events replay``, as an engineer uses them."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskCliRunner
from redis import Redis

from gateway.app import create_app
from gateway.models.database import Database
from gateway.models.inbound import InboundEvent
from gateway.runtime import Runtime
from gateway.signals.wakes import LANES
from tests import care


@pytest.fixture
def runtime(sqlite: Database, redis_url: str, redis: Redis) -> Iterator[Runtime]:
    runtime = care.runtime_on(sqlite, redis_url, secret_key="s", public_url="http://127.0.0.1:8000")
    care.write(runtime, "hello", To="whatsapp:+15550001111")
    care.write(runtime, "hello")
    return runtime


@pytest.fixture
def cli(runtime: Runtime) -> FlaskCliRunner:
    return create_app(runtime.settings, runtime).test_cli_runner()


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ([], [1]),
        (["--failed"], [1]),
        (["--pending"], []),
        (["--all"], [2, 1]),
        (["--all", "--limit", "1"], [2]),
        (["--all", "--kind", "status"], []),
    ],
)
def test_list(cli: FlaskCliRunner, arguments: list[str], shown: list[int]) -> None:
    output = cli.invoke(args=["events", "list", *arguments]).output
    assert [int(line.split()[0]) for line in output.splitlines() if "message:SM" in line] == shown
    assert ("UnknownChannel: no channel in care.yaml" in output) == (1 in shown)


def test_replay_names_what_it_did_and_wakes_the_lane(cli: FlaskCliRunner, runtime: Runtime, redis: Redis) -> None:
    redis.flushall()
    result = cli.invoke(args=["events", "replay", "--all-failed"])
    assert (result.exit_code, result.output) == (0, "1 to do again: 1\n")
    assert [row.state for row in care.rows(runtime.database, InboundEvent)] == ["pending", "done"]
    assert redis.llen(f"rq:queue:{LANES}") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([], 2, "name events by their ids"),
        (["1", "--all-failed"], 2, "name events by their ids"),
        (["99"], 1, "not there, or still to do: 99"),
        (["2"], 0, "1 to do again: 2"),
    ],
)
def test_replay_says_what_it_cannot_do(cli: FlaskCliRunner, arguments: list[str], code: int, says: str) -> None:
    result = cli.invoke(args=["events", "replay", *arguments])
    assert (result.exit_code, says in result.output) == (code, True)
