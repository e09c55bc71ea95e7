"""The yardstick: a Flask handler that only checks Twilio's signature, and keeps nothing."""

import os

from flask import Flask, Response, request
from twilio.request_validator import RequestValidator

app = Flask("bare")
validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
url = os.environ["PUBLIC_URL"] + "/webhooks/twilio/messages"


@app.post("/webhooks/twilio/messages")
def messages() -> Response:
    if not validator.validate(url, request.form, request.headers.get("X-Twilio-Signature", "")):
        return Response("bad signature", 403)
    return Response("<Response/>", content_type="text/xml")
