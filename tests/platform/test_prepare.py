"""What every start prepares, and that a second time changes nothing."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from gateway.app import create_app
from gateway.core.words import Role
from gateway.desk import tokens, users
from gateway.models import migrate
from gateway.models.config_version import ConfigVersion
from gateway.models.user import ApiToken, User
from gateway.runtime import runtime_of
from gateway.settings import Settings

CONFIG = Path(__file__).parents[2] / "config"
ACCOUNT = {"account_sid": "AC" + "a" * 32, "auth_token": "b" * 32}


def make_app(folder: Path, **environment: str) -> Flask:
    return create_app(Settings.from_env({"VAR_DIR": str(folder), "CARE_CONFIG": str(CONFIG), **environment}))


def prepare(app: Flask) -> str:
    result = app.test_cli_runner().invoke(args=["prepare"])
    assert result.exit_code == 0, result.output
    return result.output


def counts(app: Flask) -> list[int]:
    with runtime_of(app).database.read() as session:
        return [session.scalar(select(func.count()).select_from(t)) or 0 for t in (User, ConfigVersion, ApiToken)]


def test_from_nothing_and_again(tmp_path: Path) -> None:
    (tmp_path / "simulator.json").write_text(json.dumps(ACCOUNT))
    app = make_app(tmp_path, BOOTSTRAP_API_TOKEN="rabta_test-token", SIMULATOR_PORT="9001")
    assert "logins.json" in prepare(app)
    logins = (tmp_path / "logins.json").read_text()
    assert counts(app) == [3, 1, 1]
    assert prepare(app) == ""
    assert counts(app) == [3, 1, 1]
    assert (tmp_path / "logins.json").read_text() == logins


def test_the_printed_password_opens_the_door(tmp_path: Path) -> None:
    app = make_app(tmp_path, BOOTSTRAP_API_TOKEN="rabta_test-token")
    prepare(app)
    with runtime_of(app).work() as session:
        for login in json.loads((tmp_path / "logins.json").read_text())["users"]:
            account = users.verify_password(session, login["email"], login["password"])
            assert account is not None
            assert account.role == login["role"]
        bearer = tokens.find(session, "rabta_test-token")
    assert bearer is not None
    assert (bearer.role, bearer.user_id is not None) == (Role.ADMIN, True)
    assert (tmp_path / "logins.json").stat().st_mode & 0o077 == 0


def test_whoever_has_users_gets_no_others(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    migrate.upgrade(runtime_of(app).database)
    with runtime_of(app).work() as session:
        users.create(session, email="me@example.org", name="Me", role=Role.ADMIN, password="a long enough one")
    prepare(app)
    assert counts(app) == [1, 1, 0]
    assert not (tmp_path / "logins.json").exists()


def test_the_simulator_is_told_whose_senders_it_plays(tmp_path: Path) -> None:
    (tmp_path / "simulator.json").write_text(json.dumps(ACCOUNT))
    app = make_app(tmp_path, PUBLIC_URL="http://127.0.0.1:9999")
    prepare(app)
    told = json.loads((tmp_path / "simulator.json").read_text())
    assert {name: told[name] for name in ACCOUNT} == ACCOUNT
    assert told["public_url"] == "http://127.0.0.1:9999"
    business = runtime_of(app).config().business
    assert [sender["address"] for sender in told["senders"]] == [c.address for c in business.channels]


@pytest.mark.parametrize("broken", ["care.yaml", None])
def test_a_broken_business_is_refused_in_words(tmp_path: Path, broken: str | None) -> None:
    folder = tmp_path / "config"
    if broken:
        folder.mkdir()
        (folder / broken).write_text("business: {}\n")
    app = create_app(Settings.from_env({"VAR_DIR": str(tmp_path), "CARE_CONFIG": str(folder)}))
    result = app.test_cli_runner().invoke(args=["prepare"])
    assert result.exit_code == 1
    assert str(folder) in result.output or "care.yaml" in result.output
