"""``/api/v1/templates``: what may be said outside the session window, and whether it is approved yet."""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from marshmallow import Schema, fields

from gateway.api.blueprint import Blueprint
from gateway.api.schemas import maybe_moment, maybe_text, text, word
from gateway.core.templates import Category, TemplateSpec
from gateway.desk import templates
from gateway.desk.templates import Standing
from gateway.runtime import runtime_of

blueprint = Blueprint("templates", "Texts that the provider approves before their first use.")


class VariableSchema(Schema):
    name = text()
    sample = text()
    required = fields.Boolean(required=True, metadata={"description": "False: it has a default."})


class WordingSchema(Schema):
    """A template in one language."""

    language = text()
    sms = text(metadata={"description": "The same for SMS."})
    buttons = fields.List(fields.String(), required=True)
    approval = text(metadata={"description": "`approved` may be sent; `missing`: the provider does not have it."})
    rejection = text(metadata={"description": "The reviewers' reason."})
    external_id = maybe_text()
    synced_at = maybe_moment()
    text = text()


class TemplateSchema(Schema):
    name = text()
    category = word(Category, required=True)
    variables = fields.List(fields.Nested(VariableSchema), required=True)
    languages = fields.List(fields.Nested(WordingSchema), required=True)


class TemplateListSchema(Schema):
    data = fields.List(fields.Nested(TemplateSchema), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "Always null: there are few."})


@blueprint.route("/templates")
@blueprint.response(200, TemplateListSchema)
def list_templates() -> dict[str, Any]:
    """All templates of the running configuration, with their approval as of the last synchronisation."""
    runtime = runtime_of(current_app)
    specs = list(runtime.config().templates)
    with runtime.database.read() as session:
        standings = templates.standings(session, [spec.name for spec in specs])
    return {"data": [_shape(spec, standings.get(spec.name, {})) for spec in specs], "next": None}


def _shape(spec: TemplateSpec, standings: Mapping[str, Standing]) -> dict[str, Any]:
    return {
        "name": spec.name,
        "category": spec.category,
        "variables": [{name: getattr(one, name) for name in ("name", "sample", "required")} for one in spec.variables],
        "languages": [_wording(spec, language, standings.get(language)) for language in spec.languages],
    }


def _wording(spec: TemplateSpec, language: str, standing: Standing | None) -> dict[str, Any]:
    wording = spec.languages[language]
    return {
        "language": language,
        "text": wording.body,
        "sms": wording.sms,
        "buttons": [button.title for button in wording.buttons],
        "approval": standing.approval if standing else "missing",
        "rejection": standing.rejection if standing else "",
        "external_id": standing.external_id if standing else None,
        "synced_at": standing.synced_at if standing else None,
    }
