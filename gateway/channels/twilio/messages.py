"""A customer's message in our words: what kind it is by what it holds, with the provider's label only as a hint."""

import math
import re
from typing import Any

import orjson

from gateway.channels.twilio.addresses import also_seen, channel_type_of, family_of, seen
from gateway.channels.twilio.fields import Fields
from gateway.core.events import InboundMedia, Location, MessageReceived, SeenAddress, Selection
from gateway.core.words import ChannelType, Kind

MEDIA_MAX = 50
JSON_DEPTH_MAX = 20
MEDIA_URL = re.compile(r"MediaUrl([0-9]{1,3})")
VCARD = frozenset({"text/vcard", "text/x-vcard", "text/directory", "application/vcard", "application/x-vcard"})
SHAPELESS = frozenset({"", "application/octet-stream", "binary/octet-stream"})
PLAIN_TYPES = frozenset({"", "text", "button", "interactive"})
LABELS = {
    "image": Kind.IMAGE,
    "audio": Kind.AUDIO,
    "voice": Kind.VOICE,
    "video": Kind.VIDEO,
    "document": Kind.DOCUMENT,
    "sticker": Kind.STICKER,
    "contacts": Kind.CONTACT,
    "contact": Kind.CONTACT,
}
REFERRAL = {
    "body": "ReferralBody",
    "headline": "ReferralHeadline",
    "source_id": "ReferralSourceId",
    "source_type": "ReferralSourceType",
    "source_url": "ReferralSourceUrl",
    "media_id": "ReferralMediaId",
    "media_content_type": "ReferralMediaContentType",
    "media_url": "ReferralMediaUrl",
    "ctwa_clid": "ReferralCtwaClid",
}
EXTRAS = {
    "message_type": "MessageType",
    "list_description": "ListDescription",
    "from_city": "FromCity",
    "from_state": "FromState",
    "from_zip": "FromZip",
    "from_country": "FromCountry",
}


def read_message(fields: Fields) -> MessageReceived:
    """The message in ``fields``; what cannot be understood is ``Kind.UNKNOWN``, never an error."""
    context = _context(metadata_of(fields))
    family = _family(fields)
    media = _media(fields)
    kind = kind_of(fields, family, media)
    return MessageReceived(
        account=fields.get("AccountSid"),
        external_id=fields.get("MessageSid"),
        sender=_sender(fields, family),
        channel_type=ChannelType.MMS if family == "sms" and media else channel_type_of(family),
        addresses=_addresses(fields, family, context),
        kind=kind,
        text=_text(fields, kind),
        media=media,
        location=_location(fields),
        selection=_selection(fields, kind),
        flow_response=_flow_response(fields) if kind is Kind.FLOW_REPLY else None,
        reaction_to=_quoted(fields) if kind is Kind.REACTION else None,
        reply_to=None if kind is Kind.REACTION else _quoted(fields),
        referral=_referral(fields),
        forwarded=_flag(fields, context, "Forwarded"),
        frequently_forwarded=_flag(fields, context, "FrequentlyForwarded"),
        profile_name=(fields.get("ProfileName") or _word(context, "ProfileName")).strip()[:200] or None,
        opt_out=fields.get("OptOutType").strip().upper()[:20] or None,
        service=fields.get("MessagingServiceSid")[:64] or None,
        extra={name: value for name, field in EXTRAS.items() if (value := fields.get(field))},
    )


def metadata_of(fields: Fields) -> dict[str, Any]:
    """``ChannelMetadata`` if it is a JSON object."""
    return _object(fields.get("ChannelMetadata")) or {}


def kind_of(fields: Fields, family: str, media: tuple[InboundMedia, ...]) -> Kind:
    """First what the customer did (tapped, reacted), then what the message holds, then its text."""
    label = fields.get("MessageType").strip().lower()
    if (tapped := _tapped(fields, label)) is not None:
        return tapped
    if _location(fields):
        return Kind.LOCATION
    if media:
        return _media_kind(media[0].content_type, label, family)
    if label in LABELS:
        return Kind.CONTACT if LABELS[label] is Kind.CONTACT else _without_file(fields)
    if fields.get("Body") or label == "text" or (family == "sms" and label in PLAIN_TYPES):
        return Kind.TEXT
    return Kind.UNKNOWN


def _tapped(fields: Fields, label: str) -> Kind | None:
    if label == "reaction":
        return Kind.REACTION
    if fields.get("InteractiveData") or fields.get("FlowData"):
        return Kind.FLOW_REPLY
    if fields.get("ListId") or fields.get("ListTitle"):
        return Kind.LIST_REPLY
    if fields.get("ButtonText"):
        return Kind.BUTTON_REPLY
    if fields.get("ButtonPayload"):
        return Kind.LIST_REPLY if label == "interactive" else Kind.BUTTON_REPLY
    return None


def _media_kind(content_type: str, label: str, family: str) -> Kind:
    claimed = content_type.partition(";")[0].strip().lower()
    hint = LABELS.get(label)
    if claimed in VCARD:
        return Kind.CONTACT
    if claimed in SHAPELESS:
        return hint or Kind.DOCUMENT
    if hint is Kind.DOCUMENT:
        return Kind.DOCUMENT
    return _shape(claimed, hint, family)


