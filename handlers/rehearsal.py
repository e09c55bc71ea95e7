"""A conversation with the bot that nobody has: its decisions without a database, for tests of flows and a terminal.

It has a clock of its own, half a minute between any two messages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from automation.brake import QUIET, Talk
from automation.faq.feedback import NOTHING_ASKED, Asked
from automation.faq.model import NOTHING
from automation.flows import engine
from automation.flows.effects import SetAttribute, SetTag
from automation.flows.model import place_of
from automation.flows.requests import Answered, Request, Result, Wait
from gateway.config.running import RunningConfig
from gateway.core import clock
from gateway.core.crm import Asker
from gateway.core.events import InboundMedia, Location, MessageReceived, SeenAddress, Selection
from gateway.core.replies import Option, Reply
from gateway.core.words import AddressKind, ChannelType, Kind, Owner
from gateway.desk.contacts import Found
from gateway.desk.impressions import Impression
from gateway.desk.places import Standing
from handlers import impressions
from handlers.handing import settled
from handlers.router import route
from handlers.situation import FRESH, Decision, Situation, Whom, around, decided, language_of, spoken
from handlers.understanding import understand

DONE, FAILED = Answered(Result.FOUND), Answered(Result.FAILED)
PAUSE = timedelta(seconds=30)
NOBODY = "+10000000000"

Ask = Callable[[Request, Asker], Answered | None]
"""None: no answer comes."""
"""What another system answers at once."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a customer sends: words, an option tapped, a file or their location."""

    text: str = ""
    tapped: Option | None = None
    files: tuple[InboundMedia, ...] = ()
    location: Location | None = None
    kind: Kind = Kind.TEXT


