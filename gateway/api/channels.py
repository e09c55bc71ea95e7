"""``/api/v1/channels``: the connected senders."""

from typing import Any

from flask import current_app
from marshmallow import Schema, fields

from gateway.api.blueprint import Blueprint
from gateway.api.schemas import ChannelSchema
from gateway.runtime import runtime_of

blueprint = Blueprint("channels", "Connected senders.")


class ChannelListSchema(Schema):
    data = fields.List(fields.Nested(ChannelSchema), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "Always null: there are few."})


@blueprint.route("/channels")
@blueprint.response(200, ChannelListSchema)
def list_channels() -> dict[str, Any]:
    """All channels of the running configuration."""
    business = runtime_of(current_app).config().business
    names = ("id", "provider", "type", "address", "queue")
    return {
        "data": [{name: getattr(channel, name) for name in names} for channel in business.channels],
        "next": None,
    }
