"""`make judge`: Twilio as somebody else built it (``--shared``/twilio/standin) against the whole product."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from judge.customers import Customer
from judge.processes import Product, Standin, start_product, start_simulator, start_standin
from tests import postgresql
from tests.conftest import require

SENDERS = {"whatsapp": "whatsapp:+14155238886", "sms": "+14155550100"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shared", default="../shared", help="folder that holds twilio/standin and twilio/openapi")


@pytest.fixture(scope="session")
def twilio(request: pytest.FixtureRequest) -> Path:
    """The folder of the stand-in and the specifications."""
    folder = Path(request.config.getoption("--shared")).resolve() / "twilio"
    assert (folder / "standin" / "fake_twilio.py").exists(), f"no stand-in in {folder}: make judge SHARED=…"
    return folder


@pytest.fixture(scope="session")
def standin(twilio: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    """The stand-in alone, for requests of the corpus."""
    with start_standin(twilio, tmp_path_factory.mktemp("standin")) as running:
        yield running


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    """Our own simulator, which must answer the corpus alike."""
    with start_simulator(tmp_path_factory.mktemp("simulator"), list(SENDERS.values())) as running:
        yield running


@pytest.fixture(scope="session")
def judging(twilio: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    """The stand-in that the product talks to: its ledger is the verdict."""
    with start_standin(twilio, tmp_path_factory.mktemp("judging")) as running:
        yield running


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test runs on SQLite; those marked ``both_databases`` on PostgreSQL, too."""
    if "product" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_databases")
        databases = ["sqlite", "postgresql"] if both else ["sqlite"]
        metafunc.parametrize("product", databases, indirect=True, scope="session")


@pytest.fixture(scope="session")
def product(
    request: pytest.FixtureRequest, judging: Standin, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """All processes of the product, as `make run` starts them, with the stand-in as its provider."""
    with ExitStack() as stack:
        settings = {}
        if request.param == "postgresql":
            require(postgresql.answers(), "PostgreSQL server")
            settings["DATABASE_URL"] = stack.enter_context(postgresql.own_database("judge"))
        folder = tmp_path_factory.mktemp("product")
        running = stack.enter_context(start_product(folder, judging.url, **settings))
        for number in SENDERS.values():
            webhooks = f"{running.url}/webhooks/twilio"
            judging.control(
                "number",
                number=number,
                sms_url=f"{webhooks}/messages#rc=3&rp=ct,rt,5xx",
                voice_url=f"{webhooks}/voice/incoming",
            )
        yield running


@pytest.fixture
def clean_ledger(judging: Standin) -> Iterator[None]:
    """Nothing that we ever send breaks Twilio's specification or is silently ignored."""
    yield
    assert judging.control("ledger") == []


@pytest.fixture
def whatsapp(judging: Standin, product: Product, clean_ledger: None) -> Customer:
    return Customer.on_whatsapp(judging, product)


@pytest.fixture
def sms(judging: Standin, product: Product, clean_ledger: None) -> Customer:
    return Customer.on_sms(judging, product)
