"""Requests nobody would write, made from our own OpenAPI: never a 5xx, every answer as documented."""

import io
from collections.abc import Callable

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from gateway.core.words import Role
from gateway.desk import users
from gateway.models.database import Database
from gateway.runtime import Runtime
from tests.api.conftest import PASSWORD, Caller

EXAMPLES = 8
"""Requests per operation and database."""
SEEDS = {"sqlite": 7, "postgresql": 8}
"""Each database gets requests of its own: most of the time goes into making them up."""


@pytest.fixture
def full(conversation: Callable[..., int], admin: Caller, runtime: Runtime) -> None:
    """Rows with the ids 1 and 2 of everything, so that paths lead somewhere."""
    with runtime.work() as session:
        users.create(session, email="amna@example.com", name="Amna", role=Role.ADMIN, password=PASSWORD)
    for number in range(2):
        opened = conversation(f"+92300123456{number}")
        admin.post(f"/conversations/{opened}/notes", json={"text": "a note"})
    for _ in range(2):
        admin.post("/media", data={"file": (io.BytesIO(b"hello"), "a.txt")})


@pytest.mark.usefixtures("full")
def test_no_request_breaks_the_contract(app: Flask, caller: Callable[..., Caller], database: Database) -> None:
    caller_headers = caller(Role.ADMIN, "amna@example.com")
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    tried = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        _fuzz(found.ok(), caller_headers.headers, SEEDS[database.engine.dialect.name])
        tried += 1
    assert tried >= 25


def _fuzz(operation: schemathesis.schemas.APIOperation, headers: dict[str, str], start: int) -> None:
    sound = operation.as_strategy()
    hostile = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @seed(start)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=sound | hostile, item=st.sampled_from([None, 1, 2]))
    def run(case: schemathesis.Case, item: int | None) -> None:
        if item and "item_id" in (case.path_parameters or {}):
            case.path_parameters["item_id"] = item
        case.call_and_validate(headers=headers, excluded_checks=_beside_the_point(case))

    run()


def _beside_the_point(case: schemathesis.Case) -> list[object]:
    """The path and the token are set right here; a cursor or a body may be well-formed and yet not be possible."""
    possible = case.operation.method.upper() == "GET" and "cursor" not in (case.query or {})
    return [negative_data_rejection] if possible else [negative_data_rejection, positive_data_acceptance]
