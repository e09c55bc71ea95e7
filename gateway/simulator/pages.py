"""The phone page and what its script asks for: the state, live changes, taps, files and levers."""

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest, NotFound

from gateway.simulator import samples
from gateway.simulator.carrier import Carrier
from gateway.simulator.control import set_levers
from gateway.simulator.customers import File, Pens
from gateway.simulator.files import Files
from gateway.simulator.setup import Sender
from gateway.simulator.state import Customer, plain
from gateway.simulator.taps import draft_of, file_draft
from gateway.simulator.world import World

SEEDED = (
    ("Ayesha Khan", "+923001234567", "ur"),
    ("Bilal Ahmed", "+923009876543", "ur-Latn"),
    ("Carmen Ruiz", "+34600111222", "es"),
)
LANGUAGES = ("ur", "ur-Latn", "en", "es", "ar")
MESSAGES_SHOWN = 600
WIRE_SHOWN = 150
FRAME_MOST = 60


def seed(world: World) -> None:
    """Three customers for a new world: those of ``config/crm`` who have orders in different states."""
    if not world.customers:
        for name, number, language in SEEDED:
            world.add_customer(name, number, language)


def blueprint(world: World, pens: Pens, carrier: Carrier, files: Files) -> Blueprint:
    page = Blueprint("page", __name__, static_folder="static", static_url_path="/page-static")
    _reading(page, world)
    _files(page, world, files)
    _customers(page, world)
    _taps(page, world, pens, carrier)
    return page


def _reading(page: Blueprint, world: World) -> None:
    @page.get("/")
    def index() -> Response:
        return page.send_static_file("index.html")

    @page.get("/healthz")
    def healthz() -> Response:
        return jsonify(ok=True)

    @page.get("/state")
    def state() -> Response:
        last = world.feed.last
        with world.lock:
            messages = list(world.messages.values())[-MESSAGES_SHOWN:]
            customers, wire = list(world.customers.values()), list(world.wire)[-WIRE_SHOWN:]
        return jsonify(
            last=last,
            senders=[_sender(sender) for sender in world.senders.values()],
            desk_url=world.setup.desk_url,
            languages=LANGUAGES,
            customers=[world.customer_view(c) for c in customers],
            messages=[world.message_view(m) for m in messages],
            wire=[plain(entry) for entry in wire],
        )

    @page.get("/live")
    def live() -> Response:
        after = request.headers.get("Last-Event-ID") or request.args.get("after", "0")
        stream = world.feed.follow(int(after) if after.isdecimal() else 0)
        return Response(stream, mimetype="text/event-stream", headers={"Cache-Control": "no-store"})


def _files(page: Blueprint, world: World, files: Files) -> None:
    @page.get("/cdn/<sid>")
    def cdn(sid: str) -> Response:
        data = files.get(sid) if re.fullmatch(r"ME[0-9a-f]{32}", sid) else None
        if data is None:
            raise NotFound
        kinds = (media.content_type for m in list(world.messages.values()) for media in m.media if media.sid == sid)
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
        return Response(data, content_type=next(kinds, "application/octet-stream"), headers=headers)


def _customers(page: Blueprint, world: World) -> None:
    @page.post("/phones")
    def add() -> Response:
        data = _json()
        name, number = (
            str(data.get("name", "")).strip()[:FRAME_MOST],
            re.sub(r"[\s()-]", "", str(data.get("number", ""))),
        )
        if not name or not re.fullmatch(r"\+[1-9]\d{6,14}", number):
            raise BadRequest("a name and a number like +923001234567 are needed")
        language = data.get("language") if data.get("language") in LANGUAGES else "en"
        return jsonify(world.customer_view(world.add_customer(name, number, str(language))))

    @page.post("/phones/<customer_id>/levers")
    def levers(customer_id: str) -> Response:
        return _said(lambda: set_levers(world, _customer(world, customer_id), _json()))


def _taps(page: Blueprint, world: World, pens: Pens, carrier: Carrier) -> None:
    @page.post("/phones/<customer_id>/messages")
    def tap(customer_id: str) -> Response:
        customer = _customer(world, customer_id)
        return _said(lambda: world.message_view(pens.send(draft_of(world, customer, _json()))))

    @page.post("/phones/<customer_id>/file")
    def file(customer_id: str) -> Response:
        """The file's bytes as the body, where it goes in the query."""
        customer, args = _customer(world, customer_id), request.args
        if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain", ""):
            raise BadRequest("send the file itself, with its own content type")
        if args.get("sender") not in world.senders:
            raise BadRequest("no such sender")
        own = File(request.get_data(), request.mimetype, args.get("name", "")[:120])
        draft = file_draft(customer, args.get("channel", ""), args["sender"], own, args.get("caption", ""))
        return jsonify(world.message_view(pens.send(draft)))

    @page.post("/phones/<customer_id>/seen")
    def seen(customer_id: str) -> Response:
        customer = _customer(world, customer_id)
        with world.lock:
            sids = [m.sid for m in world.messages.values() if customer.owns(m.customer) and m.status == "delivered"]
        wanted = set(map(str, _json().get("sids", ())))
        carrier.read([sid for sid in sids if sid in wanted])
        return jsonify(ok=True)

    @page.get("/samples/<kind>")
    def sample(kind: str) -> Response:
        found = samples.file(kind, request.args.get("language", "en"))
        if not found:
            raise NotFound
        return Response(found.data, content_type=found.content_type)


def _said(act: Callable[[], dict[str, Any]]) -> Response:
    try:
        return jsonify(act())
    except (ValueError, KeyError, TypeError) as error:
        raise BadRequest(str(error)) from error


def _json() -> dict[str, Any]:
    """The body, which must say that it is JSON: no other site's form can."""
    data = request.get_json()
    if not isinstance(data, dict):
        raise BadRequest("an object is needed")
    return data


def _customer(world: World, customer_id: str) -> Customer:
    if customer_id not in world.customers:
        raise NotFound
    return world.customers[customer_id]


def _sender(sender: Sender) -> dict[str, Any]:
    return {"address": sender.address, "channel": "whatsapp" if sender.is_whatsapp else "sms", "name": sender.name}
