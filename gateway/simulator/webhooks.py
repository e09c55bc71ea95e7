"""Webhooks out: signed as Twilio signs them, retried as the URL's fragment asks, every try kept on the wire."""

import hashlib
import json
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter
from twilio.request_validator import RequestValidator

from gateway.simulator.state import Wire
from gateway.simulator.world import World

ANSWER_KEPT = 2000
FORM = "application/x-www-form-urlencoded; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A signed request, ready to be tried."""

    method: str
    url: str
    body: bytes | None
    headers: dict[str, str]
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class Overrides:
    """Connection overrides out of a URL's fragment, Twilio's defaults elsewhere."""

    retries: int
    retry_on: frozenset[str]
    connect_seconds: float
    read_seconds: float

    @classmethod
    def of(cls, fragment: str) -> "Overrides":
        given = dict(parse_qsl(fragment))
        return cls(
            retries=min(_number(given.get("rc"), 1), 5),
            retry_on=frozenset(given.get("rp", "ct").split(",")),
            connect_seconds=min(_number(given.get("ct"), 5000), 10000) / 1000,
            read_seconds=min(_number(given.get("rt"), 15000), 15000) / 1000,
        )

    def again(self, outcome: str) -> bool:
        """Whether a try that ended so (``ct``, ``rt``, ``5xx``, ``2xx`` …) is repeated."""
        failed = not outcome.startswith(("2", "3"))
        return failed and bool(self.retry_on & {outcome, "all"})


class Hooks:
    """Sends webhooks to the product on behalf of one account."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._threads = threading.local()

    def post(
        self,
        url: str,
        params: dict[str, str],
        *,
        method: str = "POST",
        token: str | None = None,
        as_json: Any = None,
        customer: str = "",
        what: str = "",
    ) -> dict[str, Any]:
        """Send one webhook and its retries; the last try as ``{status, body, attempt, …}``."""
        url, _, fragment = url.partition("#")
        overrides = Overrides.of(fragment)
        prepared = self._prepare(url, params, method, token or str(uuid.uuid4()), as_json)
        for attempt in range(1, overrides.retries + 2):
            outcome, tried = self._try(prepared, overrides, attempt, customer, what)
            if not overrides.again(outcome):
                break
        return tried

    def _prepare(self, url: str, params: dict[str, str], method: str, token: str, as_json: Any) -> Prepared:
        body: bytes | None = None
        content_type, signed = "", {}
        if as_json is not None:
            body, content_type = json.dumps(as_json).encode(), "application/json"
            url = _with_query(url, f"bodySHA256={hashlib.sha256(body).hexdigest()}")
        elif method == "GET":
            url = _with_query(url, urlencode(params))
        else:
            body, content_type, signed = urlencode(params).encode(), FORM, params
        headers = self._signature(url, signed) | {
            "I-Twilio-Idempotency-Token": token,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "X-Home-Region": "us1",
        }
        if content_type:
            headers["Content-Type"] = content_type
        return Prepared(method, url, body, headers, params)

    def _signature(self, url: str, params: dict[str, str]) -> dict[str, str]:
        shared = self._world.shared_key
        if not shared:
            validator = RequestValidator(self._world.setup.auth_token)
            return {"X-Twilio-Signature": validator.compute_signature(url, params)}
        signature = RequestValidator(shared["secret"]).compute_signature(url, params, "HMAC_SHA256")
        settings = f"key={shared['id']},algorithm=HMAC_SHA256"
        return {"X-Twilio-Signature": signature, "X-Twilio-Webhooks-Signature-Settings": settings}

    def _try(
        self, prepared: Prepared, overrides: Overrides, attempt: int, customer: str, what: str
    ) -> tuple[str, dict[str, Any]]:
        tried: dict[str, Any] = {"url": prepared.url, "params": prepared.params, "attempt": attempt, "status": None}
        begun = time.perf_counter()
        try:
            outcome = self._call(prepared, overrides, tried)
        except requests.ConnectTimeout:
            outcome, tried["error"] = "ct", "11200: no connection in time"
        except requests.Timeout:
            outcome, tried["error"] = "rt", "11200: no answer in time"
        except requests.RequestException as error:
            outcome, tried["error"] = "ct", f"11200: {type(error).__name__}"
        millis = round((time.perf_counter() - begun) * 1000)
        self._world.webhooks.append(tried)
        self._world.saw(self._wire(prepared, tried, millis, customer, what))
        return outcome, tried

    def _call(self, prepared: Prepared, overrides: Overrides, tried: dict[str, Any]) -> str:
        answer = self._session().request(
            prepared.method,
            prepared.url,
            data=prepared.body,
            headers=prepared.headers,
            timeout=(overrides.connect_seconds, overrides.read_seconds),
        )
        tried["status"] = answer.status_code
        tried["body"] = answer.text[:ANSWER_KEPT]
        tried["content_type"] = answer.headers.get("Content-Type", "")
        return f"{answer.status_code // 100}xx"

    def _wire(self, prepared: Prepared, tried: dict[str, Any], millis: int, customer: str, what: str) -> Wire:
        parts = urlsplit(prepared.url)
        return Wire(
            id=next(self._world.wire_ids),
            at=time.time(),
            to_product=True,
            method=prepared.method,
            target=parts.path,
            status=tried["status"],
            millis=millis,
            signed=True,
            customer=customer,
            what=what,
            attempt=tried["attempt"],
            request=dict(prepared.params),
            answer=tried.get("body", ""),
            note=tried.get("error", ""),
        )

    def _session(self) -> requests.Session:
        """One session a thread: kept-alive connections, no proxy of the machine's environment."""
        if not hasattr(self._threads, "session"):
            session = requests.Session()
            session.trust_env = False
            session.mount("http://", HTTPAdapter(pool_maxsize=4))
            self._threads.session = session
        kept: requests.Session = self._threads.session
        return kept


def _with_query(url: str, query: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{query}"


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default
