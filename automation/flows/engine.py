"""Walks a contact through a flow: what was heard and where they stood give what to say and where they stand now."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

from automation.flows import commands, filling, questions, walk
from automation.flows.digression import is_question
from automation.flows.effects import SetLanguage
from automation.flows.heard import Heard
from automation.flows.library import FAQ_PREFIX, FLOW_PREFIX, LANGUAGE_PREFIX, Library
from automation.flows.model import Flow, Place, Step, Surroundings
from automation.flows.nodes import Ask, Asking, CallOut, Choose, Question, WaitFor
from automation.flows.requests import Act, Answered, Result
from automation.flows.typed import PLACE
from automation.flows.walk import MOST_NODES, Walk
from automation.places import LONGEST_NAME
from automation.texts import lead
from gateway.core.replies import Option, Reply

__all__ = [
    "MOST_NODES", "ask_again", "awaits_answer", "come_back", "command", "follow", "matters", "offer", "resume", "start",
    "step",
]  # fmt: skip

QUESTIONS = get_args(Question)
ASKING = get_args(Asking)
LONGEST_REQUEST = timedelta(minutes=1)
"""An answer that has not come by then will not: what the customer writes next goes on without it."""
NOT_HERE = Step(place=None, understood=False)
KEPT = (Result.FOUND, Result.REFUSED)


def step(library: Library, place: Place, heard: Heard, around: Surroundings) -> Step:
    """What comes of ``heard`` at ``place``; a place that the config no longer has is left."""
    flow, node = _find(library, place)
    way = _walk(library, around, place)
    if isinstance(node, QUESTIONS):
        if gathered := questions.gather(way, place, flow, node, heard):
            return gathered
        reading = questions.read(way, flow, node, heard)
        return questions.answer(way, flow, node, reading) if reading else questions.again(way, place, flow, node)
    if isinstance(node, WaitFor):
        return replace(walk.go(way, flow, node.heard or node.goto), sure=False)
    if isinstance(node, Asking):
        return _still_asking(library, place, flow, node, around)
    return NOT_HERE


def start(library: Library, flow_id: str, around: Surroundings, beneath: tuple[Place, ...] = ()) -> Step:
    """A flow from its beginning, while others wait ``beneath`` it; an unknown one is not understood."""
    if flow_id not in library.flows:
        return NOT_HERE
    way = Walk(library, around, beneath=beneath)
    return walk.go(way, *walk.enter(way, flow_id))


def resume(library: Library, place: Place, answered: Answered, around: Surroundings) -> Step:
    """What comes of a request's answer at the node that waits for it; of any other place: not understood."""
    flow, node = _find(library, place)
    way = _walk(library, around, place)
    if isinstance(node, WaitFor):
        return walk.go(way, flow, node.goto)
    if not isinstance(node, Asking):
        return NOT_HERE
    way.asked = place.asked
    if answered.result in KEPT:
        way.keep(node.into, _expected(node, answered.value))
    ways = {Result.FOUND: node.goto, Result.MISSING: node.missing, Result.REFUSED: getattr(node, "refused", "")}
    ways[Result.NOT_OFFERED] = getattr(node, "not_offered", "")
    return walk.go(way, flow, ways.get(answered.result) or node.failed)


def follow(
    library: Library,
    target: str,
    around: Surroundings,
    place: Place | None = None,
    beneath: tuple[Place, ...] = (),
) -> Step | None:
    """What an option leads to, however old the message it stands in; None: no such target (any more).

    Targets are ``faq:{answer}``, ``flow:{flow}``, ``language:{code}`` and ``{flow}:{node}:{option}``; a flow that
    begins has others wait ``beneath`` it.
    """
    name = target.partition(":")[2]
    if target.startswith(FAQ_PREFIX):
        return _answered(library, name, around, beneath)
    if target.startswith(FLOW_PREFIX):
        return _anew(library, name, around, beneath) if name in library.flows else None
    if target.startswith(LANGUAGE_PREFIX):
        return _in_language(library, name, place, around) if name in library.languages else None
    return _option(library, target, around, place, beneath)


