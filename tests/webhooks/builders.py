"""Requests ready to be kept, without a web server in front."""

import time
from collections.abc import Callable

from gateway.core import clock
from gateway.core.events import EventRef
from gateway.core.http import WebhookRequest
from gateway.core.ids import new_uuid
from gateway.desk.inbound import Incoming

ACCOUNT = "AC" + "1" * 32


def incoming(
    number: int = 1,
    lane: str = "whatsapp:+923001234567",
    body: bytes = b"Body=hello",
    account: str = ACCOUNT,
    key: str = "",
) -> Incoming:
    """A verified request with one message in it; the same number is the same message."""
    ref = EventRef(account, key or f"message:SM{number}", lane, "message")
    headers = {"x-twilio-signature": "abc", "user-agent": "TwilioProxy/1.1"}
    request = WebhookRequest("messages", "POST", "/webhooks/twilio/messages", "", headers, body, ACCOUNT)
    return Incoming(new_uuid(), "twilio", request, (ref,), clock.now())


def wait_until(true: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
