"""Texts with slots: ``{order}``, ``{order.status}``, ``{contact.name|friend}``; each value tidy and bounded.

Money, dates and numbers are written as the reader writes them (``automation.amounts``); ``{order.days_late:days}``
asks for "2 days".

A value is put in once and never read again for slots, so that nobody can write one into a text of ours.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from automation import amounts
from automation.flows.model import Surroundings
from automation.flows.typed import plain_text

PLACEHOLDER = re.compile(
    r"\{([a-z][a-z0-9_]{0,39}(?:\.[A-Za-z0-9_]{1,60}){0,3})"
    rf"(?::({'|'.join(amounts.HINTS)}))?(?:\|([^{{}}|]{{0,60}}))?\}}"
)
"""What is named, how it is to be written (rarely), and what is said where it is not known."""
Fill = Callable[[str, Mapping[str, Any], Surroundings], str]
LONGEST_VALUE = 500
MOST_FIELDS = 50
CONTACT = "contact"


def fill(text: str, slots: Mapping[str, Any], around: Surroundings) -> str:
    """``text`` with its placeholders filled; one without a value becomes what stands behind ``|``, else nothing."""
    if "{" not in text:
        return text

    def shown(found: re.Match[str]) -> str:
        return _shown(value_of(found[1], slots, around), around, found[2] or "") or found[3] or ""

    return PLACEHOLDER.sub(shown, text)


def has_holes(text: str, slots: Mapping[str, Any], around: Surroundings) -> bool:
    """Whether something is named that is not known, and nothing stands there for it; a contact's name may lack."""
    return any(
        not found[3] and not found[1].startswith(f"{CONTACT}.") and not _plain(value_of(found[1], slots, around))
        for found in (PLACEHOLDER.finditer(text) if "{" in text else ())
    )


def fill_raw(text: str, slots: Mapping[str, Any], around: Surroundings) -> str:
    """The same for programs: values as they were kept, in no language's habit."""
    return PLACEHOLDER.sub(lambda found: _plain(value_of(found[1], slots, around)) or found[3] or "", text)


def fill_all(value: Any, slots: Mapping[str, Any], around: Surroundings, write: Fill = fill) -> Any:
    """The same inside lists and mappings. A text that is one placeholder alone becomes the value as it is."""
    if isinstance(value, str):
        alone = PLACEHOLDER.fullmatch(value)
        known = value_of(alone[1], slots, around) if alone and not alone[2] else None
        return known if known is not None else write(value, slots, around)
    if isinstance(value, Mapping):
        return {key: fill_all(part, slots, around, write) for key, part in value.items()}
    return [fill_all(part, slots, around, write) for part in value] if isinstance(value, list) else value


def value_of(path: str, slots: Mapping[str, Any], around: Surroundings) -> Any:
    """What a placeholder names: a slot, a field of one, ``contact.name`` or an attribute; None if there is none."""
    first, *rest = path.split(".")
    if first == CONTACT and rest:
        known: Any = {"name": around.name, **around.attributes}
    else:
        known, rest = slots, [first, *rest]
    for name in rest:
        known = known.get(name) if isinstance(known, Mapping) else None
    return known


def placeholders(text: str) -> Iterator[str]:
    """What the placeholders of a text name; a brace that opens none is left out."""
    yield from (found[1] for found in PLACEHOLDER.finditer(text))


def bounded(value: Any, depth: int = 3) -> Any:
    """A value from outside, small enough to keep: texts of 500 characters, 50 fields, three levels."""
    if isinstance(value, str):
        return plain_text(value)[:LONGEST_VALUE]
    if isinstance(value, bool | int | float) or value is None or depth == 0:
        return value if not isinstance(value, Mapping | list | tuple) else None
    if isinstance(value, Mapping):
        return {str(key)[:60]: bounded(part, depth - 1) for key, part in list(value.items())[:MOST_FIELDS]}
    return [bounded(part, depth - 1) for part in list(value)[:MOST_FIELDS]] if isinstance(value, list | tuple) else None


def _shown(value: Any, around: Surroundings, hint: str) -> str:
    text = amounts.shown(_whole(value), around.language, around.now.tzinfo, hint)
    return _plain(value) if text is None else text


def _plain(value: Any) -> str:
    if value is None or isinstance(value, bool | list):
        return ""
    if isinstance(value, Mapping):
        if "currency" in value:
            return f"{_plain(value.get('amount'))} {_plain(value['currency'])}".strip()
        return _plain(value.get("label") or value.get("filename") or value.get("id"))
    return " ".join(plain_text(str(_whole(value))).split())[:LONGEST_VALUE]


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
