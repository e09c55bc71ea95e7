"""The form of ``config/faq/*.yaml``."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from automation.flows.node_schema import ConditionSchema
from automation.schemas import Media, Phrases, Strict, Texts, slug

LEADS = ("goto", "answer", "url")
"""Where a button may lead: into a flow, to another answer, to a page."""
MOST_BUTTONS = 3
BUTTON_TITLE = 20


class ButtonSchema(Strict):
    title = Texts(BUTTON_TITLE, required=True)
    goto, answer = slug(), slug()
    url = fields.URL(
        schemes={"https"}, validate=validate.Length(max=1000), error_messages={"invalid": "must be an https:// link"}
    )
    """Shown as a line with the link below the answer: free messages have no buttons that open pages."""

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _one_way(self, _data: dict[str, Any], original: Any, **_: object) -> None:
        led = [key for key in LEADS if isinstance(original, dict) and key in original]
        if len(led) != 1:
            raise ValidationError("a button has exactly one of goto (a flow), answer, url")


def _media() -> fields.List[Any]:
    return fields.List(fields.Nested(Media), validate=validate.Length(1, 10))


def _buttons() -> fields.List[Any]:
    return fields.List(fields.Nested(ButtonSchema), validate=validate.Length(1, MOST_BUTTONS))


class VariantSchema(Strict):
    """What is said instead of the answer where its condition holds."""

    when = fields.Nested(ConditionSchema, required=True)
    answer = Texts(4000, required=True)
    media, buttons = _media(), _buttons()


class AnswerSchema(Strict):
    id = slug(required=True)
    title = Texts(20, required=True)
    phrases = Phrases(required=True, validate=validate.Length(1))
    answer = Texts(4000)
    upset = Texts(4000)
    """Said instead of the answer to who is angry."""
    media, buttons = _media(), _buttons()
    when = fields.Nested(ConditionSchema)
    """Where it does not hold, the answer is not given, as if nobody knew it."""
    variants = fields.List(fields.Nested(VariantSchema), validate=validate.Length(1, 20))
    feedback = fields.Boolean(truthy={True}, falsy={False}, load_default=True)
    """False: customers are never asked whether it helped."""
    goto = slug()
    """A flow to go on with; without ``answer`` it is all that is said."""

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _says_something(self, _data: dict[str, Any], original: Any, **_: object) -> None:
        if isinstance(original, dict) and not {"answer", "goto"} & set(original):
            raise ValidationError("needs an answer, or a flow to go on with (goto)")

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _buttons_or_goto(self, _data: dict[str, Any], original: Any, **_: object) -> None:
        """A flow asks next: buttons right above its question would be taken for its options."""
        if not isinstance(original, dict) or "goto" not in original:
            return
        if "buttons" in original:
            raise ValidationError({"buttons": ["has no meaning beside goto"]})
        variants = original.get("variants")
        wrong = {
            position: {"buttons": ["has no meaning beside goto of the answer"]}
            for position, variant in enumerate(variants if isinstance(variants, list) else ())
            if isinstance(variant, dict) and "buttons" in variant
        }
        if wrong:
            raise ValidationError({"variants": wrong})


class FaqSchema(Strict):
    answers = fields.List(fields.Nested(AnswerSchema), load_default=list, validate=validate.Length(0, 500))
    phrases = fields.Dict(keys=slug(), values=Phrases(validate=validate.Length(1)), validate=validate.Length(1, 500))
    """Further phrases of answers that stand elsewhere."""

    @validates_schema(skip_on_field_errors=True)
    def _something(self, data: dict[str, Any], **_: object) -> None:
        if not data["answers"] and not data.get("phrases"):
            raise ValidationError({"answers": ["Missing data for required field."]})
