"""Conversations as data (``config/flows/tests/*.yaml``), played against the bot as it would answer today."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from automation.flows.talks import FILES
from gateway.commands.flow_answers import answers_of
from gateway.config.load import is_talk, load_all
from gateway.config.running import RunningConfig
from gateway.core.events import InboundMedia, Location
from gateway.core.replies import Option, Reply
from gateway.core.words import ChannelType, Kind
from gateway.crm.memory import MemoryCrm
from handlers.rehearsal import NOBODY, Rehearsal, Sent
from handlers.situation import Decision

KINDS = {"photo": Kind.IMAGE, "voice": Kind.VOICE, "video": Kind.VIDEO, "document": Kind.DOCUMENT}
SOMEWHERE = Location(24.8607, 67.0011, "Saddar", None)


@dataclass(frozen=True, slots=True)
class Played:
    """A conversation and where it went another way; no ``differences``: as it is told."""

    file: str
    name: str
    differences: tuple[str, ...]


def play_all(files: Mapping[str, str], config: RunningConfig) -> list[Played]:
    """Every conversation of the folder, in the order of the files; each has the CRM of ``crm/*.csv`` to itself."""
    loaded, _ = load_all({name: text for name, text in files.items() if is_talk(name)})
    return [
        Played(file.file, talk["name"], tuple(_differences(talk, config, files)))
        for file in loaded
        for talk in (file.data or {}).get("conversations", ())
    ]


def _differences(talk: Mapping[str, Any], config: RunningConfig, files: Mapping[str, str]) -> Iterator[str]:
    at = datetime.strptime(talk["at"], "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(config.business.timezone))
    crm = MemoryCrm.of_files(files, at.date(), config.crm) if talk["crm"] == "up" else None
    rehearsal = Rehearsal(
        config,
        at,
        talk.get("language"),
        ChannelType(talk["channel"]),
        talk["contact"],
        dict(talk["attributes"]),
        list(talk["tags"]),
        phone=talk["phone"] or NOBODY,
        ask=answers_of(crm, talk["calls"]),
    )
    for number, turn in enumerate(talk["turns"], 1):
        sent = _sent(turn, rehearsal.standing.offered)
        if sent is None:
            shown = ", ".join(option.title for option in rehearsal.standing.offered) or "no option"
            yield f"turn {number}: cannot tap {turn['taps']!r}: {shown} is shown"
            return
        decision, replies = rehearsal.hear(sent, timedelta(minutes=turn["after_minutes"]))
        lines = [line for told in _compare(turn, decision, replies, rehearsal) for line in told]
        if lines:
            yield "\n".join([f"turn {number}, {_heard(turn)}:", *lines])


def _sent(turn: Mapping[str, Any], offered: tuple[Option, ...]) -> Sent | None:
    """What the customer does; None for an option that is not shown."""
    if "taps" in turn:
        option = next((option for option in offered if option.title == turn["taps"]), None)
        return Sent(tapped=option) if option else None
    if turn.get("sends") == "location":
        return Sent(location=SOMEWHERE, kind=Kind.LOCATION)
    if "sends" in turn:
        file = InboundMedia("https://example.invalid/file", FILES[turn["sends"]], turn["sends"])
        return Sent(files=(file,), kind=KINDS[turn["sends"]])
    return Sent(turn["hears"])


def _heard(turn: Mapping[str, Any]) -> str:
    return next(f"{key} {turn[key]!r}" for key in ("hears", "taps", "sends") if key in turn)


def _compare(
    turn: Mapping[str, Any], decision: Decision, replies: list[Reply], after: Rehearsal
) -> Iterator[tuple[str, ...]]:
    """For each expectation that fails: what was told, and what happened."""
    said = "\n".join(reply.text for reply in replies)
    if missing := _not_said(turn.get("says", ()), said):
        yield from _told("says", missing, said or "nothing")
    facts = {
        "offers": [option.title for option in decision.offered],
        "hands_over": decision.handoff is not None,
        "queue": decision.handoff.queue if decision.handoff else None,
        "waits_at": f"{after.standing.flow}:{after.standing.node}" if after.standing.node else "",
        "slots": {name: value for name, value in after.slots.items() if name in turn.get("slots", {})},
        "tags": list(after.tags),
    }
    for key, fact in facts.items():
        if key in turn and turn[key] != fact:
            yield from _told(key, turn[key], fact)


def _not_said(parts: list[str], said: str) -> str | None:
    """The first part that does not follow the ones before it."""
    at = 0
    for part in parts:
        found = said.find(part, at)
        if found < 0:
            return part
        at = found + len(part)
    return None


def _told(key: str, told: object, fact: object) -> Iterator[tuple[str, ...]]:
    yield (*_lines("-", key, told), *_lines("+", key, fact))


def _lines(sign: str, key: str, value: object) -> Iterator[str]:
    first, *rest = str(value).splitlines() or [""]
    yield f"  {sign} {key}: {first}"
    yield from (f"  {sign}   {line}" for line in rest)
