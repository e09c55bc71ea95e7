"""What the self-test says of a Twilio account, told by a small server in Twilio's place."""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest

from gateway.channels.twilio.self_test import expected_url, public_url_test, self_test
from gateway.core.business import Channel
from gateway.core.remarks import Level
from gateway.core.words import ChannelType
from gateway.settings import Settings

SID, TOKEN = "AC" + "0" * 31 + "1", "t" * 32
WHATSAPP = Channel("wa", "twilio", ChannelType.WHATSAPP, "whatsapp:+14155238886")
SMS = Channel("sms", "twilio", ChannelType.SMS, "+14155550100")
VOICE = Channel("phone", "twilio", ChannelType.VOICE, "+14155550100")
POOL = Channel("pool", "twilio", ChannelType.SMS, "8585", service="MG" + "a" * 32)
SHORT = Channel("short", "twilio", ChannelType.SMS, "8585")
OTHER = Channel("meta", "meta", ChannelType.WHATSAPP, "x")

MESSAGES = "/api/2010-04-01/Accounts/" + SID + "/Messages.json"
NUMBERS = "/api/2010-04-01/Accounts/" + SID + "/IncomingPhoneNumbers.json"
CODES = "/api/2010-04-01/Accounts/" + SID + "/SMS/ShortCodes.json"
SENDERS = "/messaging/v2/Channels/Senders"
SERVICE = "/messaging/v1/Services/" + "MG" + "a" * 32
PUBLIC = "https://care.shop.pk"
GOOD = f"{PUBLIC}/webhooks/twilio/messages#rc=3&rp=ct,rt,5xx"


def settings_of(**values: Any) -> Settings:
    return Settings(**{"public_url": PUBLIC, "twilio_account_sid": SID, "twilio_auth_token": TOKEN, **values})


@contextmanager
def twilio(answers: dict[str, Any]) -> Iterator[str]:
    """A server with these JSON answers by path; a string is sent as it is, anything else is a 404."""

    class Handler(BaseHTTPRequestHandler):
        allowed: ClassVar = "Basic " + b64encode(f"{SID}:{TOKEN}".encode()).decode()

        def do_GET(self) -> None:
            body = answers.get(self.path.partition("?")[0])
            status = 401 if self.headers.get("Authorization") != self.allowed else 404 if body is None else 200
            sent = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def number(**urls: str) -> dict[str, Any]:
    return {"incoming_phone_numbers": [{"phone_number": "+14155550100", **urls}]}


def sender(url: str | None) -> dict[str, Any]:
    return {"senders": [{"sender_id": "whatsapp:+14155238886", "webhook": {"callback_url": url, "fallback_url": "f"}}]}


@pytest.mark.parametrize(
    ("channel", "answers", "level", "text"),
    [
        (SMS, {NUMBERS: number(sms_url=GOOD, sms_fallback_url="f")}, Level.OK, GOOD),
        (SMS, {NUMBERS: number(sms_url=GOOD.partition("#")[0], sms_fallback_url="f")}, Level.NOTE, "after a 5xx"),
        (SMS, {NUMBERS: number(sms_url="https://old.example/x")}, Level.PROBLEM, f"it must be {GOOD}"),
        (SMS, {NUMBERS: number(sms_url="")}, Level.PROBLEM, f"no webhook is set at Twilio; set {GOOD}"),
        (SMS, {NUMBERS: number(sms_url=GOOD)}, Level.NOTE, "no fallback URL"),
        (SMS, {}, Level.NOTE, "Twilio does not tell its webhook here"),
        (VOICE, {NUMBERS: number(sms_url=GOOD, voice_url=GOOD)}, Level.PROBLEM, "/webhooks/twilio/voice/incoming#"),
        (WHATSAPP, {SENDERS: sender(GOOD)}, Level.OK, GOOD),
        (WHATSAPP, {SENDERS: sender(None)}, Level.PROBLEM, "no webhook is set"),
        (WHATSAPP, {SENDERS: {"senders": ["odd", {}]}}, Level.NOTE, "does not tell"),
        (WHATSAPP, {SENDERS: "<html>"}, Level.NOTE, "does not tell"),
        (POOL, {SERVICE: {"inbound_request_url": GOOD, "fallback_url": "f"}}, Level.OK, GOOD),
        (POOL, {SERVICE: {"inbound_request_url": None}}, Level.PROBLEM, "no webhook is set"),
        (POOL, {SERVICE: {"use_inbound_webhook_on_number": True}}, Level.NOTE, "does not tell"),
        (POOL, {}, Level.NOTE, "does not tell"),
        (SHORT, {CODES: {"short_codes": [{"short_code": "8585", "sms_url": "x"}]}}, Level.PROBLEM, "Twilio calls x"),
    ],
)
def test_senders(channel: Channel, answers: dict[str, Any], level: Level, text: str) -> None:
    with twilio({MESSAGES: {"messages": []}, **answers}) as base:
        said = list(self_test(settings_of(twilio_api_base=base), [channel, OTHER]))
    assert [one for one in said if one.level is level and text in one.text], said
    assert any(one.level is Level.OK and "credentials" in one.text for one in said)


