"""Processes the judge starts: the stand-in, our simulator, the whole product; each on free ports, ended afterwards."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.ports import free_port

ACCOUNT, TOKEN = "AC" + "0" * 31 + "1", "t" * 32
API_TOKEN = "judge-" + "0" * 40
ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 150.0
STOP_SECONDS = 60.0
RUNNING = "Rabta is running."
"""Printed once workers answer, too."""


@dataclass(frozen=True)
class Standin:
    """A Twilio on this machine, theirs or ours: both have the same control verbs."""

    url: str

    def control(self, verb: str, **data: Any) -> Any:
        answer = _http("POST", f"{self.url}/_control/{verb}", json=data)
        answer.raise_for_status()
        return answer.json()

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        options.setdefault("auth", (ACCOUNT, TOKEN))
        return _http(method, self.url + path, allow_redirects=False, **options)

    def messages(self, to: str) -> list[dict[str, Any]]:
        """What the business sent to ``to``, oldest first, as the stand-in keeps it: ``{m, cb, fate, form}``."""
        return [entry for entry in self.control("messages") if entry["m"]["to"] == to]


@dataclass(frozen=True)
class Product:
    """The running product, seen through its REST interface."""

    url: str
    folder: Path

    def get(self, path: str, **query: Any) -> Any:
        answer = _http("GET", f"{self.url}/api/v1/{path}", params=query, headers=self._headers())
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, **data: Any) -> requests.Response:
        return _http("POST", f"{self.url}/api/v1/{path}", json=data, headers=self._headers())

    def upload(self, name: str, data: bytes, content_type: str) -> int:
        """Hand a file in, to be sent; its id."""
        files = {"file": (name, data, content_type)}
        answer = _http("POST", f"{self.url}/api/v1/media", files=files, headers=self._headers())
        answer.raise_for_status()
        return int(answer.json()["id"])

    def metric(self, line: str) -> float:
        """A counter of ``/metrics`` by its name and labels; 0 when nothing was counted yet."""
        text = _http("GET", f"{self.url}/metrics", headers=self._headers()).text
        found = [row.rpartition(" ")[2] for row in text.splitlines() if row.startswith(f"{line} ")]
        return float(found[0]) if found else 0.0

    def messages(self, external_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("messages", external_id=external_id)["data"]
        return found

    def conversation(self, external_id: str) -> list[dict[str, Any]]:
        """All messages of the conversation that holds this one, oldest first."""
        conversation_id = self.messages(external_id)[0]["conversation_id"]
        found = self.get("messages", conversation_id=conversation_id, limit=200)["data"]
        return sorted(found, key=lambda message: message["id"])

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {API_TOKEN}"}


def eventually(check: Callable[[], Any], seconds: float = 90.0, what: str = "", pause: float = 0.05) -> Any:
    """What ``check`` returns once it is true; fails after ``seconds``."""
    found = within(seconds, check, pause)
    assert found, f"not within {seconds:g} s: {what or check}"
    return found


def within(seconds: float, check: Callable[[], Any], pause: float = 0.05) -> Any:
    """What ``check`` returns once it is true; after ``seconds`` what it returned last."""
    until = time.monotonic() + seconds
    while not (found := check()) and time.monotonic() < until:
        time.sleep(pause)
    return found


@contextmanager
def start_standin(twilio: Path, folder: Path) -> Iterator[Standin]:
    port = free_port()
    command = [sys.executable, "-B", "fake_twilio.py", "--port", str(port), "--openapi", str(twilio / "openapi")]
    with _process(command, folder / "standin.log", cwd=twilio / "standin") as process:
        url = f"http://127.0.0.1:{port}"
        _wait(process, f"{url}/_control/ledger", folder / "standin.log")
        yield Standin(url)


@contextmanager
def start_simulator(folder: Path, senders: list[str]) -> Iterator[Standin]:
    port, setup = free_port(), folder / "simulator.json"
    nobody = f"http://127.0.0.1:{free_port()}"
    data = {"account_sid": ACCOUNT, "auth_token": TOKEN, "public_url": nobody, "auto": False}
    setup.write_text(json.dumps(data | {"senders": [{"address": address} for address in senders]}))
    command = [sys.executable, "-m", "gateway.simulator", str(setup), "--port", str(port)]
    with _process(command, folder / "simulator.log") as process:
        url = f"http://127.0.0.1:{port}"
        _wait(process, f"{url}/healthz", folder / "simulator.log")
        yield Standin(url)


@contextmanager
def start_product(folder: Path, api_base: str, **settings: str) -> Iterator[Product]:
    """`python -m gateway.supervisor` with its own folder and ports."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "META_"))}
    environment |= {
        "VAR_DIR": str(folder / "var"),
        "EMBEDDINGS": "off",  # training with them would take a core for half a minute of every start
        "PUBLIC_URL": url,
        "WEB_PORT": str(port),
        "LIVE_PORT": str(free_port()),
        "SIMULATOR_PORT": str(free_port()),
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_BASE": api_base,
        "TWILIO_SHARED_KEYS": "webhooks_sharedkey_1:shared-secret",
        "BOOTSTRAP_API_TOKEN": API_TOKEN,
    }
    for name in ("DATABASE_URL", "REDIS_URL", "MEDIA_URL", "CARE_CONFIG"):
        environment.pop(name, None)
    log = folder / "product.log"
    with _process([sys.executable, "-m", "gateway.supervisor"], log, env=environment | settings) as process:
        _wait(process, f"{url}/readyz", log)
        eventually(lambda: RUNNING in log.read_text(), START_SECONDS, "workers that answer")
        yield Product(url, folder)


@contextmanager
def _process(command: list[str], log: Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> Iterator[Any]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=out, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, f"ended while starting:\n{log.read_text()[-4000:]}"
        try:
            if _http("GET", url).status_code < 400:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"not ready within {START_SECONDS:g} s:\n{log.read_text()[-4000:]}")


def _http(method: str, url: str, **options: Any) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, timeout=60, **options)
