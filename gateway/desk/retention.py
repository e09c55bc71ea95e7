"""Forgets what nobody needs any more, oldest first and a bounded piece at a time."""

import uuid
from datetime import datetime

from sqlalchemy import bindparam, delete, literal_column, select, union_all
from sqlalchemy.orm import Session

from gateway.core import ids
from gateway.models.base import UtcDateTime
from gateway.models.inbound import InboundEvent, RawRequest
from gateway.models.message import HeldStatus
from gateway.models.tables import metadata

raw, events, held = (metadata.tables[model.__tablename__] for model in (RawRequest, InboundEvent, HeldStatus))

OLDEST = (
    select(raw.c.id)
    .where(raw.c.id > bindparam("after"), raw.c.id < bindparam("before"))
    .order_by(raw.c.id)
    .limit(bindparam("most"))
)
# Words as literals, as the partial indexes of what is not done spell them.
NEEDED = union_all(
    *(
        select(events.c.request_id).where(
            events.c.state == literal_column(f"'{state}'"), events.c.request_id.in_(bindparam("ids", expanding=True))
        )
        for state in ("pending", "failed")
    )
)
FORGET_RAW = delete(raw).where(raw.c.id.in_(bindparam("ids", expanding=True)))
_FIRST = select(held.c.id, held.c.received_at).order_by(held.c.id).limit(bindparam("most")).subquery()
_OLD = select(_FIRST.c.id).where(_FIRST.c.received_at < bindparam("before", type_=UtcDateTime()))
FORGET_HELD = delete(held).where(held.c.id.in_(_OLD)).returning(held.c.id)
FROM_THE_START = uuid.UUID(int=0)


def forget_raw(session: Session, before: datetime, after: uuid.UUID, most: int) -> uuid.UUID | None:
    """Delete requests received before then whose events are done, looking at ``most`` that follow ``after``.

    Returns the last one looked at, to go on from; None: there were no more.
    """
    bounds = {"after": after, "before": ids.first_uuid_of(before), "most": most}
    seen: list[uuid.UUID] = list(session.execute(OLDEST, bounds).scalars())
    if not seen:
        return None
    needed = set(session.execute(NEEDED, {"ids": seen}).scalars())
    session.execute(FORGET_RAW, {"ids": [one for one in seen if one not in needed]})
    return seen[-1]


def forget_held(session: Session, before: datetime, most: int) -> bool:
    """Delete callbacks held since before then, ``most`` at once; False: there are no more."""
    return len(session.execute(FORGET_HELD, {"before": before, "most": most}).all()) == most
