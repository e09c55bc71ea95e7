"""Goes through nodes until one waits or ends: gathers what is said, asked, requested and written on the way.

Pure and bounded: who never comes to a node that waits is given to a person after ``MOST_NODES`` nodes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from automation.faq.model import Mood
from automation.feeling import DISTRESSED
from automation.flows import conditions, facts, filling, giving, typed
from automation.flows.asking import request_of
from automation.flows.effects import Effect, SetAttribute, SetCase, SetTag
from automation.flows.heard import Heard
from automation.flows.library import Library
from automation.flows.model import LONGEST_TRAIL, MOST_PASSED, Flow, HandoffWish, Place, Step, Surroundings
from automation.flows.node_schema import LIST_TITLE, MOST_OPTIONS
from automation.flows.nodes import (
    Action,
    Answer,
    Ask,
    Assign,
    Branch,
    CallOut,
    Choose,
    End,
    Handoff,
    Jump,
    LookUp,
    Nearest,
    Node,
    Say,
    Tagging,
    WaitFor,
)
from automation.flows.requests import Request
from automation.flows.typed import Typed
from automation.places import point_of
from automation.texts import Texts, lead, picked
from gateway.core.replies import Option, OutMedia, Reply

MOST_NODES = 50
MOST_REQUESTS = 10
"""Asked of other systems one after the other, before the customer is heard again or time passes."""
MOST_REPLIES = 10
"""Messages said in one step: what a flow says beyond them is left out."""
SKIP = "skip"
"""The option that skips a question."""
DESCRIPTION = 72
"""Characters that a list shows below a title."""
LOST = "the flow went round in circles"
CONTACT_PREFIX = filling.CONTACT + "."
CASE_PREFIX = "case."

Next = tuple[Flow, str | None]


@dataclass(slots=True)
class Walk:
    """The way so far: replies are gathered, a text right before a question joins it in one message."""

    library: Library
    around: Surroundings
    slots: dict[str, Any] = field(default_factory=dict)
    trail: tuple[str, ...] = ()
    replies: list[Reply] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    asked: int = 0
    """Requests made since the customer was heard."""
    handoff: HandoffWish | None = None
    """People are asked for, and the flow goes on while the customer waits."""
    before: list[Reply] = field(default_factory=list)
    """What was said until then."""
    soothed: bool = False
    passed: tuple[str, ...] = ()
    """The flows gone through since one began; the menu is none."""
    beneath: tuple[Place, ...] = ()
    """Where others wait until this one is over."""
    handed: bool = False
    """People were asked for before this step."""
    holes: bool = False
    """Something was said of what is not known."""

    def text(self, texts: Texts) -> str:
        """The text for this reader, its slots filled as the language it is in writes them."""
        language = picked(texts, self.around.language, self.library.default_language)
        around = replace(self.around, language=language or self.around.language)
        text = facts.told(texts.get(language, ""), self.library, around)
        self.holes = self.holes or filling.has_holes(text, self.slots, around)
        return filling.fill(text, self.slots, around)

    def read(self, wanted: Typed, heard: Heard) -> Any:
        """What is looked for in what was heard; None if it is not there."""
        if wanted.kind == typed.PLACE:
            return typed.place(self.library.places, heard)
        return typed.read(wanted, heard, self.around.now.date())

    def words(self, node: Say | Choose | Ask | Handoff | End) -> str:
        """What a node says: its words for who is angry, where it has any and somebody is."""
        if node.upset and self.around.mood == Mood.ANGRY:
            self.soothed = True
            return self.text(node.upset)
        return self.text(node.text)

    def hand_over(self, wish: HandoffWish) -> None:
        """Ask for people, and go on."""
        self.handoff, self.before, self.replies = wish, [*self.before, *self.replies], []

    def say(self, text: str, media: tuple[OutMedia, ...] = ()) -> None:
        if (text or media) and len(self.replies) < MOST_REPLIES:
            self.replies.append(Reply(text=text, media=media, language=self.around.language))

    def ask(self, reply: Reply) -> None:
        if self.replies and not self.replies[-1].media:
            self.replies.extend(lead(self.replies.pop().text, (reply,)))
        else:
            self.replies.append(reply)

    def keep(self, name: str, value: Any) -> None:
        """Fill a slot, or set an attribute of the contact or a field of the case."""
        if name.startswith(CASE_PREFIX):
            self.effects.append(SetCase(name.removeprefix(CASE_PREFIX), value))
        elif name.startswith(CONTACT_PREFIX):
            self.effects.append(SetAttribute(name.removeprefix(CONTACT_PREFIX), value))
        elif name:
            self.slots[name] = value

    def answered(self, flow: Flow, node: Choose | Ask) -> None:
        """Remember the way back to a question."""
        self.trail = (*self.trail, f"{flow.id}:{node.id}")[-LONGEST_TRAIL:]

    def wait(self, flow: Flow, node_id: str, requests: tuple[Request, ...] = (), asked: int = 0) -> Step:
        handed = self.handed or self.handoff is not None
        place = Place(
            flow.id,
            node_id,
            dict(self.slots),
            trail=self.trail,
            version=self.library.version,
            ticket=self.around.now.isoformat() if requests else "",
            asked=asked,
            passed=tuple(one for one in self.passed if one != flow.id),
            beneath=() if handed else self.beneath,
            handed=handed,
        )
        return self._step(place=place, requests=requests)

    def end(self, handoff: HandoffWish | None = None) -> Step:
        """Nothing waits any more but what waited beneath; a customer who would hear nothing is told so."""
        if handoff or self.handoff or self.handed:
            return self._step(handoff=handoff)
        if not self.replies and not self.returns:
            self.say(self.library.sentences.say("flow_ended", self.around.language))
        return self._step(returns=self.returns)

    @property
    def returns(self) -> tuple[Place, ...]:
        """What comes back after this: not what was done on the way, as by a flow that goes through the other."""
        return tuple(place for place in self.beneath if not set(place.run) <= set(self.passed))

    def _step(
        self,
        place: Place | None = None,
        handoff: HandoffWish | None = None,
        requests: tuple[Request, ...] = (),
        returns: tuple[Place, ...] = (),
    ) -> Step:
        return Step(
            place=place,
            returns=returns,
            replies=tuple([*self.before, *self.replies] if handoff or not self.handoff else self.before),
            then=tuple(self.replies if self.handoff and not handoff else ()),
            soothed=self.soothed,
            requests=requests,
            handoff=handoff or self.handoff,
            path=tuple(self.path),
            answers=tuple(self.answers),
            effects=tuple(self.effects),
        )


def go(walk: Walk, flow: Flow, node_id: str | None) -> Step:
    """On from a node to the next one that waits, hands over or ends."""
    while node_id is not None:
        if len(walk.path) >= MOST_NODES:
            return walk.end(HandoffWish(None, LOST))
        walk.path.append(f"{flow.id}:{node_id}")
        node = flow.nodes[node_id]
        if goto := _beyond(walk, node):
            node_id = goto
            continue
        passing = _PASSING.get(type(node))
        if passing is None:
            return stop(walk, flow, node)
        flow, node_id = passing(walk, flow, node)
    return walk.end()


def _beyond(walk: Walk, node: Node) -> str:
    """The node after one at which nobody waits: after a handoff that the flow outlives, and a survey of who is in
    distress; empty for any other."""
    if isinstance(node, Handoff) and node.then:
        walk.hand_over(_wish(walk, node))
        return node.then
    distressed = walk.around.mood == DISTRESSED
    return (node.skip or node.goto) if isinstance(node, Ask) and node.survey and distressed else ""


def _wish(walk: Walk, node: Handoff) -> HandoffWish:
    return HandoffWish(node.queue, node.reason, walk.words(node), node.priority)


def stop(walk: Walk, flow: Flow, node: Node) -> Step:
    """What a node that waits, hands over or ends comes to."""
    match node:
        case Choose() if walk.returns and not node.remind:
            return _done(walk, node)
        case Choose() | Ask():
            walk.ask(question(walk, flow, node))
            return walk.wait(flow, node.id)
        case Handoff():
            return walk.end(_wish(walk, node))
        case WaitFor():
            return walk.wait(flow, node.id, (request_of(node, walk.slots, walk.around),))
        case LookUp() | Action() | CallOut() if walk.asked < MOST_REQUESTS:
            return walk.wait(flow, node.id, (request_of(node, walk.slots, walk.around),), walk.asked + 1)
        case LookUp() | Action() | CallOut():
            return walk.end(HandoffWish(None, LOST))
        case End():
            walk.say(walk.words(node))
    return walk.end()


def _done(walk: Walk, courtesy: Choose) -> Step:
    """Where another flow waits beneath, a mere courtesy is not waited for: said only where nothing else was."""
    if not walk.replies:
        walk.say(walk.words(courtesy))
    return walk.end()


def question(walk: Walk, flow: Flow, node: Choose | Ask) -> Reply:
    language = walk.around.language
    options = suggestions(walk, flow, node) if isinstance(node, Ask) else walk.library.options(flow.id, node, language)
    if not options:
        return Reply(text=walk.words(node), language=language)
    button = walk.text(node.list_button) or walk.library.sentences.say("list_button", language)
    return Reply(text=walk.words(node), options=options, language=language, list_button=button)


def target(flow: Flow, node: Choose | Ask, option: str) -> str:
    """What an option of a question leads to, for ever."""
    return f"{flow.id}:{node.id}:{option}"


def suggestions(walk: Walk, flow: Flow, node: Ask) -> tuple[Option, ...]:
    """The values that are known already and may be tapped (texts, or records with what they are about), and to skip."""
    known = filling.value_of(node.suggest, walk.slots, walk.around) if node.suggest else None
    parts = known.split(",") if isinstance(known, str) else known if isinstance(known, list) else []
    found = [_suggestion(walk, part) for part in parts[: MOST_OPTIONS - bool(node.skip_title)]]
    options = [Option(target(flow, node, title), title, about) for title, about in found if title]
    skips = [Option(target(flow, node, SKIP), walk.text(node.skip_title))] if node.skip_title else []
    return (*options, *skips)


def _suggestion(walk: Walk, part: object) -> tuple[str, str]:
    """Title and description, as long as lists show them."""
    title, about = (part.get("number"), part.get("items")) if isinstance(part, Mapping) else (part, None)
    return str(title or "").strip()[:LIST_TITLE], str(about or "")[:DESCRIPTION]


def enter(walk: Walk, flow_id: str) -> tuple[Flow, str]:
    """The beginning of a flow: what it takes stands in the words that led to it, or was told before."""
    flow = walk.library.flows[flow_id]
    if flow_id not in (walk.library.menu, *walk.passed):
        walk.passed = (*walk.passed, flow_id)[-MOST_PASSED:]
    for slot, wanted in flow.takes.items():
        found = walk.read(wanted, walk.around.heard)
        told = wanted.kind == typed.ORDER and not wanted.here_only
        found = found or (walk.around.case.get("order") if told else None)
        if found and not walk.slots.get(slot):
            walk.keep(slot, found)
    return flow, flow.start


def gives(walk: Walk, answer_id: str) -> bool:
    """Whether there is such an answer, for this customer and at this hour."""
    answer = walk.library.answers.get(answer_id)
    return answer is not None and giving.suits(answer, look(walk))


def give(walk: Walk, answer_id: str) -> str | None:
    """Say the FAQ's answer, if it is given here; returns the flow it goes on with, if any."""
    if not gives(walk, answer_id):
        return None
    answer = walk.library.answers[answer_id]
    walk.answers.append(answer_id)
    walk.soothed = walk.soothed or bool(answer.upset and walk.around.mood == Mood.ANGRY)
    reply = giving.said(walk.library, answer, walk.around.language, look(walk))
    text = filling.fill(facts.told(reply.text, walk.library, walk.around), {}, walk.around)
    reply = replace(reply, text=text)
    if (reply.text or reply.media) and len(walk.replies) < MOST_REPLIES:
        walk.replies.append(reply)
    return answer.goto


