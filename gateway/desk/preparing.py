"""Deliveries whose files must be made ready first: taken by a job, then settled, and only then due.

Two minutes at most: a delivery holds its followers for three, so what is not ready by then goes out as a link.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.files import Why
from gateway.core.replies import OutMedia
from gateway.core.words import Author
from gateway.desk import consequences, log
from gateway.desk.attachments import row_of
from gateway.desk.claims import QUEUED
from gateway.models.base import UtcDateTime
from gateway.models.message import Delivery, Media, Message
from gateway.models.tables import metadata
from gateway.models.wakes import wakes_of

LEASE = timedelta(seconds=45)
"""Longer than one conversion may take; a job that has not settled by then died with its worker."""

messages, deliveries, media = (metadata.tables[model.__tablename__] for model in (Message, Delivery, Media))
IS_QUEUED = deliveries.c.state == QUEUED
DUE = (
    select(deliveries.c.message_id)
    .where(deliveries.c.prepare_at.is_not(None), IS_QUEUED)
    .where(deliveries.c.prepare_at <= bindparam("now", type_=UtcDateTime()))
    .distinct()
    .limit(bindparam("most"))
)
TAKE = (
    update(deliveries)
    .where(deliveries.c.message_id == bindparam("message"), IS_QUEUED)
    .where(deliveries.c.prepare_at <= bindparam("now", type_=UtcDateTime()))
    .values(prepare_at=bindparam("lease", type_=UtcDateTime()))
    .returning(*(deliveries.c[name] for name in ("id", "message_id", "contact_id", "conversation_id")))
    .returning(*(deliveries.c[name] for name in ("channel_type", "body", "media")))
)
LANGUAGE = select(messages.c.language).where(messages.c.id == bindparam("message"))
SETTLE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery"), IS_QUEUED, deliveries.c.prepare_at.is_not(None))
    .values(body=bindparam("text"), media=bindparam("files", type_=deliveries.c.media.type))
    .values(prepare_at=None, due_at=bindparam("now", type_=UtcDateTime()))
    .returning(deliveries.c.id)
)
NOTE = (
    update(media)
    .where(media.c.message_id == bindparam("message"), media.c.position == bindparam("place"))
    .values(note=bindparam("words"))
)
newer = deliveries.alias("newer")
REPLACED = exists(
    select(newer.c.id).where(
        newer.c.message_id == deliveries.c.message_id, newer.c.part == deliveries.c.part, newer.c.id > deliveries.c.id
    )
)
FILES = select(deliveries.c.media).where(deliveries.c.id == bindparam("delivery"), ~REPLACED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that this job alone makes ready."""

    id: int
    message_id: int
    contact_id: int
    conversation_id: int | None
    channel_type: str
    body: str
    files: tuple[OutMedia, ...]
    language: str | None


def due(session: Session, most: int = 50) -> list[int]:
    """Messages with files to make ready now (for the sweep)."""
    return list(session.execute(DUE, {"now": clock.now(), "most": most}).scalars())


def take(session: Session, message_id: int) -> list[Waiting]:
    """The message's deliveries that wait for their files, for 45 s; empty: nothing to do, or somebody does it."""
    now = clock.now()
    rows = session.execute(TAKE, {"message": message_id, "now": now, "lease": now + LEASE}).all()
    language = session.execute(LANGUAGE, {"message": message_id}).scalar() if rows else None
    return [_waiting(row, language) for row in sorted(rows, key=lambda row: row.id)]


def settle(session: Session, waiting: Waiting, body: str, files: Sequence[OutMedia], notes: Mapping[int, str]) -> bool:
    """It may go now, with these words and files; ``notes`` by the file's place. False: it was called off meanwhile."""
    values = {"delivery": waiting.id, "text": body, "files": [row_of(file) for file in files], "now": clock.now()}
    if session.execute(SETTLE, values).first() is None:
        return False
    for place, words in notes.items():
        session.execute(NOTE, {"message": waiting.message_id, "place": place, "words": words})
    wakes_of(session).sends.add(waiting.contact_id)
    if notes:
        _tell(session, waiting, list(notes.values()))
    return True


def link_instead(session: Session, subject: consequences.Subject) -> bool:
    """A new delivery with links to the files of one that was refused; False: it had none, or was replaced."""
    rows = session.execute(FILES, {"delivery": subject.id}).scalar() or []
    if not rows:
        return False
    files = [OutMedia(**row) for row in rows]
    refused: list[dict[str, Any]] = [
        row_of(OutMedia(f.content_type, f.media_id, f.url, f.filename, f.size, f.position, why=Why.REFUSED))
        for f in files
    ]
    consequences.copy(session, [subject.id], clock.now(), media=refused)
    return True


def _waiting(row: Any, language: str | None) -> Waiting:
    files = tuple(OutMedia(**file) for file in row.media)
    where = (row.id, row.message_id, row.contact_id, row.conversation_id, row.channel_type)
    return Waiting(*where, body=row.body, files=files, language=language)


def _tell(session: Session, waiting: Waiting, notes: list[str]) -> None:
    log.write(
        session,
        "files_prepared",
        actor=Author.SYSTEM,
        contact_id=waiting.contact_id,
        conversation_id=waiting.conversation_id,
        message_id=waiting.message_id,
        data={"delivery_id": waiting.id, "notes": notes},
    )
