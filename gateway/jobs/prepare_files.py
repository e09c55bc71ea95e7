"""Makes the files of a message ready for its channel: converted, or as links in words, before it may be sent."""

import time
from dataclasses import dataclass, replace
from typing import Any

import structlog

from gateway.core.capabilities import capabilities_of
from gateway.core.replies import OutMedia
from gateway.core.words import ChannelType
from gateway.desk import attachments, media, preparing, variants
from gateway.desk.media import MediaFile
from gateway.desk.preparing import Waiting
from gateway.jobs.sending import link_of
from gateway.runtime import Runtime, current
from gateway.storage.convert import convert
from gateway.storage.store import new_key

SECONDS = 20.0
"""No conversion is begun after this: RQ ends a job at 60 s, and the sweep rings for what is left."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ready:
    """A file as it goes out, or the link in its place; ``note`` says what was done to it."""

    file: OutMedia | None
    link: str = ""
    why: str = ""
    note: str = ""


def prepare_files(message_id: int) -> None:
    """RQ's way in; nothing to do, or somebody does it: nothing happens."""
    prepare(current(), message_id)


def prepare(runtime: Runtime, message_id: int) -> None:
    """Claim and commit, convert outside any transaction, settle each delivery as soon as it is ready."""
    until = time.monotonic() + SECONDS
    with runtime.work() as session:
        waiting = preparing.take(session, message_id)
    for delivery in waiting:
        if time.monotonic() < until:
            _prepare(runtime, delivery)


def _prepare(runtime: Runtime, waiting: Waiting) -> None:
    ready = [_made_ready(runtime, file, waiting.channel_type) for file in waiting.files]
    links = [each.link for each in ready if each.link]
    why = next((each.why for each in ready if each.link), "")
    limit = capabilities_of(ChannelType(waiting.channel_type)).text
    body = attachments.with_links(waiting.body, why, links, waiting.channel_type, waiting.language, limit)
    notes = {given.position: each.note for given, each in zip(waiting.files, ready, strict=True) if each.note}
    with runtime.work() as session:
        preparing.settle(session, waiting, body, [each.file for each in ready if each.file], notes)


def _made_ready(runtime: Runtime, file: OutMedia, channel_type: str) -> Ready:
    if not file.why:
        return Ready(file)
    if not file.to or file.media_id is None:
        return _linked(runtime, file, channel_type)
    with runtime.database.read() as session:
        stored = media.get(session, file.media_id)
        made = variants.find(session, stored.sha256 or "", variants.recipe_of(file))
    made = made or _make(runtime, file, stored)
    if made.why:
        return _linked(runtime, replace(file, why=made.why), channel_type)
    if made.storage_key is None:
        return Ready(replace(file, why="", to="", most_bytes=0))  # right as it is
    note = attachments.note(file, channel_type, made=made.content_type)
    name = variants.renamed(file.filename, made.content_type)
    return Ready(OutMedia(made.content_type, file.media_id, filename=name, variant_id=made.id), note=note)


def _make(runtime: Runtime, file: OutMedia, stored: MediaFile) -> Any:
    """Convert it and remember what came of it; the bytes are stored before the row that names them."""
    with runtime.storage.open(stored.storage_key or "") as source:
        done = convert(source, stored.content_type or "", file.to, file.most_bytes)
    key = new_key() if done.data is not None else None
    if key and done.data is not None:
        runtime.storage.put(key, [done.data])
    values = {"content_type": file.to, "size": len(done.data or b"") or None, "storage_key": key, "why": done.why}
    with runtime.work() as session:
        kept = variants.keep(session, stored.sha256 or "", variants.recipe_of(file), values)
    if key and kept.storage_key != key:
        runtime.storage.delete(key)  # another process was faster
    return kept


def _linked(runtime: Runtime, file: OutMedia, channel_type: str) -> Ready:
    """A link in the file's place."""
    return Ready(None, link_of(runtime.settings, file), file.why, attachments.note(file, channel_type))
