"""What somebody means to say, as the API takes it, and the explanation, as the API shows it."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from gateway.api.fields import Id, Strict, Text, Whole
from gateway.api.schemas import id_, maybe_id, maybe_moment, maybe_text, word
from gateway.api.schemas import text as string
from gateway.core.words import ChannelType, Purpose, Refusal
from gateway.desk.intended import Explanation, Intended

Shape = dict[str, Any]
VARIABLE = validate.Length(0, 1024)


def variables_field(**options: Any) -> fields.Dict:
    """Values of a template by the names of its variables."""
    return fields.Dict(
        keys=Text(validate=validate.Length(1, 40)),
        values=Text(validate=VARIABLE),
        load_default=dict,
        validate=validate.Length(0, 100),
        **options,
    )


class FileRequest(Strict):
    content_type = Text(required=True, validate=validate.Length(3, 100))
    size = Whole(0, 2**40, required=True, metadata={"description": "Bytes."})


class IntendedRequest(Strict):
    """One thing to say: a `text`, or a `template` by its name in the config."""

    purpose = word(Purpose, load_default=Purpose.REPLY.value)
    text = Text(load_default="", validate=validate.Length(0, 20_000))
    template = Text(validate=validate.Length(1, 80))
    variables = variables_field()
    language = Text(validate=validate.Regexp(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}\Z"))
    channel_id = Text(validate=validate.Length(1, 64), metadata={"description": "This channel and no other."})
    urgent = fields.Boolean(load_default=False, metadata={"description": "Quiet hours do not hold."})


class ExplainRequest(IntendedRequest):
    contact_id = Id()
    to = Text(validate=validate.Length(1, 160), metadata={"description": "An address, known or not."})
    media = fields.List(fields.Nested(FileRequest), load_default=list, validate=validate.Length(0, 50))
    options = Whole(0, 1000, load_default=0, metadata={"description": "How many choices are offered."})

    @validates_schema
    def _somebody(self, data: Shape, **_: object) -> None:
        if ("contact_id" in data) == ("to" in data):
            raise ValidationError({"contact_id": ["Name a contact_id or an address (to), one of them."]})


class ReasonSchema(Schema):
    refusal = word(Refusal, required=True)
    words = string()
    detail = string(metadata={"description": "What it is about: a variable, a channel, a code, a moment."})


class RungSchema(Schema):
    channel_id = string()
    channel_type = word(ChannelType, required=True)
    to = string()
    text = string()
    content_sid = maybe_text()
    after_seconds = id_(metadata={"description": "Taken if the one before fails, or after so long without delivery."})


class ExplanationSchema(Schema):
    """Whether and how something would go out. Where it is allowed, reasons are remarks: why later, why not there."""

    allowed = fields.Boolean(required=True)
    how = string(metadata={"description": "`free`, `template`, `parked` until the customer writes; empty: not at all."})
    purpose = word(Purpose, required=True)
    channel_id = maybe_text()
    channel_type = maybe_text()
    address_id = maybe_id()
    to = string()
    language = maybe_text()
    text = string()
    template = maybe_text()
    content_sid = maybe_text()
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    characters = id_()
    segments = id_(metadata={"description": "Of SMS; 0 elsewhere."})
    encoding = string(metadata={"description": "`gsm7` or `ucs2` on SMS."})
    cost_class = string()
    not_before = maybe_moment()
    rungs = fields.List(fields.Nested(RungSchema), required=True)
    alternative = fields.Nested(
        lambda: ExplanationSchema(),
        required=True,
        allow_none=True,
        metadata={"description": "The nearest way that is allowed, where this one is not."},
    )


SHOWN = (
    "allowed", "how", "purpose", "channel_id", "channel_type", "address_id", "to", "language", "text", "template",
    "content_sid", "characters", "segments", "encoding", "cost_class", "not_before",
)  # fmt: skip


def shape(found: Explanation) -> Shape:
    """An explanation as it leaves; an address that nobody has yet has no id."""
    reasons = [{"refusal": each.refusal.value, "words": each.words, "detail": each.detail} for each in found.reasons]
    rungs = [{name: getattr(rung, name) for name in RungSchema().fields} for rung in found.rungs]
    shown: Shape = {name: getattr(found, name) for name in SHOWN}
    return shown | {
        "address_id": found.address_id or None,
        "reasons": reasons,
        "rungs": rungs,
        "alternative": shape(found.alternative) if found.alternative else None,
    }


def intended_of(wanted: Shape) -> Intended:
    """What a request means to say."""
    return Intended(
        purpose=Purpose(wanted["purpose"]),
        text=wanted["text"],
        media=tuple((file["content_type"], file["size"]) for file in wanted.get("media", ())),
        options=wanted.get("options", 0),
        template=wanted.get("template"),
        variables=wanted["variables"],
        language=wanted.get("language"),
        channel_id=wanted.get("channel_id"),
        urgent=wanted["urgent"],
    )