def _shape(claimed: str, hint: Kind | None, family: str) -> Kind:
    if claimed == "image/webp" and (hint is Kind.STICKER or (hint is None and family == "whatsapp")):
        return Kind.STICKER
    if claimed == "audio/ogg" and family == "whatsapp":
        return Kind.VOICE
    main = claimed.partition("/")[0]
    return {"image": Kind.IMAGE, "audio": Kind.AUDIO, "video": Kind.VIDEO}.get(main, Kind.DOCUMENT)


def _without_file(fields: Fields) -> Kind:
    """A label promises a file that did not come."""
    return Kind.TEXT if fields.get("Body") else Kind.UNKNOWN


def _family(fields: Fields) -> str:
    sender = fields.get("From")
    if ":" in sender:
        return family_of(sender)
    return family_of(sender, str(metadata_of(fields).get("type", "")))


def _sender(fields: Fields, family: str) -> str:
    """Our own address with its prefix, also where only the metadata names the channel."""
    to = fields.get("To").strip()
    return to if ":" in to or family == "sms" or not to else f"{family}:{to}"


def _addresses(fields: Fields, family: str, context: dict[str, Any]) -> tuple[SeenAddress, ...]:
    first = seen(fields.get("From"), family)
    if family != "whatsapp":
        return (first,)
    others = also_seen(fields.get("WaId") or _word(context, "WaId"), fields.get("ExternalUserId"))
    return tuple(dict.fromkeys((first, *others)))


def _text(fields: Fields, kind: Kind) -> str:
    if kind is Kind.BUTTON_REPLY:
        return fields.get("Body") or fields.get("ButtonText")
    if kind is Kind.LIST_REPLY:
        return fields.get("Body") or fields.get("ListTitle")
    return fields.get("Body")


def _media(fields: Fields) -> tuple[InboundMedia, ...]:
    """Every ``MediaUrlN`` that came, in order, whatever ``NumMedia`` says."""
    numbers = sorted({int(match[1]) for name in fields.names() if (match := MEDIA_URL.fullmatch(name))})
    found = ((fields.get(f"MediaUrl{n}").strip(), fields.get(f"MediaContentType{n}").strip()) for n in numbers)
    return tuple(InboundMedia(url, content_type[:100]) for url, content_type in found if url)[:MEDIA_MAX]


def _location(fields: Fields) -> Location | None:
    latitude, longitude = _degrees(fields.get("Latitude"), 90), _degrees(fields.get("Longitude"), 180)
    if latitude is None or longitude is None:
        return None
    return Location(latitude, longitude, fields.get("Label") or None, fields.get("Address") or None)


def _degrees(text: str, most: int) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= most else None


def _selection(fields: Fields, kind: Kind) -> Selection | None:
    if kind is Kind.BUTTON_REPLY:
        title = fields.get("ButtonText") or fields.get("Body")
        return Selection(fields.get("ButtonPayload") or title, title)
    if kind is Kind.LIST_REPLY:
        title = fields.get("ListTitle") or fields.get("Body")
        return Selection(fields.get("ListId") or fields.get("ButtonPayload") or title, title)
    return None


def _flow_response(fields: Fields) -> dict[str, object]:
    """The answers of a completed flow; text that is no JSON object is kept under ``raw``."""
    text = fields.get("InteractiveData") or fields.get("FlowData")
    found = _object(text)
    return {"raw": text} if found is None else found


def _quoted(fields: Fields) -> str | None:
    return fields.get("OriginalRepliedMessageSid").strip()[:80] or None


def _referral(fields: Fields) -> dict[str, str] | None:
    """Where an advertisement led here; ``ReferralNumMedia`` alone comes with ordinary messages too."""
    if not (fields.get("ReferralSourceId") or fields.get("ReferralCtwaClid")):
        return None
    return {name: value for name, field in REFERRAL.items() if (value := fields.get(field))}


def _flag(fields: Fields, context: dict[str, Any], name: str) -> bool:
    return (fields.get(name) or str(context.get(name, ""))).strip().lower() in ("true", "1")


def _context(metadata: dict[str, Any]) -> dict[str, Any]:
    data = metadata.get("data")
    context = data.get("context") if isinstance(data, dict) else None
    return context if isinstance(context, dict) else {}


def _word(context: dict[str, Any], name: str) -> str:
    value = context.get(name)
    return value if isinstance(value, str) else ""


def _object(text: str) -> dict[str, Any] | None:
    """A JSON object that databases take: no NUL, of bounded depth."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = orjson.loads(text)
        tidy = _tidy(found, JSON_DEPTH_MAX)
    except ValueError:
        return None
    return tidy if isinstance(tidy, dict) else None


def _tidy(value: object, depth: int) -> Any:
    if depth == 0:
        raise ValueError("nested too deeply")
    if isinstance(value, dict):
        return {str(_tidy(name, depth)): _tidy(inner, depth - 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [_tidy(inner, depth - 1) for inner in value]
    return value.replace("\x00", "\ufffd") if isinstance(value, str) else value
