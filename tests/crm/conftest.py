"""The example shop in every client: files alone, a database they were imported into, CRMs elsewhere."""

from collections.abc import Callable, Iterator
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
from tests.crm.elsewhere import STAND_INS, client_at
from tests.crm.shop import SETTINGS, TODAY, take
from tests.crm.standins.hubspot import HubSpot
from tests.crm.standins.rows import Shop
from tests.crm.standins.salesforce import Salesforce
from tests.crm.standins.server import serving
from tests.crm.standins.zendesk import Zendesk


@pytest.fixture(scope="session")
def shop_files() -> dict[str, str]:
    return shop.files()


@pytest.fixture
def salesforce_server(shop_files: dict[str, str]) -> Iterator[tuple[Salesforce, str]]:
    stand_in = Salesforce.of(Shop.of_files(shop_files))
    with serving(stand_in) as url:
        yield stand_in, url


@pytest.fixture
def zendesk_server(shop_files: dict[str, str]) -> Iterator[tuple[Zendesk, str]]:
    stand_in = Zendesk.of(Shop.of_files(shop_files))
    with serving(stand_in) as url:
        yield stand_in, url


@pytest.fixture
def hubspot_server(shop_files: dict[str, str]) -> Iterator[tuple[HubSpot, str]]:
    stand_in = HubSpot.of(Shop.of_files(shop_files))
    with serving(stand_in) as url:
        yield stand_in, url


Clients = Callable[..., CrmClient]


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql), *STAND_INS])
def make(request: pytest.FixtureRequest, shop_files: dict[str, str]) -> Clients:
    """``make(settings)``: a client over the example shop."""

    def client(settings: CrmSettings = SETTINGS) -> CrmClient:
        if request.param == "memory":
            return MemoryCrm.of_files(shop_files, TODAY, settings)
        if request.param in STAND_INS:
            return client_at(settings, request.param, *request.getfixturevalue(f"{request.param}_server"))
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
