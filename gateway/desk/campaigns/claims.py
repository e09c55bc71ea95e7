"""Which campaigns have work, and who does it: a claim that lapses when its process dies, renewed with each batch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.desk.campaigns.moves import State
from gateway.models.base import UtcDateTime
from gateway.models.campaign import Campaign
from gateway.models.tables import metadata

campaigns = metadata.tables[Campaign.__tablename__]

LAPSES_AFTER = timedelta(seconds=20)
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Claimed:
    """A campaign that this process alone works on."""

    id: int
    template: str
    channel_id: str
    options: Mapping[str, Any]
    source: Mapping[str, Any]
    state: State
    starts_at: datetime | None
    total: int


COLUMNS = tuple(campaigns.c[name] for name in Claimed.__slots__)
NOW: Any = bindparam("now", type_=UtcDateTime())
HAS_WORK = or_(
    campaigns.c.state.in_([State.PREPARING.value, State.RUNNING.value]),
    and_(campaigns.c.state == State.READY.value, campaigns.c.starts_at <= NOW),
    and_(campaigns.c.state == State.CANCELED.value, campaigns.c.ended_at.is_(None)),
)
FREE = or_(campaigns.c.claimed_until.is_(None), campaigns.c.claimed_until < NOW)
MINE = campaigns.c.claimed_by == bindparam("who")
UNTIL = bindparam("until", type_=UtcDateTime())
ANY_DUE = select(campaigns.c.id).where(HAS_WORK, FREE).limit(1)
WANTED = (
    select(campaigns.c.id)
    .where(HAS_WORK, or_(FREE, MINE))
    .order_by(campaigns.c.id)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
    .cte("wanted")
)
CLAIM = (
    update(campaigns)
    .where(campaigns.c.id.in_(select(WANTED.c.id)))
    .values(claimed_by=bindparam("who"), claimed_until=UNTIL)
    .returning(*COLUMNS)
)
HOLD = (
    update(campaigns)
    .where(campaigns.c.id == bindparam("campaign"), MINE, campaigns.c.state == bindparam("expected"))
    .values(claimed_until=UNTIL)
    .returning(campaigns.c.id)
)
LET_GO = update(campaigns).where(MINE).values(claimed_by=None, claimed_until=None)


def due(session: Session) -> bool:
    """Whether some campaign has work that nobody does."""
    return session.execute(ANY_DUE, {"now": clock.now()}).first() is not None


def claim(session: Session, who: str) -> list[Claimed]:
    """Take campaigns that have work, and keep those taken before."""
    now = clock.now()
    rows = session.execute(CLAIM, {"who": who, "now": now, "until": now + LAPSES_AFTER}).all()
    found = [Claimed(**{**row._mapping, "state": State(row.state)}) for row in rows]
    return sorted(found, key=lambda claimed: claimed.id)


def hold(session: Session, campaign: Claimed, who: str) -> bool:
    """Lock the campaign for this transaction; False: paused, canceled, or taken over by another process."""
    values = {"campaign": campaign.id, "who": who, "expected": campaign.state.value}
    return session.execute(HOLD, values | {"until": clock.now() + LAPSES_AFTER}).first() is not None


def let_go(session: Session, who: str) -> None:
    """Give all of them back."""
    session.execute(LET_GO, {"who": who})


def free(session: Session, who: str) -> bool:
    """Take their campaigns from all runners whose name begins with ``who``: they are dead. Whether they had any."""
    theirs = campaigns.c.claimed_by.startswith(who, autoescape=True)
    freed = update(campaigns).where(theirs).values(claimed_by=None, claimed_until=None)
    return bool(session.execute(freed.returning(campaigns.c.id)).all())
