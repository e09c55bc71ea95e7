"""Marks what customers wrote as read and shows that we are writing: best effort, never tried again, never late."""

import time
from collections.abc import Sequence

import structlog
from prometheus_client import Counter

from gateway.core.errors import SendError
from gateway.desk import reading
from gateway.runtime import Runtime, current

STALE_SECONDS = 6.0
"""After this the answer has probably arrived, and dots below it would promise another one."""
AGAIN_AFTER_SECONDS = 20
"""The dots last 25 s."""

log = structlog.get_logger(__name__)
marks = Counter("rabta_read_marks_total", "Read marks by how they ended", ["outcome"])


def mark_read(conversation_ids: Sequence[int], rung_at: float) -> None:
    """RQ's way in; ``rung_at`` in Unix seconds."""
    for conversation_id in conversation_ids:
        if time.time() - rung_at > STALE_SECONDS:
            marks.labels("late").inc()
            return
        mark(current(), conversation_id)


def mark(runtime: Runtime, conversation_id: int) -> None:
    """Mark the customer's newest message, once in 20 s; what the provider says to it does not matter."""
    with runtime.database.read() as session:
        heard = reading.newest_heard(session, conversation_id)
    channel = heard and runtime.config().business.channel(heard.channel_id)
    if not heard or not channel or not channel.read_marks:
        return
    adapter = runtime.registry.of(channel)
    if channel.type not in adapter.shows_typing:
        return
    if not runtime.waker.first(f"typing:{channel.provider}:{heard.external_id}", AGAIN_AFTER_SECONDS):
        return
    try:
        adapter.show_typing(heard.external_id)
        marks.labels("shown").inc()
    except SendError as error:
        marks.labels("refused").inc()
        log.info("not_marked_read", conversation_id=conversation_id, code=error.code)
