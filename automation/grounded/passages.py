"""What a language model is given to answer from: the business's own answers, as this reader would get them."""

from dataclasses import dataclass, replace

from automation.faq.model import Match
from automation.flows import facts, filling, giving, walk
from automation.flows.library import FAQ_PREFIX, Library
from automation.flows.model import Surroundings

MOST = 4
LONGEST = 2000
"""Characters of one; an answer is shorter as a rule."""


@dataclass(frozen=True, slots=True)
class Passage:
    """``id`` is the answer's."""

    id: str
    title: str
    text: str


def alone(match: Match) -> Match:
    """The match without what came next to its answer."""
    return replace(match, runner_ups=())


def passages_of(library: Library, match: Match, around: Surroundings) -> tuple[Passage, ...]:
    """The answers nearest to the question, best first; those that lead on into a flow are no mere texts.

    Nothing that is known of the contact is filled into them.
    """
    targets = dict.fromkeys(filter(None, (match.answer_id, *(near.target for near in match.runner_ups))))
    found = (_passage(library, target, around) for target in targets)
    return tuple(passage for passage in found if passage is not None)[:MOST]


def _passage(library: Library, target: str, around: Surroundings) -> Passage | None:
    answer = library.answers.get(target.removeprefix(FAQ_PREFIX)) if target.startswith(FAQ_PREFIX) else None
    look = walk.look(walk.Walk(library, around))
    if answer is None or answer.goto or not giving.suits(answer, look):
        return None
    anybody = replace(around, name="", attributes={}, case={})
    written = giving.said(library, answer, around.language, look).text
    text = filling.fill(facts.told(written, library, anybody), {}, anybody)
    return Passage(answer.id, library.text_of(answer.title, around.language), text[:LONGEST]) if text.strip() else None
