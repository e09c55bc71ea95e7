"""What the router looks at and what it decides: plain values, so that every rule is a row in a table of tests."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from automation.brake import QUIET, Talk
from automation.faq.feedback import NOTHING_ASKED, Asked, Verdict
from automation.faq.model import Match
from automation.flows.effects import Effect, SetLanguage
from automation.flows.heard import Heard
from automation.flows.library import Library
from automation.flows.model import HandoffWish, Place, Step, Surroundings
from automation.flows.requests import Request
from automation.language import detect
from automation.scheduling.places import clock_of
from automation.texts import lead
from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.core.events import MessageReceived
from gateway.core.replies import Option, Reply
from gateway.core.words import Owner
from gateway.desk.contacts import Found
from gateway.desk.impressions import Impression
from gateway.desk.places import Standing

FRESH = Impression()


@dataclass(frozen=True, slots=True)
class Words:
    """An answer of a language model that was judged and may be said; ``cited`` are the FAQ answers it rests on."""

    text: str
    cited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whom:
    """The customer who is told, and where their conversation stands."""

    language: str
    channel_id: str = ""
    timezone: str = ""
    """Theirs; empty: not known, but not the business's."""
    owner: str = Owner.BOT
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """A message and all that decides who answers it."""

    config: RunningConfig
    event: MessageReceived
    owner: str
    standing: Standing
    language: str
    match: Match
    begins: bool = False
    """The conversation starts with this message: the bot introduces itself."""
    talk: Talk = QUIET
    """What the loop brake counted so far."""
    contact: Found | None = None
    asked: Asked = NOTHING_ASKED
    """What the customer was asked about answers so far."""
    began_with: RunningConfig | None = None
    """The older config that the open flow began with; None: the one that runs."""
    beneath: RunningConfig | None = None
    """The one that the flow began with which waits beneath the open one; None: the one that runs."""
    impression: Impression = FRESH
    """With this message."""
    asks_model: bool = False
    """A language model may be asked, if the business has one; else the bot answers by itself."""
    words: Words | None = None
    """What a language model said to this message."""
    distress: str = ""
    """What danger this message tells of."""
    channel_id: str = ""
    queue: str | None = None
    """Where they wait for people, if they do."""

    @property
    def flows(self) -> Library:
        """The flows as they were when the open one began."""
        return (self.began_with or self.config).flows

    def flows_of(self, version: int) -> Library:
        """The flows of a version that something open began with; of one that is gone, those that run."""
        configs = (self.config, self.began_with, self.beneath)
        return next((one.flows for one in configs if one and one.version == version), self.config.flows)

    @property
    def heard(self) -> Heard:
        event = self.event
        selected = event.selection.id if event.selection else None
        return Heard(event.text, selected, event.media, event.location, event.external_id)

    @property
    def around(self) -> Surroundings:
        here = around(self.config, self.language, self.event.channel_type, self.contact, self.impression)
        return replace(here, heard=self.heard)

    @property
    def whom(self) -> Whom:
        zone = zone_of(self.contact, self.config.business.timezone)
        return Whom(self.language, self.channel_id, zone, self.owner, self.queue)

    def sentence(self, key: str) -> str:
        """One of the bot's own sentences, in the reader's language."""
        return self.config.texts.say(key, self.language)


def zone_of(contact: Found | None, home: str) -> str:
    """Where their clock hangs, by the desk or by their number, else where the business is; empty: nobody can tell."""
    if contact is None:
        return home
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return contact.timezone or clock_of(contact.address, home, today)


def around(
    config: RunningConfig, language: str, channel: str, contact: Found | None, impression: Impression
) -> Surroundings:
    """What a flow may look at, at this moment."""
    now = clock.now().astimezone(ZoneInfo(config.business.timezone))
    here = Surroundings(language, channel, now, mood=impression.feeling.mood, case=impression.case.kept)
    if contact is None:
        return here
    return replace(here, name=contact.name, attributes=contact.attributes, tags=tuple(contact.tags))


