"""The form of ``config/templates.yaml``: named variables with samples, texts by language, everything bounded."""

from marshmallow import ValidationError, fields, validate

from automation.schemas import LANGUAGE, Strict, Texts, line, slug
from gateway.core.template_rules import MOST_VARIABLES, sample_problem
from gateway.core.templates import BODY_LIMIT, SMS_LIMIT, Category

PROVIDER_NAME = r"[a-z0-9_]{1,120}\Z"
PROVIDER_LANGUAGE = r"[a-z]{2,3}(_[A-Z]{2})?\Z"
MOST_TEMPLATES = 200
MOST_BUTTONS = 10


def _fit_for_a_variable(text: str) -> None:
    if reason := sample_problem(text):
        raise ValidationError(reason)


def _by_language(form: str, error: str) -> fields.Dict:
    language = fields.String(validate=validate.Regexp(LANGUAGE.pattern + r"\Z", error="is no language code"))
    return fields.Dict(keys=language, values=fields.String(validate=validate.Regexp(form, error=error)))


class DefaultTexts(Texts):
    """Texts fit to be put in a variable's place."""

    def _wrong(self, language: str, text: object) -> list[str]:
        found = super()._wrong(language, text)
        reason = None if found or not isinstance(text, str) else sample_problem(text.strip())
        return [reason] if reason else found


class VariableSchema(Strict):
    name = slug(required=True)
    sample = line(200, _fit_for_a_variable, required=True)
    default = DefaultTexts(200)
    """Said where no value is given; without it a value must be."""


class ButtonSchema(Strict):
    id = slug(required=True)
    title = Texts(20, required=True)


class TemplateSchema(Strict):
    id = slug(required=True)
    note = line(1000)
    category = fields.String(required=True, validate=validate.OneOf(list(Category), error="must be one of {choices}"))
    variables = fields.List(
        fields.Nested(VariableSchema), load_default=list, validate=validate.Length(0, MOST_VARIABLES)
    )
    text = Texts(2 * BODY_LIMIT, required=True)
    sms = Texts(SMS_LIMIT)
    """The same for SMS, where it should be shorter; else ``text``."""
    buttons = fields.List(fields.Nested(ButtonSchema), load_default=list, validate=validate.Length(max=MOST_BUTTONS))
    provider_names = _by_language(PROVIDER_NAME, "must be of a-z, 0-9 and _")
    """What it is called at the provider, where that is not ``{id}_{language}``."""
    provider_languages = _by_language(PROVIDER_LANGUAGE, "must be a code like en or en_US")
    """The language it is submitted in, where that is not ours."""


class TemplatesSchema(Strict):
    templates = fields.List(fields.Nested(TemplateSchema), required=True, validate=validate.Length(1, MOST_TEMPLATES))
