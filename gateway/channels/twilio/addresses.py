"""Twilio's spellings of people: ``whatsapp:+92…``, ``whatsapp:US.1349…``, ``messenger:123``, ``+92…``, ``8585``."""

import re

from gateway.core.events import SeenAddress
from gateway.core.words import AddressKind, ChannelType

ADDRESS_MAX = 160
BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
WA_ID = re.compile(r"[1-9][0-9]{5,14}")
PHONE = re.compile(r"\+[1-9][0-9]{4,17}")
FAMILIES = {
    "whatsapp": ChannelType.WHATSAPP,
    "messenger": ChannelType.MESSENGER,
    "rcs": ChannelType.RCS,
    "sms": ChannelType.SMS,
    "mms": ChannelType.SMS,
}
WITHHELD = frozenset(
    {"", "anonymous", "restricted", "unknown", "unavailable", "private",
     "+266696687", "+7378742833", "+8656696", "+86282452253"}
)  # fmt: skip
"""How a caller without a number appears: in words, or as the words spelled on a keypad."""


def family_of(address: str, hint: str = "") -> str:
    """The prefix of ``address``, else ``hint`` (a provider's word for the channel), else ``sms``."""
    prefix, found, _ = address.partition(":")
    named = prefix.lower() if found else hint.strip().lower()
    return "sms" if named in ("", "mms") else named


def bare(address: str) -> str:
    """``address`` without its channel prefix, otherwise as written."""
    prefix, found, rest = address.partition(":")
    return (rest if found else prefix).strip()


def lane_of(address: str, hint: str = "") -> str:
    return f"{family_of(address, hint)}:{bare(address)}"


def channel_type_of(family: str) -> ChannelType:
    """A family that we have no word for is treated as an app whose ids mean nothing elsewhere."""
    return FAMILIES.get(family, ChannelType.MESSENGER)


def seen(address: str, family: str) -> SeenAddress:
    """The address with its kind: a phone wherever it reads like one, a BSUID, or an id of the app's own."""
    value = bare(address)
    if BSUID.fullmatch(value):
        return SeenAddress(AddressKind.BSUID, value)
    if family in ("sms", "whatsapp") or PHONE.fullmatch(value):
        return SeenAddress(AddressKind.PHONE, value)
    return SeenAddress(AddressKind.PSID, value)


def also_seen(wa_id: str, external_user_id: str) -> list[SeenAddress]:
    """Further ids of the same WhatsApp user: ``WaId`` (a number without its plus) and ``ExternalUserId``."""
    found = []
    if WA_ID.fullmatch(wa_id):
        found.append(SeenAddress(AddressKind.PHONE, f"+{wa_id}"))
    for value in (wa_id, bare(external_user_id)):
        if BSUID.fullmatch(value):
            found.append(SeenAddress(AddressKind.BSUID, value))
    return found


def caller(address: str) -> SeenAddress | None:
    """The number of a phone call; None where it is withheld or no phone number (SIP, browser clients)."""
    if address.strip().lower() in WITHHELD or not PHONE.fullmatch(address.strip()):
        return None
    return SeenAddress(AddressKind.PHONE, address.strip())
