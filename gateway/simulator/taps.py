"""A tap on a phone (send, press a button, choose from a list, share, react) as the message Twilio would tell of."""

from typing import Any

from gateway.simulator import samples
from gateway.simulator.customers import Draft, File
from gateway.simulator.state import Customer
from gateway.simulator.world import World

TEXT_MOST = 4096
AD = {
    "ReferralBody": "Summer lawn, 30 % off until Sunday",
    "ReferralHeadline": "Chat with us",
    "ReferralSourceId": "120210000000000001",
    "ReferralSourceType": "ad",
    "ReferralSourceUrl": "https://fb.me/example",
    "ReferralCtwaClid": "ARAk0000000000000000",
    "ReferralNumMedia": "0",
}


def draft_of(world: World, customer: Customer, tap: dict[str, Any]) -> Draft:
    """The draft for ``tap``: ``{channel, sender, text | button | choice | sample | reaction, reply_to}``.

    Raises:
        ValueError: the tap makes no sense (no such message, button, sample or sender).
    """
    sender, channel = str(tap["sender"]), str(tap["channel"])
    if sender not in world.senders:
        raise ValueError(f"no sender {sender}")
    body, files, fields = _content(world, customer, tap)
    if tap.get("reply_to"):
        fields |= _reply_fields(world, str(tap["reply_to"]))
    if not (body or files or fields):
        raise ValueError("nothing to send")
    return Draft(sender, customer.address(channel), body, files, fields)


def file_draft(customer: Customer, channel: str, sender: str, file: File, caption: str) -> Draft:
    return Draft(sender, customer.address(channel), caption, (file,))


def _content(world: World, customer: Customer, tap: dict[str, Any]) -> tuple[str, tuple[File, ...], dict[str, str]]:
    if "button" in tap:
        return _pressed(world, **tap["button"])
    if "choice" in tap:
        return _chosen(world, **tap["choice"])
    if "reaction" in tap:
        emoji, sid = str(tap["reaction"]["emoji"]), str(tap["reaction"]["sid"])
        return emoji, (), {"MessageType": "reaction"} | _reply_fields(world, sid)
    if "sample" in tap:
        return _sample(str(tap["sample"]), customer.language, str(tap.get("text", "")))
    return str(tap.get("text", ""))[:TEXT_MOST], (), {}


def _sample(kind: str, language: str, caption: str) -> tuple[str, tuple[File, ...], dict[str, str]]:
    if kind == "location":
        return "", (), samples.place(language)
    if kind == "ad":
        return caption or "Hello! I saw your offer", (), dict(AD)
    if kind == "forwarded":
        return caption or "Is this still true?", (), {"Forwarded": "true"}
    file = samples.file(kind, language)
    if not file:
        raise ValueError(f"no sample {kind}")
    fields = {"MessageType": "sticker"} if kind == "sticker" else {}
    return caption, (file,), fields


def _pressed(world: World, sid: str, id: str) -> tuple[str, tuple[File, ...], dict[str, str]]:
    buttons = (_offer(world, sid)).get("buttons") or []
    button = next((b for b in buttons if b["id"] == id), None)
    if not button:
        raise ValueError("no such button")
    fields = {"ButtonText": button["title"], "ButtonPayload": button["id"], "MessageType": "button"}
    return button["title"], (), fields | _reply_fields(world, sid)


def _chosen(world: World, sid: str, id: str) -> tuple[str, tuple[File, ...], dict[str, str]]:
    rows = (_offer(world, sid).get("list") or {}).get("items") or []
    row = next((r for r in rows if r["id"] == id), None)
    if not row:
        raise ValueError("no such row")
    fields = {"ListId": row["id"], "ListTitle": row["item"], "MessageType": "interactive"}
    if row.get("description"):
        fields["ListDescription"] = row["description"]
    return row["item"], (), fields | _reply_fields(world, sid)


def _offer(world: World, sid: str) -> dict[str, Any]:
    message = world.messages.get(sid)
    if not message or not message.content:
        raise ValueError("that message offers nothing")
    return message.content


def _reply_fields(world: World, sid: str) -> dict[str, str]:
    message = world.messages.get(sid)
    if not message:
        raise ValueError("the message replied to is gone")
    return {"OriginalRepliedMessageSid": sid, "OriginalRepliedMessageSender": message.sender_address}
