"""What campaigns look like in requests and answers."""

from flask_smorest.fields import Upload
from marshmallow import Schema, fields, validate

from gateway.api.fields import Scalar, Strict, Text
from gateway.api.paging import OrderedQuery
from gateway.api.schemas import id_, maybe_id, maybe_moment, maybe_text, moment, text, word
from gateway.core.words import Purpose, Refusal
from gateway.desk.campaigns.lists import MAX_CELL, MAX_COLUMNS
from gateway.desk.campaigns.moves import State

ROWS_AT_ONCE = 1_000
ROW_STATES = ("given", "ready", "refused", "released", "canceled")


def variables() -> fields.Dict:
    """Values by the template's names."""
    return fields.Dict(
        keys=Text(validate=validate.Length(1, 64)),
        values=Text(validate=validate.Length(0, MAX_CELL)),
        validate=validate.Length(0, MAX_COLUMNS),
        load_default=dict,
    )


class SegmentRequest(Strict):
    """Contacts by what is known of them; all that is said must hold."""

    attributes = fields.Dict(
        keys=Text(validate=validate.Length(1, 64)),
        values=Scalar(allow_none=True),
        validate=validate.Length(0, 20),
        metadata={"description": "Equal to this value; null: there at all."},
    )
    tags_any = fields.List(Text(validate=validate.Length(1, 64)), validate=validate.Length(0, 50))
    tags_all = fields.List(Text(validate=validate.Length(1, 64)), validate=validate.Length(0, 50))
    languages = fields.List(Text(validate=validate.Length(1, 16)), validate=validate.Length(0, 50))
    seen_after = fields.AwareDateTime()
    seen_before = fields.AwareDateTime()
    channel = Text(validate=validate.Length(1, 64), metadata={"description": "A sender that can reach them."})


class CampaignRequest(Strict):
    name = Text(required=True, validate=validate.Length(1, 120))
    template = Text(required=True, validate=validate.Length(1, 80))
    channel = Text(validate=validate.Length(1, 64), metadata={"description": "Default: the first WhatsApp sender."})
    segment = fields.Nested(SegmentRequest, metadata={"description": "Instead of a list of rows."})
    variables = variables()
    purpose = fields.String(load_default="", validate=validate.OneOf(["", Purpose.NOTICE, Purpose.MARKETING]))
    urgent = fields.Boolean(load_default=False, metadata={"description": "Quiet hours do not hold (notices only)."})
    ladder = fields.Boolean(load_default=True, metadata={"description": "What fails may go by the next channel."})
    rate_per_second = fields.Float(allow_none=True, load_default=None, validate=validate.Range(0.01, 2000))
    daily_limit = fields.Integer(strict=True, allow_none=True, load_default=None, validate=validate.Range(1, 10**9))
    starts_at = fields.AwareDateTime(metadata={"description": "Begin by itself then, once its rows are checked."})
    client_key = Text(validate=validate.Length(1, 80), metadata={"description": "The same key twice is one campaign."})


class RowRequest(Strict):
    to = Text(required=True, validate=validate.Length(1, 160))
    language = Text(load_default="", validate=validate.Length(0, 16))
    name = Text(load_default="", validate=validate.Length(0, 200))
    template = Text(load_default="", validate=validate.Length(0, 80))
    variables = variables()


class RowsRequest(Strict):
    rows = fields.List(fields.Nested(RowRequest), required=True, validate=validate.Length(0, ROWS_AT_ONCE))
    more = fields.Boolean(load_default=False, metadata={"description": "True: further rows follow."})


class ListRequest(Strict):
    file = Upload(required=True)


class StartRequest(Strict):
    at = fields.AwareDateTime(metadata={"description": "Default: now."})


class ReasonRequest(Strict):
    reason = Text(load_default="", validate=validate.Length(0, 500))


class RowQuery(OrderedQuery):
    state = fields.String(validate=validate.OneOf(ROW_STATES))
    reason = word(Refusal)


class CampaignQuery(OrderedQuery):
    state = word(State)


class CampaignSchema(Schema):
    """One message to many."""

    id = id_()
    name = text()
    template = text()
    channel_id = text()
    state = word(State, required=True)
    state_reason = text()
    total = id_(metadata={"description": "Rows of its list."})
    prepared = id_(metadata={"description": "Rows checked so far."})
    source = fields.Dict(required=True)
    options = fields.Dict(required=True)
    created_at = moment()
    starts_at = maybe_moment()
    started_at = maybe_moment()
    ended_at = maybe_moment()


class WaySchema(Schema):
    """How rows go out, or would."""

    channel_type = maybe_text()
    how = maybe_text()
    language = maybe_text()
    cost_class = maybe_text()
    rows = id_()
    segments = id_(metadata={"description": "SMS segments of all of them."})


def counts(description: str) -> fields.Dict:
    return fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata={"description": description}
    )


class CampaignResultSchema(CampaignSchema):
    """A campaign with how it stands."""

    rows = counts("By state.")
    refused = counts("By reason.")
    messages = counts("By status.")
    ways = fields.List(fields.Nested(WaySchema), required=True)


class CampaignRowSchema(Schema):
    """One intended recipient."""

    id = id_()
    number = id_(metadata={"description": "Line of the list."})
    given = fields.Dict(required=True)
    contact_id = maybe_id()
    state = fields.String(required=True, validate=validate.OneOf(ROW_STATES))
    reason = text(metadata={"description": "Why it was refused."})
    detail = text()
    due_at = maybe_moment()
    message_id = maybe_id()
