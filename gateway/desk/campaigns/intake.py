"""What commands, API and console share when they hand in a campaign: its list, its channel, its moment."""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from gateway.core.business import Business
from gateway.core.errors import InvalidPayload
from gateway.core.templates import Templates
from gateway.core.words import ChannelType
from gateway.desk.campaigns import drafts, moves
from gateway.desk.campaigns.audience import read_segment
from gateway.desk.campaigns.lists import ListRow
from gateway.desk.campaigns.moves import Move


def take_list(
    work: Callable[[], AbstractContextManager[Session]], campaign_id: int, found: Iterable[ListRow], more: bool = False
) -> None:
    """Write a list in parts, each a transaction; ``more``: others follow. What is no list cancels the campaign."""
    try:
        rows = iter(found)
        while part := list(islice(rows, drafts.ROWS_AT_ONCE)):
            with work() as session:
                drafts.add(session, campaign_id, part)
    except InvalidPayload as error:
        with work() as session:
            moves.make(session, campaign_id, Move.CANCEL, reason=str(error))
        raise
    if not more:
        with work() as session:
            drafts.complete(session, campaign_id)


def usual_channel(business: Business) -> str:
    """The sender to begin with where nobody says which.

    Raises:
        InvalidPayload: there is none.
    """
    writing = [channel for channel in business.channels if channel.type is not ChannelType.VOICE]
    writing.sort(key=lambda channel: channel.type is not ChannelType.WHATSAPP)
    if not writing:
        raise InvalidPayload("no channel to write with")
    return writing[0].id


def check_template(templates: Templates, name: str) -> None:
    """A campaign needs a template that is there.

    Raises:
        InvalidPayload: it is not.
    """
    if templates.get(name) is None:
        known = ", ".join(template.name for template in templates) or "none"
        raise InvalidPayload(f"no template {name!r}; there are: {known}")


def moment(at: datetime, business: Business) -> datetime:
    """A moment without a zone is the business's."""
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(business.timezone))


def pair(text: str) -> tuple[str, str]:
    """``NAME=VALUE`` as people type it."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise InvalidPayload(f"{text!r} is not NAME=VALUE")
    return name.strip(), value.strip()


def plain_segment(segment: Mapping[str, Any]) -> dict[str, Any]:
    """A segment as it is kept: moments as text.

    Raises:
        InvalidPayload: it has what a segment cannot have.
    """
    read_segment(segment)
    return {key: at.isoformat() if isinstance(at, datetime) else at for key, at in segment.items()}


def segment_of(text: str) -> dict[str, Any]:
    """A segment as JSON, checked.

    Raises:
        InvalidPayload: it is none.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise InvalidPayload(f"the segment is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise InvalidPayload("a segment is an object")
    read_segment(found)
    return found
