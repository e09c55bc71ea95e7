"""What all our marshmallow schemas share: unknown keys refused and named, texts by language, words bounded."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validate

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
SLUG = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Strict(Schema):
    """Refuses keys it does not know, and says which it does."""

    class Meta:
        unknown = RAISE

    @pre_load
    def _refuse_unknown(self, data: Any, **_: object) -> Any:
        if not isinstance(data, Mapping):
            return data
        known = ", ".join(field.data_key or name for name, field in self.fields.items())
        self.error_messages = {**self.error_messages, "unknown": f"unknown key; known here: {known}"}
        return data


def _not_blank(text: str) -> None:
    if not text.strip():
        raise ValidationError("must not be blank")


def slug(*rules: Callable[[str], Any], **options: Any) -> fields.String:
    """A short name that other places refer to."""
    rule = validate.Regexp(SLUG.pattern + r"\Z", error="must be a short name of a-z, 0-9 and _ (at most 40)")
    return fields.String(validate=(rule, *rules), **options)


def line(longest: int, *rules: Callable[[str], Any], **options: Any) -> fields.String:
    """A text that is not empty."""
    return fields.String(validate=(validate.Length(1, longest), _not_blank, *rules), **options)


class Texts(fields.Field[dict[str, str]]):
    """A text in several languages, or one plain string in the business's own (kept under ``""``)."""

    def __init__(self, longest: int, **options: Any) -> None:
        super().__init__(**options)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: object) -> dict[str, str]:
        if isinstance(value, str):
            value = {"": value}
        if not isinstance(value, Mapping) or not value:
            raise ValidationError("must be a text, or texts by language (en: …)")
        problems = {key: found for key, text in value.items() if (found := self._wrong(key, text))}
        if problems:
            raise ValidationError({key or "_schema": found for key, found in problems.items()})
        return {key: text.strip() for key, text in value.items()}

    def _wrong(self, language: str, text: object) -> list[str]:
        if language and not LANGUAGE.fullmatch(language):
            return ["is no language code like en, ur or ur-Latn"]
        if not isinstance(text, str) or not text.strip():
            return ["must be a text that is not empty; put quotes around it if it is a number or Yes or No"]
        return [f"has {len(text)} characters, at most {self.longest} fit"] if len(text) > self.longest else []


class Phrases(fields.Dict):
    """Ways of saying something: language → list of short texts."""

    def __init__(self, **options: Any) -> None:
        language = fields.String(validate=validate.Regexp(LANGUAGE.pattern + r"\Z", error="is no language code"))
        some = fields.List(line(200), validate=validate.Length(1, 200))
        super().__init__(keys=language, values=some, **options)


class Media(Strict):
    """A public file to send along."""

    url = fields.URL(required=True, schemes={"https"}, validate=validate.Length(max=1000))
    content_type = fields.String(required=True, validate=validate.Regexp(r"[a-z]+/[a-z0-9.+-]+\Z"))
    filename = line(200)


def suggestion(word: str, known: list[str]) -> str:
    """``; did you mean x?`` for a slip of the pen, else nothing."""
    close = get_close_matches(word, known, 1, 0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
