"""What a caller hears and what we ask: a plan in our words, rendered by the voice adapter."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    language: str = "en-US"


@dataclass(frozen=True, slots=True)
class HangUp:
    pass


@dataclass(frozen=True, slots=True)
class CallPlan:
    """Steps in order, the last one ending the call or waiting for the caller."""

    steps: tuple[Say | HangUp, ...]
