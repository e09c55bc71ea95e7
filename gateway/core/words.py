"""The closed vocabularies of DESIGN.md 5 and 6, as they stand in the database and in the API."""

from enum import StrEnum


class ChannelType(StrEnum):
    WHATSAPP = "whatsapp"
    SMS = "sms"
    MMS = "mms"
    RCS = "rcs"
    MESSENGER = "messenger"
    WEBCHAT = "webchat"
    VOICE = "voice"


class AddressKind(StrEnum):
    PHONE = "phone"
    BSUID = "bsuid"
    PSID = "psid"


class Kind(StrEnum):
    """What a message is, judged by its content and not by the provider's label alone."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    BUTTON_REPLY = "button_reply"
    LIST_REPLY = "list_reply"
    FLOW_REPLY = "flow_reply"
    REACTION = "reaction"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Author(StrEnum):
    CONTACT = "contact"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Status(StrEnum):
    """States of a message and of its deliveries; an outbound one only moves forward (``RANK``)."""

    RECEIVED = "received"
    PARKED = "parked"
    QUEUED = "queued"
    SENDING = "sending"
    UNCONFIRMED = "unconfirmed"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    CANCELED = "canceled"
    EXPIRED = "expired"


RANK: dict[Status, int] = {
    Status.RECEIVED: 0,
    Status.PARKED: 0,
    Status.QUEUED: 1,
    Status.SENDING: 2,
    Status.UNCONFIRMED: 3,
    Status.ACCEPTED: 4,
    Status.SENT: 5,
    Status.FAILED: 6,
    Status.UNDELIVERED: 6,
    Status.CANCELED: 6,
    Status.EXPIRED: 6,
    Status.DELIVERED: 7,
    Status.READ: 8,
}
"""A callback counts only if its rank is higher: ``failed`` after ``delivered`` is logged and ignored,
and nothing leaves a terminal failure but a proof of delivery."""


class ConversationState(StrEnum):
    OPEN = "open"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Owner(StrEnum):
    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"


class PresenceState(StrEnum):
    """Whether somebody can be given conversations."""

    ONLINE = "online"
    BUSY = "busy"
    """At work, and takes nothing new."""
    AWAY = "away"
    """Back soon; takes nothing new, and keeps what they have."""
    AFTER_WORK = "after_work"
    """Gone for the day: who waits for them goes to others."""
    OFFLINE = "offline"


class MediaState(StrEnum):
    PENDING = "pending"
    STORED = "stored"
    FAILED = "failed"


class EventState(StrEnum):
    """Life of an inbound event: ``failed`` is set aside for people after its last retry."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class Purpose(StrEnum):
    """Why we write; decides which rules hold (docs/adr/0007)."""

    REPLY = "reply"
    NOTICE = "notice"
    MARKETING = "marketing"
    FOLLOW_UP = "follow_up"
    CONFIRMATION = "confirmation"
    HANDOVER = "handover"


class Refusal(StrEnum):
    """Why something may not go out as it was meant; ``quiet_hours`` alone only puts it off."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_MANY_FILES = "too_many_files"
    TOO_MANY_OPTIONS = "too_many_options"
    FILE_TOO_LARGE = "file_too_large"
    NOT_IN_TEMPLATE = "not_in_template"
    TEMPLATE_UNKNOWN = "template_unknown"
    TEMPLATE_NOT_APPROVED = "template_not_approved"
    TEMPLATE_NO_SMS = "template_no_sms"
    VARIABLE_MISSING = "variable_missing"
    VARIABLE_UNKNOWN = "variable_unknown"
    VARIABLE_INVALID = "variable_invalid"
    CHANNEL_UNKNOWN = "channel_unknown"
    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    DUPLICATE = "duplicate"
    BAD_ROW = "bad_row"
    DEAD_ADDRESS = "dead_address"
    OPTED_OUT = "opted_out"
    NOT_OPTED_IN = "not_opted_in"
    WITHHELD = "withheld"
    WINDOW_CLOSED = "window_closed"
    SENDER_LIMIT = "sender_limit"
    QUIET_HOURS = "quiet_hours"


class Wish(StrEnum):
    """What somebody says about hearing from us."""

    OPT_IN = "opt_in"
    OPT_OUT = "opt_out"


class ConsentSource(StrEnum):
    """How we know of a wish."""

    WORD = "word"
    PROVIDER_FLAG = "provider_flag"
    ERROR_CODE = "error_code"
    CALL_KEY = "call_key"
    API = "api"
    IMPORT = "import"
    AGENT = "agent"


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


ROLE_RANK: dict[Role, int] = {Role.AGENT: 1, Role.SUPERVISOR: 2, Role.ADMIN: 3}
