"""From the folder to an approved template: the commands, the job and the clock, against the simulator."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from redis import Redis
from rq import Queue

from gateway import runtime as runtimes
from gateway.app import create_app
from gateway.config.publish import publish
from gateway.core import clock
from gateway.core.errors import Action, SendError
from gateway.core.provider_templates import Submission
from gateway.desk import templates
from gateway.jobs import sync_templates as job
from gateway.models.database import Database
from gateway.runtime import Runtime, build
from gateway.settings import Settings
from gateway.signals.wakes import CHORES, SYNC_TEMPLATES
from gateway.simulator.app import Simulator
from gateway.simulator.app import build as build_simulator
from gateway.simulator.setup import parse
from tests.config.test_problems import GOOD, TEMPLATES
from tests.simulator.conftest import ACCOUNT, TOKEN, serve

Run = Callable[..., Result]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A provider whose account has no template yet."""
    server, url = serve(Flask("placeholder"))
    setup = parse(
        {"account_sid": ACCOUNT, "auth_token": TOKEN, "public_url": "http://127.0.0.1:9", "senders": []}, None
    )
    simulator = build_simulator(setup, url)
    server.app = simulator.app
    yield simulator
    server.shutdown()
    server.server_close()
    simulator.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in GOOD.items():
        path = tmp_path / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "shop"


@pytest.fixture
def runtime(
    database: Database, simulator: Simulator, folder: Path, redis_url: str, redis: Redis, tmp_path: Path
) -> Iterator[Runtime]:
    publish(database, GOOD, "test")
    settings = Settings.from_env(
        {
            "DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
            "CARE_CONFIG": str(folder),
            "VAR_DIR": str(tmp_path / "var"),
            "REDIS_URL": redis_url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_BASE": simulator.world.base_url,
        }
    )
    runtime = build(settings)
    yield runtime
    runtime.database.engine.dispose()


@pytest.fixture
def run(runtime: Runtime) -> Run:
    app = create_app(runtime.settings, runtime)
    return lambda *words: app.test_cli_runner().invoke(args=("templates", *words))


def usable(runtime: Runtime) -> dict[str, list[str]]:
    with runtime.database.read() as session:
        return {name: sorted(by) for name, by in templates.approved(session, ["order_update"]).items()}


def test_from_the_folder_to_approval(run: Run, runtime: Runtime, simulator: Simulator) -> None:
    simulator.world.approval_seconds = 3600
    checked = run("check")
    assert checked.exit_code == 1
    assert "order_update (ur): not at the provider; flask --app wsgi templates submit order_update" in checked.output
    submitted = run("submit", "order_update")
    assert submitted.exit_code == 0, submitted.output
    assert "submitted as order_update_ur (HX" in submitted.output
    assert "order_update             ur       new -> received" in submitted.output
    assert usable(runtime) == {}
    for content in simulator.world.contents.values():
        content["approval"]["asked_at"] -= 3600
    synced = run("sync")
    assert "order_update             en       received -> approved" in synced.output
    assert "2 templates, 2 changed" in synced.output
    assert usable(runtime) == {"order_update": ["en", "ur"]}
    assert run("check").exit_code == 0
    again = run("submit", "--all")
    assert again.output.count("is there already: approved") == 2
    assert len(simulator.world.contents) == 2
    made = next(iter(simulator.world.contents.values()))
    assert made["types"] == {"twilio/text": {"body": "Dear {{1}}, your order {{2}} from Shop is on its way."}}
    assert made["variables"] == {"1": "Ali", "2": "A-1"}
    assert "order_update             ur       UTILITY        approved     HX" in run("list").output