@pytest.mark.parametrize(
    ("values", "answers", "text"),
    [
        ({"twilio_auth_token": "wrong"}, {}, "answers 401 (wrong account, token or key)"),
        ({}, {}, "answers 404"),
        ({}, {MESSAGES: "<html>"}, "does not answer like Twilio"),
        ({}, {MESSAGES: ["odd"]}, "answers 200"),
    ],
)
def test_credentials(values: dict[str, Any], answers: dict[str, Any], text: str) -> None:
    with twilio(answers) as base:
        said = list(self_test(settings_of(twilio_api_base=base, **values), [SMS]))
    assert [one.text for one in said if one.level is Level.PROBLEM and text in one.text], said
    assert said[-1].text.endswith(GOOD)


def test_nobody_answers() -> None:
    said = list(self_test(settings_of(twilio_api_base="http://127.0.0.1:9"), [SMS]))
    assert any(one.level is Level.PROBLEM and "cannot be reached" in one.text for one in said)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"twilio_account_sid": "AC12"}, "must be AC and 32"),
        ({"twilio_auth_token": ""}, "no webhook could be verified"),
        ({"twilio_auth_token": "", "twilio_shared_keys": (("a", "b"),)}, "nothing could be sent"),
        ({"twilio_api_key": "SK1"}, "needs TWILIO_API_SECRET"),
    ],
)
def test_credentials_that_cannot_work_are_not_tried(values: dict[str, Any], text: str) -> None:
    said = list(self_test(settings_of(twilio_api_base="http://127.0.0.1:9", **values), [SMS]))
    assert [one for one in said if one.level is Level.PROBLEM and text in one.text], said
    assert not [one for one in said if "cannot be reached" in one.text]


@pytest.mark.parametrize("values", [{"twilio_account_sid": ""}, {}])
def test_offline_spells_the_webhooks_out(values: dict[str, Any]) -> None:
    said = list(self_test(settings_of(**values), [SMS, VOICE], ask=False))
    assert not [one for one in said if one.level is Level.PROBLEM]
    assert said[-2].text.endswith(GOOD)
    assert said[-1].text.endswith(expected_url(settings_of(), VOICE))


@pytest.mark.parametrize(
    ("url", "base", "reason"),
    [
        ("https://care.shop.pk", "", None),
        ("https://care.shop.pk/base", "", None),
        ("https://8.8.8.8", "", None),
        ("http://care.shop.pk", "", "by https"),
        ("https://my_shop.pk", "", "underscore"),
        ("http://my_shop.pk", "http://127.0.0.1:1", "underscore"),
        ("https://localhost", "", "nobody outside"),
        ("https://rabta.local", "", "nobody outside"),
        ("https://10.1.2.3", "", "nobody outside"),
        ("https://[::1]:8000", "", "nobody outside"),
        ("https://shop", "", "nobody outside"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:1", None),
        ("https://care.shop.pk?x=1", "", "before any ? or #"),
        ("https://u:p@care.shop.pk", "", "password"),
    ],
)
def test_public_url(url: str, base: str, reason: str | None) -> None:
    said = list(public_url_test(settings_of(public_url=url, twilio_api_base=base)))
    wrong = [one.text for one in said if one.level is Level.PROBLEM]
    assert (wrong == []) if reason is None else any(reason in text for text in wrong)