def offer(library: Library, target: str, around: Surroundings) -> Option | None:
    """The option that leads to ``target``; None where it leads nowhere: no such target, or none for this customer."""
    name = target.removeprefix(FAQ_PREFIX)
    if target.startswith(FAQ_PREFIX) and not walk.gives(Walk(library, around), name):
        return None
    return library.offer(target, around.language)


def command(library: Library, place: Place | None, heard: Heard, around: Surroundings) -> Step | None:
    """What a word that works anywhere comes to: back, start again, a language; None if it is none, or has no use."""
    if heard.selection_id is not None or not heard.text:
        return None
    if language := commands.language_of(heard.text, library.languages):
        return _in_language(library, language, place, around)
    word = commands.command_of(heard.text)
    if word == commands.LANGUAGE and len(library.languages) > 1:
        return _which_language(library, place, around)
    if place is None or place.flow not in library.flows:
        return None
    if word == commands.QUIT:
        return Walk(library, around).end()
    if word == commands.RESTART:
        return start(library, place.flow, around)
    return _back(library, place, around) if word == commands.BACK else None


def come_back(
    library: Library, waiting: tuple[Place, ...], said: tuple[Reply, ...], around: Surroundings
) -> tuple[Place | None, tuple[Reply, ...]]:
    """After what was ``said`` by a flow that is over, the last of those ``waiting`` beneath it asks its question again.

    ``library`` is that of the version it began with. None: it has no such question any more.
    """
    *beneath, here = waiting
    place = replace(here, tries=0, beneath=tuple(beneath))
    asked = ask_again(library, place, around)
    say = library.sentences.say
    if not asked:
        return None, said or (Reply(say("flow_ended", around.language), language=around.language),)
    named = library.text_of(library.flows[place.flow].title, around.language)
    line = say("back_to" if named else "back_to_question", around.language).replace("{flow}", named)
    *first, last = said or (Reply(""),)
    if last.media:
        return place, (*first, last, *lead(line, asked))
    # Buttons above another question would be taken for its options.
    return place, (*first, *lead(last.text, lead(line, asked)))


def ask_again(library: Library, place: Place, around: Surroundings) -> tuple[Reply, ...]:
    """The question that waits at ``place``, as it was asked first; empty if none does."""
    flow, node = _find(library, place)
    if not isinstance(node, QUESTIONS):
        return ()
    return (walk.question(_walk(library, around, place), flow, node),)


def matters(library: Library, place: Place) -> bool:
    """Whether it would be a loss to leave ``place``: something was asked for, or told already. A mere menu is none."""
    _, node = _find(library, place)
    return isinstance(node, Ask) or (isinstance(node, Choose) and node.remind and bool(place.slots))


def awaits_answer(library: Library, place: Place) -> bool:
    """Whether another system is asked at ``place``."""
    return isinstance(_find(library, place)[1], ASKING)


def _still_asking(library: Library, place: Place, flow: Flow, node: Asking, around: Surroundings) -> Step:
    """Said once, then silence until the answer comes; where none came in a minute, on as if it had failed."""
    if _lost(place, around):
        gone_on = walk.go(_walk(library, around, place), flow, node.failed)
        return replace(gone_on, understood=False)
    path = (f"{flow.id}:{node.id}",)
    if place.tries:
        return Step(place=place, understood=False, path=path)
    told = Reply(library.sentences.say("still_working", around.language), language=around.language)
    return Step(place=replace(place, tries=1), replies=(told,), understood=False, path=path)


def _lost(place: Place, around: Surroundings) -> bool:
    try:
        return around.now - datetime.fromisoformat(place.ticket) > LONGEST_REQUEST
    except ValueError:
        return True  # nothing was asked: no answer can come


def asks_for_place(library: Library, place: Place) -> bool:
    _, node = _find(library, place)
    return isinstance(node, Ask) and node.typed.kind == PLACE


def may_name(text: str) -> bool:
    """Whether a message is short enough to be nothing but a name, and no question."""
    return len(text.split()) <= LONGEST_NAME and not is_question(text)


