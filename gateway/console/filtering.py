"""The filters of inbox and search as the page offers them: what can be chosen, and what is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import request
from sqlalchemy.orm import Session

from gateway.config.running import RunningConfig
from gateway.console import inbox, words
from gateway.core.words import ConversationState
from gateway.desk import filters, users
from gateway.desk.filters import ME, NOBODY, Filters
from gateway.desk.users import Account

WHEN_SEARCHING = ("state", "owner")
"""Filters that a view decides by itself."""
STATES = {ConversationState.OPEN.value: "Open", ConversationState.RESOLVED.value: "Resolved"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with its values; ``chosen``: the one that holds."""

    name: str
    title: str
    values: Mapping[str, str]
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Narrowing:
    choices: Sequence[Choice]
    unread: bool
    chosen: Sequence[str]
    """What holds, in words."""
    total: int
    """How many conversations are left, up to ``inbox.COUNTED``."""
    searching: Choice
    first: str
    last: str
    """The days of a search, as they were given."""


def wanted() -> Filters:
    """What the address asks of the inbox.

    Raises:
        InvalidPayload: a value that nothing can be.
    """
    return filters.read({name: value for name, value in request.args.items() if name not in WHEN_SEARCHING})


def searched() -> Filters:
    """What the address asks of a search."""
    return filters.read(request.args)


def day(name: str) -> date | None:
    """A day in the address; what is none is passed over."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def shown(session: Session, view: inbox.View, who: Account, config: RunningConfig) -> Narrowing:
    """The filters beside a view."""
    choices = [*_choices(session, view.filters, who, config)]
    chosen = [each.values.get(each.chosen, each.chosen) for each in choices if each.chosen]
    days = (found.isoformat() if (found := day(name)) else "" for name in ("from", "to"))
    return Narrowing(
        choices,
        bool(view.filters.unread),
        [*chosen, *(["Unread"] if view.filters.unread else [])],
        inbox.count(session, view, who) if view.filters.kept else 0,
        Choice("state", "Open or resolved", STATES, request.args.get("state", "")),
        *days,
    )


def _choices(session: Session, now: Filters, who: Account, config: RunningConfig) -> Sequence[Choice]:
    business = config.business
    people = {ME: "Me", NOBODY: "Nobody"} | {
        str(each.id): each.name for each in users.agents(session) if each.id != who.id
    }
    return (
        Choice("queue", "Queue", {queue.id: queue.name for queue in business.queues}, now.queue),
        Choice("channel", "Channel", _channels(config), now.channel),
        Choice("language", "Language", {code: words.language(code) for code in business.languages}, now.language),
        Choice("topic", "Topic", {topic.id: topic.name for topic in config.topics.topics.values()}, now.topic),
        Choice("mood", "Mood", words.MOODS, now.mood),
        Choice("priority", "Priority", words.PRIORITIES, now.priority),
        Choice("assignee", "With", people, now.assignee),
    )


def _channels(config: RunningConfig) -> Mapping[str, str]:
    """By their kind, and by their id where there are several of a kind."""
    kinds = [channel.type for channel in config.business.channels]
    return {
        channel.id: words.channel(channel.type) + (f" · {channel.id}" if kinds.count(channel.type) > 1 else "")
        for channel in config.business.channels
        if channel.type != "voice"
    }
