"""``calls`` in ``care.yaml``: the business's own services that flows may call, and flows that call others."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from automation.schemas import Strict, line
from gateway.config.problems import Finding
from gateway.core.own_services import Service, why_not

HOST = re.compile(r"(?=.{1,253}(:|\Z))[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?(:[1-9]\d{0,4})?\Z", re.IGNORECASE)
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}\Z")
SECRET = re.compile(r"[A-Z][A-Z0-9_]{0,60}\Z")


def _flag() -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False}, load_default=False)


class ServiceSchema(Strict):
    name = fields.String(required=True, validate=validate.Regexp(HOST, error="must be a host, like api.shop.example"))
    timeout = fields.Float(load_default=10.0, validate=validate.Range(0.5, 20))
    private, insecure = _flag(), _flag()
    headers_from_env = fields.Dict(
        keys=line(60, validate.Regexp(HEADER, error="is no header's name")),
        values=fields.String(validate=validate.Regexp(SECRET, error="must be like SHOP, for CALL_SECRET_SHOP")),
        load_default=dict,
        validate=validate.Length(max=10),
    )


class CallsSchema(Strict):
    hosts = fields.List(fields.Nested(ServiceSchema), load_default=list, validate=validate.Length(max=50))

    @validates_schema
    def _each_once(self, data: dict[str, Any], **_: object) -> None:
        names = [host["name"].lower() for host in data["hosts"]]
        twice = {at: {"name": ["stands here twice"]} for at, name in enumerate(names) if name in names[:at]}
        if twice:
            raise ValidationError({"hosts": twice})


def services_of(care: Mapping[str, Any]) -> tuple[Service, ...]:
    """The hosts of ``care.yaml`` as it was loaded."""
    return tuple(
        Service(host["name"].lower(), host["timeout"], host["private"], host["insecure"], host["headers_from_env"])
        for host in care["calls"]["hosts"]
    )


def call_findings(flow: Mapping[str, Any], services: tuple[Service, ...]) -> Iterator[Finding]:
    """Calls of a flow that go where none may."""
    for position, node in enumerate(flow.get("nodes", ())):
        if "call" in node and (reason := why_not(node["call"]["url"], services)):
            yield Finding(("nodes", position, "call", "url"), reason)
