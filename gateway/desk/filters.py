"""Which conversations somebody wants to see: the inbox, saved views and search ask in these words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement

from gateway.core.errors import InvalidPayload
from gateway.models.conversation import Conversation

LONGEST = 64
MAX_ID = 2**63 - 1
SAME = ("channel", "queue", "language", "mood", "priority", "state", "owner")
COLUMN = {"channel": "channel_id"}
ME, NOBODY = "me", "nobody"


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty: whatever it is."""

    channel: str = ""
    queue: str = ""
    language: str = ""
    mood: str = ""
    priority: str = ""
    topic: str = ""
    assignee: str = ""
    """A user's id, ``me`` or ``nobody``."""
    unread: str = ""
    """``yes``: with something that nobody has read."""
    state: str = ""
    owner: str = ""

    @property
    def kept(self) -> dict[str, str]:
        """What is set, by name: for addresses and for the database."""
        return {name: value for name, value in asdict(self).items() if value}


NAMES = tuple(field.name for field in fields(Filters))


def read(given: Mapping[str, Any]) -> Filters:
    """From an address or from the database; names that mean nothing are passed over.

    Raises:
        InvalidPayload: a value that nothing can be.
    """
    found = {name: str(given[name]) for name in NAMES if given.get(name)}
    for name, value in found.items():
        if len(value) > LONGEST or "\0" in value:
            raise InvalidPayload(f"{name}: at most {LONGEST} characters")
    assignee = found.get("assignee", ME)
    if assignee not in (ME, NOBODY) and not _is_id(assignee):
        raise InvalidPayload("assignee: a user's id, me or nobody")
    return Filters(**found)


def conditions(wanted: Filters, me: int | None) -> list[ColumnElement[bool]]:
    """What holds for the conversations that are wanted; ``me`` is who asks."""
    found = [
        getattr(Conversation, COLUMN.get(name, name)) == value
        for name, value in wanted.kept.items()
        if name in SAME
    ]  # fmt: skip
    if wanted.topic:
        found.append(Conversation.case["topic"].as_string() == wanted.topic)
    if wanted.unread:
        found.append(Conversation.unread_count > 0)
    if wanted.assignee == NOBODY:
        found.append(Conversation.assignee_id.is_(None))
    elif wanted.assignee:
        found.append(Conversation.assignee_id == (me if wanted.assignee == ME else int(wanted.assignee)))
    return found


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= MAX_ID
