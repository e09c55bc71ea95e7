"""Content shapes: which reusable resources at the provider our replies with options need, and which of them exist."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.replies import ContentShape
from gateway.desk import dialect
from gateway.models.message import Content
from gateway.models.tables import metadata

LAYOUT = 1
"""Raised when adapters lay out the same shape differently: old resources are then no longer used."""
MOST_OPTIONS = 10
KEPT_UNUSED = timedelta(days=7)
GONE = "gone:"
"""Before the hash of one being deleted: nobody finds it any more, and a deletion that failed is tried again."""

contents = metadata.tables[Content.__tablename__]


def _first_wins(statement: dialect.Insert) -> Any:
    new = statement.excluded
    ours = {
        "external_id": func.coalesce(contents.c.external_id, new.external_id),
        "used_at": new.used_at,
        "error": None,
    }
    settled = statement.on_conflict_do_update(index_elements=[contents.c.account, contents.c.hash], set_=ours)
    return settled.returning(contents.c.external_id)


KEEP = dialect.both(contents, _first_wins)
USE = (
    update(contents)
    .where(contents.c.account == bindparam("owner"), contents.c.hash.in_(bindparam("hashes", expanding=True)))
    .where(contents.c.external_id.is_not(None))
    .values(used_at=bindparam("now"))
    .returning(contents.c.hash, contents.c.external_id)
)


def hash_of(shape: ContentShape) -> str:
    """The shape's name in the database; equal for equal shapes, so that they share one resource."""
    outline = json.dumps(asdict(shape) | {"layout": LAYOUT}, sort_keys=True)
    return hashlib.sha256(outline.encode()).hexdigest()


@cache
def shapes() -> Mapping[str, ContentShape]:
    """Every shape there can be, by its hash: they are few, because the words are variables."""
    counts = range(1, MOST_OPTIONS + 1)
    buttons = [ContentShape("buttons", count) for count in counts]
    lists = [ContentShape("list", count, described) for count in counts for described in (False, True)]
    return {hash_of(shape): shape for shape in (*buttons, *lists)}


def use(session: Session, account: str, hashes: Collection[str]) -> dict[str, str]:
    """Provider ids of the shapes that exist, by hash; they count as used now."""
    values = {"owner": account, "hashes": sorted(hashes), "now": clock.now()}
    return {row.hash: row.external_id for row in session.execute(USE, values)}


def keep(session: Session, account: str, content_hash: str, external_id: str) -> str:
    """Remember a resource just made; returns the one that counts (another's, if they were faster)."""
    now = clock.now()
    row = {
        "account": account,
        "hash": content_hash,
        "shape": asdict(shapes()[content_hash]),
        "external_id": external_id,
        "attempts": 0,
        "due_at": now,
        "created_at": now,
        "used_at": now,
    }
    kept: str = session.execute(KEEP[dialect.name_of(session)], row).scalar_one()
    return kept


def forget(session: Session, account: str, content_hash: str) -> None:
    """The provider no longer has it: make it anew when it is needed."""
    session.execute(delete(contents).where(contents.c.account == account, contents.c.hash == content_hash))


def retire_unused(session: Session, account: str) -> list[str]:
    """Take shapes unused for 7 days out of use; returns the provider ids to delete there, then ``bury``."""
    unused = or_(contents.c.used_at < clock.now() - KEPT_UNUSED, contents.c.hash.startswith(GONE))
    retired = (
        update(contents)
        .where(contents.c.account == account, contents.c.external_id.is_not(None), unused)
        .values(hash=GONE + contents.c.external_id)
        .returning(contents.c.external_id)
    )
    return [found for found in session.execute(retired).scalars() if found]


def bury(session: Session, account: str, external_id: str) -> None:
    """Forget a retired resource that the provider deleted."""
    mine = (contents.c.account == account) & (contents.c.hash == GONE + external_id)
    session.execute(delete(contents).where(mine))
