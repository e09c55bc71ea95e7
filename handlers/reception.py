"""How somebody who is handed over is received: where they come to stand, and what they are told of it.

``online``: somebody is there who can do it; ``nobody_online``: open, and nobody is; ``overflow``: their queue is full
or slow, another takes them; ``crowded``: it is full, and there is no other; ``closed``; ``unknown``: nobody at this
desk says where they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.core.business import Queue
from gateway.core.words import Author, ConversationState, Owner
from gateway.desk import conversations, log, notices, routing
from handlers.handing import closed_until

WORDS: Mapping[str, str] = {
    "nobody_online": "nobody_online",
    "overflow": "overflow_told",
    "crowded": "many_waiting",
}
"""Outcome → the sentence that tells of it; the others need none beside the notice of the handoff."""


@dataclass(frozen=True, slots=True)
class Reception:
    """Which queue takes them, and how that stands."""

    queue: str
    outcome: str


def receive(session: Session, config: RunningConfig, queue_id: str, channel_id: str) -> Reception:
    """Where who is handed to a queue comes to stand."""
    queue = config.business.queue(queue_id)
    if queue is None:
        return Reception(queue_id, "unknown")
    if closed_until(config, queue_id, channel_id)[0]:
        return Reception(queue_id, "closed")
    if queue.max_waiting is not None and routing.waiting_in(session, queue_id, queue.max_waiting) >= queue.max_waiting:
        other = _other(config, queue, channel_id)
        return Reception(other.id, "overflow") if other else Reception(queue_id, "crowded")
    somebody = routing.anybody_for(session, queue)
    return Reception(queue_id, {True: "online", False: "nobody_online", None: "unknown"}[somebody])


def told(config: RunningConfig, usual: str, outcome: str, language: str) -> str:
    """The notice of a handoff with how it stands; silence stays silence."""
    key = WORDS.get(outcome)
    return f"{usual}\n\n{config.texts.say(key, language)}" if usual and key else usual


def move_on(session: Session, config: RunningConfig, conversation_id: int, queue: Queue) -> bool:
    """Let another queue take somebody who waited too long, and tell them; False: it is not so, or not possible now."""
    found = conversations.lock(session, conversation_id)
    here = found.owner == Owner.QUEUE and found.queue == queue.id and found.state == ConversationState.OPEN
    other = _other(config, queue, found.channel_id)
    if not here or other is None or not _too_long(config, queue, found):
        return False
    moved = conversations.change_owner(
        session, found, owner=Owner.QUEUE, queue=other.id, actor=Author.SYSTEM, reason="overflow"
    )
    words = config.texts.say("overflow_told", moved.language or config.business.default_language)
    said = notices.tell(session, moved, words, config)
    data = {"from": queue.id, "to": other.id, "told": said}
    about = {"contact_id": moved.contact_id, "conversation_id": moved.id}
    log.write(session, "overflowed", actor=Author.SYSTEM, queue=other.id, data=data, **about)
    return True


def _other(config: RunningConfig, queue: Queue, channel_id: str) -> Queue | None:
    """The queue that takes what this one cannot, if people are there."""
    other = config.business.queue(queue.overflow_to)
    return None if other is None or closed_until(config, other.id, channel_id)[0] else other


def _too_long(config: RunningConfig, queue: Queue, found: conversations.OpenConversation) -> bool:
    """In hours of the queue: who came last night has not waited since then."""
    if queue.overflow_after_minutes is None or found.waiting_since is None:
        return False
    now, limit = clock.now(), timedelta(minutes=queue.overflow_after_minutes)
    people = config.people(queue.id, found.channel_id)
    waited = people.open_time_between(found.waiting_since, now) if people else now - found.waiting_since
    return waited >= limit
