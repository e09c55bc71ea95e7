"""``crm`` in ``care.yaml``: which CRM is asked, and what the business allows; the example's rows in ``crm/*.csv``."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import phonenumbers
from marshmallow import ValidationError, fields, validate

from automation.schemas import Strict
from gateway.config.problems import Problem
from gateway.core.crm import CrmSettings, Terms
from gateway.core.recipients import region_of
from gateway.crm.memory import read_files
from gateway.crm.records import OrderStatus
from gateway.crm.registry import CLIENTS

ANY_DAY = date(2026, 1, 1)
USUAL = Terms()
BEFORE_SHIPPING = ("placed", "confirmed", "packed")


def _known_country(code: str) -> None:
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise ValidationError(f"{code!r} is no country code like PK")


def _while(allowed: tuple[str, ...], usual: frozenset[str]) -> fields.List[str]:
    one = fields.String(validate=validate.OneOf(allowed, error="must be one of {choices}"))
    return fields.List(one, load_default=lambda: sorted(usual), validate=validate.Length(max=len(OrderStatus)))


class CrmSchema(Strict):
    type = fields.String(load_default="builtin", validate=validate.OneOf(CLIENTS, error="must be one of {choices}"))
    country = fields.String(validate=_known_country)
    return_days = fields.Integer(load_default=USUAL.return_days, strict=True, validate=validate.Range(0, 3650))
    warranty_days = fields.Integer(load_default=USUAL.warranty_days, strict=True, validate=validate.Range(0, 36_500))
    cancel_while = _while(BEFORE_SHIPPING, USUAL.cancel_while)
    address_while = _while(BEFORE_SHIPPING, USUAL.address_while)


def settings_of(care: Mapping[str, Any]) -> CrmSettings:
    """Numbers without a country are those of the business's time zone, unless ``country`` says otherwise."""
    crm = care["crm"]
    terms = Terms(
        return_days=crm["return_days"],
        warranty_days=crm["warranty_days"],
        cancel_while=frozenset(crm["cancel_while"]),
        address_while=frozenset(crm["address_while"]),
    )
    country = crm.get("country") or region_of(care["business"]["timezone"])
    return CrmSettings(crm["type"], country, terms)


def crm_problems(files: Mapping[str, str], care: Mapping[str, Any] | None) -> list[Problem]:
    """Rows of the example that an import would refuse; without a sound ``care.yaml`` nothing is known of them."""
    if care is None:
        return []
    _, bad = read_files(files, ANY_DAY, settings_of(care).country)
    return [Problem(file, row.line, 1, f"{row.column}: {row.reason}".removeprefix(": ")) for file, row in bad]
