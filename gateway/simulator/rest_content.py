"""`content.twilio.com/v1`: content resources, their approval, and both in one list."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from gateway.simulator import access, approvals, content
from gateway.simulator.errors import Refusal
from gateway.simulator.state import new_sid
from gateway.simulator.world import World

HOST = "https://content.twilio.com/v1"
PAGE_MOST = 1000

Answer = Response | tuple[Response | str, int]


def blueprint(world: World) -> Blueprint:
    contents = Blueprint("contents", __name__)
    access.protect(contents, world)
    _content(contents, world)
    _approvals(contents, world)
    return contents


def _content(contents: Blueprint, world: World) -> None:
    @contents.post("/content/v1/Content")
    def create() -> Answer:
        data = content.checked(request.get_json(silent=True))
        now = datetime.fromtimestamp(time.time(), UTC).isoformat()
        sid = new_sid("HX")
        world.store_content(sid, {**data, "sid": sid, "date_created": now})
        return jsonify(_resource(world, sid)), 201

    @contents.get("/content/v1/Content")
    def listed() -> Answer:
        return _page(world, "Content", lambda sid: _resource(world, sid))

    @contents.get("/content/v1/Content/<sid>")
    def fetched(sid: str) -> Answer:
        return jsonify(_resource(world, sid))

    @contents.delete("/content/v1/Content/<sid>")
    def deleted(sid: str) -> Answer:
        _known(world, sid)
        world.store_content(sid, None)
        return "", 204


def _approvals(contents: Blueprint, world: World) -> None:
    @contents.post("/content/v1/Content/<sid>/ApprovalRequests/whatsapp")
    def approve(sid: str) -> Answer:
        _known(world, sid)
        asked = approvals.ask(world, sid, request.get_json(silent=True) or {})
        return jsonify(approvals.approval_of(asked) | {"status": "received"}), 201

    @contents.get("/content/v1/Content/<sid>/ApprovalRequests")
    def approval(sid: str) -> Answer:
        shown = approvals.approval_of(_known(world, sid))
        url = f"{HOST}/Content/{sid}/ApprovalRequests"
        return jsonify(sid=sid, account_sid=world.setup.account_sid, url=url, whatsapp=shown)

    @contents.get("/content/v1/ContentAndApprovals")
    def both() -> Answer:
        def shown(sid: str) -> dict[str, Any]:
            resource = _resource(world, sid)
            kept = {name: value for name, value in resource.items() if name not in ("url", "links")}
            return kept | {"approval_requests": approvals.approval_of(world.contents[sid])}

        return _page(world, "ContentAndApprovals", shown)

    @contents.route("/content/<path:path>", methods=["GET", "POST", "DELETE"])
    def nothing(path: str) -> Answer:
        raise Refusal(20404)


def _page(world: World, path: str, shown: Callable[[str], dict[str, Any]]) -> Response:
    """One page, the newest first, in the shape of Twilio's younger lists."""
    size = min(max(request.args.get("PageSize", 50, int), 1), PAGE_MOST)
    page = max(request.args.get("Page", 0, int), 0)
    with world.lock:
        sids = list(reversed(world.contents))
        rows = [shown(sid) for sid in sids[page * size : (page + 1) * size]]

    def url(number: int) -> str:
        return f"{HOST}/{path}?PageSize={size}&Page={number}"

    meta = {
        "key": "contents",
        "page": page,
        "page_size": size,
        "url": url(page),
        "first_page_url": url(0),
        "previous_page_url": url(page - 1) if page else None,
        "next_page_url": url(page + 1) if len(sids) > (page + 1) * size else None,
    }
    return jsonify(contents=rows, meta=meta)


def _known(world: World, sid: str) -> dict[str, Any]:
    if sid not in world.contents:
        raise Refusal(20404)
    return world.contents[sid]


def _resource(world: World, sid: str) -> dict[str, Any]:
    data = _known(world, sid)
    return {
        "sid": sid,
        "account_sid": world.setup.account_sid,
        "friendly_name": data.get("friendly_name"),
        "language": data["language"],
        "variables": data.get("variables") or {},
        "types": data["types"],
        "date_created": data["date_created"],
        "date_updated": data["date_created"],
        "url": f"{HOST}/Content/{sid}",
        "links": {
            "approval_create": f"{HOST}/Content/{sid}/ApprovalRequests/whatsapp",
            "approval_fetch": f"{HOST}/Content/{sid}/ApprovalRequests",
        },
    }
