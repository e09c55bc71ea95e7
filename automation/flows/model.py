"""A flow, a contact's place in it, what is heard and around them, and what comes of one step: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from automation.flows.effects import Effect
from automation.flows.heard import Heard
from automation.flows.nodes import Node
from automation.flows.requests import Request
from automation.flows.typed import Typed
from automation.texts import Texts
from gateway.core.replies import Reply

LONGEST_TRAIL = 10
"""Questions that ``back`` can go back over."""
MOST_BENEATH = 2
"""Flows that wait beneath the one that is under way."""
MOST_PASSED = 20


@dataclass(frozen=True, slots=True)
class Flow:
    id: str
    start: str
    nodes: Mapping[str, Node]
    words: frozenset[str] = frozenset()
    """Normalised texts that start this flow when they are the whole message."""
    interrupts: bool = False
    """Its words work in the middle of another flow too."""
    timeout_minutes: int = 60
    by_location: bool = False
    """A location that nobody asked for starts it."""
    takes: Mapping[str, Typed] = field(default_factory=dict)
    """Slots that are filled from the words the flow begins with, if they are there."""
    title: Texts = field(default_factory=dict)
    """What it is about, as the bot names it when it comes back to it: "your change of address"."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contact stands: a flow of a config's version, the node that waits for them, what they answered so far.

    ``tries`` counts answers that did not fit; ``trail`` names the questions answered, oldest first (``flow:node``);
    ``ticket`` tells the answer to this request from those to earlier ones (it is the moment of asking); ``asked``
    counts requests made since the customer was heard. ``passed`` are the other flows gone through since one began;
    ``beneath`` are the places of others that wait until it is over, the last of them first; ``handed``: people are
    asked for already, and this is asked as the customer waits.
    """

    flow: str
    node: str
    slots: Mapping[str, Any] = field(default_factory=dict)
    tries: int = 0
    trail: tuple[str, ...] = ()
    version: int = 0
    ticket: str = ""
    asked: int = 0
    passed: tuple[str, ...] = ()
    beneath: tuple["Place", ...] = ()
    handed: bool = False

    @property
    def run(self) -> tuple[str, ...]:
        """All flows of this run."""
        return (*self.passed, self.flow)

    @property
    def kept(self) -> dict[str, Any]:
        """What is kept beside flow and node, as JSON; only what is there."""
        parts = {"slots": dict(self.slots), "tries": self.tries, "trail": list(self.trail)}
        parts |= {"ticket": self.ticket, "asked": self.asked, "passed": list(self.passed), "handed": self.handed}
        parts["beneath"] = [
            {"flow": one.flow, "node": one.node, "version": one.version, **one.kept} for one in self.beneath
        ]
        return {name: value for name, value in parts.items() if value}


def place_of(flow: str, node: str, kept: Mapping[str, Any], version: int = 0) -> Place:
    """The place that ``Place.kept`` was taken from."""
    trail = tuple(str(step) for step in kept.get("trail", ()))[-LONGEST_TRAIL:]
    beneath = tuple(place_of(one["flow"], one["node"], one, one["version"]) for one in kept.get("beneath", ()))
    return Place(
        flow,
        node,
        kept.get("slots", {}),
        int(kept.get("tries", 0)),
        trail,
        version,
        kept.get("ticket", ""),
        int(kept.get("asked", 0)),
        tuple(kept.get("passed", ())),
        beneath[-MOST_BENEATH:],
        bool(kept.get("handed")),
    )


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a flow may look at beside the words: the reader's language, the channel, the hour, the contact."""

    language: str = "en"
    channel: str = ""
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    """In the business's time zone: dates are counted from its day."""
    name: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    mood: str = ""
    """The conversation's, with the message that is answered."""
    case: Mapping[str, Any] = field(default_factory=dict)
    """What is known of the matter, by the names of ``automation.case``."""
    heard: Heard = field(default_factory=Heard)
    """What was just heard: a flow that begins with it finds in it what it takes."""


@dataclass(frozen=True, slots=True)
class HandoffWish:
    """``text``: the flow's own words for the notice, empty for the usual sentence."""

    queue: str | None
    reason: str
    text: str = ""
    priority: str = "normal"


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one thing heard.

    ``place`` None: nothing waits any more. ``understood`` False: ``place`` and ``replies`` are for the caller to use
    if nobody else (FAQ, triggers) has an answer: they ask again, or go on where no more tries are left. ``sure``
    False: any text would have been taken. ``path`` names the nodes passed (``flow:node``), ``answers`` the FAQ
    answers given; ``requests`` are to be made, ``effects`` to be written. ``then`` is said after the notice of the
    handoff; ``soothed``: a text for who is angry was among what is said.
    """

    place: Place | None
    replies: tuple[Reply, ...] = ()
    requests: tuple[Request, ...] = ()
    handoff: HandoffWish | None = None
    understood: bool = True
    path: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    sure: bool = True
    then: tuple[Reply, ...] = ()
    soothed: bool = False
    returns: tuple[Place, ...] = ()
    """The flow is over, and these waited beneath it: the last of them comes back (``engine.come_back``)."""
