"""Session windows: until when a contact's address may be written to freely by one of our senders."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, select, tuple_
from sqlalchemy.orm import Session

from gateway.core.words import ChannelType
from gateway.desk import dialect
from gateway.models.base import UtcDateTime
from gateway.models.contact import SessionWindow
from gateway.models.tables import metadata

LENGTH: Mapping[str, timedelta] = {
    ChannelType.WHATSAPP: timedelta(hours=24),
    ChannelType.MESSENGER: timedelta(hours=24),
}
"""Channel types that shut, from the contact's last message; elsewhere we may write at any time."""

windows = metadata.tables[SessionWindow.__tablename__]
Place = tuple[int, str]
"""Address id and channel id."""


def _only_later(statement: dialect.Insert) -> Any:
    """A message that is processed late does not shorten the window."""
    known, new = windows.c.last_inbound_at, statement.excluded.last_inbound_at
    return statement.values(
        address_id=bindparam("address"),
        channel_id=bindparam("channel"),
        last_inbound_at=bindparam("heard_at", type_=UtcDateTime()),
    ).on_conflict_do_update(
        index_elements=[windows.c.address_id, windows.c.channel_id],
        set_={"last_inbound_at": case((new > known, new), else_=known)},
    )


OPEN = dialect.both(windows, _only_later)
"""Written with each inbound message (``received.touch``): ``address``, ``channel``, ``heard_at``."""


@dataclass(frozen=True, slots=True)
class Window:
    """``closes_at`` None: they never wrote to this sender."""

    open: bool
    minutes_left: int
    closes_at: datetime | None


def window_of(channel_type: str, last_inbound_at: datetime | None, margin: timedelta, now: datetime) -> Window | None:
    """How it stands; None: this type of channel has no window."""
    if channel_type not in LENGTH:
        return None
    if last_inbound_at is None:
        return Window(False, 0, None)
    closes_at = last_inbound_at + LENGTH[channel_type] - margin
    left = max(timedelta(0), closes_at - now)
    return Window(closes_at > now, int(left.total_seconds() // 60), closes_at)


def last_inbound(session: Session, places: Collection[Place]) -> dict[Place, datetime]:
    """When these addresses last wrote to these channels; one statement, those that never did are left out."""
    if not places:
        return {}
    chosen = select(windows).where(tuple_(windows.c.address_id, windows.c.channel_id).in_(sorted(set(places))))
    return {(row.address_id, row.channel_id): row.last_inbound_at for row in session.execute(chosen)}
