"""``/api/v1/notifications``: tell one contact one thing, by the rules (docs/adr/0007)."""

from typing import Any

from flask import current_app, request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from gateway.api import explanations, shapes
from gateway.api.access import bearer
from gateway.api.blueprint import Blueprint
from gateway.api.explanations import ExplanationSchema, IntendedRequest
from gateway.api.fields import Id, Text, is_storable
from gateway.api.schemas import MessageSchema, maybe_moment
from gateway.core.errors import InvalidPayload, Refused
from gateway.core.words import Purpose
from gateway.desk import notifications, queries
from gateway.desk.notifications import PURPOSES, Notification, Notified
from gateway.runtime import runtime_of

blueprint = Blueprint("notifications", "One thing told to one contact.")

KEY_LIMIT = 80
EXAMPLE = {
    "to": "+923001234567",
    "template": "order_update",
    "variables": {"order": "GC-20417", "news": "left our warehouse today"},
    "idempotency_key": "shipment-20417-left",
}


class NotificationRequest(IntendedRequest):
    """To a `contact_id` or an address (`to`); a `template`, or a `text` inside the session window."""

    contact_id = Id()
    to = Text(validate=validate.Length(1, 160), metadata={"description": "An address; a new one becomes a contact."})
    purpose = fields.String(
        load_default=Purpose.NOTICE.value, validate=validate.OneOf([purpose.value for purpose in PURPOSES])
    )
    idempotency_key = Text(
        validate=validate.Length(1, KEY_LIMIT),
        metadata={"description": "The same key twice is one message; or as the header `Idempotency-Key`."},
    )

    @validates_schema
    def _somebody(self, data: dict[str, Any], **_: object) -> None:
        if ("contact_id" in data) == ("to" in data):
            raise ValidationError({"to": ["Name a contact_id or an address (to), one of them."]})


class NotificationSchema(Schema):
    message = fields.Nested(
        MessageSchema, required=True, allow_none=True, metadata={"description": "Null while it is put off."}
    )
    not_before = maybe_moment()
    explanation = fields.Nested(
        ExplanationSchema, required=True, allow_none=True, metadata={"description": "Null where the key is known."}
    )


@blueprint.route("/notifications", methods=["POST"])
@blueprint.arguments(NotificationRequest, example=EXAMPLE)
@blueprint.response(201, NotificationSchema)
def notify(wanted: dict[str, Any]) -> dict[str, Any]:
    """Send it now, or when the contact's quiet hours end; 422 says why it may not go."""
    runtime = runtime_of(current_app)
    notification = Notification(
        explanations.intended_of(wanted),
        wanted.get("to", ""),
        wanted.get("contact_id"),
        wanted.get("idempotency_key") or _key_of_header(),
        bearer().user_id,
    )
    with runtime.work() as session:
        told = notifications.notify(session, notification, runtime.config())
    found = told.explanation
    if found is not None and not found.allowed:
        raise Refused(found.words, [(reason.refusal.value, reason.words) for reason in found.reasons])
    return _shape(told)


def _key_of_header() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and (not 0 < len(key) <= KEY_LIMIT or not is_storable(key)):
        raise InvalidPayload(f"an Idempotency-Key has 1 to {KEY_LIMIT} characters")
    return key


def _shape(told: Notified) -> dict[str, Any]:
    runtime = runtime_of(current_app)
    message = None
    if told.message_id is not None:
        with runtime.database.read() as session:
            message = shapes.message(queries.message(session, told.message_id), runtime.settings.public_url)
    shown = explanations.shape(told.explanation) if told.explanation else None
    return {"message": message, "not_before": told.not_before, "explanation": shown}
