"""Errors as problem+json (RFC 9457), with the fields at fault where a request was not understood."""

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException, UnprocessableEntity

from gateway.core.errors import InvalidPayload, Refused

MEDIA_TYPE = "application/problem+json"


class ProblemSchema(Schema):
    """What went wrong (RFC 9457)."""

    type = fields.String(required=True, metadata={"example": "about:blank"})
    title = fields.String(required=True, metadata={"example": "Unprocessable Content"})
    status = fields.Integer(required=True, metadata={"example": 422})
    detail = fields.String(required=True, metadata={"example": "Some fields were not understood."})
    errors = fields.Dict(
        keys=fields.String(),
        metadata={
            "description": "By place (`json`, `query`, `files`) and field: what is wrong with it; under `reasons`, "
            "by refusal: why it may not be sent.",
            "example": {"json": {"text": ["Missing data for required field."]}},
        },
    )


def unprocessable(error: HTTPException) -> Response:
    """A body or query that does not fit its schema (400 and 422)."""
    messages = getattr(error, "data", {}).get("messages")
    if not messages:
        return problem(error.code or 422, error.name, error.description or error.name)
    return problem(error.code or 422, error.name, "Some fields were not understood.", messages)


def refused(error: InvalidPayload) -> Response:
    """A request that reads well and cannot be carried out."""
    return problem(422, UnprocessableEntity().name, str(error))


def not_allowed(error: Refused) -> Response:
    """Something that may not be sent as it was meant, with every reason."""
    reasons: dict[str, list[str]] = {}
    for refusal, words in error.reasons:
        reasons.setdefault(refusal, []).append(words)
    return problem(422, UnprocessableEntity().name, str(error), {"reasons": reasons})


def problem(status: int, title: str, detail: str, errors: Any = None) -> Response:
    """One problem as it leaves."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    response = jsonify(body | ({"errors": errors} if errors else {}))
    response.mimetype = MEDIA_TYPE
    response.status_code = status
    return response
