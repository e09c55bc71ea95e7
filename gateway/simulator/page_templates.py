"""The page's dialog of templates: how each stands with the reviewers, and what they are to say."""

from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest, NotFound

from gateway.simulator import approvals
from gateway.simulator.world import World

SLOWEST_SECONDS = 365 * 86400.0


def blueprint(world: World) -> Blueprint:
    page = Blueprint("page_templates", __name__)

    @page.get("/templates")
    def listed() -> Response:
        return jsonify(_view(world))

    @page.post("/templates/<sid>")
    def decided(sid: str) -> Response:
        if sid not in world.contents:
            raise NotFound
        status = str(_json().get("status"))
        try:
            approvals.decide(world, sid, status, "Decided on the page of phones" if status == "rejected" else "")
        except ValueError as error:
            raise BadRequest(str(error)) from error
        return jsonify(_view(world))

    @page.post("/reviewers")
    def reviewers() -> Response:
        seconds = _json().get("seconds")
        if not isinstance(seconds, int | float) or not 0 <= seconds <= SLOWEST_SECONDS:
            raise BadRequest("seconds must be a number")
        world.approval_seconds = float(seconds)
        return jsonify(_view(world))

    return page


def _view(world: World) -> dict[str, Any]:
    with world.lock:
        contents = [approvals.view(sid, content) for sid, content in world.contents.items()]
    submitted = [content for content in contents if content["approval"]["status"] != "unsubmitted"]
    return {"seconds": world.approval_seconds, "states": approvals.DECISIONS, "templates": submitted}


def _json() -> dict[str, Any]:
    """The body, which must say that it is JSON: no other site's form can."""
    data = request.get_json()
    if not isinstance(data, dict):
        raise BadRequest("an object is needed")
    return data
