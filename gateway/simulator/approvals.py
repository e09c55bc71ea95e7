"""What WhatsApp's reviewers say of a template: asked, pending, approved after a while, or whatever a test says."""

import hashlib
import json
import time
from datetime import UTC, datetime
from typing import Any

from gateway.simulator.errors import Refusal
from gateway.simulator.world import World

STATES = ("unsubmitted", "received", "pending", "approved", "rejected", "paused", "disabled")
DECISIONS = ("approved", "pending", "rejected", "paused", "disabled")
"""What a person at the page may have the reviewers say."""
CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")
FATES = {"rejected": 63040, "paused": 63041, "disabled": 63042}
"""How a send outside the window ends by the template's state; any other is free text there."""


def ask(world: World, sid: str, data: dict[str, Any]) -> dict[str, Any]:
    """Take a request for approval; the resource as it is afterwards.

    Raises:
        Refusal: something is missing, or the name was rejected before.
    """
    name, category = data.get("name"), data.get("category")
    if not name or category not in CATEGORIES:
        raise Refusal(20001, text="'name' and 'category' are required")
    if any(approval_of(other)["name"] == name and status_of(other) == "rejected" for other in world.contents.values()):
        raise Refusal(20001, text=f"the name {name} was rejected before and cannot be used again")
    asked = {"name": name, "category": category, "asked_at": time.time(), "seconds": world.approval_seconds}
    return _keep(world, sid, asked)


def decide(world: World, sid: str, status: str, reason: str = "") -> dict[str, Any]:
    """What the reviewers say from now on.

    Raises:
        ValueError: there is no such state.
    """
    if status not in STATES:
        raise ValueError(f"a state is one of {', '.join(STATES)}")
    known = world.contents[sid].get("approval") or {"name": world.contents[sid].get("friendly_name"), "category": ""}
    return _keep(world, sid, known | {"status": status, "rejection_reason": reason})


def status_of(content: dict[str, Any]) -> str:
    """The state at this moment: approval comes by itself, its time after it was asked for."""
    approval = content.get("approval")
    if not approval:
        return "unsubmitted"
    if approval.get("status"):
        return str(approval["status"])
    left = approval["asked_at"] + approval["seconds"] - time.time()
    if left <= 0:
        return "approved"
    return "received" if left > approval["seconds"] / 2 else "pending"


def approval_of(content: dict[str, Any]) -> dict[str, Any]:
    """As Twilio shows it."""
    given = content.get("approval") or {}
    return {
        "name": given.get("name", ""),
        "category": given.get("category", ""),
        "content_type": next(iter(content["types"])),
        "status": status_of(content),
        "rejection_reason": given.get("rejection_reason", ""),
        "allow_category_change": True,
    }


def view(sid: str, content: dict[str, Any]) -> dict[str, Any]:
    """A resource with its approval, for tests and the page."""
    named = {name: content.get(name) for name in ("friendly_name", "language", "variables", "types")}
    return {"sid": sid, **named, "approval": approval_of(content)}


def seed(world: World) -> None:
    """The business's templates, approved long ago; what the person at the levers decided since then stays."""
    for template in world.setup.templates:
        sid = "HX" + hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()[:32]
        if sid in world.contents:
            continue
        now = datetime.fromtimestamp(time.time(), UTC).isoformat()
        content = {
            "friendly_name": template["name"],
            "language": template["language"],
            "variables": template["samples"],
            "types": _types(template),
            "sid": sid,
            "date_created": now,
            "approval": {"name": template["name"], "category": template["category"], "status": "approved"},
        }
        world.store_content(sid, content)


def named(world: World, data: dict[str, Any]) -> str:
    """The id of the content meant by ``sid`` or ``name``, the newest of that name.

    Raises:
        KeyError: there is none.
    """
    if data.get("sid") in world.contents:
        return str(data["sid"])
    found = [sid for sid, content in world.contents.items() if content.get("friendly_name") == data.get("name")]
    if not found:
        raise KeyError(f"no content {data.get('sid') or data.get('name')}")
    return found[-1]


def _types(template: dict[str, Any]) -> dict[str, Any]:
    if not template.get("buttons"):
        return {"twilio/text": {"body": template["body"]}}
    actions = [{"type": "QUICK_REPLY", **button} for button in template["buttons"]]
    return {"twilio/quick-reply": {"body": template["body"], "actions": actions}}


def _keep(world: World, sid: str, approval: dict[str, Any]) -> dict[str, Any]:
    content = world.contents[sid] | {"approval": approval}
    world.store_content(sid, content)
    return content
