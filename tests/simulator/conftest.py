"""A simulator and a product that writes down what it is told, both on real ports."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import requests
from flask import Flask, Response, request
from twilio.request_validator import RequestValidator, get_signature_algorithm
from werkzeug.serving import BaseWSGIServer, make_server

from gateway.simulator.__main__ import Quiet
from gateway.simulator.app import Simulator, build
from gateway.simulator.setup import parse

ACCOUNT, TOKEN = "AC" + "0" * 31 + "1", "t" * 32
SHOP, SHOP_SMS = "whatsapp:+14155238886", "+14155550100"
AYESHA = "+923001234567"


@dataclass
class Product:
    """The other end of the webhooks: checks signatures, remembers, answers as told."""

    url: str = ""
    seen: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    secret: str = TOKEN

    def messages(self) -> list[dict[str, str]]:
        return [params for params in self.seen if params.get("SmsStatus") == "received"]

    def statuses(self, sid: str) -> list[str]:
        return [p["MessageStatus"] for p in self.seen if p.get("MessageSid") == sid and "MessageStatus" in p]

    def app(self) -> Flask:
        app = Flask("product")

        @app.route("/<path:path>", methods=["GET", "POST"])
        def hook(path: str) -> Response:
            settings = request.headers.get("X-Twilio-Webhooks-Signature-Settings")
            body = request.get_data(as_text=True) if request.is_json else request.form
            given = request.headers.get("X-Twilio-Signature", "")
            algorithm = get_signature_algorithm(settings)
            if not RequestValidator(self.secret).validate(request.url, body, given, algorithm):
                return Response("unsigned", 403)
            self.seen.append(request.form.to_dict() | request.args.to_dict())
            self.headers.append(dict(request.headers))
            return Response("<Response/>", self.answers.pop(0) if self.answers else 200, content_type="text/xml")

        return app


def serve(app: Flask) -> tuple[BaseWSGIServer, str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def product() -> Iterator[Product]:
    product = Product()
    server, product.url = serve(product.app())
    yield product
    server.shutdown()
    server.server_close()


@dataclass
class Running:
    """A simulator with a client's view of it."""

    simulator: Simulator
    url: str

    def rest(self, method: str, path: str, **options: Any) -> requests.Response:
        options.setdefault("auth", (ACCOUNT, TOKEN))
        return requests.request(method, self.url + path, timeout=60, **options)

    def send(self, **form: Any) -> requests.Response:
        return self.rest("POST", f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages.json", data=form)

    def control(self, verb: str, **data: Any) -> Any:
        answer = requests.post(f"{self.url}/_control/{verb}", json=data, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def tap(self, **tap: Any) -> requests.Response:
        tap = {"channel": "whatsapp", "sender": SHOP} | tap
        return requests.post(f"{self.url}/phones/923001234567/messages", json=tap, timeout=60)


@pytest.fixture
def setup(product: Product) -> Any:
    senders = [{"address": SHOP, "name": "Shop"}, {"address": SHOP_SMS}]
    data = {"account_sid": ACCOUNT, "auth_token": TOKEN, "public_url": product.url, "senders": senders}
    return replace(parse(data, folder=None), auto=False)


@pytest.fixture
def running(setup: Any) -> Iterator[Running]:
    placeholder = Flask("placeholder")
    server, url = serve(placeholder)
    simulator = build(setup, url)
    server.app = simulator.app
    yield Running(simulator, url)
    simulator.close()
    server.shutdown()
    server.server_close()


@pytest.fixture
def eventually() -> Callable[[Callable[[], Any]], Any]:
    def wait(check: Callable[[], Any]) -> Any:
        until = time.monotonic() + 120
        while not (found := check()) and time.monotonic() < until:
            time.sleep(0.01)
        assert found
        return found

    return wait
