"""Content resources: the outline of buttons and lists, made once per shape, filled by variables at each send."""

from itertools import count
from typing import Any

from twilio.base.exceptions import TwilioException
from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList

from gateway.channels.twilio.errors import unknown_outcome
from gateway.core.errors import SendError
from gateway.core.replies import ContentShape

GONE = "20404"
OPTIONS_NAMES = ("rabta_buttons_", "rabta_list_")
"""Begin the names of these resources, which are no templates."""


def create_content(client: Client, shape: ContentShape) -> str:
    """Make the resource for a shape; returns its ``HX…`` id.

    Raises:
        SendError: refused or no answer.
    """
    request = ContentList.ContentCreateRequest(
        {
            "friendly_name": f"rabta_{shape.kind}_{shape.options}{'_described' if shape.described else ''}",
            "language": "en",
            "variables": {str(number): "sample" for number in range(1, _variables_of(shape) + 1)},
            "types": ContentList.Types(_types(shape)),
        }
    )
    try:
        return str(client.content.v1.contents.create(request).sid)
    except (TwilioException, ValueError, AttributeError, TypeError) as error:
        raise unknown_outcome(f"a 2xx that cannot be read: {error}") from error


def delete_content(client: Client, external_id: str) -> None:
    """Delete a resource; one that is gone already is no error.

    Raises:
        SendError: refused or no answer.
    """
    try:
        client.content.v1.contents(external_id).delete()
    except SendError as error:
        if error.code != GONE:
            raise


def _types(shape: ContentShape) -> dict[str, Any]:
    """Keys are the slashed names: the client drops any other without a word."""
    slots = (f"{{{{{number}}}}}" for number in count(1))
    body = next(slots)
    if shape.kind == "buttons":
        actions = [{"type": "QUICK_REPLY", "title": next(slots), "id": next(slots)} for _ in range(shape.options)]
        return {"twilio/quick-reply": {"body": body, "actions": actions}}
    opener = next(slots)
    fields = ("item", "id", "description") if shape.described else ("item", "id")
    items = [{field: next(slots) for field in fields} for _ in range(shape.options)]
    return {"twilio/list-picker": {"body": body, "button": opener, "items": items}}


def _variables_of(shape: ContentShape) -> int:
    if shape.kind == "buttons":
        return 1 + 2 * shape.options
    return 2 + (3 if shape.described else 2) * shape.options