@dataclass(frozen=True, slots=True)
class Decision:
    """Who answers and what: nothing is written yet."""

    by: str
    replies: tuple[Reply, ...] = ()
    handoff: HandoffWish | None = None
    place: Place | None = None
    moves: bool = False
    """The contact's place becomes ``place`` (None: nothing waits any more); else it stays as it was."""
    consent: str | None = None
    """``stop`` or ``start``: the customer's wish to hear from us."""
    intent: str | None = None
    score: float | None = None
    path: tuple[str, ...] = ()
    """Nodes passed, as ``flow:node``."""
    gave_up: str = ""
    """Why the bot has no answer; empty: it has one, or was not asked."""
    tells: bool = True
    """The customer is told of the handoff."""
    talk: Talk | None = None
    """What the loop brake counts from now on; None: as before."""
    effects: tuple[Effect, ...] = ()
    requests: tuple[Request, ...] = ()
    sure: bool = True
    """False: it took any words for an answer."""
    answers: tuple[str, ...] = ()
    """Answers of the FAQ that are given."""
    target: str = ""
    """The option that was picked."""
    meant: str = ""
    """What the message that we were unsure about meant, as it turns out."""
    verdict: Verdict | None = None
    """What the customer says of an answer."""
    asked: Asked | None = None
    """What they were asked about answers, from now on; None: as before."""
    cited: tuple[str, ...] = ()
    """Answers of the FAQ that a language model's words rest on."""
    then: tuple[Reply, ...] = ()
    """Said after the notice of the handoff: what is asked while they wait."""
    returns: tuple[Place, ...] = ()
    """A flow is over, and these waited beneath it: the last of them comes back."""
    soothed: bool = False
    """A word of understanding is among what is said."""
    noted: bool = False
    """They are told that people will see what they wrote."""
    preface: tuple[str, ...] = ()
    """Said before the notice of a handoff, where nothing else is."""
    told: str = ""
    """The notice of the handoff."""
    impression: Impression | None = None
    """The one that remains; None: not worked out yet (``handlers.handing.settled``)."""

    @property
    def offered(self) -> tuple[Option, ...]:
        """The options the customer sees last."""
        return next((reply.options for reply in reversed((*self.replies, *self.then)) if reply.options), ())

    @property
    def changes_place(self) -> bool:
        return self.moves or bool(self.offered)

    @property
    def leaves_nothing(self) -> bool:
        """Nothing waits for the customer afterwards, where the place changes at all."""
        return self.place is None and (self.handoff is not None or not self.offered)

    @property
    def language(self) -> str | None:
        """The language that the customer chose with this message."""
        return next((effect.language for effect in self.effects if isinstance(effect, SetLanguage)), None)

    def led_by(self, replies: tuple[Reply, ...]) -> "Decision":
        return replace(self, replies=replies)


def spoken(language: str, decision: Decision) -> list[Reply]:
    """All that the customer is to read, the notice of a handoff included."""
    notice = "\n\n".join((*decision.preface, decision.told)) if decision.told else ""
    told = (Reply(text=notice, language=language),) if notice else ()
    then = lead(notice, decision.then) if decision.then else told
    return [reply for reply in (*decision.replies, *then) if reply.text.strip() or reply.media]


def language_of(event: MessageReceived, known: str | None) -> str | None:
    """What the contact reads: as their words tell, else as before."""
    return known if event.selection else detect(event.text, known)


def decided(by: str, step: Step) -> Decision:
    """What a flow's step comes to."""
    return Decision(
        by=by,
        replies=step.replies,
        handoff=step.handoff,
        place=step.place,
        moves=True,
        intent=step.answers[-1] if step.answers else None,
        path=step.path,
        effects=step.effects,
        requests=step.requests,
        sure=step.sure,
        answers=step.answers,
        then=step.then,
        soothed=step.soothed,
        returns=step.returns,
    )
