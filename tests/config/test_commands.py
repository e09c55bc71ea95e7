"""The commands a shopkeeper's engineer types."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from gateway.app import create_app
from gateway.commands.check import unusable_settings
from gateway.config.learned import publish_phrases
from gateway.config.publish import publish
from gateway.models.database import Database
from gateway.runtime import build
from gateway.settings import Settings
from tests.config.test_problems import GOOD

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in GOOD.items():
        path = tmp_path / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "shop"


@pytest.fixture
def run(sqlite: Database, folder: Path, tmp_path: Path) -> Run:
    environ = {"DATABASE_URL": str(sqlite.engine.url), "CARE_CONFIG": str(folder), "VAR_DIR": str(tmp_path / "var")}
    settings = Settings.from_env(environ)
    app: Flask = create_app(settings, build(settings))
    return lambda *words: app.test_cli_runner().invoke(args=words)


def test_check_of_a_good_folder(run: Run) -> None:
    result = run("check", "--offline")
    assert result.exit_code == 0, result.output
    assert "1 channels, 2 flows, 1 answers" in result.output
    assert "nothing is published yet" in result.output
    assert "its webhook must be http://127.0.0.1:8000/webhooks/twilio/messages#rc=3&rp=ct,rt,5xx" in result.output
    assert result.output.endswith("No problems\n")


def test_check_shows_every_problem_and_ends_with_1(run: Run, folder: Path) -> None:
    (folder / "care.yaml").write_text(GOOD["care.yaml"].replace("Karachi", "Nowhere").replace("fast}", "slow}"))
    (folder / "flows/main_menu.yaml").write_text(GOOD["flows/main_menu.yaml"].replace("goto: tell", "goto: tall"))
    result = run("check", "--offline")
    assert result.exit_code == 1
    assert "shop/care.yaml:3:3: timezone: 'Asia/Nowhere' is no time zone" in result.output
    assert "shop/flows/main_menu.yaml:7:52: there is no node 'tall'" in result.output
    assert "2 problems" in result.output


def test_a_greeting_that_hides_the_bot_is_named(run: Run, folder: Path) -> None:
    (folder / "texts.yaml").write_text('greeting:\n  en: "I am the bot"\n  ur: "خوش آمدید"\n')
    told = "texts.yaml:3:3: greeting: it does not say that a bot writes, so the bot's own words are added to it"
    checked, flows = run("check", "--offline"), run("flows", "check")
    assert (checked.exit_code, f"note     shop/{told}" in checked.output) == (0, True), checked.output
    assert (flows.exit_code, f"note: {told}" in flows.output) == (0, True), flows.output


def test_check_names_secrets_of_calls_that_are_not_set(run: Run, folder: Path) -> None:
    hosts = "calls: {hosts: [{name: shop.example, headers_from_env: {Authorization: SHOP}}]}\n"
    (folder / "care.yaml").write_text(GOOD["care.yaml"] + hosts)
    result = run("check", "--offline")
    assert result.exit_code == 1
    assert "CALL_SECRET_SHOP is not set: Authorization of shop.example (calls.hosts)" in result.output


def test_check_without_a_folder(run: Run, folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    result = run("check", "--offline")
    assert (result.exit_code, "there is no such folder" in result.output) == (1, True)


@pytest.mark.parametrize(
    ("url", "said", "code"),
    [("sqlite:////nowhere/x.db", "the database does not answer", 1), ("sqlite://", "the database is empty", 0)],
)
def test_check_of_a_database(folder: Path, tmp_path: Path, url: str, said: str, code: int) -> None:
    environ = {"DATABASE_URL": url, "CARE_CONFIG": str(folder), "VAR_DIR": str(tmp_path / "var")}
    settings = Settings.from_env(environ)
    result = create_app(settings, build(settings)).test_cli_runner().invoke(args=["check", "--offline"])
    assert (result.exit_code, said in result.output) == (code, True), result.output


def test_check_tells_that_something_else_runs(run: Run, sqlite: Database) -> None:
    publish(sqlite, {**GOOD, "texts.yaml": "greeting: {en: Hi}"}, "x")
    assert "what runs differs from this folder" in run("check", "--offline").output


def test_unusable_settings_come_with_the_config(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"WEB_PORT": "high", "WORKERS": "0", "CARE_CONFIG": str(folder), "VAR_DIR": str(tmp_path)}
    settings, problems = Settings.usable(environ)
    assert unusable_settings(settings, problems) == 2
    shown = capsys.readouterr().out
    assert "WEB_PORT: 'high'" in shown
    assert "WORKERS: '0'" in shown
    assert "1 channels, 2 flows" in shown


def test_publish_diff_export(run: Run, folder: Path, tmp_path: Path) -> None:
    assert run("config", "diff").exit_code == 1
    assert run("config", "publish", "--author", "ayesha").output == "version 1 runs\n"
    assert (run("config", "diff").exit_code, run("config", "diff").output) == (0, "no difference\n")
    (folder / "care.yaml").write_text(GOOD["care.yaml"].replace("name: Shop", "name: Bazaar"))
    changed = run("config", "diff")
    assert (changed.exit_code, "+  name: Bazaar" in changed.output) == (1, True)
    assert run("config", "publish").output == "version 2 runs\n"
    assert run("config", "export", str(tmp_path / "old"), "--version", "1").exit_code == 0
    assert (tmp_path / "old/care.yaml").read_text() == GOOD["care.yaml"]


def test_publish_keeps_what_was_learned_unless_told_to_forget(run: Run, sqlite: Database) -> None:
    run("config", "publish")
    publish_phrases(sqlite, "hours", {"en": ["open on eid"]}, "hina")
    assert run("config", "diff").exit_code == 0
    kept = (
        "version 2 runs\nwith what was learned and is not in the folder: 1 phrase of hours (config export fetches it)\n"
    )
    assert run("config", "publish").output == kept
    assert run("config", "publish", "--forget-learned").output == "version 3 runs\n"


def test_a_broken_folder_is_not_published(run: Run, folder: Path) -> None:
    (folder / "care.yaml").write_text("business: 1")
    result = run("config", "publish")
    assert result.exit_code == 1
    assert "nothing was published\ncare.yaml:1:1: business: must have keys and values" in result.output


def test_export_of_nothing(run: Run, tmp_path: Path) -> None:
    result = run("config", "export", str(tmp_path / "x"))
    assert (result.exit_code, "nothing is published yet" in result.output) == (1, True)


def test_flows_check(run: Run, folder: Path) -> None:
    result = run("flows", "check")
    assert result.exit_code == 0
    assert "main_menu                  3 nodes  1 questions  0 handoffs  1 triggers" in result.output
    (folder / "flows/main_menu.yaml").write_text("id: main_menu")
    broken = run("flows", "check")
    assert (broken.exit_code, "flows/main_menu.yaml:1:1: nodes: is missing" in broken.output) == (1, True)
