"""Forwarded headers count from trusted peers only, and only where no public address is configured."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from gateway.app import create_app
from gateway.channels.registry import Registry
from gateway.channels.twilio.adapter import TwilioAdapter
from gateway.runtime import Runtime
from gateway.settings import Settings
from gateway.webhooks.intake import intake_of
from gateway.webhooks.proxies import forwarded_base
from tests.webhooks.conftest import TOKEN, message


def environ(peer: str = "10.1.2.3", host: str = "care.example.com", proto: str | None = "https") -> dict[str, Any]:
    told: dict[str, Any] = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_HOST": host}
    return told if proto is None else told | {"HTTP_X_FORWARDED_PROTO": proto}


@pytest.mark.parametrize(
    ("trusted", "told", "base"),
    [
        (("10.0.0.0/8",), environ(), "https://care.example.com"),
        (("10.1.2.3",), environ(), "https://care.example.com"),
        (("::1",), environ(peer="::1"), "https://care.example.com"),
        (("10.0.0.0/8",), environ(host="care.example.com:8443"), "https://care.example.com:8443"),
        (("10.0.0.0/8",), environ(host="evil.example, care.example.com"), "https://care.example.com"),
        (("10.0.0.0/8",), environ(proto=None), "http://care.example.com"),
        ((), environ(), ""),
        (("192.168.0.0/16",), environ(), ""),
        (("10.0.0.0/8",), environ(peer=""), ""),
        (("10.0.0.0/8",), environ(proto="javascript"), ""),
        (("10.0.0.0/8",), environ(host="care.example.com/path"), ""),
        (("10.0.0.0/8",), environ(host="user@care.example.com"), ""),
        (("10.0.0.0/8",), environ(host=""), ""),
        (("10.0.0.0/8",), {"REMOTE_ADDR": "10.1.2.3"}, ""),
        (("no network", "10.0.0.0/8"), environ(), "https://care.example.com"),
        (("10.0.0.0/8",), environ(peer="8.8.8.8") | {"werkzeug.proxy_fix.orig": {"REMOTE_ADDR": "10.1.2.3"}},
         "https://care.example.com"),
    ],
)  # fmt: skip
def test_forwarded_base(trusted: tuple[str, ...], told: dict[str, Any], base: str) -> None:
    assert forwarded_base(told, trusted) == base


@given(st.text(max_size=30), st.text(max_size=40), st.text(max_size=10))
def test_nothing_odd_breaks_it(peer: str, host: str, proto: str) -> None:
    assert isinstance(forwarded_base(environ(peer, host, proto), ("10.0.0.0/8", "fe80::/10")), str)


@pytest.mark.parametrize(
    ("public_url", "peer", "status"),
    [
        ("http://127.0.0.1:8000", "10.1.2.3", 200),
        ("http://127.0.0.1:8000", "11.1.2.3", 403),
        ("https://configured.example", "10.1.2.3", 403),
    ],
)
def test_at_the_webhook(settings: Settings, runtime: Runtime, public_url: str, peer: str, status: int) -> None:
    settings = replace(settings, public_url=public_url, trusted_proxies=("10.0.0.0/8",))
    runtime = replace(runtime, settings=settings, registry=Registry({"twilio": TwilioAdapter(settings)}))
    app: Flask = create_app(settings, runtime)
    signature = RequestValidator(TOKEN).compute_signature("https://outside.example/webhooks/twilio/messages", message())
    headers = {
        "X-Twilio-Signature": signature,
        "X-Forwarded-Host": "outside.example",
        "X-Forwarded-Proto": "https",
    }
    response = app.test_client().post(
        "/webhooks/twilio/messages", data=message(), headers=headers, environ_base={"REMOTE_ADDR": peer}
    )
    assert response.status_code == status
    intake_of(app).close()
