"""Media rows: claimed for fetching, settled as stored or failed, tried again when people ask; bytes are elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, insert, or_, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import Conflict, InvalidPayload, NotFound
from gateway.core.replies import OutMedia
from gateway.core.words import Author, Direction, MediaState
from gateway.desk import log
from gateway.models.message import Media, Message
from gateway.models.wakes import wakes_of

LEASE = timedelta(seconds=90)
"""A fetch that has not settled by then died with its worker; the sweep finds the row due again."""
BACKOFF_SECONDS = (2, 10, 30, 120, 600)
MAX_ATTEMPTS = len(BACKOFF_SECONDS) + 1


@dataclass(frozen=True, slots=True)
class Fetch:
    """One claimed try."""

    id: int
    attempts: int
    source_url: str
    claimed_type: str
    channel_id: str
    message_id: int
    contact_id: int
    conversation_id: int | None


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A media row as it is served."""

    id: int
    state: str
    content_type: str | None
    size: int | None
    sha256: str | None
    filename: str | None
    storage_key: str | None
    thumbnail_key: str | None
    message_id: int | None
    created_at: datetime


def due(session: Session, limit: int = 50) -> list[int]:
    """Media to fetch now, oldest first (for the sweep)."""
    return list(session.scalars(select(Media.id).where(*_due()).order_by(Media.id).limit(limit)))


def claim(session: Session, media_id: int) -> Fetch | None:
    """Take one try at a pending file, for 90 s; None if it is not due, settled already, or somebody else's."""
    claimed = session.execute(
        update(Media)
        .where(Media.id == media_id, *_due(), Media.source_url.is_not(None), Media.message_id.is_not(None))
        .values(attempts=Media.attempts + 1, due_at=clock.now() + LEASE)
        .returning(Media.id, Media.attempts, Media.source_url, Media.claimed_type, Media.message_id)
    ).one_or_none()
    if claimed is None:
        return None
    message = session.execute(
        select(Message.channel_id, Message.contact_id, Message.conversation_id).where(Message.id == claimed.message_id)
    ).one()
    return Fetch(
        claimed.id, claimed.attempts, claimed.source_url, claimed.claimed_type,
        message.channel_id, claimed.message_id, message.contact_id, message.conversation_id,
    )  # fmt: skip


def settle_stored(session: Session, fetch: Fetch, values: dict[str, Any], filename: str | None) -> bool:
    """The bytes are stored; False if the row was settled meanwhile and they are not needed."""
    changed = session.execute(
        update(Media)
        .where(Media.id == fetch.id, Media.state == MediaState.PENDING)
        .values(
            **values,
            state=MediaState.STORED,
            error=None,
            due_at=None,
            filename=case((Media.filename.is_(None), filename), else_=Media.filename),
        )
        .returning(Media.id)
    ).one_or_none()
    if changed is not None:
        _log(session, "media_stored", fetch, content_type=values["content_type"], size=values["size"])
    return changed is not None


def settle_failed(
    session: Session, fetch: Fetch, reason: str, *, final: bool, retry_after: float | None = None
) -> bool:
    """Note why a try failed; True if it was the last one."""
    last = final or fetch.attempts >= MAX_ATTEMPTS
    values: dict[str, Any] = {"error": reason[:500]}
    if last:
        values |= {"state": MediaState.FAILED, "due_at": None}
    else:
        wait = max(retry_after or 0.0, BACKOFF_SECONDS[fetch.attempts - 1])
        values["due_at"] = clock.now() + timedelta(seconds=min(wait, 3600))
    session.execute(update(Media).where(Media.id == fetch.id, Media.state == MediaState.PENDING).values(values))
    if last:
        _log(session, "media_failed", fetch, attempts=fetch.attempts)
    return last


def retry(session: Session, media_id: int) -> None:
    """Fetch a failed file again, with all its tries.

    Raises:
        NotFound: no such file.
        Conflict: it is stored, or being fetched already.
    """
    changed = session.execute(
        update(Media)
        .where(Media.id == media_id, Media.state == MediaState.FAILED, Media.source_url.is_not(None))
        .values(state=MediaState.PENDING, attempts=0, due_at=clock.now(), error=None)
        .returning(Media.id)
    ).one_or_none()
    if changed is None:
        raise Conflict(f"media {media_id} is {get(session, media_id).state}, not failed")
    wakes_of(session).media.add(media_id)


def add_upload(session: Session, values: dict[str, Any], *, filename: str, claimed: str) -> int:
    """A file from the desk or the API, stored already and not yet part of a message."""
    return session.execute(
        insert(Media)
        .values(
            **values, filename=filename[:240], claimed_type=claimed[:100], state=MediaState.STORED,
            created_at=clock.now(),
        )
        .returning(Media.id)
    ).scalar_one()  # fmt: skip


def to_send(session: Session, media_ids: Sequence[int]) -> tuple[OutMedia, ...]:
    """Files as a reply takes them, in this order: uploaded ones, new or sent before, but none of a customer's.

    Raises:
        InvalidPayload: one is none of these.
    """
    rows = session.execute(
        select(Media.id, Media.content_type, Media.size, Media.filename)
        .outerjoin(Message, Message.id == Media.message_id)
        .where(
            Media.id.in_(media_ids),
            Media.state == MediaState.STORED,
            Message.id.is_(None) | (Message.direction == Direction.OUTBOUND),
        )
    ).all()
    known = {
        row.id: OutMedia(row.content_type or "", media_id=row.id, filename=row.filename, size=row.size) for row in rows
    }
    if missing := [str(media_id) for media_id in media_ids if media_id not in known]:
        raise InvalidPayload(f"no upload {', '.join(missing)}")
    return tuple(known[media_id] for media_id in media_ids)


def handed_in(session: Session, message_id: int) -> tuple[OutMedia, ...]:
    """The files of a message of ours as they were before anything was done to them for a channel."""
    rows = session.execute(
        select(Media.id, Media.content_type, Media.size, Media.filename, Media.storage_key, Media.source_url)
        .where(Media.message_id == message_id)
        .order_by(Media.position)
    ).all()
    return tuple(
        OutMedia(row.content_type or "", row.id, None, row.filename, row.size)
        if row.storage_key
        else OutMedia(row.content_type or "", url=row.source_url, filename=row.filename)
        for row in rows
    )


def get(session: Session, media_id: int) -> MediaFile:
    """One file's facts.

    Raises:
        NotFound: no such file.
    """
    row = session.execute(
        select(
            Media.id, Media.state, Media.content_type, Media.size, Media.sha256, Media.filename,
            Media.storage_key, Media.thumbnail_key, Media.message_id, Media.created_at,
        ).where(Media.id == media_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound(f"no media {media_id}")
    return MediaFile(*tuple(row))


def _due() -> tuple[Any, ...]:
    return Media.state == MediaState.PENDING, or_(Media.due_at.is_(None), Media.due_at <= clock.now())


def _log(session: Session, kind: str, fetch: Fetch, **data: object) -> None:
    log.write(
        session, kind, actor=Author.SYSTEM, contact_id=fetch.contact_id, conversation_id=fetch.conversation_id,
        message_id=fetch.message_id, data={"media_id": fetch.id, **data},
    )  # fmt: skip
