"""Signatures agree with Twilio's own library, and nothing odd is more than a refusal."""

import hashlib
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from gateway.channels.twilio.signature import Signatures
from gateway.core.errors import Forbidden, InvalidPayload
from gateway.core.http import WebhookRequest

TOKENS = ("first-token", "second-token")
KEYS = {"key-1": "shared-secret"}
PATH = "/webhooks/twilio/messages"
FORM = "application/x-www-form-urlencoded"


def accepts(
    url: str, given: str, *, body: bytes = b"", query: str = "", method: str = "POST", base: str = "", **headers: str
) -> bool:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = WebhookRequest(
        "messages",
        method,
        PATH,
        query,
        {"content-type": FORM, "x-twilio-signature": given} | named,
        body,
        base=base,
    )
    try:
        Signatures(url, TOKENS, KEYS).check(request)
    except Forbidden:
        return False
    return True


def sign(url: str, params: Any = None, token: str = TOKENS[0], algorithm: str | None = None) -> str:
    return str(RequestValidator(token).compute_signature(url, params or {}, algorithm))


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
values = st.text(st.characters(codec="utf-8"), max_size=20)
hosts = st.sampled_from(["https://care.example.com", "http://a.b:8000", "https://x.y:443/care", "http://127.0.0.1:80"])
queries = st.sampled_from(["", "a=1%202", "b=%2B&a=&a=x", "delivery=abc-_1"])


@given(hosts, queries, st.lists(st.tuples(names, values), max_size=12), st.sampled_from([*TOKENS, "another"]))
def test_same_verdict_as_the_library(host: str, query: str, pairs: list[tuple[str, str]], token: str) -> None:
    url = host + PATH + (f"?{query}" if query else "")
    params = MultiDict(pairs)
    signature = sign(url, params, token)
    theirs = any(RequestValidator(known).validate(url, params, signature) for known in TOKENS)
    assert accepts(host, signature, body=urlencode(pairs).encode(), query=query) is theirs


@given(st.lists(st.tuples(names, st.binary(max_size=12)), min_size=1, max_size=6))
def test_octets_that_are_no_text_are_signed_as_the_library_reads_them(pairs: list[tuple[str, bytes]]) -> None:
    read = MultiDict((name, value.decode("utf-8", "replace")) for name, value in pairs)
    body = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs).encode()
    assert accepts("https://a.b", sign(f"https://a.b{PATH}", read), body=body)


@pytest.mark.parametrize(
    ("configured", "signed"),
    [
        ("https://a.b", "https://a.b:443"),
        ("http://a.b", "http://a.b:80"),
        ("https://a.b:443", "https://a.b"),
        ("http://a.b:8000", "http://a.b"),
        ("https://[::1]:8443", "https://[::1]"),
        ("https://a.b/care", "https://a.b:443/care"),
    ],
)
def test_with_and_without_port(configured: str, signed: str) -> None:
    assert accepts(configured, sign(signed + PATH, {"A": "1"}), body=b"A=1")


@pytest.mark.parametrize(
    ("body", "params"),
    [
        (b"A=1+2", {"A": "1 2"}),
        (b"A=1%2B2", {"A": "1+2"}),
        (b"A=", {"A": ""}),
        (b"A", {"A": ""}),
        (b"A=%00x", {"A": "\x00x"}),
        (b"A=%zz", {"A": "%zz"}),
        (b"A=b%3Dc%26d", {"A": "b=c&d"}),
        (b"A= padded ", {"A": " padded "}),
        ("A=سلام".encode(), {"A": "سلام"}),
        (b"", {}),
    ],
)
def test_decoding(body: bytes, params: dict[str, str]) -> None:
    assert accepts("https://a.b", sign(f"https://a.b{PATH}", params), body=body)


def test_repeated_names_are_signed_with_their_distinct_values_in_order() -> None:
    params = MultiDict([("A", "2"), ("B", "x"), ("A", "1"), ("A", "2")])
    assert accepts("https://a.b", sign(f"https://a.b{PATH}", params), body=b"A=2&B=x&A=1&A=2")


