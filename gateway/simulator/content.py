"""Content resources as a phone shows them: variables filled in, and what WhatsApp would not take."""

import re
from typing import Any

from gateway.simulator.errors import Refusal

LIMITS = {"text": 1024, "title": 20, "item": 24, "description": 72, "id": 200, "button": 20}
BUTTONS_UNAPPROVED = 3
BUTTONS_APPROVED = 10
ROWS = 10
FORBIDDEN = re.compile(r"[\n\t]| {5}")


def checked(data: Any) -> dict[str, Any]:
    """The content itself; raises Refusal if it is none: Twilio wants a language and at least one type."""
    if not isinstance(data, dict) or not isinstance(data.get("language"), str):
        raise Refusal(20001, text="'language' is a required property")
    types = data.get("types")
    if not isinstance(types, dict):
        raise Refusal(20001, text="'types' is a required property")
    if not any(types.values()):
        raise Refusal(20422, text="types must name at least one content type")
    return data


def shown(content: dict[str, Any], variables: dict[str, str], whatsapp: bool) -> dict[str, Any]:
    """What a phone shows of ``content``: ``{body, buttons, list, header, footer}``; SMS gets the text alone."""
    filled = fill(content["types"], dict(content.get("variables") or {}) | variables)
    kind = _kind(filled, whatsapp)
    body = filled[kind] or {}
    view: dict[str, Any] = {"kind": kind, "body": body.get("body") or body.get("title") or ""}
    if not whatsapp:
        return view
    view["buttons"] = [_button(action) for action in body.get("actions") or []]
    view["footer"] = body.get("subtitle") or ""
    view["media"] = body.get("media") or []
    if kind == "twilio/list-picker":
        view["list"] = {"button": body.get("button") or "Options", "items": body.get("items") or []}
    return view


def fill(value: Any, variables: dict[str, str]) -> Any:
    """``value`` with every ``{{name}}`` replaced, however deep."""
    if isinstance(value, str):
        return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda m: variables.get(m[1], m[0]), value)
    if isinstance(value, dict):
        return {key: fill(item, variables) for key, item in value.items()}
    return [fill(item, variables) for item in value] if isinstance(value, list) else value


def unacceptable(view: dict[str, Any], approved: bool) -> str | None:
    """Why WhatsApp would refuse this (63005), or None."""
    buttons, rows = view.get("buttons") or [], (view.get("list") or {}).get("items") or []
    most = BUTTONS_APPROVED if approved else BUTTONS_UNAPPROVED
    if len(buttons) > most or len(rows) > ROWS:
        return f"{len(buttons or rows)} options are too many"
    checked = [("text", view["body"])] if buttons or rows else []
    checked += [("title", button["title"]) for button in buttons]
    checked += [("item", row.get("item")) for row in rows] + [("description", row.get("description")) for row in rows]
    checked += [("id", part.get("id")) for part in (*buttons, *rows)]
    too_long = next((name for name, text in checked if len(text or "") > LIMITS[name]), None)
    if too_long:
        return f"a {too_long} is longer than {LIMITS[too_long]} characters"
    return _empty_or_equal([button["title"] for button in buttons] or [row.get("item") or "" for row in rows])


def misfilled(content: dict[str, Any], variables: dict[str, str]) -> int | None:
    """The error that WhatsApp ends a template with whose variables are not those it has, or None."""
    if set(variables) != set(content.get("variables") or {}):
        return 63028
    return 63013 if any(FORBIDDEN.search(text) or not text.strip() for text in variables.values()) else None


def _kind(types: dict[str, Any], whatsapp: bool) -> str:
    present = [name for name, body in types.items() if body]
    plain = "twilio/text"
    if not whatsapp and plain in present:
        return plain
    return next((name for name in present if name != plain), plain)


def _button(action: dict[str, Any]) -> dict[str, str]:
    kind = action.get("type") or "QUICK_REPLY"
    title = str(action.get("title") or "")
    return {"type": kind, "title": title, "id": str(action.get("id") or title), "url": str(action.get("url") or "")}


def _empty_or_equal(titles: list[str]) -> str | None:
    if any(not title.strip() for title in titles):
        return "an option has no title"
    if len(set(titles)) < len(titles):
        return "two options have the same title"
    return None
