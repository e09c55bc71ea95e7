"""``crm`` in ``care.yaml``: which CRM is asked, where it is, what the business allows; the example's rows."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import phonenumbers
from marshmallow import ValidationError, fields, validate, validates_schema

from automation.schemas import Strict, slug
from gateway.config.crm_mapping import shipped
from gateway.config.problems import Finding, Problem
from gateway.core.crm import CrmSettings, Remote, Terms
from gateway.core.recipients import region_of
from gateway.crm.memory import FOLDER, read_files
from gateway.crm.records import OrderStatus
from gateway.crm.registry import CLIENTS
from gateway.crm.remote.hubspot import BASE_URL

if TYPE_CHECKING:  # it loads this form
    from gateway.config.load import Loaded

ANY_DAY = date(2026, 1, 1)
USUAL = Terms()
BEFORE_SHIPPING = ("placed", "confirmed", "packed")


def _known_country(code: str) -> None:
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise ValidationError(f"{code!r} is no country code like PK")


def _base_url(value: str) -> None:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValidationError(f"{value!r} is no address like https://shop.my.salesforce.com")


def _flag() -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False}, load_default=False)


def _while(allowed: tuple[str, ...], usual: frozenset[str]) -> fields.List[str]:
    one = fields.String(validate=validate.OneOf(allowed, error="must be one of {choices}"))
    return fields.List(one, load_default=lambda: sorted(usual), validate=validate.Length(max=len(OrderStatus)))


class CrmSchema(Strict):
    type = fields.String(load_default="builtin", validate=validate.OneOf(CLIENTS, error="must be one of {choices}"))
    mapping = slug()
    """Of type ``rest``: one that we ship, or ``crm/{mapping}.yaml``."""
    base_url = fields.String(validate=[validate.Length(max=300), _base_url])
    timeout_seconds = fields.Float(load_default=4.0, validate=validate.Range(0.2, 8))
    cache_seconds = fields.Float(load_default=20.0, validate=validate.Range(0, 3600))
    private, write_back = _flag(), _flag()
    country = fields.String(validate=_known_country)
    return_days = fields.Integer(load_default=USUAL.return_days, strict=True, validate=validate.Range(0, 3650))
    warranty_days = fields.Integer(load_default=USUAL.warranty_days, strict=True, validate=validate.Range(0, 36_500))
    cancel_while = _while(BEFORE_SHIPPING, USUAL.cancel_while)
    address_while = _while(BEFORE_SHIPPING, USUAL.address_while)

    @validates_schema
    def _fits_type(self, data: dict[str, Any], **_: object) -> None:
        kind = data.get("type")
        needed = {"rest": ("mapping", "base_url")}.get(str(kind), ())
        problems = {name: [f"is missing for type {kind}"] for name in needed if name not in data}
        useless = {"builtin": ("mapping", "base_url"), "hubspot": ("mapping",)}.get(str(kind), ())
        problems |= {name: [f"has no meaning for type {kind}"] for name in useless if name in data}
        if kind == "builtin" and data.get("write_back"):
            problems["write_back"] = ["the built-in CRM is this database: there is nothing to write back"]
        if data.get("base_url", "").startswith("http://") and not data.get("private"):
            problems["base_url"] = ["must be https, unless the CRM stands in your own network (private: true)"]
        if problems:
            raise ValidationError(problems)


def settings_of(care: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]] | None = None) -> CrmSettings:
    """Numbers without a country are those of the business's time zone, unless ``country`` says otherwise.

    ``files``: mapping files of the folder, as they were loaded.
    """
    crm = care["crm"]
    terms = Terms(
        return_days=crm["return_days"],
        warranty_days=crm["warranty_days"],
        cancel_while=frozenset(crm["cancel_while"]),
        address_while=frozenset(crm["address_while"]),
    )
    country = crm.get("country") or region_of(care["business"]["timezone"])
    return CrmSettings(crm["type"], country, terms, _remote(crm, files or {}), crm["write_back"])


def _remote(crm: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]]) -> Remote | None:
    if crm["type"] == "builtin":
        return None
    name = crm.get("mapping", crm["type"])
    more = {option: crm[option] for option in ("timeout_seconds", "cache_seconds", "private")}
    return Remote(name, crm.get("base_url", BASE_URL).rstrip("/"), _mapping(name, files) or {}, **more)


def _mapping(name: str, files: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The business's own goes before the one that we ship."""
    return files.get(f"{FOLDER}{name}.yaml") or shipped(name)


def _findings(care: Mapping[str, Any], files: Mapping[str, str]) -> Iterator[Finding]:
    """A mapping that is not there."""
    name = care["crm"].get("mapping")
    if name and f"{FOLDER}{name}.yaml" not in files and shipped(name) is None:
        yield Finding(("crm", "mapping"), f"there is no crm/{name}.yaml, and we ship none of this name")


def crm_problems(files: Mapping[str, str], care: "Loaded | None") -> list[Problem]:
    """Rows of the example that an import would refuse, a mapping that is not there.

    Without a sound ``care.yaml`` nothing is known of them.
    """
    if care is None or care.data is None:
        return []
    _, bad = read_files(files, ANY_DAY, settings_of(care.data).country)
    return [care.located.problem(one) for one in _findings(care.data, files)] + [
        Problem(file, row.line, 1, f"{row.column}: {row.reason}".removeprefix(": ")) for file, row in bad
    ]
