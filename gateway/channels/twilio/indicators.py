"""Read marks and "typing …" on the customer's phone: one call of Twilio's does both."""

from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from gateway.channels.twilio.errors import unknown_outcome

URL = "https://messaging.twilio.com/v3/Indicators/Typing.json"
TIMEOUT_SECONDS = 3.0
"""It says something about the moment: later it would be wrong."""


def show_typing(client: Client, external_id: str) -> None:
    """Mark a WhatsApp message and those before it as read, and show dots until we answer, 25 s at most.

    Raises:
        SendError: refused or no answer.
    """
    data: dict[str, object] = {"channel": "WHATSAPP", "messageId": external_id}
    try:
        client.request("POST", URL, data=data, headers={"Content-Type": "application/json"}, timeout=TIMEOUT_SECONDS)
    except TwilioException as error:
        raise unknown_outcome(str(error)) from error
