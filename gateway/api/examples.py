"""Examples for the documentation, one of each thing."""

from typing import Any

MESSAGE: dict[str, Any] = {
    "id": 1042,
    "external_id": "SM0123456789abcdef0123456789abcdef",
    "direction": "inbound",
    "channel": {"id": "whatsapp", "type": "whatsapp"},
    "conversation_id": 311,
    "contact_id": 77,
    "address": "+923001234567",
    "kind": "image",
    "text": "the zip is broken",
    "media": [
        {
            "id": 15,
            "content_type": "image/jpeg",
            "size": 48213,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "filename": None,
            "state": "stored",
            "url": "https://care.example.com/api/v1/media/15/content",
            "error": None,
            "note": None,
        }
    ],
    "location": None,
    "selection": None,
    "flow_response": None,
    "reply_to": None,
    "referral": None,
    "forwarded": False,
    "frequently_forwarded": False,
    "profile_name": "Ayesha",
    "mood": "angry",
    "author": "contact",
    "status": "received",
    "error_code": None,
    "created_at": "2026-11-22T08:15:30+00:00",
}

REPLY: dict[str, Any] = {"text": "Your exchange is on its way.", "client_key": "order-5531-exchange"}

SENT: dict[str, Any] = MESSAGE | {
    "id": 1043,
    "external_id": None,
    "direction": "outbound",
    "kind": "text",
    "text": "Your exchange is on its way.",
    "media": [],
    "profile_name": None,
    "mood": None,
    "author": "agent",
    "status": "queued",
}

WINDOW: dict[str, Any] = {"open": True, "minutes_left": 1432, "closes_at": "2026-11-23T08:10:30+00:00"}

CONTACT: dict[str, Any] = {
    "id": 77,
    "name": "Ayesha Khan",
    "profile_name": "Ayesha",
    "addresses": [{"kind": "phone", "value": "+923001234567", "session_windows": {"whatsapp": WINDOW}}],
    "opted_out": {"sms": False, "whatsapp": False},
    "language": "ur",
    "timezone": "Asia/Karachi",
    "attributes": {"tier": "gold"},
    "merged_into_id": None,
    "created_at": "2026-10-02T11:00:00+00:00",
    "last_seen_at": "2026-11-22T08:15:30+00:00",
}

WHOLE_CONTACT: dict[str, Any] = CONTACT | {"customer": {"number": "C1001", "name": "Ayesha Khan", "tier": "gold"}}

CONVERSATION: dict[str, Any] = {
    "id": 311,
    "contact": {"id": 77, "name": "Ayesha Khan"},
    "contact_id": 77,
    "state": "open",
    "owner": "agent",
    "queue": "support",
    "assignee": {"id": 3, "name": "Sara"},
    "epoch": 3,
    "channel": {"id": "whatsapp", "type": "whatsapp"},
    "address": "+923001234567",
    "language": "ur",
    "session_window": WINDOW,
    "parked_count": 0,
    "mood": "angry",
    "urgency": "high",
    "priority": "high",
    "case": {
        "topic": "returns",
        "severity": "high",
        "sentiment": "angry",
        "language": "ur",
        "order": "G204171",
        "messages": 3,
        "signs": ["damage"],
        "answered": ["faq:returns"],
    },
    "preview": "the zip is broken",
    "unread_count": 0,
    "opened_at": "2026-11-22T08:15:30+00:00",
    "last_inbound_at": "2026-11-22T08:15:30+00:00",
    "last_message_at": "2026-11-22T08:16:02+00:00",
    "waiting_since": None,
    "snoozed_until": None,
    "tier": "gold",
    "resolved_at": None,
}


EXPLAIN: dict[str, Any] = {
    "contact_id": 77,
    "purpose": "notice",
    "template": "order_update",
    "variables": {"order": "GC-20417", "news": "left our warehouse today"},
}

EXPLANATION: dict[str, Any] = {
    "allowed": True,
    "how": "template",
    "purpose": "notice",
    "channel_id": "whatsapp",
    "channel_type": "whatsapp",
    "address_id": 91,
    "to": "+923001234567",
    "language": "en",
    "text": "Dear customer, there is news of your order GC-20417: left our warehouse today.",
    "template": "order_update",
    "content_sid": "HX0123456789abcdef0123456789abcdef",
    "reasons": [],
    "characters": 78,
    "segments": 0,
    "encoding": "",
    "cost_class": "medium",
    "not_before": None,
    "rungs": [],
    "alternative": None,
}

FOLLOW_UP: dict[str, Any] = {"in_minutes": 1440, "text": "Has the problem gone?"}


def page(item: dict[str, Any]) -> dict[str, Any]:
    return {"data": [item], "next": None}
