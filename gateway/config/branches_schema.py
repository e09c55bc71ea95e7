"""The keys ``branches`` and ``places`` of ``care.yaml``: where the business is, and where customers say they are."""

from marshmallow import fields, validate

from automation.schemas import Phrases, Strict, Texts, slug

_PHONE = validate.Regexp(r"\+[1-9][\d ]{6,20}\Z", error="must be a number like +92 42 111 555 010")


def _degrees(most: int) -> fields.Float:
    return fields.Float(
        required=True, validate=validate.Range(-most, most, error=f"must lie between -{most} and {most}")
    )


class BranchSchema(Strict):
    id = slug(required=True)
    name = Texts(100, required=True)
    address = Texts(300, required=True)
    latitude, longitude = _degrees(90), _degrees(180)
    hours = slug()
    """Opening hours of ``hours``."""
    phone = fields.String(validate=_PHONE)
    map = fields.URL(
        schemes={"https"}, validate=validate.Length(max=500), error_messages={"invalid": "must be an https:// link"}
    )
    """Default: the coordinates on Google's map."""
    near = Phrases()
    """What customers call the quarter it is in."""


class PlaceSchema(Strict):
    """A town that customers may name instead of sharing where they are."""

    names = Phrases(required=True, validate=validate.Length(1))
    latitude, longitude = _degrees(90), _degrees(180)
