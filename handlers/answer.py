"""Carries out a decision: consent, handoff, replies in the epoch that holds then, the contact's place, the log."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from automation.consent import STOP
from automation.flows.effects import Effect, SetAttribute, SetTag, SurveyAnswered
from automation.flows.model import HandoffWish
from automation.flows.requests import Phrase, Wait
from gateway.config.running import RunningConfig
from gateway.core.replies import Reply
from gateway.core.words import Author, ConsentSource, Wish
from gateway.desk import (
    consents,
    contact_edits,
    contacts,
    handoff,
    impressions,
    log,
    outbox,
    places,
    reading,
    requests,
    routing,
    sla,
    timers,
)
from gateway.desk.consents import Proof, Wisher
from gateway.desk.conversations import OpenConversation
from gateway.desk.handoff import Handing
from gateway.desk.places import Standing
from gateway.desk.timers import TimerKind
from handlers import reception
from handlers.handing import SILENT_REASONS, settled
from handlers.situation import FRESH, Decision, Situation, Whom, spoken, zone_of
from handlers.turn import Turn

NO_WISH = HandoffWish(None, "")
ONWARD = ("waiting_flow", "tapped", "distress")
"""Decisions that may move a conversation from one queue to the right one, while nobody has taken it."""


@dataclass(frozen=True, slots=True)
class Acting:
    """The transaction to write in, the config, and the event that is answered; None: our own clock moved us."""

    session: Session
    config: RunningConfig
    event_id: int | None = None
    message_id: int | None = None
    """The customer's message that is answered."""


def answer(
    turn: Turn, conversation: OpenConversation, situation: Situation, decision: Decision, message_id: int
) -> Reply | None:
    """Write what was decided about a message; returns the last thing said, None for silence."""
    if decision.consent:
        _consent(turn, conversation, situation, decision.consent, message_id)
    acting = Acting(turn.session, turn.config, turn.received.id, message_id)
    said = carry_out(acting, conversation, situation.language, decision, situation.standing)
    return said[-1] if said else None


def carry_out(
    acting: Acting, conversation: OpenConversation, language: str, decision: Decision, standing: Standing
) -> list[Reply]:
    """Write what was decided: handoff, replies, what was learnt, the place, what it waits for; returns all said."""
    decision = _settled(acting, conversation, language, decision)
    if acting.event_id is None and decision.impression:
        conversation = impressions.write(acting.session, conversation, decision.impression)
    if decision.handoff and decision.handoff.queue:
        onward = decision.by in ONWARD or (decision.by == "request" and bool(standing.kept.get("handed")))
        conversation, decision = _hand_over(acting, conversation, decision, decision.handoff.queue, onward=onward)
    said = spoken(language, decision)
    for reply in said:
        _say(acting, conversation, reply)
    _learn(acting, conversation, decision.effects)
    _keep_place(acting, conversation, standing, decision)
    _request(acting, conversation, decision)
    _tell(acting, conversation, decision)
    return said


def _consent(turn: Turn, conversation: OpenConversation, situation: Situation, wish: str, message_id: int) -> None:
    """The ledger keeps the words by which they asked, or the provider's own flag."""
    flag = situation.event.opt_out
    source = ConsentSource.PROVIDER_FLAG if flag else ConsentSource.WORD
    about = (conversation.address_id, conversation.channel_id, conversation.channel_type)
    consents.record(
        turn.session,
        Wisher(conversation.contact_id, *about, conversation.id),
        Wish.OPT_OUT if wish == STOP else Wish.OPT_IN,
        Proof(source, flag or situation.event.text.strip(), message_id=message_id),
        actor=Author.CONTACT,
    )


def _settled(acting: Acting, conversation: OpenConversation, language: str, decision: Decision) -> Decision:
    """What no message led to goes to people by the same rules."""
    if decision.impression is not None:
        return decision
    contact = contacts.known(acting.session, conversation.contact_id, conversation.address_id)
    zone = zone_of(contact, acting.config.business.timezone)
    whom = Whom(language, conversation.channel_id, zone, conversation.owner, conversation.queue)
    return settled(acting.config, whom, impressions.of(conversation), decision)


