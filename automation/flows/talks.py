"""The form of ``config/flows/tests/*.yaml``: conversations that flows are tested by, as the bot hears and says them."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from automation.flows.node_schema import Values
from automation.schemas import LANGUAGE, Strict, line, slug

HEARINGS = ("hears", "taps", "sends")
FILES = {"photo": "image/jpeg", "voice": "audio/ogg", "video": "video/mp4", "document": "application/pdf"}
"""What ``sends`` may name beside ``location``."""


class TurnSchema(Strict):
    """One thing heard and what must come of it; what is not written is not looked at."""

    hears = fields.String(validate=validate.Length(max=4000))
    taps = line(200)
    """The title of an option shown last."""
    sends = fields.String(validate=validate.OneOf((*FILES, "location"), error="must be one of {choices}"))
    after_minutes = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, 60 * 24 * 60))
    says = Values(line(4000))
    """Parts of what is said, in this order."""
    offers = fields.List(line(100), validate=validate.Length(max=10))
    """The titles of the options shown, all of them."""
    hands_over = fields.Boolean()
    queue = slug()
    waits_at = fields.String(validate=validate.Length(max=100))
    """``flow:node`` where the next answer is awaited; empty: nowhere."""
    slots = fields.Dict(keys=slug())
    """Answers kept so far, among others."""
    tags = fields.List(slug())
    """All tags of the contact afterwards."""

    @validates_schema
    def _one_hearing(self, data: dict[str, Any], **_: object) -> None:
        if sum(key in data for key in HEARINGS) != 1:
            raise ValidationError(f"needs one of {', '.join(HEARINGS)}")


class TalkSchema(Strict):
    name = line(200, required=True)
    language = fields.String(validate=validate.Regexp(LANGUAGE.pattern + r"\Z", error="is no language code"))
    channel = slug(load_default="whatsapp")
    at = fields.String(
        load_default="2027-03-02 11:00",
        validate=validate.Regexp(r"\d{4}-\d\d-\d\d \d\d:\d\d\Z", error='must be a time like "2027-03-02 11:00"'),
    )
    """When it begins, in the business's time zone."""
    contact = line(100, load_default="")
    phone = fields.String(
        load_default="",
        validate=validate.Regexp(r"(\+[1-9]\d{6,14})?\Z", error='must be a number like "+923001234567"'),
    )
    """Who asks the CRM."""
    crm = fields.String(load_default="up", validate=validate.OneOf(("up", "down"), error="must be one of {choices}"))
    calls = fields.Dict(
        keys=line(1000), values=fields.Dict(keys=line(60)), load_default=dict, validate=validate.Length(max=20)
    )
    """What the business's own services answer, by address; others do not answer."""
    attributes = fields.Dict(keys=slug(), load_default=dict)
    tags = fields.List(slug(), load_default=list)
    turns = fields.List(fields.Nested(TurnSchema), required=True, validate=validate.Length(1, 100))


class TalksSchema(Strict):
    conversations = fields.List(fields.Nested(TalkSchema), required=True, validate=validate.Length(1, 200))
