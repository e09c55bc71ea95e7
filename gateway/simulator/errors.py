"""What Twilio refuses, in Twilio's words: code, HTTP status and text."""

from typing import Any

TEXTS = {
    11200: "HTTP retrieval failure",
    20001: "Invalid parameter",
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20422: "Invalid Parameter",
    20429: "Too Many Requests",
    20500: "Internal Server Error",
    20503: "Service Unavailable",
    21211: "The 'To' number is not a valid phone number",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
    21602: "Message body is required",
    21603: "A 'From' or 'MessagingServiceSid' parameter is required to send a message",
    21604: "A 'To' phone number is required",
    21606: "The 'From' number is not a valid, message-capable number for this account",
    21609: "The 'StatusCallback' URL is not a valid URL",
    21610: "Attempt to send to unsubscribed recipient",
    21611: "This 'From' number has exceeded the maximum number of queued messages",
    21612: "The message cannot be sent with the current combination of 'To' and 'From'",
    21614: "The 'To' number is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21620: "Invalid media URL(s)",
    21623: "Number of media files exceeds allowed limit",
    21654: "ContentVariables given without a ContentSid",
    21655: "The ContentSid is invalid",
    21656: "The ContentVariables parameter is invalid",
    21703: "The Messaging Service does not have a sender available",
    21910: "Invalid 'From' and 'To' pair: both must be of the same channel",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    63003: "Channel could not find the 'To' address",
    63005: "Channel did not accept the given content",
    63007: "Twilio could not find a channel with the specified 'From' address",
    63016: "Failed to send freeform message because you are outside the allowed window",
    63018: "Rate limit exceeded for the channel",
    63019: "Media failed to download",
    63021: "Channel invalid content error",
    63024: "Invalid message recipient",
    63013: "The message violates a policy of the channel",
    63027: "Template does not exist for a language and locale",
    63028: "Number of parameters provided does not match the expected number of params",
    63033: "Recipient has blocked the sender",
    63034: "Media exceeds the size limit of the channel",
    63038: "Account exceeded the daily messages limit",
    63040: "Template rejected",
    63041: "Template paused",
    63042: "Template disabled",
    63049: "Meta chose not to deliver this marketing message",
}

HTTP_STATUS = {20003: 401, 20404: 404, 20429: 429, 20500: 500, 20503: 503}


class Refusal(Exception):
    """A request that is answered with an error; the message never comes to be."""

    def __init__(self, code: int, status: int | None = None, text: str = "") -> None:
        self.code = code
        self.status = status or HTTP_STATUS.get(code, 400)
        self.text = text or text_of(code)
        super().__init__(f"{code}: {self.text}")

    def body(self) -> dict[str, Any]:
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": self.text, "more_info": more, "status": self.status}


def text_of(code: int) -> str:
    return TEXTS.get(code, f"Error {code}")


def comes_later(code: int) -> bool:
    """Whether the provider first takes the message and tells of this error by callback."""
    return 30000 <= code < 40000 or (63000 <= code < 64000 and code != 63007)
