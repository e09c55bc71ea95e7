"""What a node asks of other systems, as a request: slots become its values, never more than that."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from automation.flows import filling
from automation.flows.model import Surroundings
from automation.flows.nodes import Action, CallOut, LookUp, Requesting, WaitFor
from automation.flows.requests import Act, Call, Lookup, Request, Wait

Slots = Mapping[str, Any]


def request_of(node: Requesting, slots: Slots, around: Surroundings) -> Request:
    """The request of a node for this contact, at this moment."""
    match node:
        case LookUp():
            return Lookup(node.what, _texts(node.by, slots, around))
        case Action():
            return Act(node.action, _texts(node.fields, slots, around))
        case CallOut():
            return _call(node, slots, around)
        case WaitFor():
            return Wait(_until(node, around.now))


def _call(node: CallOut, slots: Slots, around: Surroundings) -> Call:
    return Call(
        node.method,
        _url(node.url, slots, around),
        {name: filling.fill_raw(text, slots, around) for name, text in node.headers.items()},
        filling.fill_all(dict(node.body), slots, around, filling.fill_raw),
        node.expects,
        node.timeout_seconds,
    )


def _texts(texts: Mapping[str, str], slots: Slots, around: Surroundings) -> dict[str, str]:
    """Values as they are kept, not as a reader sees them: a date stays ``2027-03-02``."""
    return {name: _plain(filling.fill_all(text, slots, around, filling.fill_raw)) for name, text in texts.items()}


def _plain(value: Any) -> str:
    """A file is told by the message it came with, anything else that has parts by what it is called."""
    if isinstance(value, Mapping):
        return _plain(next((value[key] for key in ("message", "id", "number", "label") if value.get(key)), ""))
    if isinstance(value, list):
        return ", ".join(_plain(part) for part in value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def _url(url: str, slots: Slots, around: Surroundings) -> str:
    """Values become parts of the address, never more: every sign that means something to it is written out."""

    def part(found: Any) -> str:
        return quote(filling.fill_raw(found[0], slots, around), safe="")

    return filling.PLACEHOLDER.sub(part, url)


def _until(node: WaitFor, now: datetime) -> datetime:
    if node.clock is None:
        return now + (node.span or timedelta(0))
    at = now.replace(hour=node.clock.hour, minute=node.clock.minute, second=0, microsecond=0)
    return at if at > now else at + timedelta(days=1)
