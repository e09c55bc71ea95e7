"""Fields of somebody else's JSON: where they stand, what they mean, and how ours get into a request."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from gateway.core.crm import CrmUnavailable

HOLE = re.compile(r"\{([a-z_]+)\}")
Values = Mapping[str, Any]


def dig(value: Any, path: str) -> Any:
    """What stands at ``path`` (``records``, ``properties.phone``, ``0.errorCode``); None: nothing."""
    for part in path.split(".") if path else ():
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


@dataclass(frozen=True, slots=True)
class Field:
    """Where a field stands. ``values``: theirs → ours; where it names not all, ``default`` stands for the rest.

    ``after``: what follows this mark, in a text the last one, in a list of texts the one that begins with it.
    """

    path: str
    after: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    default: str = ""

    def read(self, row: Any) -> str:
        """As text, translated.

        Raises:
            CrmUnavailable: a value that nobody translates; guessing would tell a customer something wrong.
        """
        found = self._found(dig(row, self.path))
        if not found:
            return self.default
        if not self.values:
            return found
        known = self.values.get(found, self.default)
        if not known:
            raise CrmUnavailable(f"nobody translates {self.path} {found[:40]!r}", again=False)
        return known

    def _found(self, value: Any) -> str:
        if not self.after:
            return as_text(value)
        if isinstance(value, list):
            marked = (as_text(one) for one in value if as_text(one).startswith(self.after))
            return next(marked, "").removeprefix(self.after)
        _, mark, found = as_text(value).rpartition(self.after)
        return found.strip() if mark else ""

    def theirs(self, ours: str) -> str:
        """Their word for ours."""
        return next((theirs for theirs, known in self.values.items() if known == ours), ours)


def as_text(value: Any) -> str:
    """A scalar as text; ``true`` and ``false`` as JSON has them."""
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


def as_date(text: str) -> date | None:
    """The day of an ISO date or time."""
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise CrmUnavailable(f"{text[:40]!r} is no date", again=False) from error


def as_amount(text: str) -> Decimal:
    try:
        found = Decimal(text or "0")
    except InvalidOperation as error:
        raise CrmUnavailable(f"{text[:40]!r} is no amount", again=False) from error
    if not found.is_finite():
        raise CrmUnavailable(f"{text[:40]!r} is no amount", again=False)
    return found


Quote = Callable[[str], str]


def _soql(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


def _words(text: str) -> str:
    """For between double quotes, which are the only sign that could end them."""
    return text.replace('"', " ").replace("\\", " ")


QUOTES: Mapping[str, Quote] = {"none": str, "soql": _soql, "words": _words}
"""How a value stands inside a query language of theirs."""


def fill_path(template: str, values: Values) -> str:
    """A path; whatever a value holds, it stays one part of it."""
    return HOLE.sub(lambda hole: quote(str(_known(values, hole[1])), safe=""), template)


def fill_query(template: str, values: Values, quoted: Quote) -> str:
    """A text in their query language: values quoted, lists with commas. One hole alone is the value as it is."""
    if _is_hole(template):
        return as_text(_known(values, template[1:-1]))
    return HOLE.sub(lambda hole: _listed(_known(values, hole[1]), quoted), template)


def fill_body(template: Any, values: Values) -> Any:
    """A JSON body. A text that is one hole becomes the value itself; where that is empty, its key is left out."""
    if isinstance(template, dict):
        filled = {key: fill_body(part, values) for key, part in template.items()}
        return {key: part for key, part in filled.items() if part != "" or not _is_hole(template[key])}
    if isinstance(template, list):
        return [fill_body(part, values) for part in template]
    if not isinstance(template, str):
        return template
    if _is_hole(template):
        return _known(values, template[1:-1])
    return HOLE.sub(lambda hole: as_text(_known(values, hole[1])), template)


def holes(template: Any) -> set[str]:
    """Names of all values that a template wants."""
    if isinstance(template, dict):
        return {name for part in template.values() for name in holes(part)}
    if isinstance(template, list):
        return {name for part in template for name in holes(part)}
    return set(HOLE.findall(template)) if isinstance(template, str) else set()


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _is_hole(template: Any) -> bool:
    return isinstance(template, str) and HOLE.fullmatch(template) is not None


def _known(values: Values, name: str) -> Any:
    return values.get(name, "")


def _listed(value: Any, quoted: Quote) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(quoted(str(one)) for one in value)
    return quoted(str(value))
