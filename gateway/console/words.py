"""What codes mean, in the words of somebody who answers customers: failures, states, kinds, channels, reasons."""

from gateway.core.words import Kind, Status

CHANNELS = {
    "whatsapp": "WhatsApp",
    "sms": "SMS",
    "mms": "MMS",
    "rcs": "RCS",
    "messenger": "Messenger",
    "webchat": "Web chat",
    "voice": "Phone",
}

LANGUAGES = {
    "en": "English",
    "ur": "Urdu",
    "ur-Latn": "Roman Urdu",
    "ar": "Arabic",
    "es": "Spanish",
    "hi": "Hindi",
    "pt": "Portuguese",
}

PREVIEWS: dict[str, str] = {
    Kind.IMAGE: "Photo",
    Kind.AUDIO: "Audio",
    Kind.VOICE: "Voice note",
    Kind.VIDEO: "Video",
    Kind.DOCUMENT: "Document",
    Kind.STICKER: "Sticker",
    Kind.LOCATION: "Location",
    Kind.CONTACT: "Contact card",
    Kind.REACTION: "Reaction",
    Kind.FLOW_REPLY: "Form filled in",
    Kind.UNKNOWN: "Message of an unknown kind",
}
"""What stands in a list where a message has no text of its own."""

STATES: dict[str, str] = {
    Status.PARKED: "Waits until the customer writes",
    Status.QUEUED: "Waiting to be sent",
    Status.SENDING: "Being sent",
    Status.UNCONFIRMED: "No clear answer from the provider; Rabta is asking what became of it",
    Status.ACCEPTED: "Taken by the provider",
    Status.SENT: "Sent",
    Status.DELIVERED: "Delivered",
    Status.READ: "Read",
    Status.FAILED: "Not sent",
    Status.UNDELIVERED: "Not delivered",
    Status.CANCELED: "Not sent: a person took over before it went out",
    Status.EXPIRED: "Not sent in time",
}

WHY: dict[str, str] = {
    "withdrawn": "Taken back before it went out",
    "nobody_wrote": "Not sent: the customer did not write in time",
    "next_rung": "Not sent: it went by another channel",
}
"""What a code adds to a state."""

FAILED = frozenset({Status.FAILED, Status.UNDELIVERED, Status.EXPIRED})

REASONS: dict[tuple[str, ...], str] = {
    ("nobody_wrote",): "Not sent: the customer did not write in time.",
    ("21211", "21614", "21217", "21401", "21604", "30006"): "This number cannot receive messages.",
    ("21408", "21215", "21612"): "The provider does not deliver to this country from our number.",
    ("21608", "63015"): "This is a trial sender, and the customer has not joined it.",
    ("21610",): "The customer has opted out of messages from this number.",
    ("30003", "30017", "30410"): "The phone is switched off or out of reach.",
    ("30004", "63014", "63033"): "The customer has blocked us.",
    ("30005",): "The carrier does not know this number.",
    ("30008",): "The carrier could not deliver it and does not say why.",
    ("30007", "30450"): "The carrier filtered it as spam.",
    ("30019", "11751", "63034"): "The file is too large for this channel.",
    ("63003", "63024"): "There is no WhatsApp account on this number.",
    ("63013",): "It breaks a rule of the channel.",
    ("63016",): "WhatsApp's 24 hours have passed: only a template can be sent until the customer writes again.",
    ("63005", "63006", "63021", "63030", "63019"): "The channel did not take this content.",
    ("63032", "63049"): "WhatsApp withheld it from this customer.",
    ("63031",): "It would have gone to our own number.",
    ("20003", "20005", "30002", "21606", "63007", "63051"): "Our own account or sender is not in order.",
}
REASON_OF = {code: words for codes, words in REASONS.items() for code in codes}

HANDOFFS = {
    "asked": "the customer asked for a person",
    "asked for a person": "the customer asked for a person",
    "not_understood": "the bot did not understand",
    "angry": "the customer is angry",
    "distress": "the customer may be in danger",
    "loop": "the bot was going round in circles, perhaps with a machine",
    "opted_out": "the customer opted out on SMS, so the carrier refuses every answer there until they write START",
}


MOODS = {"angry": "Angry", "urgent": "In a hurry", "distressed": "In distress"}
PRIORITIES = {"high": "High priority", "urgent": "Urgent"}
DANGERS = {
    "self_harm": "they may harm themselves",
    "medical": "a medical emergency",
    "accident": "an accident",
    "violence": "violence",
    "danger": "danger",
    "threat": "a threat",
}
SIGNS = {"damage": "Damage", "money": "Money"}


def failure(code: str | None, text: str | None) -> str:
    """Why a message did not arrive."""
    return REASON_OF.get(code or "") or text or "The provider gave no reason."


def handoff(reason: str) -> str:
    """Why a conversation came to people."""
    return HANDOFFS.get(reason) or reason.replace("_", " ") or "no reason was given"


def danger(kind: str) -> str:
    """What danger was read of."""
    return DANGERS.get(kind, "danger")


def channel(channel_type: str) -> str:
    return CHANNELS.get(channel_type, channel_type)


def language(code: str | None) -> str:
    return LANGUAGES.get(code or "", code or "")


def preview(kind: str) -> str:
    """What to call a message without text."""
    return PREVIEWS.get(kind, "Message")


def state(status: str, code: str | None = None) -> str:
    return WHY.get(code or "") or STATES.get(status, status)