@pytest.mark.parametrize("altered", [b"A=1&B=3", b"A=1", b"A=1&B=2&C=3", b"a=1&B=2"])
def test_altered_fields_are_refused(altered: bytes) -> None:
    assert not accepts("https://a.b", sign(f"https://a.b{PATH}", {"A": "1", "B": "2"}), body=altered)


@pytest.mark.parametrize(
    ("hash_of", "body", "verdict"),
    [
        (b'{"A":1}', b'{"A":1}', True),
        (b'{"A":1}', b'{"A":2}', False),
        (None, b'{"A":1}', False),
    ],
)
def test_json_needs_its_hash_in_the_signed_url(hash_of: bytes | None, body: bytes, verdict: bool) -> None:
    query = f"bodySHA256={hashlib.sha256(hash_of).hexdigest()}" if hash_of else "x=1"
    signature = sign(f"https://a.b{PATH}?{query}")
    assert accepts("https://a.b", signature, body=body, query=query, content_type="application/json") is verdict


def test_get_is_signed_over_its_query() -> None:
    signature = sign(f"https://a.b{PATH}?A=1%202")
    assert accepts("https://a.b", signature, query="A=1%202", method="GET")
    assert not accepts("https://a.b", signature, query="A=1+2", method="GET")


@pytest.mark.parametrize(
    ("settings", "secret", "algorithm", "verdict"),
    [
        ("key=key-1,algorithm=HMAC_SHA256", "shared-secret", "HMAC_SHA256", True),
        (" algorithm = hmac_sha256 , key = key-1 ", "shared-secret", "HMAC_SHA256", True),
        ("key=key-1", "shared-secret", "HMAC_SHA1", True),
        ("", TOKENS[0], "HMAC_SHA1", True),
        ("algorithm=HMAC_SHA1", TOKENS[0], "HMAC_SHA1", True),
        ("key=key-1,algorithm=HMAC_SHA256", TOKENS[0], "HMAC_SHA256", False),
        ("key=key-1,algorithm=HMAC_SHA256", "shared-secret", "HMAC_SHA1", False),
        ("key=key-2,algorithm=HMAC_SHA256", "shared-secret", "HMAC_SHA256", False),
        ("algorithm=HMAC_SHA256", TOKENS[0], "HMAC_SHA256", False),
        ("key=key-1,algorithm=HMAC_MD5", "shared-secret", "HMAC_SHA256", False),
        ("key=key-1,key=key-2,algorithm=HMAC_SHA256", "shared-secret", "HMAC_SHA256", False),
        ("ÄÖ=,=,,,", "x", "HMAC_SHA1", False),
    ],
)
def test_the_settings_header_chooses_secret_and_hash(settings: str, secret: str, algorithm: str, verdict: bool) -> None:
    signature = sign(f"https://a.b{PATH}", {"A": "1"}, secret, algorithm)
    headers = {"x-twilio-webhooks-signature-settings": settings}
    assert accepts("https://a.b", signature, body=b"A=1", **headers) is verdict


@given(st.text(max_size=60), st.text(max_size=60))
def test_odd_headers_are_refused_quietly(signature: str, settings: str) -> None:
    assert not accepts("https://a.b", signature, body=b"A=1", **{"x-twilio-webhooks-signature-settings": settings})


def test_a_base_that_a_trusted_proxy_named_counts_beside_the_configured_one() -> None:
    signature = sign(f"https://outside.example{PATH}", {"A": "1"})
    assert accepts("http://127.0.0.1:8000", signature, body=b"A=1", base="https://outside.example")
    assert not accepts("http://127.0.0.1:8000", signature, body=b"A=1")


def test_no_secret_means_no_entry() -> None:
    request = WebhookRequest("messages", "POST", PATH, "", {"x-twilio-signature": sign(PATH, {}, "")})
    with pytest.raises(Forbidden):
        Signatures("", ("",), {"k": ""}).check(request)


def test_thousands_of_fields_are_not_even_hashed() -> None:
    with pytest.raises(InvalidPayload):
        accepts("https://a.b", "x", body=b"&".join([b"a=1"] * 1001))
