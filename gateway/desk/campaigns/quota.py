"""How many a campaign may still send today, by its sender's limit and its own: a calendar day of the business."""

import time
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.core.business import Business, Channel
from gateway.desk import facts
from gateway.desk.campaigns.claims import Claimed
from gateway.desk.campaigns.drafts import options_of
from gateway.models.message import Message
from gateway.models.tables import metadata

messages = metadata.tables[Message.__tablename__]

KEPT_SECONDS = 2.0
FEW = 500
"""With fewer left it is counted each time: another host may be sending too."""


@dataclass(slots=True)
class _Left:
    number: int
    counted_at: float


class Quotas:
    """What is left of today, counted now and then and kept up to date by what we take."""

    def __init__(self) -> None:
        self._campaigns: dict[int, _Left] = {}
        self._senders: dict[str, _Left] = {}

    def left(
        self, session: Session, campaign: Claimed, channel: Channel, business: Business, now: datetime
    ) -> int | None:
        """How many may still go today; None: as many as one likes."""
        found = []
        since = _midnight(business, now)
        if (own := options_of(campaign.options).daily_limit) is not None:
            if _is_old(kept := self._campaigns.get(campaign.id)):
                self._campaigns[campaign.id] = kept = _Left(own - _sent(session, campaign.id, since), time.monotonic())
            found.append(kept)
        if channel.daily_limit is not None:
            if _is_old(kept := self._senders.get(channel.id)):
                begun = facts.begun(session, channel.id, since)
                self._senders[channel.id] = kept = _Left(channel.daily_limit - begun, time.monotonic())
            found.append(kept)
        return max(0, min(kept.number for kept in found if kept)) if found else None

    def take(self, campaign: Claimed, number: int) -> None:
        """So many were released."""
        for kept in (self._campaigns.get(campaign.id), self._senders.get(campaign.channel_id)):
            if kept:
                kept.number -= number


def _is_old(kept: _Left | None) -> bool:
    return kept is None or kept.number < FEW or time.monotonic() - kept.counted_at > KEPT_SECONDS


def _midnight(business: Business, now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(business.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)


def _sent(session: Session, campaign_id: int, since: datetime) -> int:
    counted = select(func.count()).where(messages.c.campaign_id == campaign_id, messages.c.created_at >= since)
    return session.execute(counted).scalar_one()