def _say(walk: Walk, flow: Flow, node: Say) -> Next:
    walk.say(walk.words(node), node.media)
    return flow, node.goto


def _answer(walk: Walk, flow: Flow, node: Answer) -> Next:
    follow_up = give(walk, node.answer)
    return enter(walk, follow_up) if follow_up else (flow, node.goto)


def _jump(walk: Walk, _flow: Flow, node: Jump) -> Next:
    flow, first = enter(walk, node.flow)
    return flow, node.at or first


def _branch(walk: Walk, flow: Flow, node: Branch) -> Next:
    return flow, next((way.goto for way in node.ways if conditions.holds(way.when, look(walk))), node.goto)


def look(walk: Walk) -> conditions.Look:
    return partial(_known, walk)


def _known(walk: Walk, subject: str, name: str) -> Any:
    around = walk.around
    if subject in ("slot", "contact"):
        return filling.value_of(f"contact.{name}" if subject == "contact" else name, walk.slots, around)
    if subject == "case":
        found = (e.value for e in reversed(walk.effects) if isinstance(e, SetCase) and e.name == name)
        return next(found, around.case.get(name))
    if subject == "open":
        return tuple(hours for hours, calendar in walk.library.calendars.items() if calendar.is_open(around.now))
    return {"tag": around.tags, "channel": around.channel, "language": around.language, "mood": around.mood}[subject]


def _assign(walk: Walk, flow: Flow, node: Assign) -> Next:
    for name, value in node.values.items():
        walk.keep(name, filling.bounded(filling.fill_all(value, walk.slots, walk.around)))
    return flow, node.goto


def _tag(walk: Walk, flow: Flow, node: Tagging) -> Next:
    walk.effects += [*(SetTag(name) for name in node.add), *(SetTag(name, on=False) for name in node.remove)]
    return flow, node.goto


def _nearest(walk: Walk, flow: Flow, node: Nearest) -> Next:
    here = point_of(filling.value_of(node.place, walk.slots, walk.around))
    found = facts.nearest_branch(walk.library, here, walk.around) if here else None
    if found is None:
        return flow, node.missing or node.goto
    walk.keep(node.into, found)
    return flow, node.goto if found["km"] <= node.within_km else node.far or node.goto


_PASSING: Mapping[type, Callable[[Walk, Flow, Any], Next]] = {
    Say: _say,
    Answer: _answer,
    Jump: _jump,
    Branch: _branch,
    Assign: _assign,
    Tagging: _tag,
    Nearest: _nearest,
}
