"""What a verified Twilio request holds: named before the 2xx (``split``), read in full in the lane (``parse``)."""

from collections.abc import Callable

from gateway.channels.twilio.addresses import ADDRESS_MAX, bare, caller, lane_of
from gateway.channels.twilio.errors import verdict_on
from gateway.channels.twilio.fields import Fields, fields_of, query_of
from gateway.channels.twilio.messages import metadata_of, read_message
from gateway.core.errors import InvalidPayload
from gateway.core.events import CallReceived, CallStatusChanged, Event, EventRef, StatusChanged
from gateway.core.http import WebhookRequest

ID_MAX = 64
STATUS_EXTRAS = {
    "event_type": "EventType",
    "channel_prefix": "ChannelPrefix",
    "handset_time": "RawDlrDoneDate",
    "service": "MessagingServiceSid",
}


def account_of(request: WebhookRequest) -> str:
    """The account that the request speaks for.

    Raises:
        InvalidPayload: it names none.
    """
    return _id(fields_of(request), "AccountSid")


def split(request: WebhookRequest) -> list[EventRef]:
    """The events of a request: with Twilio always one.

    Raises:
        InvalidPayload: an id that names the event is missing or unusable.
    """
    return [ROUTES[request.route][0](fields_of(request))]


def parse(request: WebhookRequest, ref: EventRef) -> Event:
    """The event ``ref`` of a stored request, in full."""
    return ROUTES[request.route][1](request, fields_of(request))


def _split_message(fields: Fields) -> EventRef:
    external_id, sender = _id(fields, "MessageSid"), _id(fields, "From", ADDRESS_MAX)
    if not (fields.get("To") or fields.get("MessagingServiceSid")):
        raise InvalidPayload("To is missing")
    hint = "" if ":" in sender else str(metadata_of(fields).get("type", ""))
    return EventRef(_id(fields, "AccountSid"), f"message:{external_id}", lane_of(sender, hint), "message")


def _split_status(fields: Fields) -> EventRef:
    external_id, status = _id(fields, "MessageSid"), _id(fields, "MessageStatus")
    to = fields.get("To").strip()
    lane = lane_of(to, fields.get("ChannelPrefix")) if to and len(to) <= ADDRESS_MAX else f"status:{external_id}"
    return EventRef(_id(fields, "AccountSid"), f"status:{external_id}:{status}", lane, "status")


def _split_call(fields: Fields) -> EventRef:
    call = _id(fields, "CallSid")
    return EventRef(_id(fields, "AccountSid"), f"call:{call}", f"call:{call}", "call")


def _split_call_status(fields: Fields) -> EventRef:
    call, status = _id(fields, "CallSid"), _id(fields, "CallStatus")
    return EventRef(_id(fields, "AccountSid"), f"call_status:{call}:{status}", f"call:{call}", "call_status")


def _parse_status(request: WebhookRequest, fields: Fields) -> StatusChanged:
    code = fields.get("ErrorCode")[:20] or None
    return StatusChanged(
        account=fields.get("AccountSid"),
        external_id=fields.get("MessageSid"),
        status=fields.get("MessageStatus").lower(),
        delivery_token=query_of(request).get("delivery") or None,
        error_code=code,
        error_text=fields.get("ErrorMessage") or fields.get("ChannelStatusMessage") or None,
        verdict=verdict_on(code) if code else None,
        extra={name: value for name, field in STATUS_EXTRAS.items() if (value := fields.get(field))},
    )


def _parse_call(request: WebhookRequest, fields: Fields) -> CallReceived:
    shown = fields.get("From") or fields.get("Caller")
    return CallReceived(
        account=fields.get("AccountSid"),
        external_id=fields.get("CallSid"),
        sender=bare(fields.get("To") or fields.get("Called")),
        address=caller(shown),
        caller_shown=shown[:ADDRESS_MAX],
        extra={name: value for name in CALL_EXTRAS if (value := fields.get(name))},
    )


def _parse_call_status(request: WebhookRequest, fields: Fields) -> CallStatusChanged:
    seconds = fields.get("CallDuration") or fields.get("Duration")
    return CallStatusChanged(
        account=fields.get("AccountSid"),
        external_id=fields.get("CallSid"),
        status=fields.get("CallStatus").lower(),
        duration_seconds=int(seconds) if seconds.isascii() and seconds.isdecimal() and len(seconds) < 9 else None,
    )


def _id(fields: Fields, name: str, longest: int = ID_MAX) -> str:
    value = fields.get(name).strip()
    if not bare(value):
        raise InvalidPayload(f"{name} is missing")
    if len(value) > longest or not value.isprintable() or "\ufffd" in value:
        raise InvalidPayload(f"{name} is unusable")
    return value


CALL_EXTRAS = ("Direction", "ForwardedFrom", "CallerName", "FromCity", "FromState", "FromCountry", "StirVerstat")

ROUTES: dict[str, tuple[Callable[[Fields], EventRef], Callable[[WebhookRequest, Fields], Event]]] = {
    "messages": (_split_message, lambda request, fields: read_message(fields)),
    "statuses": (_split_status, _parse_status),
    "voice/incoming": (_split_call, _parse_call),
    "voice/status": (_split_call_status, _parse_call_status),
}
"""How each webhook's requests are named and read."""
