"""Templates at Twilio: content resources with what WhatsApp's reviewers said, listed and submitted."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from twilio.base.exceptions import TwilioException
from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from gateway.channels.twilio.content import OPTIONS_NAMES
from gateway.channels.twilio.errors import unknown_outcome
from gateway.core.errors import Action, SendError
from gateway.core.provider_templates import Approval, ProviderTemplate, Submission

MOST_TEMPLATES = 6000
PAGE_SIZE = 500
QUICK_REPLY, TEXT = "twilio/quick-reply", "twilio/text"


def list_templates(client: Client) -> list[ProviderTemplate]:
    """All of the account's content but that made for options, oldest first.

    Raises:
        SendError: refused, no answer, or more than ``MOST_TEMPLATES``.
    """
    try:
        records = client.content.v1.content_and_approvals.stream(limit=MOST_TEMPLATES + 1, page_size=PAGE_SIZE)
        found = list(islice(records, MOST_TEMPLATES + 1))
    except (TwilioException, ValueError, AttributeError, TypeError, KeyError) as error:
        raise unknown_outcome(f"a 2xx that cannot be read: {error}") from error
    if len(found) > MOST_TEMPLATES:
        raise SendError("too_many", f"the account has more than {MOST_TEMPLATES:,} templates", Action.FINAL)
    found.sort(key=lambda record: str(record.date_created or ""))
    return [_template(record) for record in found if not _is_for_options(record)]


def create_template(client: Client, submission: Submission) -> str:
    """Make the content; returns its ``HX…`` id.

    Raises:
        SendError: refused or no answer.
    """
    request = ContentList.ContentCreateRequest(
        {
            "friendly_name": submission.name,
            "language": submission.language,
            "variables": dict(submission.samples),
            "types": ContentList.Types(_types(submission)),
        }
    )
    try:
        return str(client.content.v1.contents.create(request).sid)
    except (TwilioException, ValueError, AttributeError, TypeError) as error:
        raise unknown_outcome(f"a 2xx that cannot be read: {error}") from error


def request_approval(client: Client, external_id: str, submission: Submission) -> None:
    """Submit the content to WhatsApp's reviewers.

    Raises:
        SendError: refused or no answer.
    """
    request = ApprovalCreateList.ContentApprovalRequest({"name": submission.name, "category": submission.category})
    try:
        client.content.v1.contents(external_id).approval_create.create(request)
    except (TwilioException, ValueError, AttributeError, TypeError) as error:
        raise unknown_outcome(f"a 2xx that cannot be read: {error}") from error


def _types(submission: Submission) -> dict[str, Any]:
    """Keys are the slashed names: the client drops any other without a word."""
    if not submission.buttons:
        return {TEXT: {"body": submission.body}}
    actions = [{"type": "QUICK_REPLY", "title": button.title, "id": button.id} for button in submission.buttons]
    return {QUICK_REPLY: {"body": submission.body, "actions": actions}}


def _is_for_options(record: Any) -> bool:
    return str(record.friendly_name or "").startswith(OPTIONS_NAMES)


def _template(record: Any) -> ProviderTemplate:
    approval = _mapping(record.approval_requests)
    types = _mapping(record.types)
    return ProviderTemplate(
        external_id=str(record.sid),
        name=str(record.friendly_name or ""),
        language=str(record.language or ""),
        category=str(approval.get("category") or ""),
        approval=str(approval.get("status") or Approval.UNSUBMITTED).lower(),
        rejection=str(approval.get("rejection_reason") or ""),
        body=_body(types),
        types=tuple(sorted(types)),
        variables={str(name): str(sample) for name, sample in _mapping(record.variables).items()},
    )


def _body(types: Mapping[str, Any]) -> str:
    """The words, whatever kind of content bears them: a card calls its text a title."""
    parts = [_mapping(part) for part in types.values()]
    return next((str(part[key]) for key in ("body", "title") for part in parts if part.get(key)), "")


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
