"""One tree for everything that can go wrong in words of our own; layers translate theirs into these at their edge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class RabtaError(Exception):
    """Root of all errors that Rabta raises itself."""


class Forbidden(RabtaError):
    """A request that is not who it says it is: 403, nothing stored."""


class InvalidPayload(RabtaError):
    """A signed request without what identifies it: 400, nothing stored."""


class BodyTooLarge(RabtaError):
    """More bytes than we take: 413, nothing stored."""


class StorageUnavailable(RabtaError):
    """Neither database nor spool can take the request now: 503, the provider tries again."""


class ConfigError(RabtaError):
    """A setting or a file of ``config/`` is wrong; the message names file, line and reason."""


class NotFound(RabtaError):
    """The thing named does not exist, or not for this user."""


class UnknownChannel(RabtaError):
    """A message to a sender that the running config does not name: set aside, replayed once it is configured."""


class Conflict(RabtaError):
    """The thing changed meanwhile: somebody else claimed it, or it is no longer in the state assumed."""


class Unanswered(RabtaError):
    """Another system gave no answer that can be used. ``arrived`` False: our request surely did not reach it.

    ``again`` False: asking once more would change nothing.
    """

    def __init__(self, why: str, *, arrived: bool = True, again: bool = True) -> None:
        super().__init__(why)
        self.why, self.arrived, self.again = why, arrived, again


class Refused(RabtaError):
    """Something may not be sent as it was meant: 422 with every reason as (refusal, words)."""

    def __init__(self, words: str, reasons: Sequence[tuple[str, str]]) -> None:
        super().__init__(words)
        self.reasons = tuple(reasons)


class Action(StrEnum):
    """What CONTRACT.md 9 says to do about an error of the provider."""

    RETRY = "retry"
    LATER = "later"
    FINAL = "final"
    OPT_OUT = "opt_out"
    TEMPLATE = "template"
    PAGE = "page"
    CHANNEL = "channel"
    UNKNOWN = "unknown"
    """The call may or may not have been processed: look before sending again."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an error code of the provider means for us.

    ``also`` says what else holds: ``page`` the operator, ``flag`` the address, ``bug`` in our request, the ``content``
    cannot be used, another ``channel`` may reach them, treat as ``opt_out``, a ``loop`` was stopped, a ``new`` code
    nobody listed. ``tries`` bounds all attempts together.
    """

    action: Action
    also: frozenset[str] = frozenset()
    tries: int = 5

    def as_data(self) -> dict[str, Any]:
        """As JSON can keep it."""
        return {"action": self.action.value, "also": sorted(self.also), "tries": self.tries}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Verdict":
        return cls(Action(data["action"]), frozenset(data["also"]), data["tries"])


class SendError(RabtaError):
    """A provider call that did not end in a 2xx; ``verdict`` says what to do about it."""

    def __init__(
        self,
        code: str,
        text: str,
        action: Action,
        also: frozenset[str] = frozenset(),
        retry_after: float | None = None,
        tries: int = 5,
    ) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.verdict = Verdict(action, also, tries)
        self.retry_after = retry_after
        """Seconds the provider asked us to wait."""

    @property
    def action(self) -> Action:
        return self.verdict.action

    @property
    def also(self) -> frozenset[str]:
        return self.verdict.also