@dataclass(slots=True)
class Rehearsal:
    """How a conversation stands; ``hear`` brings it on."""

    config: RunningConfig
    now: datetime
    language: str | None = None
    channel_type: ChannelType = ChannelType.WHATSAPP
    name: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    standing: Standing = field(default_factory=Standing)
    owner: str = Owner.BOT
    queue: str | None = None
    talk: Talk = QUIET
    impression: Impression = FRESH
    of_answers: Asked = NOTHING_ASKED
    """What they were asked about answers."""
    begins: bool = True
    goes_on_at: datetime | None = None
    """When a flow that waits goes on by itself."""
    phone: str = NOBODY
    ask: Ask = lambda _request, _asker: FAILED
    asked: Request | None = None
    """What a flow waits for another system to answer."""

    def hear(self, sent: Sent, later: timedelta = timedelta(0)) -> tuple[Decision, list[Reply]]:
        """What the bot makes of it, and all it says."""
        before = self._wait_until(self.now + PAUSE + later)
        with clock.frozen(self.now):
            situation = self._situation(sent)
            decision = route(situation)
            replies = spoken(situation.language, decision)
            self._keep(decision)
            decision, answers = self._answered(decision)
        return decision, [*before, *replies, *answers]

    def _wait_until(self, moment: datetime) -> list[Reply]:
        """What the bot says by itself meanwhile, where a flow waits for a time that comes."""
        said: list[Reply] = []
        while self.goes_on_at is not None and self.goes_on_at <= moment:
            self.now, self.goes_on_at = self.goes_on_at, None
            with clock.frozen(self.now):
                _, replies = self._answered(self._resumed("flow_wait", DONE, said))
                said += replies
        self.now = moment
        return said

    def _answered(self, decision: Decision) -> tuple[Decision, list[Reply]]:
        """The decision after all that other systems were asked for was answered, and what the bot said on the way."""
        said: list[Reply] = []
        while self.asked is not None:
            asked, self.asked = self.asked, None
            today = clock.now().astimezone(ZoneInfo(self.config.business.timezone)).date()
            asker = Asker(0, ((AddressKind.PHONE, self.phone),), today, self.name)
            if answered := self.ask(asked, asker):
                found = self._resumed("request", answered, said)
                decision = replace(found, handoff=found.handoff or decision.handoff)
        return decision, said

    def _resumed(self, by: str, answered: Answered, said: list[Reply]) -> Decision:
        """What comes of an answer at the place that waits for it; what is said is added to ``said``."""
        language, at = self.language or self.config.business.default_language, self.standing
        here = around(self.config, language, self.channel_type, self._contact(), self.impression)
        place = place_of(at.flow, at.node, at.kept, at.version)
        decision = decided(by, engine.resume(self.config.flows, place, answered, here))
        if decision.returns:
            waits, replies = engine.come_back(self.config.flows, decision.returns, decision.replies, here)
            decision = replace(decision, place=waits, replies=replies, returns=())
        decision = settled(self.config, self._whom(language), self.impression, decision)
        said += spoken(language, decision)
        self._keep(decision)
        return decision

    def _whom(self, language: str) -> Whom:
        """On the first channel of the kind."""
        channels = self.config.business.channels
        channel = next((channel.id for channel in channels if channel.type is self.channel_type), "")
        return Whom(language, channel, self.config.business.timezone, self.owner, self.queue)

    def _contact(self) -> Found:
        return Found(0, 0, "", self.language, False, self.name, self.attributes, self.tags)

    @property
    def slots(self) -> dict[str, Any]:
        return dict(self.standing.kept.get("slots", {}))

    def _situation(self, sent: Sent) -> Situation:
        event = self._event(sent)
        self.language = language_of(event, self.language)
        understood = understand(event, self.config)
        match = understood.match if understood else NOTHING
        language = self.language or self.config.business.default_language
        distress = understood.distress if understood else ""
        topics = self.config.topics
        self.impression = impressions.heard(self.impression, event.text, match, language, topics, distress)
        whom = self._whom(language)
        return Situation(
            config=self.config,
            event=event,
            owner=self.owner,
            standing=self.standing,
            language=language,
            match=match,
            impression=self.impression,
            distress=distress,
            channel_id=whom.channel_id,
            queue=whom.queue,
            begins=self.begins,
            talk=self.talk,
            contact=self._contact(),
            asked=self.of_answers,
        )

    def _event(self, sent: Sent) -> MessageReceived:
        chosen = sent.tapped
        return MessageReceived(
            account="",
            external_id="rehearsal",
            sender="",
            channel_type=self.channel_type,
            addresses=(SeenAddress(AddressKind.PHONE, self.phone),),
            kind=Kind.BUTTON_REPLY if chosen else sent.kind,
            text=chosen.title if chosen else sent.text,
            media=sent.files,
            location=sent.location,
            selection=Selection(chosen.id, chosen.title) if chosen else None,
        )

    def _keep(self, decision: Decision) -> None:
        """As handlers.answer writes it."""
        self.begins = False
        self.talk = decision.talk or self.talk
        self.of_answers = decision.asked or self.of_answers
        self.language = decision.language or self.language
        if decision.handoff:
            self.owner, self.queue = Owner.QUEUE, decision.handoff.queue
        self.impression = decision.impression or self.impression
        self._learn(decision)
        if not decision.changes_place:
            return
        self.goes_on_at = next((r.until for r in decision.requests if isinstance(r, Wait)), None)
        self.asked = next((r for r in decision.requests if not isinstance(r, Wait)), None)
        if decision.leaves_nothing:
            self.standing = replace(Standing(), opted_out=self.standing.opted_out)
            return
        place = decision.place
        self.standing = replace(
            self.standing,
            flow=place.flow if place else "",
            node=place.node if place else "",
            kept=place.kept if place else {},
            version=place.version if place else 0,
            offered=decision.offered,
            since=self.now,
        )

    def _learn(self, decision: Decision) -> None:
        for effect in decision.effects:
            if isinstance(effect, SetAttribute):
                self.attributes = {**self.attributes, effect.name: effect.value}
            if isinstance(effect, SetTag):
                self.tags = _tagged(self.tags, effect)


def _tagged(tags: Sequence[str], effect: SetTag) -> list[str]:
    others = [tag for tag in tags if tag != effect.name]
    return [*others, effect.name] if effect.on else others
