"""Settings of the matcher's thresholds anew: when one is due, who makes it, what came of it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.desk import dialect
from gateway.models.message import Message
from gateway.models.question import Label, Refit
from gateway.models.tables import metadata

MOST = 5_000
"""Labels learnt from, the newest."""

refits, labels, messages = (metadata.tables[model.__tablename__] for model in (Refit, Label, Message))

BEGIN = dialect.both(refits, lambda statement: statement.on_conflict_do_nothing().returning(refits.c.id))


def begin(session: Session, digest: str, day: str, at_least: int) -> int | None:
    """Take today's refit of a training if so many labels are new since its last; None: not due, or taken already."""
    last = select(refits.c.last_label_id, refits.c.day).where(refits.c.digest == digest)
    row = session.execute(last.order_by(refits.c.id.desc()).limit(1)).first()
    if not at_least or (row is not None and row.day == day):
        return None
    seen = row.last_label_id if row else 0
    fresh = select(func.count(), func.max(labels.c.id)).where(labels.c.id > seen)
    count, newest = session.execute(fresh).one()
    if count < at_least:
        return None
    about = {"digest": digest, "day": day, "labels": 0, "last_label_id": newest, "taken": False}
    made: int | None = session.execute(BEGIN[dialect.name_of(session)], about | {"begun_at": clock.now()}).scalar()
    return made


def labelled(session: Session) -> Sequence[Any]:
    """(text, language, target, fits), newest first, of messages that still have words."""
    columns = (messages.c.text, messages.c.language, labels.c.target, labels.c.fits)
    some = select(*columns).join(messages, messages.c.id == labels.c.message_id).where(messages.c.text != "")
    return session.execute(some.order_by(labels.c.id.desc()).limit(MOST)).all()


def end(session: Session, refit_id: int, *, count: int, before: float | None, after: float | None, taken: bool) -> None:
    """Keep what came of it."""
    values = {"labels": count, "wrong_before": before, "wrong_after": after, "taken": taken, "ended_at": clock.now()}
    session.execute(update(refits).where(refits.c.id == refit_id).values(values))


def newest_taken(session: Session, digest: str) -> int:
    """The refit of a training that is to be used; 0: none."""
    some = select(func.max(refits.c.id)).where(refits.c.digest == digest, refits.c.taken)
    return int(session.execute(some).scalar() or 0)
