"""Which address must not be begun with by which of our channels, and since when: the standing that sends look at.

``gateway.desk.consents`` writes here whatever comes into its ledger.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from gateway.desk import dialect
from gateway.models.contact import OptOut
from gateway.models.tables import metadata

opt_outs = metadata.tables[OptOut.__tablename__]
THEIRS = (opt_outs.c.address_id == bindparam("of_address")) & (opt_outs.c.channel_id == bindparam("of_channel"))


def _again(statement: dialect.Insert) -> Any:
    fresh = {name: statement.excluded[name] for name in ("since", "reason", "lifted_at")}
    return statement.on_conflict_do_update(index_elements=[opt_outs.c.address_id, opt_outs.c.channel_id], set_=fresh)


WRITE = dialect.both(opt_outs, _again)
STANDS = select(opt_outs.c.id).where(THEIRS, opt_outs.c.lifted_at.is_(None))
LIFT = (
    update(opt_outs)
    .where(THEIRS, opt_outs.c.lifted_at.is_(None))
    .values(lifted_at=bindparam("now"))
    .returning(opt_outs.c.id)
)


def stand(session: Session, row: Mapping[str, Any]) -> None:
    """From ``since`` on the address hears nothing from this channel that it did not ask for."""
    session.execute(WRITE[dialect.name_of(session)], {**row, "lifted_at": None})


def stands(session: Session, address_id: int, channel_id: str) -> bool:
    """Whether the address has opted out of this channel."""
    keys = {"of_address": address_id, "of_channel": channel_id}
    return session.execute(STANDS, keys).first() is not None


def lift(session: Session, address_id: int, channel_id: str, at: Any) -> bool:
    """Lift an opt-out; False: there was none."""
    keys = {"of_address": address_id, "of_channel": channel_id, "now": at}
    return session.execute(LIFT, keys).first() is not None
