"""Calls services of the business for flows: listed hosts only, secrets in headers, answers checked for their types."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from automation.flows.requests import Answered, Call, Result, unfit
from gateway.core.errors import Unanswered
from gateway.core.exchange import Exchange, Resolve, addresses_of
from gateway.core.own_services import Service, Target, climbs, service_of, target_of, why_not

LARGEST_BYTES = 64_000
MISSING = frozenset({404, 410})
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""They may say something else in a moment."""
TYPED = {"Content-Type": b"application/json"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who may be called, and with which secrets."""

    services: tuple[Service, ...]
    secrets: Mapping[str, str] = field(default_factory=dict)
    resolve: Resolve = lambda host, port: addresses_of(host, port)

    def call(self, request: Call, key: str, left_seconds: float) -> Answered:
        """What the service answers; ``key`` lets it know a request again.

        Raises:
            Unanswered: nothing that can be used.
        """
        if reason := why_not(request.url, self.services):
            raise Unanswered(reason, arrived=False, again=False)
        target = target_of(request.url)
        service = service_of(target, self.services)
        if service is None or climbs(target.path):
            raise Unanswered("the address leads elsewhere", arrived=False, again=False)
        headers = self._headers(service, target, request, key)
        body = None if request.method == "GET" else json.dumps(dict(request.body)).encode()
        exchange = Exchange(
            target,
            min(request.timeout_seconds, service.timeout_seconds, left_seconds),
            private=service.private,
            largest=LARGEST_BYTES,
            resolve=self.resolve,
        )
        answer = exchange.run(request.method, headers if body is None else {**headers, **TYPED}, body)
        return _read(answer.status, answer.body, request)

    def _headers(self, service: Service, target: Target, request: Call, key: str) -> dict[str, Any]:
        missing = [name for name in service.secrets.values() if name not in self.secrets]
        if missing:
            raise Unanswered(f"CALL_SECRET_{missing[0]} is not set", arrived=False, again=False)
        ours = {"Host": target.names[0], "Accept": "application/json", "Accept-Encoding": "identity"}
        ours |= {"User-Agent": "Rabta", "Idempotency-Key": key}
        secret = {header: self.secrets[name] for header, name in service.secrets.items()}
        named = {name.lower() for name in (*ours, *secret)}
        theirs = {name: text for name, text in request.headers.items() if name.lower() not in named}
        return {name: text.encode() for name, text in (theirs | ours | secret).items()}


def _read(status: int, body: bytes, request: Call) -> Answered:
    if status in MISSING:
        return Answered(Result.MISSING)
    if not 200 <= status < 300:
        raise Unanswered(f"the service answered {status}", again=status in PASSING)
    try:
        value = json.loads(body or b"{}", parse_constant=_no_number, parse_float=_number)
    except (ValueError, RecursionError) as error:
        raise Unanswered(f"the answer is no JSON: {error}"[:150], again=False) from error
    if not isinstance(value, dict):
        raise Unanswered("the answer is no JSON object", again=False)
    if reason := unfit(value, request.expects):
        raise Unanswered(f"the answer does not fit: {reason}", again=False)
    return Answered(Result.FOUND, {name: value[name] for name in request.expects or value})


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _number(text: str) -> float:
    return float(text) if math.isfinite(float(text)) else _no_number(text)
