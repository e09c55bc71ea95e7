"""All processes as `make run` starts them, with the simulator as provider, and the system's Chromium in front."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import require
from tests.e2e.evidence import facts, tail
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --disable-quic"
)
START_SECONDS = 150.0
PATIENCE_MILLIS = 60_000
"""An answer takes a blink; a machine that checks several things at once takes its time."""
RUNNING = "Rabta is running."
"""What the supervisor prints once workers answer, too: web alone is up long before."""


expect.set_options(timeout=PATIENCE_MILLIS)


@dataclass(frozen=True)
class Running:
    desk: str
    phones: str
    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "rabta.log"

    @property
    def login(self) -> tuple[str, str]:
        """E-mail and password of the first agent."""
        users = json.loads((self.folder / "var" / "logins.json").read_text())["users"]
        agent = next(user for user in users if user["role"] == "agent")
        return agent["email"], agent["password"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A browser test that fails says what the product was doing."""
    report = yield
    rabta = item.funcargs.get("rabta")
    if report.failed and isinstance(rabta, Running):
        report.sections.append(("What the database holds", facts(rabta.folder / "var")))
        report.sections.append(("What the processes said last", tail(rabta.log)))
    return report


@pytest.fixture(scope="session")
def rabta(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("rabta")
    web, live, phones = (free_port() for _ in range(3))
    ours = ("TWILIO_", "META_", "DATABASE_URL", "REDIS_URL", "MEDIA_URL", "CARE_CONFIG", "PUBLIC_URL")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment |= {
        "VAR_DIR": str(folder / "var"),
        "EMBEDDINGS": "off",
        "WEB_PORT": str(web),
        "LIVE_PORT": str(live),
        "SIMULATOR_PORT": str(phones),
    }
    running = Running(f"http://127.0.0.1:{web}", f"http://127.0.0.1:{phones}", folder)
    with running.log.open("wb") as out:
        command = [sys.executable, "-m", "gateway.supervisor"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
        try:
            _wait(process, [f"{running.desk}/readyz", f"{running.phones}/healthz"], running.log)
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    require(program is not None, "Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What pages complained of on their console; a test that ends with some has failed."""
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    """A wide window. Errors in scripts and breaches of the content policy fail the test."""
    context = browser.new_context(viewport={"width": 1500, "height": 950}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MILLIS)
    page = watched(context.new_page(), complaints)
    yield page
    context.close()
    assert complaints == []


def watched(page: Page, complaints: list[str]) -> Page:
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    return page


def _wait(process: "subprocess.Popen[bytes]", urls: list[str], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, f"ended while starting:\n{tail(log)}"
        if RUNNING in log.read_text() and all(_answers(url) for url in urls):
            return
        time.sleep(0.2)
    raise AssertionError(f"not ready within {START_SECONDS:g} s:\n{tail(log)}")


def _answers(url: str) -> bool:
    try:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(url, timeout=30).status_code == 200
    except requests.RequestException:
        return False
