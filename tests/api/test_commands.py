"""``flask --app wsgi tokens …`` on the command line."""

import pytest
from flask import Flask

from tests.api.conftest import Caller


@pytest.mark.usefixtures("sara")
def test_a_token_from_the_command_line(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    made = run(args=["tokens", "create", "--name", "crm", "--role", "agent", "--user", "sara@example.com"])
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    caller = Caller(app.test_client(), secret)
    assert caller.get("/messages").status_code == 200
    assert caller.get("/conversations?assignee=me").status_code == 200
    listed = run(args=["tokens", "list"]).output
    assert "crm" in listed
    assert "sara@example.com" in listed
    assert secret not in listed
    assert run(args=["tokens", "revoke", "1"]).exit_code == 0
    assert "revoked" in run(args=["tokens", "list"]).output
    assert caller.get("/messages").status_code == 401


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["create", "--name", "x", "--user", "nobody@example.com"], "no active user nobody@example.com"),
        (["create", "--name", "x", "--role", "king"], "Invalid value"),
        (["revoke", "9"], "no token 9"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_wrong_is_told(app: Flask, args: list[str], told: str) -> None:
    result = app.test_cli_runner().invoke(args=["tokens", *args])
    assert result.exit_code != 0
    assert told in result.output


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_tokens_yet(app: Flask) -> None:
    assert "no tokens yet" in app.test_cli_runner().invoke(args=["tokens", "list"]).output
