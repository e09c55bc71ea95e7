"""The form of a mapping file: how a CRM with a JSON API is asked, and where our fields stand in its answers."""

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from marshmallow import ValidationError, fields, validate, validates_schema

from automation.schemas import Strict, line
from gateway.config.calls import HEADER, SECRET
from gateway.crm import remote
from gateway.crm.records import Customer, Invoice, InvoiceStatus, Order, OrderStatus, Payment, Refund, Tier
from gateway.crm.remote.mapping import VERBS
from gateway.crm.remote.reading import PHONES
from gateway.crm.remote.values import QUOTES, holes

SHIPPED = Path(remote.__file__).parents[1] / "mappings"
PATH = r"[A-Za-z0-9_@:$-]+(\.[A-Za-z0-9_@:$-]+)*\Z"
OURS: Mapping[str, Collection[str]] = {
    "customers": {*Customer.__slots__, "first_name", "last_name", "bsuid", "psid", *PHONES} - {"addresses"},
    "orders": set(Order.__slots__) - {"lines", "cases"},
    "invoices": set(Invoice.__slots__),
    "cases": {"reference", "kind", "key", "open", "detail"},
}
NEEDED: Mapping[str, Collection[str]] = {
    "customers": ("id", "number", "name"),
    "orders": ("id", "number", "customer", "status", "placed_on", "total", "currency"),
    "invoices": ("number", "order", "issued_on", "total", "currency"),
    "cases": ("reference", "kind", "key", "open", "detail"),
}
WORDS: Mapping[tuple[str, str], Collection[str]] = {
    ("orders", "status"): list(OrderStatus),
    ("orders", "payment"): list(Payment),
    ("orders", "refund"): list(Refund),
    ("invoices", "status"): list(InvoiceStatus),
    ("customers", "tier"): list(Tier),
}
FIND: Mapping[str, Mapping[str, Collection[str]]] = {
    "customers": {
        "by_phone": ("phone", "phones"), "by_email": ("email", "emails"), "by_bsuid": ("bsuid", "bsuids"),
        "by_psid": ("psid", "psids"), "by_number": ("number",), "by_id": ("id",),
    },
    "orders": {"by_number": ("number",), "of_customers": ("customer", "customers")},
    "invoices": {"by_number": ("number",), "of_orders": ("orders",)},
}  # fmt: skip
"""Requests that a part may have, and the values that each can be given."""
ALWAYS: Mapping[str, Collection[str]] = {
    "customers": ("by_phone", "by_number"),
    "orders": ("by_number", "of_customers"),
    "invoices": ("by_number",),
}
CHANGEABLE = ("status", "refund", "address", "city")
OF_CASES = ("key", "kind", "order", "order_id", "customer", "customer_id", "subject", "text", "detail", "state")
OF_CONVERSATIONS = ("key", "subject", "text", "summary", "disposition", "customer_id", "ended_at", "channel")


def _path() -> fields.String:
    return fields.String(validate=[validate.Length(1, 200), validate.Regexp(PATH, error="must be like records.0.Name")])


def _secret(**more: Any) -> fields.String:
    return fields.String(validate=validate.Regexp(SECRET, error="must be like TOKEN, for CRM_SECRET_TOKEN"), **more)


def _url() -> fields.String:
    return fields.String(validate=[validate.Length(1, 500), validate.Regexp(r"/[^\s#]*\Z", error="must begin with /")])


class FieldSchema(Strict):
    path = _path()
    values = fields.Dict(keys=line(100), values=line(40), validate=validate.Length(1, 100))
    default, after = line(40), line(40)


