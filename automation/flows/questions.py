"""Questions that wait: what was answered, asking again, and the way for who has no answer."""

from dataclasses import dataclass, replace
from typing import Any

from automation.flows import choices, commands, walk
from automation.flows.digression import is_question
from automation.flows.effects import SurveyAnswered
from automation.flows.heard import Heard
from automation.flows.library import Library
from automation.flows.model import Flow, HandoffWish, Place, Step
from automation.flows.nodes import Ask, Choice, Choose, Question
from automation.flows.skipping import lacks
from automation.flows.typed import PLACE, Typed
from automation.flows.walk import Walk
from automation.normal import normal
from automation.texts import lead
from gateway.core.replies import Reply

WORDS, FILE = Typed("text"), Typed("media")
MOST_FILES = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """Where an answer leads and what it is; ``sure`` False: any words would have been taken."""

    goto: str
    value: Any = None
    sure: bool = True
    skipped: bool = False
    into: str = ""
    """The slot that keeps it; empty: the question's own."""


def read(way: Walk, flow: Flow, node: Question, heard: Heard) -> Reading | None:
    """The answer in what was heard; None if it is none."""
    if isinstance(node, Choose):
        choice = _chosen(way.library, flow, node, heard, way.around.language)
        return Reading(choice.goto, choice.id) if choice else None
    suggested = _suggested(way, flow, node, heard)
    if node.skip and (suggested == walk.SKIP or _skips(heard)):
        return Reading(node.skip, skipped=True)
    value = None
    if heard.selection_id is None:
        value = way.read(node.typed, heard)
    if value is None and suggested:
        value = way.read(node.typed, Heard(suggested))
    if value is not None and node.caption and (words := way.read(WORDS, heard)):
        way.keep(node.caption, words)
    if value is None:
        return _read_instead(way, node, heard)
    return Reading(node.goto, value, sure=node.literal or _sure(node, heard))


def _read_instead(way: Walk, node: Ask, heard: Heard) -> Reading | None:
    """What else may be answered, where it was not what was asked for."""
    for slot, other in node.instead.items() if heard.selection_id is None else ():
        if (value := way.read(other.typed, heard)) is not None:
            return Reading(other.goto, value, into=slot)
    return None


def _skips(heard: Heard) -> bool:
    return commands.command_of(heard.text) == commands.SKIP or lacks(heard.text)


def _sure(node: Ask, heard: Heard) -> bool:
    """Any words are a text, and a town may be named in a question of another kind."""
    kind = node.typed.kind
    return not (kind == "text" or (kind == PLACE and is_question(heard.text)))


def answer(way: Walk, flow: Flow, node: Question, reading: Reading) -> Step:
    """Keep the answer and go on."""
    way.answered(flow, node)
    if not reading.skipped:
        way.keep(reading.into or node.into, reading.value)
        if isinstance(node, Ask) and node.survey:
            way.effects.append(SurveyAnswered(node.survey, int(reading.value)))
    return replace(walk.go(way, flow, reading.goto), sure=reading.sure)


def gather(way: Walk, place: Place, flow: Flow, node: Question, heard: Heard) -> Step | None:
    """Keep a file that came beside the words asked for; where it came instead of them, say so and ask again."""
    file = way.read(FILE, heard) if isinstance(node, Ask) and node.collect else None
    if file is None or not isinstance(node, Ask):
        return None
    known = way.slots.get(node.collect)
    kept = known if isinstance(known, list) else [known] if known else []
    way.keep(node.collect, [*kept, file][:MOST_FILES])
    if heard.text.strip():
        return None
    told = way.library.sentences.say("file_added", way.around.language)
    replies = lead(told, (walk.question(way, flow, node),))
    return Step(place=replace(place, slots=dict(way.slots)), replies=replies, path=(f"{flow.id}:{node.id}",))


def again(way: Walk, place: Place, flow: Flow, node: Question) -> Step:
    """Ask again and say what is looked for; or, when that was tried often enough, go on without an answer."""
    tries = place.tries + 1
    if node.tries and tries >= node.tries:
        return replace(_without(way, flow, node), understood=False)
    path = (f"{flow.id}:{node.id}",)
    here = replace(place, tries=tries, slots=dict(way.slots))
    return Step(place=here, replies=_asked_again(way, flow, node), understood=False, path=path)


def _asked_again(way: Walk, flow: Flow, node: Question) -> tuple[Reply, ...]:
    asked, language = walk.question(way, flow, node), way.around.language
    if isinstance(node, Choose):
        return (replace(asked, text=way.library.sentences.say("not_understood", language)),)
    hint = way.text(node.invalid) or way.library.sentences.say(f"ask_{node.typed.kind}", language)
    return lead(hint, (asked,))


def _without(way: Walk, flow: Flow, node: Question) -> Step:
    if node.otherwise:
        return walk.go(way, flow, node.otherwise)
    if way.library.person in way.library.flows:
        return walk.go(way, *walk.enter(way, way.library.person))
    return way.end(HandoffWish(None, "no fitting answer"))


def _suggested(way: Walk, flow: Flow, node: Ask, heard: Heard) -> str:
    """What was tapped, or picked by its number, of the values that the question offered; it may be an old message."""
    own = walk.target(flow, node, "")
    picked = heard.selection_id or choices.pick(walk.suggestions(way, flow, node), heard) or ""
    return picked.removeprefix(own) if picked.startswith(own) else ""


def _chosen(library: Library, flow: Flow, node: Choose, heard: Heard, language: str) -> Choice | None:
    """By what was tapped, the number, the title in any language, or one of the option's own words."""
    by_id = {f"{flow.id}:{node.id}:{choice.id}": choice for choice in node.options}
    words = normal(heard.text)
    for choice in node.options:
        titles = {normal(title) for title in choice.title.values()}
        if heard.selection_id is None and words and (words in choice.words or words in titles):
            return choice
    picked = choices.pick(library.options(flow.id, node, language), heard)
    return by_id.get(picked) if picked else None
