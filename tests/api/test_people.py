"""Users and presence by the API."""

from collections.abc import Callable

import pytest
from flask import Flask

from gateway.core.words import Role
from tests.api.conftest import Caller

Make = Callable[..., int]


def test_presence_and_what_is_in_hand(agent: Caller, admin: Caller, sara: int, conversation: Make) -> None:
    assert agent.get("/presence").json["data"][0]["state"] == "offline"
    agent.post(f"/conversations/{conversation()}/claim")
    said = agent("PUT", "/presence", json={"state": "online"})
    assert (said.status_code, said.json["state"], said.json["in_hand"]) == (200, "online", 1)
    assert agent.get("/presence").json["data"] == [said.json]
    changed = admin.patch(f"/users/{sara}", json={"skills": ["billing"], "languages": ["ur"], "capacity": 2})
    assert changed.json["capacity"] == 2
    assert admin.patch(f"/users/{sara}", json={"skills": []}).json == changed.json | {"skills": []}
    assert admin.patch(f"/users/{sara}", json={"capacity": None}).json["capacity"] is None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_refused(agent: Caller, admin: Caller, sara: int) -> None:
    assert agent.get("/users").status_code == 403
    assert [user["email"] for user in admin.get("/users").json["data"]] == ["sara@example.com"]
    assert admin("PUT", "/presence", json={"state": "online"}).status_code == 422
    assert agent("PUT", "/presence", json={"state": "asleep"}).status_code == 422
    assert admin.patch(f"/users/{sara}", json={"skills": ["Not One"]}).status_code == 422
    assert admin.patch("/users/99", json={}).status_code == 404


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("sara", "caller")
def test_on_the_command_line(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    told = run(args=["users", "work", "sara@example.com", "--skills", "orders,vip", "--capacity", "3"])
    assert told.output == "sara@example.com: orders,vip; all languages; 3 at once\n"
    assert "[orders,vip; all languages; 3 at once]" in run(args=["users", "list"]).output
    made = run(args=["users", "add", "b@example.com", "--languages", "ur", "--password", "a long enough one"])
    assert made.exit_code == 0, made.output
    assert "[all skills; ur; as the queue says at once]" in run(args=["users", "list"]).output
    assert run(args=["users", "work", "b@example.com", "--skills", "Not One"]).exit_code == 1


def test_roles(caller: Callable[..., Caller]) -> None:
    assert caller(Role.SUPERVISOR).get("/users").status_code == 200
