"""What was made of files for channels: found by the hash of what it was made from, kept once."""

import mimetypes
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import NotFound
from gateway.core.replies import OutMedia
from gateway.desk import dialect
from gateway.desk.media import MediaFile
from gateway.models.message import Variant
from gateway.models.tables import metadata

variants = metadata.tables[Variant.__tablename__]


def _first_wins(statement: dialect.Insert) -> Any:
    """The row that was there first stays; naming it anew makes it come back."""
    settled = statement.on_conflict_do_update(
        index_elements=[variants.c.sha256, variants.c.recipe], set_={"recipe": statement.excluded.recipe}
    )
    return settled.returning(variants)


KEEP = dialect.both(variants, _first_wins)
FIND = select(variants).where(variants.c.sha256 == bindparam("hash"), variants.c.recipe == bindparam("wanted"))
BY_ID = select(variants).where(variants.c.id == bindparam("variant"))


def recipe_of(file: OutMedia) -> str:
    """What is wanted of a file, as variants are told apart by it."""
    return f"{file.to}<{file.most_bytes}"


def find(session: Session, sha256: str, recipe: str) -> Any | None:
    """What was made before, or was found impossible (``why``)."""
    return session.execute(FIND, {"hash": sha256, "wanted": recipe}).first()


def keep(session: Session, sha256: str, recipe: str, values: dict[str, Any]) -> Any:
    """Remember what was made (``content_type``, ``size``, ``storage_key``, ``why``); returns the one that counts."""
    row = values | {"sha256": sha256, "recipe": recipe, "created_at": clock.now()}
    return session.execute(KEEP[dialect.name_of(session)], row).one()


def in_place_of(session: Session, file: MediaFile, variant_id: int) -> MediaFile:
    """The file as it is served to the channel the variant was made for.

    Raises:
        NotFound: no such variant of this file.
    """
    row = session.execute(BY_ID, {"variant": variant_id}).first()
    if row is None or row.sha256 != file.sha256 or row.storage_key is None:
        raise NotFound(f"no variant {variant_id} of media {file.id}")
    return replace(
        file,
        content_type=row.content_type,
        size=row.size,
        sha256=f"{row.sha256}-{row.id}",
        storage_key=row.storage_key,
        filename=renamed(file.filename, row.content_type),
    )


def renamed(filename: str | None, content_type: str) -> str | None:
    """The name with the ending of what the file has become."""
    ending = ".ogg" if content_type == "audio/ogg" else mimetypes.guess_extension(content_type)
    if not filename or not ending:
        return filename
    stem, dot, _ = filename.rpartition(".")
    return (stem if dot and stem else filename) + ending
