"""What may be done with a campaign in which state: a table, and the one statement that carries a move out."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import Conflict, NotFound
from gateway.core.words import Author
from gateway.desk import log
from gateway.models.base import UtcDateTime
from gateway.models.campaign import Campaign
from gateway.models.tables import metadata
from gateway.models.wakes import wakes_of

campaigns = metadata.tables[Campaign.__tablename__]


class State(StrEnum):
    PREPARING = "preparing"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELED = "canceled"


class Move(StrEnum):
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"


ENDED = (State.DONE, State.CANCELED)
MOVES: dict[Move, dict[State, State]] = {
    Move.START: {State.PREPARING: State.PREPARING, State.READY: State.RUNNING},
    Move.PAUSE: {State.RUNNING: State.PAUSED},
    Move.RESUME: {State.PAUSED: State.RUNNING},  # or back to its preparation, if it never began
    Move.CANCEL: {state: State.CANCELED for state in State if state not in ENDED},
}
"""Started while its rows are still being checked, a campaign begins by itself once they are."""

MOVE: Any = (
    update(campaigns)
    .where(campaigns.c.id == bindparam("campaign"), campaigns.c.state == bindparam("before"))
    .values(
        state=bindparam("after"),
        state_reason=bindparam("why"),
        starts_at=bindparam("starts", type_=UtcDateTime()),
        started_at=bindparam("started", type_=UtcDateTime()),
    )
    .returning(campaigns.c.id)
)
STANDING = select(campaigns.c.state, campaigns.c.starts_at, campaigns.c.started_at).where(
    campaigns.c.id == bindparam("campaign")
)


def after(move: Move, state: State) -> State | None:
    """The state that ``move`` leads to; None: it makes no sense in ``state``."""
    return MOVES[move].get(state)


def make(
    session: Session,
    campaign_id: int,
    move: Move,
    *,
    at: datetime | None = None,
    reason: str = "",
    actor_id: int | None = None,
) -> State:
    """Carry out a move; a start in the future (``at``) is only noted, and the clock sees to it.

    Raises:
        NotFound: no such campaign.
        Conflict: the move makes no sense in its state (the message says which), or somebody else was faster.
    """
    row = session.execute(STANDING, {"campaign": campaign_id}).first()
    if row is None:
        raise NotFound(f"no campaign {campaign_id}")
    target = after(move, before := State(row.state))
    if target is None:
        raise Conflict(f"campaign {campaign_id} is {before}: it cannot {move} now")
    now = clock.now()
    starts = (at or now) if move is Move.START else row.starts_at
    if move is Move.START and starts > now:
        target = before
    if move is Move.RESUME and row.started_at is None:
        target = State.PREPARING
    began = row.started_at or (now if target is State.RUNNING else None)
    values = {"campaign": campaign_id, "before": before, "after": target, "why": reason}
    if session.execute(MOVE, values | {"starts": starts, "started": began}).first() is None:
        raise Conflict(f"campaign {campaign_id} changed meanwhile")
    tell(session, campaign_id, before, target, actor_id=actor_id, reason=reason)
    wakes_of(session).campaigns = True
    return target


def turn(session: Session, campaign_id: int, before: State, target: State, reason: str = "") -> bool:
    """What happens by itself: prepared, begun, broken off, done. False: somebody moved it meanwhile."""
    now = clock.now()
    values: dict[str, Any] = {"state": target.value, "state_reason": reason}
    if target is State.RUNNING:
        values["started_at"] = now
    if target in ENDED:
        values["ended_at"] = now
    same = (campaigns.c.id == campaign_id) & (campaigns.c.state == before.value)
    turned = session.execute(update(campaigns).where(same).values(values).returning(campaigns.c.id)).first() is not None
    if turned:
        tell(session, campaign_id, before, target, reason=reason)
    return turned


def remark(session: Session, campaign_id: int, words: str) -> None:
    """Show why it does not go on just now, without a change of state; empty: it goes on."""
    running = (campaigns.c.id == campaign_id) & (campaigns.c.state == State.RUNNING.value)
    session.execute(update(campaigns).where(running, campaigns.c.state_reason != words).values(state_reason=words))


def tell(
    session: Session, campaign_id: int, before: State, now: State, *, actor_id: int | None = None, reason: str = ""
) -> None:
    """Note in the event log that a campaign went from one state to another."""
    actor = Author.AGENT if actor_id else Author.SYSTEM
    data = {"campaign_id": campaign_id, "from": before, "to": now, "reason": reason}
    log.write(session, "campaign_changed", actor=actor, actor_id=actor_id, data=data)
