"""The form of ``language_model`` in ``care.yaml``, and what it comes to."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields, validate

from automation.schemas import Strict, line
from gateway.core.language_model import OPTIONS, LanguageModel, Use

OURS = ("messages", "model", "stream", "n", "tools", "functions")
"""Keys of a request that are ours to fill."""
LONGEST_WAIT_SECONDS = 8.0
"""A customer waits meanwhile, and whoever asks has ten seconds."""


def _base_url(value: str) -> None:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValidationError(f"{value!r} is no http(s) address like https://api.example.com/v1")
    if parts.username or parts.password:
        raise ValidationError("a key has no place in the address: LANGUAGE_MODEL_KEY in the environment holds it")
    if parts.scheme == "http" and not _is_near(parts.hostname):
        raise ValidationError("must be https: customers' words and the key would cross the network in clear")


def _is_near(host: str) -> bool:
    """On this machine or this network: localhost, a bare name, a private address."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(".localhost")


def _option(value: Mapping[str, Any]) -> None:
    for key, part in value.items():
        if key in OURS:
            raise ValidationError(f"{key} is filled by Rabta")
        if not isinstance(part, str | int | float | bool | dict):
            raise ValidationError(f"{key} must be a text, a number, true or false, or a mapping")


class DailyBudgetSchema(Strict):
    requests = fields.Integer(validate=validate.Range(1, 10_000_000))
    tokens = fields.Integer(validate=validate.Range(1, 10_000_000_000))


class LanguageModelSchema(Strict):
    base_url = fields.String(required=True, validate=[validate.Length(max=300), _base_url])
    model = line(120, required=True)
    use = fields.List(
        fields.String(validate=validate.OneOf([use.value for use in Use], error="must be one of {choices}")),
        load_default=lambda: [Use.ANSWER.value],
        validate=validate.Length(1, len(Use)),
    )
    timeout_seconds = fields.Float(validate=validate.Range(0.2, LONGEST_WAIT_SECONDS))
    daily_budget = fields.Nested(DailyBudgetSchema, load_default=dict)
    least_score = fields.Float(validate=validate.Range(0, 1))
    options = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 60)), validate=[validate.Length(max=20), _option]
    )


def language_model_of(data: Mapping[str, Any] | None) -> LanguageModel | None:
    """The model to ask; None: there is none."""
    if data is None:
        return None
    budget = {f"{name}_per_day": most for name, most in data["daily_budget"].items()}
    given = {name: data[name] for name in ("timeout_seconds", "least_score") if name in data}
    return LanguageModel(
        base_url=data["base_url"].rstrip("/"),
        model=data["model"],
        use=frozenset(Use(use) for use in data["use"]),
        options={**OPTIONS, **data["options"]} if "options" in data else dict(OPTIONS),
        **budget,
        **given,
    )
