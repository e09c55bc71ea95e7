"""Fetches a file that the provider holds for us and stores it, or says why it could not."""

from dataclasses import asdict

import structlog

from gateway.channels.base import Adapter
from gateway.core.errors import Action, NotFound, SendError
from gateway.core.words import Author
from gateway.desk import log as event_log
from gateway.desk import media
from gateway.desk.media import Fetch
from gateway.runtime import Runtime, current
from gateway.storage.keep import FileRefused, Kept, keep

log = structlog.get_logger(__name__)


def fetch_media(media_id: int) -> None:
    """One try at one file (RQ job); not due or settled already: nothing happens."""
    fetch(current(), media_id)


def fetch(runtime: Runtime, media_id: int) -> None:
    """One try: claim and commit, download outside any transaction, settle."""
    with runtime.work() as session:
        claimed = media.claim(session, media_id)
    if claimed is None:
        return
    try:
        kept, filename = _download(runtime, claimed)
    except SendError as error:
        _fail(runtime, claimed, error)
    except (FileRefused, NotFound) as error:
        _fail(runtime, claimed, SendError("media_refused", str(error), Action.FINAL))
    except Exception as error:  # a full disk, a store that is away: try again, and say what it was
        log.exception("media_fetch_failed", media_id=media_id)
        _fail(runtime, claimed, SendError("media_store", type(error).__name__, Action.RETRY))
    else:
        _store(runtime, claimed, kept, filename)


def _download(runtime: Runtime, claimed: Fetch) -> tuple[Kept, str | None]:
    max_bytes = runtime.settings.media_max_mb * 1_000_000
    with _adapter(runtime, claimed.channel_id).open_media(claimed.source_url) as stream:
        if stream.length is not None and stream.length > max_bytes:
            raise FileRefused(f"larger than {max_bytes / 1_000_000:g} MB")
        kept = keep(
            runtime.storage, stream.chunks, claimed=claimed.claimed_type or stream.content_type, max_bytes=max_bytes
        )
        return kept, stream.filename


def _adapter(runtime: Runtime, channel_id: str) -> Adapter:
    channel = runtime.config().business.channel(channel_id)
    if channel is None:
        raise NotFound(f"channel {channel_id} is no longer in the configuration")
    return runtime.registry.of(channel)


def _store(runtime: Runtime, claimed: Fetch, kept: Kept, filename: str | None) -> None:
    with runtime.work() as session:
        needed = media.settle_stored(session, claimed, asdict(kept), filename)
    if not needed:
        for key in filter(None, (kept.storage_key, kept.thumbnail_key)):
            runtime.storage.delete(key)


def _fail(runtime: Runtime, claimed: Fetch, error: SendError) -> None:
    final = error.action is Action.FINAL
    with runtime.work() as session:
        last = media.settle_failed(session, claimed, str(error), final=final, retry_after=error.retry_after)
        if last and error.action is Action.PAGE:
            event_log.write(
                session, "operator_paged", actor=Author.SYSTEM, message_id=claimed.message_id, data={"code": error.code}
            )
    log.warning("media_not_fetched", media_id=claimed.id, code=error.code, attempts=claimed.attempts, last=last)
