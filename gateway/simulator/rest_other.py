"""Twilio's younger hosts: lookups.twilio.com and messaging.twilio.com."""

import re

from flask import Blueprint, Response, jsonify, request

from gateway.simulator import access
from gateway.simulator.errors import Refusal
from gateway.simulator.state import Message
from gateway.simulator.world import World

TYPING_SECONDS = 25

Answer = Response | tuple[Response | str, int]


def blueprint(world: World) -> Blueprint:
    other = Blueprint("other", __name__)
    access.protect(other, world)
    _lookups(other, world)
    _messaging(other, world)
    return other


def _lookups(other: Blueprint, world: World) -> None:
    @other.get("/lookups/v2/PhoneNumbers/<number>")
    def lookup(number: str) -> Answer:
        valid = re.fullmatch(r"\+[1-9]\d{6,14}", number) is not None
        kind = "landline" if world.levers_of(number).landline else "mobile"
        answer = {
            "phone_number": number,
            "valid": valid,
            "validation_errors": [] if valid else ["INVALID_BUT_POSSIBLE"],
            "country_code": "PK" if number.startswith("+92") else None,
            "national_format": number,
            "url": f"https://lookups.twilio.com/v2/PhoneNumbers/{number}",
        }
        if "line_type_intelligence" in request.args.get("Fields", "").split(","):
            answer["line_type_intelligence"] = {"type": kind, "carrier_name": "Simulated"}
        return jsonify(answer)


def _messaging(other: Blueprint, world: World) -> None:
    @other.post("/messaging/v3/Indicators/Typing.json")
    def typing() -> Answer:
        data = request.get_json(silent=True) or {}
        message = world.messages.get(str(data.get("messageId")))
        if str(data.get("channel", "")).upper() != "WHATSAPP" or "messageId" not in data:
            raise Refusal(20001, text="'channel' and 'messageId' are required")
        if message:
            _typing(world, message)
        return jsonify(success=True)

    @other.route("/lookups/<path:path>", methods=["GET", "POST", "DELETE"])
    @other.route("/messaging/<path:path>", methods=["GET", "POST", "DELETE"])
    def nothing(path: str) -> Answer:
        raise Refusal(20404)


def _typing(world: World, message: Message) -> None:
    """Dots on the phone for up to 25 s; what the customer wrote so far is read."""
    customer = world.customer_of(message.customer)
    world.business_read(message)
    if customer:
        world.feed.publish("typing", {"customer_id": customer.id, "sender": message.sender, "seconds": TYPING_SECONDS})
