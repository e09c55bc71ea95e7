"""The things of the API as its documentation shows them."""

from enum import StrEnum
from typing import Any

from marshmallow import Schema, fields, validate

from automation.feeling import MOODS, PRIORITIES
from gateway.core.words import (
    AddressKind,
    Author,
    ChannelType,
    ConversationState,
    Direction,
    Kind,
    MediaState,
    Owner,
    Status,
)


def word(words: type[StrEnum], **kwargs: Any) -> fields.String:
    """One of a closed vocabulary."""
    return fields.String(validate=validate.OneOf([item.value for item in words]), **kwargs)


def id_(**kwargs: Any) -> fields.Integer:
    return fields.Integer(required=True, **kwargs)


def text(**kwargs: Any) -> fields.String:
    return fields.String(required=True, **kwargs)


def maybe_text(**kwargs: Any) -> fields.String:
    return fields.String(required=True, allow_none=True, **kwargs)


def maybe_id() -> fields.Integer:
    return fields.Integer(required=True, allow_none=True)


def moment(**kwargs: Any) -> fields.AwareDateTime:
    return fields.AwareDateTime(required=True, **kwargs)


def maybe_moment() -> fields.AwareDateTime:
    return moment(allow_none=True)


class ChannelRefSchema(Schema):
    id = text()
    type = word(ChannelType, required=True)


class MediaSchema(Schema):
    """A file of a message; `url` is set once it is stored."""

    id = id_()
    content_type = text(metadata={"description": "As found in the file; until it is stored, as claimed."})
    size = maybe_id()
    sha256 = maybe_text()
    filename = maybe_text()
    state = word(MediaState, required=True)
    url = maybe_text()
    error = maybe_text(metadata={"description": "Why it could not be fetched (so far)."})
    note = maybe_text(metadata={"description": "Why it went out converted or as a link, where it did."})


class LocationSchema(Schema):
    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)
    label = maybe_text()
    address = maybe_text()


class SelectionSchema(Schema):
    """What the customer tapped."""

    id = text()
    title = text()


class MessageSchema(Schema):
    """A message, in or out."""

    id = id_()
    external_id = maybe_text(metadata={"description": "The provider's id; null until the provider accepted it."})
    direction = word(Direction, required=True)
    channel = fields.Nested(ChannelRefSchema, required=True)
    conversation_id = maybe_id()
    contact_id = id_()
    address = text(metadata={"description": "The contact's address on this message."})
    kind = word(Kind, required=True)
    text = text()
    media = fields.List(fields.Nested(MediaSchema), required=True)
    location = fields.Nested(LocationSchema, required=True, allow_none=True)
    selection = fields.Nested(SelectionSchema, required=True, allow_none=True)
    flow_response = fields.Dict(required=True, allow_none=True)
    reply_to = maybe_text(metadata={"description": "The provider's id of the message answered or reacted to."})
    referral = fields.Dict(required=True, allow_none=True)
    forwarded = fields.Boolean(required=True)
    frequently_forwarded = fields.Boolean(required=True)
    profile_name = maybe_text()
    mood = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(MOODS),
        metadata={"description": "How the customer felt as they wrote it; null for ours."},
    )
    author = word(Author, required=True)
    status = word(Status, required=True)
    error_code = maybe_text()
    created_at = moment()


class WindowSchema(Schema):
    """Whether free text may be sent just now (WhatsApp: 24 hours from the contact's last message, less a margin)."""

    open = fields.Boolean(required=True)
    minutes_left = id_()
    closes_at = maybe_moment()


class AddressSchema(Schema):
    kind = word(AddressKind, required=True)
    value = text()
    session_windows = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(WindowSchema),
        required=True,
        metadata={"description": "By channel id, where the contact wrote to a channel that has windows."},
    )


class ContactSchema(Schema):
    """A customer, with every address that reaches them."""

    id = id_()
    name = text(metadata={"description": "As people at the desk call them; may be empty."})
    profile_name = text()
    addresses = fields.List(fields.Nested(AddressSchema), required=True)
    opted_out = fields.Dict(
        keys=fields.String(),
        values=fields.Boolean(),
        required=True,
        metadata={"description": "By channel type: whether they opted out there."},
    )
    language = maybe_text()
    timezone = maybe_text()
    attributes = fields.Dict(keys=fields.String(), required=True)
    merged_into_id = maybe_id()
    created_at = moment()
    last_seen_at = maybe_moment()