def test_a_rejected_text_is_changed_and_submitted_anew(run: Run, simulator: Simulator, folder: Path) -> None:
    run("submit", "order_update", "--language", "en")
    (content,) = simulator.world.contents.values()
    content["approval"] |= {"status": "rejected", "rejection_reason": "too vague"}
    assert "order_update (en): rejected: too vague" in run("check").output
    assert "too vague" in run("submit", "order_update", "--language", "en").output
    assert "too vague" in run("list").output
    (folder / "templates.yaml").write_text(
        TEMPLATES.replace('is on its way."\n      ur', 'has left our house."\n      ur')
    )
    anew = run("submit", "order_update", "--language", "en")
    assert (anew.exit_code, "submitted as order_update_en_2" in anew.output) == (0, True)


def test_what_is_refused_does_not_keep_the_rest_back(
    run: Run, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = runtime.registry.provider("twilio")
    create = adapter.create_template

    def refuse_english(submission: Submission) -> str:
        if submission.language == "en":
            raise SendError("20422", "types must name one", Action.FINAL)
        return create(submission)

    monkeypatch.setattr(adapter, "create_template", refuse_english)
    result = run("submit", "--all")
    assert result.exit_code == 1
    assert "NOT submitted: 20422: types must name one" in result.output
    assert "submitted as order_update_ur" in result.output
    assert usable(runtime) == {"order_update": ["ur"]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("submit",), "name some of: order_update"),
        (("submit", "ordr"), "there is no template ordr"),
        (("list",), "none yet"),
    ],
)
def test_what_there_is_to_say(run: Run, words: tuple[str, ...], said: str) -> None:
    assert said in run(*words).output


def test_a_provider_that_does_not_answer_changes_nothing(run: Run, runtime: Runtime, simulator: Simulator) -> None:
    run("submit", "--all")
    assert usable(runtime) == {"order_update": ["en", "ur"]}
    simulator.world.fail_next.append((20503, 503))
    with pytest.raises(SendError):
        job.sync(runtime)
    simulator.world.fail_next.append((20503, 503))
    failed = run("sync")
    assert (failed.exit_code, "20503" in failed.output) == (1, True)
    assert usable(runtime) == {"order_update": ["en", "ur"]}


def test_the_job_logs_a_failure_and_ends(
    runtime: Runtime, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtimes, "_current", runtime)
    simulator.world.fail_next.append((20003, 401))
    job.sync_templates()
    assert usable(runtime) == {}


def test_the_clock_asks_at_start_after_an_hour_and_when_the_config_changes(
    run: Run, runtime: Runtime, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, syncing = Queue(CHORES, connection=redis), job.Syncing(runtime)

    def rings() -> bool:
        redis.flushall()
        monkeypatch.setattr(syncing, "_look_at", 0.0)
        syncing.step()
        return [waiting.func_name for waiting in queue.jobs] == [SYNC_TEMPLATES]

    assert rings(), "at start"
    run("submit", "--all")
    assert not rings(), "all is fresh"
    with clock.frozen(clock.now() + templates.AGED * 1.1):
        assert rings(), "an hour has passed"
    publish(runtime.database, {**GOOD, "templates.yaml": TEMPLATES.replace("on its way", "coming")}, "test")
    assert rings(), "the config has other templates"
    assert not rings()


def test_the_clock_asks_sooner_while_an_approval_is_awaited(run: Run, runtime: Runtime, simulator: Simulator) -> None:
    simulator.world.approval_seconds = 3600
    run("submit", "--all")
    for later, stale in ((templates.WAITING * 0.9, False), (templates.WAITING * 1.1, True)):
        with clock.frozen(clock.now() + later), runtime.database.read() as session:
            assert templates.is_stale(session) is stale


def test_a_provider_with_nothing_is_asked_ever_more_rarely(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    syncing = job.Syncing(runtime)
    waits = []
    for _ in range(12):
        syncing._look_at = 0.0
        monkeypatch.setattr(job.time, "monotonic", lambda: 1000.0)
        syncing.step()
        waits.append(syncing._look_at - 1000.0)
    assert waits[:4] == [30, 60, 120, 240]
    assert waits[-1] == 3600