def _walk(library: Library, around: Surroundings, place: Place | None) -> Walk:
    if place is None:
        return Walk(library, around)
    return Walk(
        library,
        around,
        dict(place.slots),
        place.trail,
        passed=tuple(one for one in place.run if one != library.menu),
        beneath=place.beneath,
        handed=place.handed,
    )


def _find(library: Library, place: Place) -> tuple[Flow, object]:
    flow = library.flows.get(place.flow) or Flow(place.flow, "", {})
    return flow, flow.nodes.get(place.node)


def _expected(node: Asking, value: Mapping[str, object]) -> object:
    """What a flow keeps of an answer: the fields it named, else all."""
    wanted = node.expects if isinstance(node, CallOut) else {}
    return filling.bounded({name: part for name, part in value.items() if not wanted or name in wanted})


def _answered(library: Library, answer_id: str, around: Surroundings, beneath: tuple[Place, ...]) -> Step | None:
    way = Walk(library, around)
    if not walk.gives(way, answer_id):
        return None
    goto = walk.give(way, answer_id)
    if not goto:
        return way.end()
    way.beneath = beneath
    return walk.go(way, *walk.enter(way, goto))


def _option(
    library: Library, target: str, around: Surroundings, place: Place | None, beneath: tuple[Place, ...]
) -> Step | None:
    """An option of the flow the contact is in goes on with what they answered; of another, it knows nothing yet.

    Where that one speaks or acts of what it does not know any more, it begins anew.
    """
    flow_id, _, rest = target.partition(":")
    node_id = rest.partition(":")[0]
    flow = library.flows.get(flow_id)
    node = flow.nodes.get(node_id) if flow else None
    if flow is None or not isinstance(node, QUESTIONS):
        return None
    own = place if place and place.flow == flow_id else None
    way = _walk(library, around, own)
    reading = questions.read(way, flow, node, Heard(selection_id=target))
    step = questions.answer(way, flow, node, reading) if reading else None
    if step is None or own or not (way.holes or _acts_on_nothing(step)):
        return step
    return _anew(library, flow_id, around, tuple(one for one in beneath if flow_id not in one.run))


def _acts_on_nothing(step: Step) -> bool:
    return any(isinstance(request, Act) and not request.fields.get("order") for request in step.requests)


def _anew(library: Library, flow_id: str, around: Surroundings, beneath: tuple[Place, ...]) -> Step:
    """A flow from its beginning; one that only goes on for others has none, so the menu."""
    way = Walk(library, around, beneath=beneath)
    step = walk.go(way, *walk.enter(way, flow_id))
    if way.holes or _acts_on_nothing(step):
        return start(library, library.menu, around)
    return step


def _back(library: Library, place: Place, around: Surroundings) -> Step | None:
    """The question before this one; before the first one stands what waits beneath, else the menu."""
    for position in reversed(range(len(place.trail))):
        flow_id, _, node_id = place.trail[position].partition(":")
        earlier = replace(place, flow=flow_id, node=node_id, trail=place.trail[:position])
        flow, node = _find(library, earlier)
        if isinstance(node, QUESTIONS):
            return walk.go(_walk(library, around, earlier), flow, node_id)
    if place.beneath:
        return Step(place=None, returns=place.beneath)
    return start(library, library.menu, around) if library.menu in library.flows else None


def _which_language(library: Library, place: Place | None, around: Surroundings) -> Step:
    say = library.sentences.say
    options = library.languages_offered()
    asked = Reply(
        say("language_question", around.language), options, (), around.language, say("list_button", around.language)
    )
    return Step(place=place, replies=(asked,))


def _in_language(library: Library, language: str, place: Place | None, around: Surroundings) -> Step:
    """Say that it is so, and ask what waits again in that language."""
    here = replace(around, language=language)
    asked = ask_again(library, place, here) if place else ()
    told = library.sentences.say("language_set", language)
    replies = lead(told, asked) if asked else (Reply(told, language=language),)
    return Step(place=place, replies=replies, effects=(SetLanguage(language),))