class CustomerOfContactSchema(Schema):
    number = text()
    name = text()
    tier = text()


class WholeContactSchema(ContactSchema):
    """A contact with the customer of the CRM who has one of their addresses."""

    customer = fields.Nested(
        CustomerOfContactSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Null: the built-in CRM knows nobody there."},
    )


class PersonRefSchema(Schema):
    id = id_()
    name = text()


class CaseSchema(Schema):
    """What a conversation is about; what is not known is left out."""

    topic = fields.String(metadata={"description": "One of `topics` in `care.yaml`."})
    severity = fields.String(validate=validate.OneOf(PRIORITIES))
    sentiment = fields.String(validate=validate.OneOf(MOODS))
    language = fields.String()
    order = fields.String(metadata={"description": "The order number they wrote."})
    product = fields.String()
    asked = fields.String(metadata={"description": "What a flow asked about it already."})
    messages = fields.Integer(metadata={"description": "What the customer wrote so far."})
    signs = fields.List(fields.String(), metadata={"description": "What they wrote of: `damage`, `money`."})
    answered = fields.List(fields.String(), metadata={"description": "Answers and flows they were given."})


class ScoreSchema(Schema):
    """Points in line by what they are for; a minute of waiting is a point."""

    total = fields.Float(required=True)
    waiting = fields.Float(required=True)
    priority = fields.Integer(required=True)
    mood = fields.Integer(required=True)
    sla = fields.Float(required=True)
    tier = fields.Integer(required=True)


class ConversationSchema(Schema):
    """A case with a contact, over all channels."""

    id = id_()
    contact = fields.Nested(PersonRefSchema, required=True)
    contact_id = id_()
    state = word(ConversationState, required=True)
    owner = word(Owner, required=True, metadata={"description": "Who answers: the bot, a queue of people, an agent."})
    queue = maybe_text()
    assignee = fields.Nested(PersonRefSchema, required=True, allow_none=True)
    epoch = id_(metadata={"description": "Rises whenever the owner changes."})
    channel = fields.Nested(ChannelRefSchema, required=True)
    address = maybe_text()
    language = maybe_text()
    session_window = fields.Nested(
        WindowSchema, required=True, allow_none=True, metadata={"description": "Null: the channel has none."}
    )
    parked_count = id_(metadata={"description": "Replies that wait until the customer writes again."})
    mood = fields.String(
        required=True,
        validate=validate.OneOf(MOODS),
        metadata={"description": "How the customer feels over the whole of it."},
    )
    urgency = fields.String(
        required=True,
        validate=validate.OneOf(PRIORITIES),
        metadata={"description": "How soon somebody should look, by what the customer writes."},
    )
    priority = fields.String(
        required=True,
        validate=validate.OneOf(PRIORITIES),
        metadata={"description": "Where it stands in line for people; rises with urgency."},
    )
    case = fields.Nested(
        CaseSchema, required=True, metadata={"description": "What it is about, as far as it is known."}
    )
    preview = text()
    unread_count = id_()
    opened_at = moment()
    last_inbound_at = maybe_moment()
    last_message_at = moment()
    waiting_since = maybe_moment()
    resolved_at = maybe_moment()
    snoozed_until = maybe_moment()
    tier = text(metadata={"description": "What kind of customer it is, if `desk.tiers` makes a difference."})
    score = fields.Nested(ScoreSchema, metadata={"description": "With `order=score` alone."})


class NoteSchema(Schema):
    """What colleagues tell each other; never sent."""

    id = id_()
    conversation_id = id_()
    author_id = maybe_id()
    author_name = text()
    text = text()
    created_at = moment()


class CallSchema(Schema):
    """A phone call, as the provider tells of it."""

    id = id_()
    external_id = text()
    contact_id = maybe_id()
    channel_id = text()
    address = text()
    direction = word(Direction, required=True)
    status = text()
    started_at = moment()
    ended_at = maybe_moment()
    duration_seconds = maybe_id()


class EventSchema(Schema):
    """One fact of the event log, never rewritten."""

    id = id_()
    at = moment()
    kind = text()
    actor = word(Author, required=True)
    actor_id = maybe_id()
    contact_id = maybe_id()
    conversation_id = maybe_id()
    message_id = maybe_id()
    call_id = maybe_id()
    queue = maybe_text()
    data = fields.Dict(required=True)


class ChannelSchema(Schema):
    """A connected sender."""

    id = text()
    provider = text()
    type = word(ChannelType, required=True)
    address = text()
    queue = maybe_text()
