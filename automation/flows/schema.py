"""The form of ``config/flows/*.yaml``: one verb a node, named targets, everything bounded."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from automation.flows.node_schema import FORM, NodeSchema, Values, true
from automation.flows.typed import CODE, FILE_KINDS, LONGEST_TEXT, ORDER
from automation.schemas import Phrases, Strict, Texts, line, slug

OWN_WORDS = ("faq", "flow", "language", "tests")
TAKEN = ("order", "code", "email", "date", "place", "media", "text")
"""Types that may be found in the message a flow begins with: the first four in any sentence."""


class TriggersSchema(Strict):
    words = Phrases()
    """Whole messages that start the flow."""
    phrases = Phrases()
    """Ways of asking for it, matched by likeness like a question of the FAQ."""
    interrupt = true()
    location = true()
    """A location that nobody asked for starts the flow."""


class TakesSchema(Strict):
    """Something that may be in the message a flow begins with; what is not there is asked for later."""

    type = fields.String(required=True, validate=validate.OneOf(TAKEN, error="must be one of {choices}"))
    like = Values(fields.String(validate=FORM), validate=validate.Length(1, 10))
    least = fields.Float(validate=validate.Range(1, LONGEST_TEXT))
    """Characters from which a text tells something."""
    files = Values(fields.String(validate=validate.OneOf(FILE_KINDS, error="must be one of {choices}")))
    here_only = true()
    """An order number: never the one that was spoken of before."""

    @validates_schema
    def _fits_the_type(self, data: dict[str, Any], **_: object) -> None:
        for key, kinds in {"like": (ORDER, CODE), "least": ("text",)}.items():
            if (data["type"] in kinds) is not bool(data.get(key)):
                raise ValidationError({key: [f"stands beside type {' or '.join(kinds)}, and only there"]})
        if "files" in data and data["type"] != "media":
            raise ValidationError({"files": ["stands beside type media only"]})


class FlowSchema(Strict):
    id = slug(validate.NoneOf(OWN_WORDS, error="is a word of our own"), required=True)
    note = line(1000)
    title = Texts(60, load_default=dict)
    """What the bot calls it when it comes back to it after another: "your change of address"."""
    triggers = fields.Nested(TriggersSchema, load_default=dict)
    start = slug()
    timeout_minutes = fields.Integer(strict=True, load_default=60, validate=validate.Range(1, 7 * 24 * 60))
    slots = fields.List(slug(), load_default=list, validate=validate.Length(max=50))
    """Slots that a flow before this one fills."""
    takes = fields.Dict(
        keys=slug(), values=fields.Nested(TakesSchema), load_default=dict, validate=validate.Length(max=5)
    )
    """Slots that are filled from the message the flow begins with."""
    nodes = fields.List(fields.Nested(NodeSchema), required=True, validate=validate.Length(1, 200))
