"""Messages out: one call to send, one to look up what became of calls whose answer was lost."""

import json
from datetime import datetime
from itertools import islice
from typing import Any

from twilio.base import values
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from gateway.channels.twilio.errors import unknown_outcome, verdict_on
from gateway.core.replies import Accepted, FoundMessage, Sending

LOOK_BACK = 50
LOOK_THROUGH = 5000
"""Records read to find those: an answer that is not narrowed to the two addresses must not hide ours behind others."""


def send(client: Client, sending: Sending) -> Accepted:
    """Create a message at Twilio; ``accepted`` or ``queued`` there, no more.

    Raises:
        SendError: refused, or without a clear answer.
    """
    try:
        made = client.messages.create(**_arguments(sending))
        return Accepted(str(made.sid), str(made.status))
    except (TwilioException, ValueError, AttributeError, TypeError) as error:
        raise unknown_outcome(f"a 2xx that cannot be read: {error}") from error


def _arguments(sending: Sending) -> dict[str, Any]:
    given = {
        "to": sending.to,
        "from_": sending.sender,
        "body": None if sending.content_sid else sending.text,
        "media_url": list(sending.media_urls),
        "content_sid": sending.content_sid,
        "content_variables": _variables(sending),
        "status_callback": sending.status_callback,
    }
    return {name: value for name, value in given.items() if value}


def _variables(sending: Sending) -> str | None:
    if not sending.content_sid or not sending.content_variables:
        return None
    return json.dumps(sending.content_variables, ensure_ascii=False)


def list_messages(client: Client, to: str, sender: str) -> list[FoundMessage]:
    """Twilio's newest records from ``sender`` to ``to``; without a date, because ``DateSent`` is null while queued.

    Raises:
        SendError: Twilio could not be asked.
    """
    found = client.messages.stream(to=to, from_=sender, limit=LOOK_THROUGH, page_size=LOOK_BACK)
    ours = (record for record in found if record.to == to and record.from_ == sender)
    return [_found(record) for record in islice(ours, LOOK_BACK)]


def _found(record: Any) -> FoundMessage:
    created: datetime | None = record.date_created if isinstance(record.date_created, datetime) else None
    code = _or_none(record.error_code)
    return FoundMessage(
        external_id=record.sid,
        to=record.to,
        sender=record.from_,
        text=record.body or "",
        status=_or_none(record.status) or "",
        created_at=created.timestamp() if created else 0.0,
        error_code=code,
        verdict=verdict_on(code) if code else None,
    )


def _or_none(value: Any) -> str | None:
    return None if value is None or value is values.unset else str(value)
