"""The named values of a Twilio request, decoded once from its bytes: form, query or JSON, repeated names kept."""

from urllib.parse import unquote_to_bytes

import orjson

from gateway.core.errors import InvalidPayload
from gateway.core.http import WebhookRequest

FORM = "application/x-www-form-urlencoded"
FIELDS_MAX = 1000

Pairs = list[tuple[bytes, bytes]]


class Fields:
    """Values by name. ``pairs`` are the octets as sent, which the signature is made over."""

    __slots__ = ("_first", "pairs")

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs
        self._first = dict(reversed(pairs))

    def get(self, name: str) -> str:
        """The first value under ``name``, trimmed of nothing; absent and empty are both ``""``.

        NUL and octets that are no UTF-8 become U+FFFD: databases refuse them, and the raw request keeps them.
        """
        value = self._first.get(name.encode())
        return clean(value) if value else ""

    def names(self) -> list[str]:
        return [clean(name) for name in self._first]


def fields_of(request: WebhookRequest) -> Fields:
    """The fields of a request: its query for GET, its body otherwise.

    Raises:
        InvalidPayload: more than ``FIELDS_MAX`` fields, or JSON that is no object.
    """
    known = request.memo.get("fields")
    if known is None:
        known = request.memo["fields"] = _decode(request)
    fields: Fields = known
    return fields


def query_of(request: WebhookRequest) -> Fields:
    """What stands in the URL, whatever the method."""
    return Fields(_split(request.query.encode("latin-1", "replace")))


def is_form(request: WebhookRequest) -> bool:
    """A body that the signature covers field by field; an empty one is a form without fields."""
    return not request.body or _media_type(request) == FORM


def clean(value: bytes) -> str:
    return value.decode("utf-8", "replace").replace("\x00", "\ufffd")


def _decode(request: WebhookRequest) -> Fields:
    if request.method in ("GET", "HEAD"):
        return query_of(request)
    return Fields(_split(request.body) if is_form(request) else _members(request.body))


def _media_type(request: WebhookRequest) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _split(octets: bytes) -> Pairs:
    if octets.count(b"&") >= FIELDS_MAX:
        raise InvalidPayload("too many fields")
    pairs = []
    for piece in octets.replace(b"+", b" ").split(b"&"):
        if piece:
            name, _, value = piece.partition(b"=")
            pairs.append((unquote_to_bytes(name), unquote_to_bytes(value)))
    return pairs


def _members(body: bytes) -> Pairs:
    try:
        members = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidPayload("the body is neither a form nor JSON") from error
    if not isinstance(members, dict) or len(members) > FIELDS_MAX:
        raise InvalidPayload("the JSON body is no object of named values")
    return [(name.encode(), _octets(value)) for name, value in members.items()]


def _octets(value: object) -> bytes:
    if value is None:
        return b""
    return value.encode() if isinstance(value, str) else orjson.dumps(value)
