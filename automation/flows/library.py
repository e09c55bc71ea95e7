"""All flows and answers of a business, found by id, by the words that start them, or by the option tapped."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from automation.courtesy import only_says
from automation.faq.model import Answer
from automation.flows.commands import command_of, name_of
from automation.flows.model import Flow
from automation.flows.nodes import Choose
from automation.flows.typed import ORDER
from automation.normal import normal
from automation.places import NO_PLACES, Branch, Places
from automation.scheduling.hours import Calendar
from automation.texts import Sentences, pick
from gateway.core.replies import Option

FAQ_PREFIX = "faq:"
FLOW_PREFIX = "flow:"
LANGUAGE_PREFIX = "language:"


@dataclass(frozen=True, slots=True)
class Library:
    """``menu`` and ``person`` name the flows that show the choices and that ask for a person.

    ``calendars`` are the opening hours by name;
    ``places`` are those that customers may name instead of sharing a pin; ``version`` is that of the config it was
    compiled from.
    """

    flows: Mapping[str, Flow]
    answers: Mapping[str, Answer]
    sentences: Sentences
    menu: str = "main_menu"
    person: str = "talk_to_person"
    languages: tuple[str, ...] = ()
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    branches: tuple[Branch, ...] = ()
    places: Places = NO_PLACES
    version: int = 0

    @property
    def default_language(self) -> str:
        return self.sentences.default_language

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms of the order numbers that flows take out of what is written."""
        taken = (typed for flow in self.flows.values() for typed in flow.takes.values() if typed.kind == ORDER)
        return tuple(dict.fromkeys(form for typed in taken for form in typed.like))

    def triggered(self, text: str, *, interrupting: bool = False) -> str | None:
        """The flow that this whole text starts, but for courtesies; ``interrupting``: only one that may break into
        another flow."""
        words = normal(text)
        flows = [flow for flow in self.flows.values() if flow.interrupts or not interrupting]
        whole = (flow.id for flow in flows if words in flow.words)
        if (found := next(whole, None)) or command_of(text):
            return found
        return next((flow.id for flow in flows if only_says(text, flow.words)), None)

    def for_location(self) -> str | None:
        """The flow that a location starts which nobody asked for."""
        return next((flow.id for flow in self.flows.values() if flow.by_location), None)

    def text_of(self, texts: Mapping[str, str], language: str) -> str:
        return pick(texts, language, self.default_language)

    def offer(self, target: str, language: str) -> Option | None:
        """The option that leads to ``target`` (``faq:hours``, ``flow:talk_to_person``), titled for this reader."""
        kind, _, name = target.partition(":")
        if kind == "faq" and name in self.answers:
            return Option(target, self.text_of(self.answers[name].title, language))
        if kind == "flow" and name == self.person:
            return Option(target, self.sentences.say("person_title", language))
        if kind == "flow" and name in self.flows:
            return Option(target, self.sentences.say("list_button", language))
        return None

    def options(self, flow: str, node: Choose, language: str) -> tuple[Option, ...]:
        """A node's options as shown to this reader; each id names its target for ever: ``flow:node:option``."""
        return tuple(
            Option(
                id=f"{flow}:{node.id}:{choice.id}",
                title=self.text_of(choice.title, language),
                description=self.text_of(choice.description, language) if choice.description else "",
            )
            for choice in node.options
        )

    def languages_offered(self) -> tuple[Option, ...]:
        """The languages of the business, each by its own name."""
        return tuple(Option(LANGUAGE_PREFIX + language, name_of(language)) for language in self.languages[:10])
