"""Our rows in the words of the API: one function a thing, pure, used by every resource that shows it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from gateway.api.windows import WindowOf
from gateway.core.words import Direction, MediaState
from gateway.models.call import Call
from gateway.models.contact import Address, Consent, Contact
from gateway.models.conversation import Conversation, Note
from gateway.models.log_entry import LogEntry
from gateway.models.message import Media, Message

Shape = dict[str, Any]


def message(row: Message, public_url: str) -> Shape:
    """A message with its media."""
    payload = row.payload or {}
    where = _named(row, "id", "external_id", "direction", "conversation_id", "contact_id", "address")
    said = _named(row, "kind", "text", "forwarded", "frequently_forwarded", "profile_name", "author")
    return {
        **where,
        **said,
        "channel": {"id": row.channel_id, "type": row.channel_type},
        "media": [media(item, public_url) for item in row.media],
        "location": _location(payload.get("location")),
        "selection": _selection(payload.get("selection")),
        "flow_response": payload.get("flow_response"),
        "reply_to": row.reply_to or payload.get("reaction_to"),
        "referral": payload.get("referral"),
        "mood": payload.get("mood", "neutral") if row.direction == Direction.INBOUND else None,
        **_named(row, "status", "error_code", "created_at"),
    }


def media(row: Media, public_url: str) -> Shape:
    """A file; what it is said to be until it is stored, what it is from then on."""
    stored = row.state == MediaState.STORED
    return {
        "id": row.id,
        "content_type": row.content_type or row.claimed_type.partition(";")[0].strip(),
        "size": row.size,
        "sha256": row.sha256,
        "filename": row.filename,
        "state": row.state,
        "url": _url(row, public_url) if stored else None,
        "error": None if stored else row.error,
        "note": row.note,
    }


def contact(row: Contact, opted_out: Iterable[str], channel_types: Iterable[str], window: WindowOf) -> Shape:
    """A contact; ``opted_out`` answers for every channel type we have, and for others it opted out of."""
    out = set(opted_out)
    known = _named(row, "id", "name", "profile_name", "language", "timezone", "attributes", "merged_into_id")
    return {
        **known,
        "addresses": [_address(address, window) for address in row.addresses],
        "opted_out": {kind: kind in out for kind in sorted(out.union(channel_types))},
        **_named(row, "created_at", "last_seen_at"),
    }


def conversation(row: Conversation, window: WindowOf) -> Shape:
    """A conversation with the names of its people."""
    address = next((item for item in row.contact.addresses if item.id == row.address_id), None)
    stands = _named(row, "id", "contact_id", "state", "owner", "queue", "epoch", "language")
    counts = _named(row, "parked_count", "mood", "urgency", "priority", "case", "preview", "unread_count", "tier")
    times = _named(
        row, "opened_at", "last_inbound_at", "last_message_at", "waiting_since", "resolved_at", "snoozed_until"
    )
    return {
        **stands,
        "contact": {"id": row.contact_id, "name": row.contact.name or row.contact.profile_name},
        "assignee": {"id": row.assignee.id, "name": row.assignee.name} if row.assignee else None,
        "channel": {"id": row.channel_id, "type": row.channel_type},
        "address": address.value if address else None,
        "session_window": window(row.channel_id, _last_inbound(address, row.channel_id)),
        **counts,
        **times,
    }


def _address(row: Address, window: WindowOf) -> Shape:
    shown = {known.channel_id: window(known.channel_id, known.last_inbound_at) for known in row.windows}
    return {"kind": row.kind, "value": row.value, "session_windows": {k: v for k, v in shown.items() if v}}


def _last_inbound(address: Address | None, channel_id: str) -> datetime | None:
    known = address.windows if address else ()
    return next((each.last_inbound_at for each in known if each.channel_id == channel_id), None)


def consent(row: Consent) -> Shape:
    names = ("id", "contact_id", "channel_id", "channel_type", "wish", "source", "detail", "prompt_version")
    return _named(row, *names, "message_id", "call_id", "actor_id", "at") | {"address": row.address.value}


def note(row: Note) -> Shape:
    return _named(row, "id", "conversation_id", "author_id", "author_name", "text", "created_at")


def call(row: Call) -> Shape:
    who = _named(row, "id", "external_id", "contact_id", "channel_id", "address", "direction", "status")
    return who | _named(row, "started_at", "ended_at", "duration_seconds")


def event(row: LogEntry) -> Shape:
    concerns = _named(row, "contact_id", "conversation_id", "message_id", "call_id", "queue")
    return _named(row, "id", "at", "kind", "actor", "actor_id") | concerns | {"data": row.data}


def _named(row: object, *names: str) -> Shape:
    """What is called the same in the API as on the row."""
    return {name: getattr(row, name) for name in names}


def _url(row: Media, public_url: str) -> str | None:
    return f"{public_url}/api/v1/media/{row.id}/content" if row.storage_key else row.source_url


def _location(found: Shape | None) -> Shape | None:
    return found and {name: found.get(name) for name in ("latitude", "longitude", "label", "address")}


def _selection(found: Shape | None) -> Shape | None:
    return found and {name: found.get(name) for name in ("id", "title")}
