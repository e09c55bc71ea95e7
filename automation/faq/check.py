"""What a schema cannot see in one answer: variants that nobody ever gets, and conditions on what is not there."""

from collections.abc import Iterator, Mapping
from typing import Any

from automation.faq.build import conditions_of
from automation.flows.conditions import SUBJECTS, named

Found = tuple[tuple[str | int, ...], str]
"""Path inside the answer, reason."""
Data = Mapping[str, Any]


def findings(answer: Data) -> Iterator[Found]:
    """All that is wrong inside one answer that fits the schema."""
    yield from _hidden(answer)
    for path, when in conditions_of(answer):
        for name in named(when, "slot"):
            yield path, f"an answer has no slot {name!r}; look at contact, tag, channel, language, mood or open"


def hours_named(answer: Data) -> Iterator[Found]:
    """The opening hours that conditions look at: path, name."""
    for path, when in conditions_of(answer):
        yield from ((path, name) for name in named(when, "open"))


def languages_of(answer: Data, path: tuple[str | int, ...]) -> frozenset[str] | None:
    """The languages that a text at ``path`` inside the answer is ever read in; None: all of the business's."""
    own = [answer.get("when")]
    if path[:1] == ("variants",):
        variants = answer["variants"]
        own.append(variants[path[1]].get("when"))
    bounds = [bound for when in own if (bound := _languages(when)) is not None]
    return frozenset.intersection(*bounds) if bounds else None


def _hidden(answer: Data) -> Iterator[Found]:
    earlier: list[Data] = []
    for position, variant in enumerate(answer.get("variants", ())):
        when = variant["when"]
        if any(_covers(before, when) for before in earlier):
            yield ("variants", position), "nobody ever gets this variant: one before it holds wherever it does"
        earlier.append(when)


def _covers(before: Data, when: Data) -> bool:
    """Whether ``before`` plainly holds wherever ``when`` does: the same, or more values of the same thing."""
    if before == when:
        return True
    (subject, values), *others = before.items()
    if not others and subject in SUBJECTS and subject in when:
        return set(when[subject]) <= set(values)
    return "all" in when and any(_covers(before, part) for part in when["all"])


def _languages(when: object) -> frozenset[str] | None:
    """The languages that a condition is bound to; None: any."""
    if not isinstance(when, dict):
        return None
    if "language" in when:
        some = when["language"]
        return frozenset([some] if isinstance(some, str) else [one for one in some if isinstance(one, str)])
    parts = when.get("all")
    bounds = [bound for part in parts if (bound := _languages(part)) is not None] if isinstance(parts, list) else []
    return frozenset.intersection(*bounds) if bounds else None
