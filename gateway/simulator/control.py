"""`/_control/…`: what tests and the benchmark may do to the world, as JSON; the same verbs as a dialled-in operator."""

import base64
import time
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest, MethodNotAllowed

from gateway.simulator import approvals
from gateway.simulator.carrier import Carrier
from gateway.simulator.customers import Draft, File, Pens
from gateway.simulator.setup import sender_of
from gateway.simulator.state import Customer, Levers, plain
from gateway.simulator.webhooks import Hooks
from gateway.simulator.world import World

Verb = Callable[[dict[str, Any]], Any]


def blueprint(world: World, hooks: Hooks, pens: Pens, carrier: Carrier) -> Blueprint:
    control = Blueprint("control", __name__)
    reading = _reading(world)
    verbs = reading | _acting(world, hooks, pens, carrier) | _setting(world) | _reviewing(world)

    @control.route("/_control/<verb>", methods=["GET", "POST"])
    def run(verb: str) -> Response:
        if verb not in verbs:
            raise BadRequest(f"no such verb; there are {', '.join(sorted(verbs))}")
        if request.method == "GET" and verb not in reading:  # a mere link must not change anything
            raise MethodNotAllowed(["POST"])
        try:
            return jsonify(verbs[verb](request.get_json(silent=True) or {}))
        except (KeyError, TypeError, ValueError) as error:
            raise BadRequest(repr(error)) from error

    return control


def _reading(world: World) -> dict[str, Verb]:
    return {
        "ledger": lambda data: world.ledger,
        "messages": lambda data: [_matching(m) for m in list(world.messages.values())],
        "webhooks": lambda data: list(world.webhooks),
        "wire": lambda data: [plain(entry) for entry in list(world.wire)],
        "templates": lambda data: [approvals.view(sid, content) for sid, content in list(world.contents.items())],
        "customers": lambda data: [world.customer_view(c) for c in list(world.customers.values())],
    }


def _matching(message: Any) -> dict[str, Any]:
    """A message with what a test asks for first: its words, its fate, its callback."""
    return plain(message) | {"to": message.to_address, "from": message.sender_address}


def _acting(world: World, hooks: Hooks, pens: Pens, carrier: Carrier) -> dict[str, Verb]:
    def inbound(data: dict[str, Any]) -> Any:
        known = ("to", "frm", "body", "media", "ProfileName")
        extra = {key: str(value) for key, value in data.items() if key not in known}
        files = tuple(File(base64.b64decode(blob), kind) for blob, kind in data.get("media", ()))
        name = data.get("ProfileName", "")
        draft = Draft(data["to"], data["frm"], data.get("body", ""), files, extra, name)
        if data["to"] not in world.senders:
            raise ValueError(f"no sender {data['to']}")
        return pens.send_now(draft)

    def advance(data: dict[str, Any]) -> Any:
        return carrier.advance(data["s"], data.get("to"), data.get("error"))

    def read(data: dict[str, Any]) -> Any:
        carrier.read(data["sids"])
        return {"ok": True}

    def post(data: dict[str, Any]) -> Any:
        return hooks.post(data["url"], data.get("params") or {}, token=data.get("token"), as_json=data.get("as_json"))

    def reset(data: dict[str, Any]) -> Any:
        return _reset(world)

    return {"inbound": inbound, "advance": advance, "read": read, "post": post, "reset": reset}


def _setting(world: World) -> dict[str, Verb]:
    def number(data: dict[str, Any]) -> Any:
        entry = {"address": data["number"], "messages_url": data.get("sms_url"), "voice_url": data.get("voice_url")}
        sender = sender_of({k: v for k, v in entry.items() if v}, world.setup.public_url)
        world.senders[sender.address] = sender
        return {"ok": True}

    def fail_next(data: dict[str, Any]) -> Any:
        world.fail_next.append((int(data["code"]), data.get("status")))
        return {"ok": True}

    def window(data: dict[str, Any]) -> Any:
        world.last_inbound[data["user"]] = time.time() - data.get("age", 0)
        return {"ok": True}

    def shared_key(data: dict[str, Any]) -> Any:
        world.shared_key = {"id": data["id"], "secret": data["secret"]} if data else None
        return {"ok": True}

    def auto(data: dict[str, Any]) -> Any:
        world.auto = bool(data["on"])
        return {"ok": True}

    def lever(data: dict[str, Any]) -> Any:
        customer = world.customer_of(data["user"]) or world.add_customer(data["user"], data["user"], "en")
        return set_levers(world, customer, {k: v for k, v in data.items() if k != "user"})

    return {
        "number": number,
        "fail_next": fail_next,
        "window": window,
        "shared_key": shared_key,
        "auto": auto,
        "lever": lever,
    }


def _reviewing(world: World) -> dict[str, Verb]:
    def approval(data: dict[str, Any]) -> Any:
        sid = approvals.named(world, data)
        return approvals.approval_of(approvals.decide(world, sid, data["status"], data.get("reason", "")))

    def approval_seconds(data: dict[str, Any]) -> Any:
        world.approval_seconds = max(0.0, float(data["seconds"]))
        return {"ok": True}

    return {"approval": approval, "approval_seconds": approval_seconds}


def set_levers(world: World, customer: Customer, values: dict[str, Any]) -> dict[str, Any]:
    """Move some of a customer's levers; the customer as the page sees it.

    Raises:
        ValueError: a lever that does not exist.
    """
    unknown = set(values) - {item.name for item in fields(Levers)}
    if unknown:
        raise ValueError(f"no such lever: {', '.join(sorted(unknown))}")
    customer.levers = Levers(**(asdict(customer.levers) | values))
    world.customer_changed(customer)
    return world.customer_view(customer)


def _reset(world: World) -> dict[str, bool]:
    with world.lock:
        for sid in list(world.messages):
            world.remove(sid)
        world.last_inbound.clear()
        world.opted_out.clear()
        world.ledger.clear()
        world.webhooks.clear()
        world.wire.clear()
        world.fail_next.clear()
        world.shared_key = None
        world.approval_seconds = 0.0
        for customer in world.customers.values():
            customer.levers = Levers()
    for customer in list(world.customers.values()):
        world.customer_changed(customer)
    world.feed.publish("reload", {})
    return {"ok": True}
