"""The door of the REST side: credentials, failures on demand, and a line on the wire for every request."""

import hmac
import json
import socket
import time
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from gateway.simulator import checks
from gateway.simulator.errors import Refusal
from gateway.simulator.setup import Setup
from gateway.simulator.state import Levers, Wire
from gateway.simulator.world import World

ANSWER_KEPT = 2000


def protect(blueprint: Blueprint, world: World) -> None:
    """Give ``blueprint`` the door: before, after and what a refusal looks like."""

    @blueprint.before_request
    def enter() -> None:
        g.begun = time.perf_counter()
        g.levers = world.levers_of(request.form.get("To", "")) if _sends() else Levers()
        if world.fail_next:
            code, status = world.fail_next.popleft()
            raise Refusal(code, status)
        if not _allowed(world.setup):
            raise Refusal(20003)

    @blueprint.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> Response:
        return _refused(refusal)

    @blueprint.after_request
    def leave(response: Response) -> Response:
        note = _misbehave(g.levers) or _ignored(world)
        world.saw(_wire(world, response, note))
        return response


def _sends() -> bool:
    return request.method == "POST" and request.path.endswith("/Messages.json")


def _allowed(setup: Setup) -> bool:
    given = request.authorization
    if not given or given.type != "basic":
        return False
    pairs = [(setup.account_sid, setup.auth_token)]
    if setup.api_key:
        pairs.append((setup.api_key, setup.api_secret))
    return any(_same(given.username, name) and _same(given.password, secret) for name, secret in pairs)


def _same(given: str | None, wanted: str) -> bool:
    return hmac.compare_digest((given or "").encode(), wanted.encode())


def _refused(refusal: Refusal) -> Response:
    response = jsonify(refusal.body())
    response.status_code = refusal.status
    if refusal.status == 429:
        response.headers["Retry-After"] = "1"
    return response


def _ignored(world: World) -> str:
    """Fields that Twilio would swallow without a word: kept in the ledger, said on the wire."""
    unknown = checks.unknown_fields(request.form) if _sends() else []
    if not unknown:
        return ""
    world.ledger.append({"unknown_fields": unknown, "path": request.path})
    return f"Twilio would ignore {', '.join(unknown)}"


def _misbehave(levers: Levers) -> str:
    """Answer late or not at all, as the customer's levers say; the words for the wire."""
    if levers.answer_seconds:
        time.sleep(levers.answer_seconds)
    if not levers.drop_next:
        return f"answered after {levers.answer_seconds:g} s" if levers.answer_seconds else ""
    levers.drop_next = False
    connection = request.environ.get("werkzeug.socket")
    if connection:
        connection.shutdown(socket.SHUT_RDWR)
    return "processed, but the response was dropped"


def _wire(world: World, response: Response, note: str) -> Wire:
    fields = _fields()
    customer = world.customer_of(_customer_address(world, fields))
    refused = response.get_json(silent=True) or {} if response.status_code >= 400 else {}
    return Wire(
        id=next(world.wire_ids),
        at=time.time(),
        to_product=False,
        method=request.method,
        target=request.full_path.rstrip("?"),
        status=response.status_code,
        millis=round((time.perf_counter() - g.begun) * 1000),
        signed=request.authorization is not None,
        customer=customer.id if customer else "",
        what=_what(),
        request=fields,
        answer="" if response.is_streamed else response.get_data(as_text=True)[:ANSWER_KEPT],
        note=note or (f"{refused.get('code')}: {refused.get('message')}" if refused else ""),
    )


def _fields() -> dict[str, Any]:
    if request.is_json:
        data = request.get_json(silent=True)
        return data if isinstance(data, dict) else {"body": data}
    return {name: values[0] if len(values) == 1 else values for name, values in request.form.lists()}


def _customer_address(world: World, fields: dict[str, Any]) -> str:
    message = world.messages.get(str(fields.get("messageId", "")))
    if message:
        return message.customer
    return json.dumps(fields["To"]).strip('"') if "To" in fields else request.args.get("To", "")


WORDS = (
    ("/Messages.json", "message"),
    ("/Media/", "media"),
    ("/Messages/", "one message"),
    ("/ApprovalRequests", "approval"),
    ("/Content", "content"),
    ("/PhoneNumbers", "look-up"),
    ("/Indicators/Typing.json", "typing"),
    ("/IncomingPhoneNumbers", "numbers"),
    ("/Accounts/", "account"),
)
VERBS = {"GET": "get", "POST": "send", "DELETE": "delete"}


def _what() -> str:
    noun = next((word for part, word in WORDS if part in request.path), "")
    if noun == "content" and request.method == "POST":
        return "create content"
    return noun if noun in ("typing", "approval", "look-up") else f"{VERBS.get(request.method, '')} {noun}".strip()