def _hand_over(
    acting: Acting, conversation: OpenConversation, decision: Decision, queue: str, *, onward: bool
) -> tuple[OpenConversation, Decision]:
    """What people should know goes along, and the customer is told how they are received."""
    wish, impression = decision.handoff or NO_WISH, decision.impression or FRESH
    met = reception.receive(acting.session, acting.config, queue, conversation.channel_id)
    mood, case = str(impression.feeling.mood), impression.case.kept
    handing = Handing(met.queue, wish.reason, wish.priority, mood, case, met.outcome)
    asked = handoff.request(acting.session, conversation, handing, actor=Author.CONTACT, onward=onward)
    if asked is conversation:
        return conversation, decision
    routing.keep_tier(acting.session, asked, acting.config.business.desk.tiers)
    sla.begin(acting.session, asked, acting.config)
    if wish.reason in SILENT_REASONS:
        return asked, decision
    language = asked.language or acting.config.business.default_language
    return asked, replace(decision, told=reception.told(acting.config, decision.told, met.outcome, language))


def _say(acting: Acting, conversation: OpenConversation, reply: Reply) -> None:
    outbox.say(
        acting.session,
        conversation,
        reply,
        author=Author.BOT,
        business=acting.config.business,
        epoch=conversation.epoch,
        event_id=acting.event_id,
        touch=acting.event_id is None,
    )


def _learn(acting: Acting, conversation: OpenConversation, effects: Sequence[Effect]) -> None:
    attributes = {effect.name: effect.value for effect in effects if isinstance(effect, SetAttribute)}
    tags = {effect.name: effect.on for effect in effects if isinstance(effect, SetTag)}
    if attributes or tags:
        contact_edits.learn(acting.session, conversation.contact_id, attributes, tags)
    for effect in effects:
        if isinstance(effect, SurveyAnswered):
            log.write(
                acting.session,
                "survey_answered",
                actor=Author.CONTACT,
                contact_id=conversation.contact_id,
                conversation_id=conversation.id,
                data={"survey": effect.survey, "score": effect.score},
            )


def _keep_place(acting: Acting, conversation: OpenConversation, standing: Standing, decision: Decision) -> None:
    """Write the contact's place only where it changes; options just shown take the place of those before."""
    place = decision.place
    if not decision.changes_place:
        return
    if decision.leaves_nothing:
        if standing.since is not None:
            places.forget(acting.session, conversation.contact_id)
        return
    places.remember(
        acting.session,
        conversation.contact_id,
        conversation_id=conversation.id,
        config_version=place.version if place and place.version else acting.config.version,
        flow=place.flow if place else "",
        node=place.node if place else "",
        kept=place.kept if place else {},
        offered=decision.offered,
    )


def _request(acting: Acting, conversation: OpenConversation, decision: Decision) -> None:
    """Waits become timers, what is asked of others becomes requests; the place's ticket knows them again, or the
    message that they are about."""
    place = decision.place
    for request in decision.requests:
        if isinstance(request, Phrase) and acting.message_id is not None:
            ticket = requests.ticket_of(acting.message_id)
            requests.begin(acting.session, conversation, ticket, acting.config.version, request)
            reading.seen(acting.session, conversation.id)
        elif isinstance(request, Wait) and place is not None:
            data = {"ticket": place.ticket}
            row = timers.row_of(
                TimerKind.FLOW_WAIT, conversation.contact_id, request.until, conversation_id=conversation.id, data=data
            )
            timers.set_all(acting.session, [row])
        elif place is not None:
            version = place.version or acting.config.version
            requests.begin(acting.session, conversation, place.ticket, version, request)


def _tell(acting: Acting, conversation: OpenConversation, decision: Decision) -> None:
    """The log says how the bot answered, or why it could not; silence in favour of people is no answer."""
    if not (decision.replies or decision.handoff or decision.gave_up) or decision.consent:
        return
    flow, _, node = decision.path[-1].partition(":") if decision.path else ("", "", "")
    data: dict[str, object] = {
        "by": decision.by,
        "intent": decision.intent,
        "flow": flow,
        "node": node,
        "score": _rounded(decision.score),
    }
    if decision.gave_up:
        data["reason"] = decision.gave_up
    if decision.cited:
        data["cited"] = list(decision.cited)
    log.write(
        acting.session,
        "bot_gave_up" if decision.gave_up else "bot_answered",
        actor=Author.BOT,
        contact_id=conversation.contact_id,
        conversation_id=conversation.id,
        data={name: value for name, value in data.items() if value not in (None, "")},
    )


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 3)
