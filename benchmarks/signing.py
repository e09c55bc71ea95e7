"""Twilio's webhooks as bytes on the wire, signed beforehand so that the load generator only writes and reads."""

import base64
import hmac
import uuid
from urllib.parse import urlencode, urlsplit

ACCOUNT = "AC" + "0" * 31 + "b"
TOKEN = "benchmark-token-0123456789abcdef"
SENDER = "whatsapp:+14155238886"


def signature(url: str, form: dict[str, str], token: str = TOKEN) -> str:
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()


def inbound_form(number: int, body: str) -> dict[str, str]:
    """The fields of a real WhatsApp text from customer ``number``."""
    sid, phone = "SM" + uuid.uuid4().hex, f"92300{number:07d}"
    return {
        "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01",
        "From": f"whatsapp:+{phone}", "To": SENDER, "Body": body, "NumMedia": "0", "NumSegments": "1",
        "SmsStatus": "received", "ProfileName": f"Customer {number}", "WaId": phone, "MessageType": "text",
        "ReferralNumMedia": "0",
    }  # fmt: skip


def http_post(url: str, form: dict[str, str]) -> bytes:
    """A complete signed HTTP/1.1 request."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    body = urlencode(form).encode()
    head = (
        f"POST {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
        f"Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nContent-Length: {len(body)}\r\n"
        f"I-Twilio-Idempotency-Token: {uuid.uuid4()}\r\nX-Twilio-Signature: {signature(url, form)}\r\n\r\n"
    )
    return head.encode() + body
