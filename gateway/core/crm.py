"""What we ask of a CRM, whichever it is, and how it answers; clients live in ``gateway/crm``, words in docs/crm.md.

A look-up or an action is a network call or a query: it belongs into a job, outside any transaction, with a time-out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from gateway.core.errors import RabtaError

Record = Mapping[str, object]
"""Fields of an order, a customer or an invoice as flows see them: what is unknown is absent."""

LOOK_UPS: Mapping[str, tuple[str, ...]] = {
    "order": ("number", "email", "phone", "status", "payment"),
    "customer": ("number", "email", "phone"),
    "invoice": ("number", "order", "email", "phone"),
}
"""What can be looked up, and by what."""

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "cancel_order": ("order", "reason", "email", "phone"),
    "change_address": ("order", "address", "city"),
    "request_refund": ("order", "reason", "method", "email", "phone"),
    "report_damage": ("order", "reason", "media", "email", "phone"),
    "report_late": ("order", "email", "phone"),
}
"""What can be done, and the fields it takes."""


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom we ask. ``addresses`` are (kind, value) as contacts have them; ``today`` is the business's day."""

    contact_id: int
    addresses: tuple[tuple[str, str], ...]
    today: date
    name: str = ""


class CrmUnavailable(RabtaError):
    """The CRM did not answer in time, or not in a way we understand: try again later."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the CRM did not answer: {reason}")
        self.reason = reason


class CrmRefused(RabtaError):
    """An action that may not be done.

    ``code``: ``not_found`` (or not this asker's), ``too_late``, ``already_done``, ``not_allowed``; ``record``: the
    order as it stands, empty for ``not_found``.
    """

    def __init__(self, code: str, record: Record) -> None:
        super().__init__(f"refused: {code}")
        self.code = code
        self.record = dict(record)


class CrmClient(Protocol):
    """A CRM. Clients are safe to use from several threads."""

    def look_up(self, what: str, by: Mapping[str, str], asker: Asker) -> Record | None:
        """A record of ``LOOK_UPS``; None: it is not there, or not this asker's to see.

        Raises:
            CrmUnavailable: no answer.
        """
        ...

    def act(self, action: str, fields: Mapping[str, str], asker: Asker, key: str) -> Record:
        """Do one of ``ACTIONS``; returns the order as it is then. The same ``key`` again changes nothing.

        Raises:
            CrmUnavailable: no answer; it may have been done, so ask again with the same key.
            CrmRefused: it may not be done.
        """
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """What the business allows: ``crm`` in ``care.yaml``."""

    return_days: int = 14
    """From delivery; so long money back can be asked for."""
    warranty_days: int = 180
    """From delivery; so long damage can be reported."""
    cancel_while: frozenset[str] = field(default_factory=lambda: frozenset({"placed", "confirmed"}))
    address_while: frozenset[str] = field(default_factory=lambda: frozenset({"placed", "confirmed", "packed"}))


@dataclass(frozen=True, slots=True)
class CrmSettings:
    """Which CRM, and on what terms."""

    type: str = "builtin"
    country: str | None = None
    """Where phone numbers without a country code are at home."""
    terms: Terms = field(default_factory=Terms)
