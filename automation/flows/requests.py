"""What a flow asks of other systems, and what may come back: a job makes the request, outside any transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Lookup:
    """Something of the CRM's (``order``, ``customer``, ``invoice``) by what is known of it."""

    what: str
    by: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Act:
    """Something the CRM is to do (``cancel_order`` …); ``fields`` say to what and how."""

    action: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the business's own service. ``expects``: field of the JSON answer → text, number or boolean."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Mapping[str, object]
    expects: Mapping[str, str]
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing until then (aware)."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of a language model for a customer's message, taken from ``passages`` (``id``, ``title``, ``text``).

    ``use`` is ``answer`` or ``phrase``; ``match`` is what the matcher made of the message (``Match.kept``).
    """

    use: str
    language: str
    passages: Sequence[Mapping[str, str]]
    match: Mapping[str, Any]
    timeout_seconds: float


Request = Lookup | Act | Call | Phrase | Wait


class Result(StrEnum):
    """How a request ended: ``found`` stands for done too, ``failed`` for a time-out too."""

    FOUND = "found"
    MISSING = "missing"
    REFUSED = "refused"
    """It may not be done; the value says why, under ``refused``."""
    FAILED = "failed"
    NOT_OFFERED = "not_offered"
    """The business has no such system."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a request came to; ``value`` are the fields found."""

    result: Result
    value: Mapping[str, object] = field(default_factory=dict)

    @property
    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {"result": self.result.value, "value": dict(self.value)}


PHRASE = "phrase"
KINDS: Mapping[str, type[Lookup] | type[Act] | type[Call] | type[Phrase]] = {
    "lookup": Lookup,
    "act": Act,
    "call": Call,
    PHRASE: Phrase,
}
"""Requests that are rows, by the kind that stands there; a wait is a timer."""


def kind_of(request: Request) -> str:
    return next(kind for kind, made in KINDS.items() if isinstance(request, made))


def payload_of(request: Request) -> dict[str, Any]:
    """The request as JSON."""
    return asdict(request)


def request_of(kind: str, payload: Mapping[str, Any]) -> Lookup | Act | Call | Phrase:
    """The request that a row holds.

    Raises:
        KeyError, TypeError: it was written by a version of the code that knew others.
    """
    return KINDS[kind](**payload)


def answered_of(kept: Mapping[str, Any]) -> Answered:
    """The answer that ``Answered.kept`` was taken from."""
    return Answered(Result(kept["result"]), kept["value"])


def unfit(value: Mapping[str, object], expects: Mapping[str, str]) -> str:
    """Why an answer is not what the flow expects of it; empty: it is. A field may be null: it is not known then."""
    for name, kind in expects.items():
        if name not in value:
            return f"{name} is missing"
        if value[name] is not None and not _is(value[name], kind):
            return f"{name} is no {kind}"
    return ""


def _is(value: object, kind: str) -> bool:
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, bool if kind == "boolean" else str)
