"""Did Twilio send this? Its signature over the public URL and every field, checked before anything is kept.

The message signed is the URL as configured at Twilio followed by the form's names and values, sorted. Twilio's
back ends disagree on the port, so the URL is tried with and without it.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from gateway.channels.twilio.fields import Fields, fields_of, is_form, query_of
from gateway.core.errors import Forbidden, InvalidPayload
from gateway.core.http import WebhookRequest

SIGNATURE = "x-twilio-signature"
SETTINGS = "x-twilio-webhooks-signature-settings"
ALGORITHMS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
DEFAULT_PORTS = {"http": 80, "https": 443}


class Signatures:
    """Checks signatures with every secret that may be in use: Auth Tokens, and SharedKeys by their id."""

    def __init__(self, public_url: str, tokens: Sequence[str], shared_keys: Mapping[str, str]) -> None:
        self._public_url = public_url
        self._tokens = [token.encode() for token in tokens if token]
        self._shared_keys = {key: secret.encode() for key, secret in shared_keys.items() if secret}

    def check(self, request: WebhookRequest) -> None:
        """Return if the request is signed with one of our secrets.

        Raises:
            Forbidden: it is not, or it names an algorithm or key that we do not know.
            InvalidPayload: a body that cannot be read at all.
        """
        given = request.headers.get(SIGNATURE, "").encode("latin-1", "replace")
        if not given:
            raise Forbidden("no signature")
        algorithm, secrets = self._method(request.headers.get(SETTINGS, ""))
        texts = list(_field_texts(request))
        for url in self._urls(request):
            for text in texts:
                if any(_matches(secret, url + text, algorithm, given) for secret in secrets):
                    return
        raise Forbidden("the signature does not match")

    def _method(self, settings: str) -> tuple[str, list[bytes]]:
        """The hash to use and the secrets that may have signed, chosen by the settings header."""
        if not settings.strip():
            return "sha1", self._tokens
        named = _named(settings)
        algorithm = ALGORITHMS.get(named.get("algorithm", "HMAC_SHA1").upper())
        if algorithm is None:
            raise Forbidden("unknown signature algorithm")
        key = named.get("key")
        if key is None and algorithm == "sha1":
            return algorithm, self._tokens
        if key not in self._shared_keys:
            raise Forbidden("unknown signature key")
        return algorithm, [self._shared_keys[key]]

    def _urls(self, request: WebhookRequest) -> Iterator[bytes]:
        tail = request.path + (f"?{request.query}" if request.query else "")
        for base in (self._public_url, request.base):
            for spelling in _spellings(base):
                yield (spelling + tail).encode("latin-1", "replace")


def _field_texts(request: WebhookRequest) -> Iterator[bytes]:
    """What may follow the URL in the signed text; more than one where octets are no UTF-8."""
    if request.method in ("GET", "HEAD"):
        yield b""
    elif is_form(request):
        yield from _form_texts(fields_of(request))
    elif _hash_matches(request):
        yield b""


def _form_texts(fields: Fields) -> Iterator[bytes]:
    as_sent = _joined(fields.pairs)
    yield as_sent
    try:
        as_sent.decode()
    except UnicodeDecodeError:
        yield _joined([(_replaced(name), _replaced(value)) for name, value in fields.pairs])


def _joined(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """Names in order, each with its distinct values in order (UTF-8 sorts as its code points do)."""
    return b"".join([part for pair in sorted(set(pairs)) for part in pair])


def _replaced(octets: bytes) -> bytes:
    return octets.decode("utf-8", "replace").encode()


def _hash_matches(request: WebhookRequest) -> bool:
    """A body that is no form is covered by its SHA-256 in the signed URL, and by nothing else."""
    named = query_of(request).get("bodySHA256").encode()
    return hmac.compare_digest(hashlib.sha256(request.body).hexdigest().encode(), named)


def _matches(secret: bytes, text: bytes, algorithm: str, given: bytes) -> bool:
    made = base64.b64encode(hmac.digest(secret, text, algorithm))
    return hmac.compare_digest(made, given)


def _named(settings: str) -> dict[str, str]:
    """``key=…,algorithm=…`` as a dictionary; a name given twice could be read two ways, so it is refused."""
    named: dict[str, str] = {}
    for part in settings.split(","):
        name, found, value = part.partition("=")
        if not found or not value.strip():
            continue
        if name.strip() in named:
            raise Forbidden("ambiguous signature settings")
        named[name.strip()] = value.strip()
    return named


@lru_cache(maxsize=64)
def _spellings(base: str) -> tuple[str, ...]:
    """A base URL as it stands, with its port, and without."""
    if not base:
        return ()
    parts = urlsplit(base)
    try:
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except (KeyError, ValueError) as error:
        raise InvalidPayload("no usable host") from error
    bare = parts.netloc.removesuffix(f":{parts.port}") if parts.port else parts.netloc
    spelled = (f"{parts.scheme}://{netloc}{parts.path}" for netloc in (parts.netloc, f"{bare}:{port}", bare))
    return tuple(dict.fromkeys(spelled))