class FieldOf(fields.Field[Any]):
    """A path, or one with ``values``, ``default``, ``after``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):
            return _path().deserialize(value)
        found = FieldSchema().load(value)
        if "path" not in found:
            raise ValidationError({"path": ["is missing"]})
        return found


class AskSchema(Strict):
    get, post, put, patch = _url(), _url(), _url(), _url()
    query = fields.Dict(keys=line(60), values=line(4000), validate=validate.Length(1, 20))
    body = fields.Raw()
    rows, next, found = _path(), _path(), _path()

    @validates_schema
    def _one_verb(self, data: dict[str, Any], **_: object) -> None:
        if sum(verb in data for verb in VERBS) != 1:
            raise ValidationError(f"needs one of {', '.join(VERBS)}")
        if "body" in data and "get" in data:
            raise ValidationError({"body": ["has no meaning beside get"]})


class AuthSchema(Strict):
    type = fields.String(
        required=True,
        validate=validate.OneOf(("bearer", "basic", "header", "client_credentials"), error="must be one of {choices}"),
    )
    secret = _secret(required=True)
    user = _secret()
    header = fields.String(validate=validate.Regexp(HEADER, error="is no header's name"))
    token_path = _url()

    @validates_schema
    def _whole(self, data: dict[str, Any], **_: object) -> None:
        needed = {"basic": ("user",), "client_credentials": ("user", "token_path")}.get(data.get("type", ""), ())
        if missing := [name for name in needed if name not in data]:
            raise ValidationError({name: ["is missing"] for name in missing})


class BusySchema(Strict):
    status = fields.Integer(required=True, strict=True, validate=validate.Range(400, 599))
    path = _path()
    words = fields.List(line(60), validate=validate.Length(1, 20))
    rest_seconds = fields.Float(validate=validate.Range(0.1, 3600))


class LimitsSchema(Strict):
    requests_per_second = fields.Float(load_default=10.0, validate=validate.Range(0.1, 1000))
    busy = fields.List(fields.Nested(BusySchema), load_default=list, validate=validate.Length(max=20))


class LinesSchema(Strict):
    path = _path()
    product, quantity = _path(), _path()


class ChangeSchema(Strict):
    fields_ = fields.List(
        fields.String(validate=validate.OneOf(CHANGEABLE, error="must be one of {choices}")),
        data_key="fields",
        attribute="fields",
        required=True,
        validate=validate.Length(1, len(CHANGEABLE)),
    )
    request = fields.Nested(AskSchema, required=True)


class ThingsSchema(Strict):
    find = fields.Dict(keys=line(30), values=fields.Nested(AskSchema), required=True)
    fields_ = fields.Dict(keys=line(30), values=FieldOf(), data_key="fields", attribute="fields", required=True)
    lines = fields.Nested(LinesSchema)
    change = fields.Nested(ChangeSchema)


class CasesSchema(Strict):
    states = fields.Dict(keys=line(10), values=line(40), required=True)
    find = fields.Nested(AskSchema, required=True)
    open = fields.Nested(AskSchema, required=True)
    fields_ = fields.Dict(keys=line(30), values=FieldOf(), data_key="fields", attribute="fields", required=True)

    @validates_schema
    def _both_states(self, data: dict[str, Any], **_: object) -> None:
        if set(data.get("states", ())) != {"open", "done"}:
            raise ValidationError({"states": ["has open and done, in the words of the CRM"]})


class ConversationsSchema(Strict):
    find = fields.Nested(AskSchema)
    reference = _path()
    create = fields.Nested(AskSchema, required=True)


class MappingSchema(Strict):
    """A whole file."""

    auth = fields.Nested(AuthSchema, required=True)
    limits = fields.Nested(LimitsSchema, load_default=lambda: LimitsSchema().load({}))
    quote = fields.String(load_default="none", validate=validate.OneOf(tuple(QUOTES), error="must be one of {choices}"))
    check = fields.Nested(AskSchema, required=True)
    customers = fields.Nested(ThingsSchema, required=True)
    orders, invoices = fields.Nested(ThingsSchema), fields.Nested(ThingsSchema)
    cases = fields.Nested(CasesSchema)
    conversations = fields.Nested(ConversationsSchema)

    @validates_schema
    def _fits(self, data: dict[str, Any], **_: object) -> None:
        problems = {part: found for part in (*FIND, "cases") if part in data and (found := _of_part(part, data[part]))}
        if "orders" in data and "cases" not in data:
            problems["orders"] = {"find": ["needs cases beside them: what customers ask for has to stand somewhere"]}
        problems |= _of_holes(data)
        if problems:
            raise ValidationError(problems)


@cache
def shipped(name: str) -> dict[str, Any] | None:
    """A mapping that comes with us; None: there is none of this name."""
    file = SHIPPED / f"{name}.yaml"
    if file.parent != SHIPPED or not file.is_file():
        return None
    found: dict[str, Any] = MappingSchema().load(yaml.safe_load(file.read_text(encoding="utf-8")))
    return found


def _of_part(part: str, data: Mapping[str, Any]) -> dict[str, Any]:
    problems: dict[str, Any] = {}
    wrong = {name: ["is no field of ours"] for name in data["fields"] if name not in OURS[part]}
    wrong |= {name: ["is missing"] for name in NEEDED[part] if name not in data["fields"]}
    wrong |= {name: found for name, field in data["fields"].items() if (found := _untranslatable(part, name, field))}
    if wrong:
        problems["fields"] = wrong
    if part in FIND:
        asks = {name: ["is nothing we ask"] for name in data["find"] if name not in FIND[part]}
        asks |= {name: ["is missing"] for name in ALWAYS[part] if name not in data["find"]}
        problems |= {"find": asks} if asks else {}
    return problems


def _untranslatable(part: str, name: str, field: Any) -> list[str]:
    """Translations into words that are none of ours."""
    known = WORDS.get((part, name))
    given = [*field.get("values", {}).values(), *([field["default"]] if "default" in field else [])] if isinstance(
        field, dict
    ) else []  # fmt: skip
    return [f"{word!r} is none of {', '.join(known)}" for word in given if known and word not in known][:3]


def _of_holes(data: Mapping[str, Any]) -> dict[str, Any]:
    """Values that a request wants and nobody has."""
    asks: list[tuple[tuple[str, ...], dict[str, Any], Collection[str]]] = [
        ((part, "find", name), ask, FIND[part].get(name, ()))
        for part in FIND
        for name, ask in data.get(part, {}).get("find", {}).items()
    ]
    if change := data.get("orders", {}).get("change"):
        asks.append((("orders", "change", "request"), change["request"], ("id", "number", *change["fields"])))
    if cases := data.get("cases"):
        asks += [
            (("cases", "find"), cases["find"], ("order", "order_id", "key")),
            (("cases", "open"), cases["open"], OF_CASES),
        ]
    if written := data.get("conversations"):
        asks += [
            (("conversations", name), written[name], OF_CONVERSATIONS) for name in ("find", "create") if name in written
        ]
    problems: dict[str, Any] = {}
    for path, ask, known in asks:
        if unknown := sorted(holes(ask) - set(known)):
            _put(problems, path, [f"nobody fills {{{unknown[0]}}}; there is {', '.join(known)}"])
    return problems


def _put(problems: dict[str, Any], path: tuple[str, ...], found: list[str]) -> None:
    for part in path[:-1]:
        problems = problems.setdefault(part, {})
    problems[path[-1]] = found
