"""`api.twilio.com/2010-04-01`: messages, their media, the account and its numbers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request

from gateway.simulator import access
from gateway.simulator.errors import Refusal
from gateway.simulator.files import Files
from gateway.simulator.sending import Desk, resource, rfc2822
from gateway.simulator.setup import Sender
from gateway.simulator.state import Media, Message
from gateway.simulator.world import World

ACCOUNT = "/api/2010-04-01/Accounts/<account>"
PAGE_SIZE = 50
PAGE_MOST = 1000

Answer = Response | tuple[Response | str, int]


def blueprint(world: World, desk: Desk, files: Files) -> Blueprint:
    api = Blueprint("api", __name__)
    access.protect(api, world)
    _messages(api, world, desk)
    _one_message(api, world, files)
    _media(api, world, files)
    _account(api, world)
    return api


def _messages(api: Blueprint, world: World, desk: Desk) -> None:
    account_sid = world.setup.account_sid

    @api.post(f"{ACCOUNT}/Messages.json")
    def create(account: str) -> Answer:
        _ours(world, account)
        message = desk.accept(request.form)
        return jsonify(resource(message, account_sid)), 201

    @api.get(f"{ACCOUNT}/Messages.json")
    def listed(account: str) -> Answer:
        _ours(world, account)
        with world.lock:
            found = [m for m in reversed(world.messages.values()) if _matches(m)]
        return _page("messages", [resource(m, account_sid) for m in found])


def _one_message(api: Blueprint, world: World, files: Files) -> None:
    account_sid = world.setup.account_sid

    @api.get(f"{ACCOUNT}/Messages/<sid>.json")
    def fetched(account: str, sid: str) -> Answer:
        return jsonify(resource(_message(world, account, sid), account_sid))

    @api.post(f"{ACCOUNT}/Messages/<sid>.json")
    def updated(account: str, sid: str) -> Answer:
        message = _message(world, account, sid)
        if request.form.get("Body") == "":
            message.body = ""
        if request.form.get("Status") == "canceled" and message.status in ("accepted", "queued", "scheduled"):
            message.status = "canceled"
        world.changed(message)
        return jsonify(resource(message, account_sid))

    @api.delete(f"{ACCOUNT}/Messages/<sid>.json")
    def deleted(account: str, sid: str) -> Answer:
        message = _message(world, account, sid)
        world.remove(sid)
        for media in message.media:
            files.remove(media.sid)
        return "", 204


def _media(api: Blueprint, world: World, files: Files) -> None:
    account_sid = world.setup.account_sid

    @api.get(f"{ACCOUNT}/Messages/<sid>/Media.json")
    def media_listed(account: str, sid: str) -> Answer:
        message = _message(world, account, sid)
        return _page("media_list", [_media_resource(message, media, account_sid) for media in message.media])

    @api.get(f"{ACCOUNT}/Messages/<sid>/Media/<media_sid>.json")
    def media_fetched(account: str, sid: str, media_sid: str) -> Answer:
        message = _message(world, account, sid)
        return jsonify(_media_resource(message, _medium(message, media_sid), account_sid))

    @api.get(f"{ACCOUNT}/Messages/<sid>/Media/<media_sid>")
    def media_bytes(account: str, sid: str, media_sid: str) -> Answer:
        _medium(_message(world, account, sid), media_sid)
        response = redirect(f"{world.base_url}/cdn/{media_sid}", 307)
        return Response(status=307, headers={"Location": response.headers["Location"]})

    @api.delete(f"{ACCOUNT}/Messages/<sid>/Media/<media_sid>.json")
    def media_deleted(account: str, sid: str, media_sid: str) -> Answer:
        message = _message(world, account, sid)
        message.media.remove(_medium(message, media_sid))
        files.remove(media_sid)
        world.changed(message)
        return "", 204


def _account(api: Blueprint, world: World) -> None:
    @api.get("/api/2010-04-01/Accounts/<account>.json")
    def account_fetched(account: str) -> Answer:
        _ours(world, account)
        uri = f"/2010-04-01/Accounts/{account}.json"
        return jsonify(sid=account, friendly_name="Simulator", status="active", type="Full", uri=uri)

    @api.get(f"{ACCOUNT}/IncomingPhoneNumbers.json")
    def numbers(account: str) -> Answer:
        _ours(world, account)
        wanted = request.args.get("PhoneNumber", "")
        owned = [s for s in world.senders.values() if not s.is_whatsapp and wanted in s.address]
        return _page("incoming_phone_numbers", [_number(world, n, sender) for n, sender in enumerate(owned)])

    @api.route("/api/<path:path>", methods=["GET", "POST", "DELETE"])
    def nothing(path: str) -> Answer:
        raise Refusal(20404)


def _ours(world: World, account: str) -> None:
    if account != world.setup.account_sid:
        raise Refusal(20404)


def _message(world: World, account: str, sid: str) -> Message:
    _ours(world, account)
    if sid not in world.messages:
        raise Refusal(20404)
    return world.messages[sid]


def _medium(message: Message, media_sid: str) -> Media:
    found = next((media for media in message.media if media.sid == media_sid), None)
    if not found:
        raise Refusal(20404)
    return found


def _matches(message: Message) -> bool:
    """Whether the list's filters keep this message; a date filter drops what was never sent, as Twilio's does."""
    args = request.args
    if args.get("To", message.to_address) != message.to_address:
        return False
    if args.get("From", message.sender_address) != message.sender_address:
        return False
    sent = message.sent if message.outbound else message.created
    bounds: tuple[tuple[str, Callable[[float, float], bool]], ...] = (
        ("DateSent", lambda at, bound: bound <= at < bound + 86400),
        ("DateSent>", lambda at, bound: at >= bound),
        ("DateSent<", lambda at, bound: at <= bound),
    )
    return all(sent is not None and fits(sent, _moment(args[name])) for name, fits in bounds if name in args)


def _moment(text: str) -> float:
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise Refusal(20001, text=f"Invalid date: {text}") from error
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _page(name: str, rows: list[dict[str, Any]]) -> Response:
    """One page of ``rows`` in the shape of Twilio's older lists."""
    size = min(_count("PageSize", PAGE_SIZE), PAGE_MOST)
    page = _count("Page", 0)
    start, shown = page * size, rows[page * size : (page + 1) * size]
    path = request.path.removeprefix("/api")

    def uri(number: int) -> str:
        kept = "".join(f"&{key}={value}" for key, value in request.args.items() if key not in ("Page", "PageSize"))
        return f"{path}?PageSize={size}&Page={number}{kept}"

    return jsonify(
        {
            name: shown,
            "page": page,
            "page_size": size,
            "start": start,
            "end": start + max(len(shown) - 1, 0),
            "uri": uri(page),
            "first_page_uri": uri(0),
            "previous_page_uri": uri(page - 1) if page else None,
            "next_page_uri": uri(page + 1) if len(rows) > start + size else None,
        }
    )


def _count(name: str, default: int) -> int:
    text = request.args.get(name, "")
    if text and not text.isdecimal():
        raise Refusal(20001, text=f"Invalid {name}: {text}")
    return int(text) if text else default


def _media_resource(message: Message, media: Media, account: str) -> dict[str, Any]:
    return {
        "sid": media.sid,
        "account_sid": account,
        "parent_sid": message.sid,
        "content_type": media.content_type,
        "date_created": rfc2822(message.created),
        "date_updated": rfc2822(message.created),
        "uri": f"/2010-04-01/Accounts/{account}/Messages/{message.sid}/Media/{media.sid}.json",
    }


def _number(world: World, index: int, sender: Sender) -> dict[str, Any]:
    sid = f"PN{index:032x}"
    return {
        "sid": sid,
        "account_sid": world.setup.account_sid,
        "phone_number": sender.address,
        "friendly_name": sender.name,
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
        "sms_url": sender.messages_url,
        "sms_method": "POST",
        "sms_fallback_url": "",
        "voice_url": sender.voice_url,
        "voice_method": "POST",
        "status": "in-use",
        "uri": f"/2010-04-01/Accounts/{world.setup.account_sid}/IncomingPhoneNumbers/{sid}.json",
    }
