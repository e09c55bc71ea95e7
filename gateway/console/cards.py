"""Contact cards that customers send: read from the stored vCard when a page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import vobject
from flask import current_app

from gateway.core.errors import NotFound
from gateway.models.message import Media
from gateway.runtime import runtime_of

LARGEST_BYTES = 256_000
CARDS, PHONES = 5, 5


@dataclass(frozen=True, slots=True)
class Card:
    name: str
    phones: tuple[str, ...]


def cards(file: Media) -> Sequence[Card]:
    """The people on a stored card; none if it cannot be read (the page offers the file instead)."""
    if file.storage_key is None or (file.size or 0) > LARGEST_BYTES:
        return ()
    try:
        with runtime_of(current_app).storage.open(file.storage_key) as stored:
            return read(stored.read().decode(errors="replace"))
    except (NotFound, OSError):
        return ()


def read(text: str) -> Sequence[Card]:
    """At most five people of a vCard text, whatever their names and numbers look like."""
    try:
        return [_card(each) for each, _ in zip(vobject.readComponents(text), range(CARDS), strict=False)]
    except (vobject.base.VObjectError, ValueError, TypeError, IndexError, AttributeError):
        return ()


def _card(found: Any) -> Card:
    phones = [str(phone.value) for phone in found.contents.get("tel", ())][:PHONES]
    names = found.contents.get("fn") or found.contents.get("n") or ()
    return Card(" ".join(str(names[0].value).split()) if names else "", tuple(phones))
