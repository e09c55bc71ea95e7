"""Where a contact stands with the bot: their place in a flow, the options last offered, and whether they opted out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.replies import Option
from gateway.desk import dialect
from gateway.models.contact import Contact, OptOut
from gateway.models.conversation import FlowSession
from gateway.models.tables import metadata

contacts, places, opt_outs = (metadata.tables[model.__tablename__] for model in (Contact, FlowSession, OptOut))


@dataclass(frozen=True, slots=True)
class Standing:
    """``flow`` and ``node`` are empty when no flow waits; ``since`` None: nothing is remembered at all."""

    opted_out: bool = False
    flow: str = ""
    node: str = ""
    kept: Mapping[str, Any] = field(default_factory=dict)
    """What the flow knows so far, as it gave it."""
    version: int = 0
    """Of the config that the flow began with."""
    offered: tuple[Option, ...] = ()
    since: datetime | None = None

    @property
    def version_beneath(self) -> int | None:
        """Of the config that the flow began with which waits beneath the open one; None: none waits."""
        waiting = self.kept.get("beneath")
        return int(waiting[-1]["version"]) if waiting else None


COLUMNS = (
    opt_outs.c.id.label("opt_out_id"),
    *(places.c[name] for name in ("flow", "node", "slots", "config_version", "offered", "updated_at")),
)
OPTED_OUT = (
    (opt_outs.c.address_id == bindparam("address"))
    & (opt_outs.c.channel_id == bindparam("channel"))
    & opt_outs.c.lifted_at.is_(None)
)
READ = (
    select(*COLUMNS)
    .select_from(contacts)
    .outerjoin(places, places.c.contact_id == contacts.c.id)
    .outerjoin(opt_outs, OPTED_OUT)
    .where(contacts.c.id == bindparam("contact"))
)


def _overwrite(statement: dialect.Insert) -> Any:
    changing = ("conversation_id", "flow", "config_version", "node", "slots", "offered", "updated_at")
    return statement.on_conflict_do_update(
        index_elements=[places.c.contact_id], set_={name: statement.excluded[name] for name in changing}
    )


WRITE = dialect.both(places, _overwrite)


def standing(session: Session, contact_id: int, address_id: int, channel_id: str) -> Standing:
    """What the bot must know of a contact before it answers on this channel."""
    keys = {"contact": contact_id, "address": address_id, "channel": channel_id}
    return read(session.execute(READ, keys).one())


def read(row: Any) -> Standing:
    """What a row with ``COLUMNS`` says."""
    if row.updated_at is None:
        return Standing(opted_out=row.opt_out_id is not None)
    offered = tuple(Option(option["id"], option["title"]) for option in row.offered)
    opted_out = row.opt_out_id is not None
    return Standing(opted_out, row.flow, row.node, row.slots, row.config_version, offered, row.updated_at)


def remember(
    session: Session,
    contact_id: int,
    *,
    conversation_id: int,
    config_version: int,
    flow: str,
    node: str,
    kept: Mapping[str, Any],
    offered: Sequence[Option],
) -> None:
    """Keep where the contact stands now, in place of what was kept before."""
    row = {
        "contact_id": contact_id,
        "conversation_id": conversation_id,
        "flow": flow,
        "config_version": config_version,
        "node": node,
        "slots": dict(kept),
        "offered": [{"id": option.id, "title": option.title} for option in offered],
        "updated_at": clock.now(),
    }
    session.execute(WRITE[dialect.name_of(session)], row)


def forget(session: Session, contact_id: int) -> None:
    """Nothing waits for the contact any more."""
    session.execute(delete(places).where(places.c.contact_id == contact_id))
