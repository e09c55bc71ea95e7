"""The example shop in both clients of ours: files alone, and a database they were imported into."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from gateway.app import create_app
from gateway.core.crm import CrmClient, CrmSettings
from gateway.crm.builtin import BuiltinCrm
from gateway.crm.memory import MemoryCrm
from gateway.models.database import Database
from gateway.settings import Settings
from tests.crm import shop
from tests.crm.shop import SETTINGS, TODAY, take


@pytest.fixture(scope="session")
def shop_files() -> dict[str, str]:
    return shop.files()


Clients = Callable[..., CrmClient]


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def make(request: pytest.FixtureRequest, shop_files: dict[str, str]) -> Clients:
    """``make(settings)``: a client over the example shop."""

    def client(settings: CrmSettings = SETTINGS) -> CrmClient:
        if request.param == "memory":
            return MemoryCrm.of_files(shop_files, TODAY, settings)
        database: Database = request.getfixturevalue(request.param)
        _, bad = take(database, shop_files)
        assert bad == []
        return BuiltinCrm(database, settings)

    return client


@pytest.fixture
def crm(make: Clients) -> CrmClient:
    return make()


@pytest.fixture
def app(tmp_path: Path, sqlite: Database) -> Flask:
    """With the example published and its customers imported."""
    sqlite.engine.dispose()
    settings = {
        "VAR_DIR": str(tmp_path / "var"),
        "CARE_CONFIG": str(shop.CONFIG),
        "DATABASE_URL": str(sqlite.engine.url),
    }
    made = create_app(Settings.from_env(settings))
    assert made.test_cli_runner().invoke(args=["prepare"]).exit_code == 0
    return made
