"""What a mapping file says (``gateway/crm/mappings``, docs/crm.md), as plain values; its form is checked before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.crm.remote.values import Field, holes

VERBS = ("get", "post", "put", "patch")


@dataclass(frozen=True, slots=True)
class Ask:
    """A request of theirs as a template, and where the rows of its answer stand."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    rows: str = ""
    """Path to the list of rows; empty: the answer is the row."""
    next: str = ""
    """Path to the address of the next page; empty: there is one page."""
    found: str = ""
    """Path in the answer of a change to what they call the thing."""

    @property
    def holes(self) -> set[str]:
        """Names of the values that it wants."""
        return holes(self.path) | holes(dict(self.query)) | holes(self.body)


@dataclass(frozen=True, slots=True)
class Auth:
    """How they know us: ``bearer``, ``basic``, ``header`` or ``client_credentials``, with the names of secrets."""

    type: str
    secret: str = ""
    user: str = ""
    """A secret too: ``basic``'s name, ``client_credentials``' id."""
    header: str = "Authorization"
    token_path: str = ""


@dataclass(frozen=True, slots=True)
class Busy:
    """An answer that means "later": its status, and a word at ``path`` if that must stand there."""

    status: int
    path: str = ""
    words: tuple[str, ...] = ()
    rest_seconds: float = 10.0
    """Where they do not say by Retry-After."""


@dataclass(frozen=True, slots=True)
class Limits:
    requests_per_second: float = 10.0
    busy: tuple[Busy, ...] = (Busy(429), Busy(503))


@dataclass(frozen=True, slots=True)
class Things:
    """Customers, orders, invoices: how they are found, and their fields. ``find``: by what → request."""

    find: Mapping[str, Ask]
    fields: Mapping[str, Field]
    lines: "Lines | None" = None
    change: Ask | None = None
    changeable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """An order's lines: a list of rows at ``path``, or a text like ``2 × Shawl; 1 × Kurta`` there."""

    path: str
    product: str = ""
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class Cases:
    """What customers ask for about an order. ``states``: ``open`` and ``done`` in their words."""

    find: Ask
    open: Ask
    fields: Mapping[str, Field]
    states: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Written:
    """A conversation of ours there. ``find``: whether they have it already; None: creating it twice makes one."""

    create: Ask
    find: Ask | None = None
    reference: str = "id"
    """Path in a row that was found to what they call it."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A whole mapping file."""

    auth: Auth
    limits: Limits
    quote: str
    check: Ask
    customers: Things
    orders: Things | None = None
    invoices: Things | None = None
    cases: Cases | None = None
    conversations: Written | None = None


def mapped(data: Mapping[str, Any]) -> Mapped:
    """A mapping as its schema made it."""
    return Mapped(
        auth=Auth(**data["auth"]),
        limits=limits_of(data["limits"]),
        quote=data["quote"],
        check=_ask(data["check"]),
        customers=_things(data["customers"]),
        orders=_things(data["orders"]) if "orders" in data else None,
        invoices=_things(data["invoices"]) if "invoices" in data else None,
        cases=_cases(data["cases"]) if "cases" in data else None,
        conversations=_written(data["conversations"]) if "conversations" in data else None,
    )


def limits_of(data: Mapping[str, Any]) -> Limits:
    busy = tuple(Busy(**{**one, "words": tuple(one.get("words", ()))}) for one in data["busy"])
    return Limits(data["requests_per_second"], busy or Limits().busy)


def _ask(data: Mapping[str, Any]) -> Ask:
    verb = next(verb for verb in VERBS if verb in data)
    rest = {name: data[name] for name in ("query", "body", "rows", "next", "found") if name in data}
    return Ask(verb.upper(), data[verb], **rest)


def _field(data: str | Mapping[str, Any]) -> Field:
    return Field(data) if isinstance(data, str) else Field(**data)


def _fields(data: Mapping[str, Any]) -> dict[str, Field]:
    return {name: _field(one) for name, one in data.items()}


def _things(data: Mapping[str, Any]) -> Things:
    change = data.get("change", {})
    return Things(
        find={name: _ask(one) for name, one in data["find"].items()},
        fields=_fields(data["fields"]),
        lines=Lines(**data["lines"]) if "lines" in data else None,
        change=_ask(change["request"]) if change else None,
        changeable=tuple(change.get("fields", ())),
    )


def _cases(data: Mapping[str, Any]) -> Cases:
    return Cases(_ask(data["find"]), _ask(data["open"]), _fields(data["fields"]), data["states"])


def _written(data: Mapping[str, Any]) -> Written:
    find = _ask(data["find"]) if "find" in data else None
    return Written(_ask(data["create"]), find, data.get("reference", "id"))
