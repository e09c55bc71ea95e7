"""Fields and schemas that refuse what a database cannot hold: unknown keys, NUL and half characters, huge numbers."""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

MAX_ID = 2**63 - 1
ID_PATH = f"<int(min=1, max={MAX_ID}):item_id>"
"""An id in a path; one out of range is a 404 before any query."""


class Strict(Schema):
    """Refuses keys it does not know."""

    class Meta:
        unknown = RAISE


class Text(fields.String):
    """Text as people write it: no NUL, no lone surrogate (PostgreSQL takes neither)."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if not is_storable(text):
            raise ValidationError("Not a valid string: NUL or half a character.")
        return text


class Whole(fields.Integer):
    """A whole number: 3 or, as in a query, "3"; not 3.0, "3 " or true."""

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(low, high), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
            value = int(value)
        return super()._deserialize(value, attr, data, **kwargs)


class Id(Whole):
    """One of our ids."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(1, MAX_ID, **kwargs)


class Person(fields.Raw):
    """A user's id, or ``"me"`` for the one the token belongs to."""

    def __init__(self, **kwargs: Any) -> None:
        text = {"description": 'A user\'s id, or "me": the user this token belongs to.'}
        super().__init__(metadata={"oneOf": SPELLINGS, "example": "me", **text}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int | str:
        if value == "me":
            return "me"
        if isinstance(value, str) and (digits := value.removesuffix(".0")).isascii() and digits.isdecimal():
            value = int(digits)  # JSON Schema counts 3.0 as a whole number
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_ID:
            raise ValidationError('Must be a user\'s id or "me".')
        return value


class Scalar(fields.Raw):
    """A short text, a number or a truth: what an attribute may hold."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": ["string", "number", "boolean"], "maxLength": 1000}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, str):
            if len(value) > 1000 or not is_storable(value):
                raise ValidationError("Not a text of up to 1000 characters.")
        elif not isinstance(value, bool | int | float) or not abs(value) <= 1e15:  # NaN compares as false
            raise ValidationError("Must be a text, a number or a truth.")
        return value


SPELLINGS = [{"type": "integer", "minimum": 1, "maximum": MAX_ID}, {"type": "string", "enum": ["me"]}]


def is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
