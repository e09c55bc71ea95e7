"""The kinds of nodes a flow is made of: plain values, checked when they were loaded; texts by language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta

from automation.flows.conditions import Condition
from automation.flows.typed import Typed
from automation.texts import Texts
from gateway.core.replies import OutMedia


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a ``choose`` node; ``words`` are further phrases that pick it (normalised)."""

    id: str
    title: Texts
    goto: str
    description: Texts = field(default_factory=dict)
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Say:
    """Says ``text`` and goes on."""

    id: str
    text: Texts
    goto: str | None
    media: tuple[OutMedia, ...] = ()
    upset: Texts = field(default_factory=dict)
    """Said in place of ``text`` to who is angry; empty: the same. So in every node that has one."""


@dataclass(frozen=True, slots=True)
class Choose:
    """Asks, offers options and waits for one of them, which ``into`` keeps by its id."""

    id: str
    text: Texts
    options: tuple[Choice, ...]
    list_button: Texts = field(default_factory=dict)
    into: str = ""
    tries: int = 0
    """How often it asks before it goes on with ``otherwise``; 0: as often as it takes."""
    otherwise: str = ""
    """A node; empty: the flow that asks for a person."""
    remind: bool = True
    """False: it is not asked again after a question of theirs was answered; the options still work."""
    upset: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Instead:
    """Something of another type that is taken in place of what is asked for, and where it leads."""

    typed: Typed
    goto: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Asks for something of a type and waits for it; the answer is kept in the slot ``into``."""

    id: str
    text: Texts
    typed: Typed
    into: str
    goto: str
    invalid: Texts = field(default_factory=dict)
    """What is said to an answer that does not fit; empty: the bot's own sentence for the type."""
    tries: int = 3
    otherwise: str = ""
    """A node for who has no fitting answer; empty: the flow that asks for a person."""
    skip: str = ""
    """A node for who writes "skip"; empty: the question cannot be skipped."""
    skip_title: Texts = field(default_factory=dict)
    """The button that skips it; empty: there is none."""
    survey: str = ""
    """The measure that the answer counts for: ``csat``, ``nps``; empty: none."""
    literal: bool = False
    """Whatever is written is the answer, also what looks like another question."""
    collect: str = ""
    """The slot that keeps files which come beside or instead of the words asked for."""
    caption: str = ""
    """The slot that keeps words which come with the file asked for."""
    instead: Mapping[str, "Instead"] = field(default_factory=dict)
    """Slot → what else is taken for an answer."""
    suggest: str = ""
    """The slot, or a field of one, whose values are offered to tap; empty: none are."""
    list_button: Texts = field(default_factory=dict)
    upset: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Way:
    when: Condition
    goto: str


@dataclass(frozen=True, slots=True)
class Branch:
    """Goes the first way whose condition holds, else on with ``goto``."""

    id: str
    ways: tuple[Way, ...]
    goto: str


@dataclass(frozen=True, slots=True)
class Assign:
    """Fills slots, and attributes of the contact where a name begins with ``contact.``."""

    id: str
    values: Mapping[str, object]
    goto: str


@dataclass(frozen=True, slots=True)
class Tagging:
    """Puts tags on the contact and takes others off."""

    id: str
    add: tuple[str, ...]
    remove: tuple[str, ...]
    goto: str


@dataclass(frozen=True, slots=True)
class LookUp:
    """Asks the CRM for an order, a customer, an invoice; ``by`` are texts with slots."""

    id: str
    what: str
    by: Mapping[str, str]
    into: str
    goto: str
    missing: str
    failed: str
    not_offered: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Has the CRM do something; ``fields`` are texts with slots. ``refused``, ``missing``: nodes, or empty."""

    id: str
    action: str
    fields: Mapping[str, str]
    into: str
    goto: str
    refused: str
    missing: str
    failed: str
    not_offered: str = ""


@dataclass(frozen=True, slots=True)
class CallOut:
    """Calls the business's own service. ``expects``: the answer's fields that are kept, and their types."""

    id: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: Mapping[str, object]
    expects: Mapping[str, str]
    timeout_seconds: float
    into: str
    goto: str
    missing: str
    failed: str


@dataclass(frozen=True, slots=True)
class WaitFor:
    """Goes on after ``span``, or at the next ``clock`` time; with ``heard`` as soon as the customer writes."""

    id: str
    goto: str
    span: timedelta | None = None
    clock: time | None = None
    heard: str = ""
    """Empty: with ``goto`` then, too."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """Finds the branch nearest to the location in the slot ``place`` and keeps what customers want to know of it."""

    id: str
    place: str
    into: str
    goto: str
    within_km: float
    far: str = ""
    """A node for who is farther away; empty: on with ``goto``."""
    missing: str = ""
    """A node for whom there is none: no location in the slot, or no branch at all; empty: on with ``goto``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Gives the FAQ's answer and goes on."""

    id: str
    answer: str
    goto: str | None


@dataclass(frozen=True, slots=True)
class Jump:
    """Goes on in another flow, with the slots there are: at one of its nodes, or from its start."""

    id: str
    flow: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Handoff:
    """Asks for a person; ``queue`` None is the channel's or the business's default one."""

    id: str
    queue: str | None
    reason: str
    text: Texts = field(default_factory=dict)
    priority: str = "normal"
    upset: Texts = field(default_factory=dict)
    then: str = ""
    """A node to go on with while the customer waits for people; empty: nothing is asked any more."""


@dataclass(frozen=True, slots=True)
class End:
    """Ends the flow, with a last word if there is one."""

    id: str
    text: Texts = field(default_factory=dict)
    upset: Texts = field(default_factory=dict)


Question = Choose | Ask
Asking = LookUp | Action | CallOut
"""They wait for another system's answer."""
Requesting = Asking | WaitFor
Waiting = Question | Requesting
Node = Say | Waiting | Nearest | Branch | Assign | Tagging | Answer | Jump | Handoff | End
