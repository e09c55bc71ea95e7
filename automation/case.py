"""What a conversation is about, as people who take it over want to know: gathered as it goes, never asked twice."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

FIELDS = ("topic", "order", "severity", "sentiment", "language", "product", "asked")
"""What flows may ask of a case."""


@dataclass(frozen=True, slots=True)
class Case:
    """Empty: not known."""

    topic: str = ""
    severity: str = ""
    """low, normal, high or urgent."""
    sentiment: str = ""
    """The conversation's mood: neutral, urgent, angry or distressed."""
    language: str = ""
    order: str = ""
    product: str = ""
    asked: str = ""
    """What a flow asked about it already: nothing is asked twice."""
    messages: int = 0
    """What the customer wrote so far."""
    signs: tuple[str, ...] = ()
    """What they wrote of: ``damage``, ``money``."""
    answered: tuple[str, ...] = ()
    """The answers and flows they were given, oldest first."""

    @property
    def kept(self) -> dict[str, Any]:
        """As JSON; only what is known."""
        found = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return {name: value for name, value in found.items() if value}

    def with_field(self, name: str, value: object) -> "Case":
        """The same with what a flow found out; a name that no flow may set changes nothing."""
        if name not in FIELDS or not isinstance(value, str | int):
            return self
        changed: dict[str, Any] = {name: str(value)[:100]}
        return replace(self, **changed)


UNKNOWN = Case()


def case_of(kept: Mapping[str, Any]) -> Case:
    """The case that ``Case.kept`` was taken from."""
    known: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in kept.items()
        if name in Case.__slots__
    }
    return Case(**known)
