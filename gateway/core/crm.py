"""What we ask of a CRM, whichever it is, and how it answers; clients live in ``gateway/crm``, words in docs/crm.md.

A look-up or an action is a network call or a query: it belongs into a job, outside any transaction, with a time-out.
"""

from collections.abc import Mapping, Sequence
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


MOST_CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom we ask. ``addresses`` are (kind, value) as contacts have them; ``today`` is the business's day."""

    contact_id: int
    addresses: tuple[tuple[str, str], ...]
    today: date
    name: str = ""
    customer: str = ""
    """Number of the customer whom people chose for this contact; empty: their addresses say who it is."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer who may be this contact, for people to choose from."""

    number: str
    name: str
    city: str = ""


class CrmUnavailable(RabtaError):
    """The CRM did not answer in time, or not in a way we understand: try again later.

    ``again`` False: trying again would change nothing before people have mended something.
    """

    def __init__(self, reason: str, *, again: bool = True) -> None:
        super().__init__(f"the CRM did not answer: {reason}")
        self.reason, self.again = reason, again


class CrmAmbiguous(RabtaError):
    """Several customers have this asker's address, and nothing said names one of them: nobody guesses."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        super().__init__(f"{len(candidates)} customers have this address")
        self.candidates = tuple(candidates)


class CrmNotOffered(RabtaError):
    """This CRM has no such thing, as it is set up: no orders, no invoices."""

    def __init__(self, what: str) -> None:
        super().__init__(f"this CRM has no {what}")
        self.what = what


class CrmRefused(RabtaError):
    """An action that may not be done.

    ``code``: ``not_found`` (or not this asker's), ``too_late``, ``already_done``, ``not_allowed``, ``passed_on`` (not
    done: people have it as a case); ``record``: the order as it stands, empty for ``not_found``.
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
            CrmAmbiguous: it could be about several customers.
            CrmNotOffered: this CRM has no such thing.
        """
        ...

    def candidates(self, asker: Asker) -> Sequence[Candidate]:
        """Who has an address of this asker, at most ``MOST_CANDIDATES``; whom people chose counts for nothing here.

        Raises:
            CrmUnavailable: no answer.
        """
        ...

    def act(self, action: str, fields: Mapping[str, str], asker: Asker, key: str) -> Record:
        """Do one of ``ACTIONS``; returns the order as it is then. The same ``key`` again changes nothing.

        Raises:
            CrmUnavailable: no answer; it may have been done, so ask again with the same key.
            CrmRefused: it may not be done.
            CrmNotOffered: this CRM has no orders.
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
    remote: "Remote | None" = None
    """Where it is, if it is not ours."""
    write_back: bool = False
    """Conversations that ended are written to it."""

    @property
    def system(self) -> str:
        """What customers' numbers belong to."""
        return self.remote.name if self.remote else self.type


@dataclass(frozen=True, slots=True)
class Remote:
    """A CRM of somebody else's."""

    name: str
    """``salesforce``, ``zendesk``, ``hubspot``, or that of a mapping file of the business."""
    base_url: str
    mapping: Mapping[str, object]
    """How its records become ours (docs/crm.md); empty for a client that knows by itself."""
    timeout_seconds: float = 4.0
    """Of one exchange."""
    cache_seconds: float = 20.0
    private: bool = False
    """It stands in the business's own network."""
