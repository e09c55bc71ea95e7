"""What a branch asks: slots, the contact's attributes and tags, the case, channel, language, mood and opening hours.

Structured values instead of an expression language: nothing of a config is ever evaluated as code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from automation.normal import normal


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


@dataclass(frozen=True, slots=True)
class Compare:
    """``subject``: ``slot``, ``contact``, ``case``, or one of ``SUBJECTS``; ``name``: which of them."""

    subject: str
    test: str
    value: Any
    name: str = ""


Condition = All | AnyOf | Not | Compare
Look = Callable[[str, str], Any]
"""(subject, name) → what is known of it, None if nothing; a tuple where there are several (tags)."""

SUBJECTS_WITH_NAME = ("slot", "contact", "case")
SUBJECTS = ("tag", "channel", "language", "mood", "open")
TESTS = ("is", "is_not", "in", "above", "below", "known")


def holds(condition: Condition, look: Look) -> bool:
    match condition:
        case All(parts):
            return all(holds(part, look) for part in parts)
        case AnyOf(parts):
            return any(holds(part, look) for part in parts)
        case Not(part):
            return not holds(part, look)
        case Compare(subject, test, value, name):
            return _TESTS[test](look(subject, name), value)


def condition_of(data: Mapping[str, Any]) -> Condition:
    """The condition of the schema's data."""
    if "all" in data:
        return All(tuple(condition_of(part) for part in data["all"]))
    if "any" in data:
        return AnyOf(tuple(condition_of(part) for part in data["any"]))
    if "not" in data:
        return Not(condition_of(data["not"]))
    for subject in SUBJECTS_WITH_NAME:
        if subject in data:
            test = next(test for test in TESTS if test in data)
            return Compare(subject, test, data[test], data[subject])
    subject = next(subject for subject in SUBJECTS if subject in data)
    return Compare(subject, "in", data[subject])


def named(data: Mapping[str, Any], subject: str) -> list[str]:
    """The names that a condition's data uses of ``subject`` (``slot``: slots, ``open``: opening hours)."""
    parts = [*data.get("all", ()), *data.get("any", ()), *([data["not"]] if "not" in data else [])]
    own = data.get(subject, [])
    return [*([own] if isinstance(own, str) else own), *(name for part in parts for name in named(part, subject))]


def _same(known: Any, value: Any) -> bool:
    """Words are compared as people type them, numbers as numbers."""
    if isinstance(known, tuple):
        return any(_same(one, value) for one in known)
    if known is None or isinstance(known, bool) or isinstance(value, bool):
        return known is value
    left, right = _number(known), _number(value)
    if left is not None and right is not None:
        return left == right
    return str(known) == str(value) or (normal(str(known)) == normal(str(value)) != "")


def _number(value: Any) -> float | None:
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _above(known: Any, value: Any) -> bool:
    """Numbers by their size, dates (kept as 2027-03-23) by the calendar."""
    left, right = _number(known), _number(value)
    if left is not None and right is not None:
        return left > right
    return isinstance(known, str) and isinstance(value, str) and known > value


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "is": _same,
    "is_not": lambda known, value: not _same(known, value),
    "in": lambda known, values: any(_same(known, value) for value in values),
    "above": _above,
    "below": lambda known, value: _above(value, known),
    "known": lambda known, value: (known not in (None, "", ())) is value,
}
