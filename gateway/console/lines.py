"""What happened in a conversation, one short sentence each: told between its messages."""

from collections.abc import Mapping
from typing import Any

from gateway.console import words
from gateway.core.words import Author, Owner
from gateway.models.log_entry import LogEntry

WAYS = {
    "reply_waiting_not_told": "The customer could not be told that a reply waits: {reason}",
    "ladder_climbed": "It went on by another channel",
    "follow_up_set": "A follow-up was set",
    "follow_up_dropped": "The follow-up was dropped: {reason}",
}
ENDED = {"found": "done", "missing": "there is no such order", "failed": "the CRM did not answer"}
"""How something ended that the bot had the CRM do."""
MOODS = {
    "angry": "The customer sounds angry",
    "urgent": "The customer is in a hurry",
    "distressed": "The customer seems to be in distress",
    "neutral": "The customer is calm again",
}
TOLD = (
    "owner_changed",
    "mood_changed",
    "distress_noticed",
    "conversation_resolved",
    "conversation_reopened",
    "contacts_merged",
    "crm_asked",
    *WAYS,
)


def line(entry: LogEntry, names: Mapping[int, str], queues: Mapping[str, str]) -> str:
    """The sentence for a log entry; empty if another one tells it."""
    who = names.get(entry.actor_id or 0, "")
    if entry.kind == "conversation_resolved":
        return f"{who} resolved this" if who else "Resolved"
    if entry.kind == "conversation_reopened":
        return f"{who} reopened this" if who else "Reopened: the customer wrote again"
    if entry.kind == "contacts_merged":
        return "Two contacts turned out to be one; their conversations were joined"
    if entry.kind == "crm_asked":
        return _done(entry.data)
    if entry.kind == "mood_changed":
        return MOODS.get(entry.data.get("to", ""), "") if entry.data.get("to") != entry.data.get("from") else ""
    if entry.kind == "distress_noticed":
        return f"Look at once: {words.danger(entry.data.get('kind', ''))}"
    if entry.kind in WAYS:
        return WAYS[entry.kind].format(reason=str(entry.data.get("reason", "")).replace("_", " "))
    return _owner_line(entry, who, names, queues)


def _done(data: Mapping[str, Any]) -> str:
    ended = ENDED.get(data["result"]) or f"refused ({data.get('refused') or 'no reason given'})"
    return f"The bot asked the CRM: {data['action']} {data['order']} · {ended}".replace("_", " ")


def _owner_line(entry: LogEntry, who: str, names: Mapping[int, str], queues: Mapping[str, str]) -> str:
    data = entry.data
    if data.get("reason") == "reopened":
        return ""
    if data.get("to") == Owner.BOT:
        return f"{who} handed back to the bot" if who else "Handed back to the bot"
    if data.get("to") == Owner.AGENT:
        return _agent_line(entry, who, names.get(data.get("assignee_id") or 0, "an agent"))
    queue = queues.get(data.get("queue") or "", data.get("queue") or "the queue")
    if entry.actor == Author.AGENT:
        return f"{who} moved this to {queue}"
    return f"Handed to people · {queue}"


def _agent_line(entry: LogEntry, who: str, assignee: str) -> str:
    if not who or entry.actor_id == entry.data.get("assignee_id"):
        return f"{assignee} took this conversation"
    return f"{who} gave this to {assignee}"
