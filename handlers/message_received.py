"""A customer's message: who is it, which conversation, kept, then answered by whoever the router names."""

from dataclasses import replace
from datetime import timedelta

from automation.consent import STOP
from automation.faq.model import NOTHING, Mood
from automation.farewell import is_farewell
from automation.feeling import DISTRESSED
from gateway.config.running import RunningConfig
from gateway.core.business import Channel
from gateway.core.errors import InvalidPayload, UnknownChannel
from gateway.core.events import MessageReceived
from gateway.core.words import Author, ChannelType, Kind, Owner
from gateway.desk import contacts, parked, received, sla, snoozes
from gateway.desk import impressions as impressions_kept
from gateway.desk.arrivals import Arrival, arrive
from gateway.desk.contacts import Found
from gateway.desk.conversations import Reopening
from handlers import impressions
from handlers.answer import answer
from handlers.learning import learn
from handlers.router import route
from handlers.situation import Situation, language_of
from handlers.turn import Turn, Understanding


def message_received(turn: Turn) -> None:
    """Keep the message and answer it; a replay of one that is kept already only reads it anew.

    Raises:
        UnknownChannel: it was written to a sender that the config does not name.
    """
    event = turn.received.event
    if not isinstance(event, MessageReceived):
        raise InvalidPayload(f"{type(event).__name__} is no message")
    if turn.received.again and received.reread(turn.session, turn.received, event, _mood(turn)):
        return
    channel = _channel(turn, event)
    found = contacts.resolve(turn.session, event.addresses, profile_name=event.profile_name, channel_id=channel.id)
    arrival = _arrival(turn, event, channel, found)
    conversation = arrival.conversation
    message_id = received.store(turn.session, turn.received, event, conversation, _mood(turn))
    if message_id is None:
        return
    situation = _situation(turn, event, arrival, found)
    decision = route(situation)
    conversation = replace(conversation, language=decision.language or conversation.language)
    if conversation.parked_count and decision.consent != STOP:
        parked.release(turn.session, conversation, turn.config.business)
    said = answer(turn, conversation, situation, decision, message_id)
    learn(turn.session, conversation, situation, decision, message_id)
    impression = decision.impression or situation.impression
    impressions_kept.tell(turn.session, conversation, impression, situation.distress)
    received.touch(turn.session, conversation, turn.received, event, said, decision.talk or arrival.talk, impression)


def _situation(turn: Turn, event: MessageReceived, arrival: Arrival, found: Found) -> Situation:
    understood = turn.understanding or Understanding(NOTHING)
    language = arrival.conversation.language or turn.config.business.default_language
    version = arrival.standing.version if arrival.standing.node else turn.config.version
    return Situation(
        config=turn.config,
        event=event,
        owner=arrival.conversation.owner,
        standing=arrival.standing,
        language=language,
        match=understood.match,
        begins=arrival.begins,
        talk=arrival.talk,
        contact=found,
        asked=arrival.asked,
        began_with=_config_of(turn, version),
        beneath=_config_of(turn, arrival.standing.version_beneath),
        impression=impressions.heard(
            impressions_kept.of(arrival.conversation),
            event.text,
            understood.match,
            language,
            turn.config.topics,
            understood.distress,
        ),
        distress=understood.distress,
        channel_id=arrival.conversation.channel_id,
        queue=arrival.conversation.queue,
        asks_model=True,
    )


def _config_of(turn: Turn, version: int | None) -> RunningConfig | None:
    """An older config that can still be used; None: the one that runs."""
    return None if version in (None, turn.config.version) else turn.published(version)


def _mood(turn: Turn) -> str:
    """Of this message alone."""
    if turn.understanding is None:
        return Mood.NEUTRAL
    return DISTRESSED if turn.understanding.distress else turn.understanding.match.mood


def _channel(turn: Turn, event: MessageReceived) -> Channel:
    channel = turn.config.business.channel_of(event.sender, event.service)
    if channel is None:
        raise UnknownChannel(f"no channel in care.yaml has the address {event.sender!r}")
    return channel


def _arrival(turn: Turn, event: MessageReceived, channel: Channel, found: Found) -> Arrival:
    """The conversation as it stands with this message: replies go to where it came from, in its language."""
    channel_type = channel.type if event.channel_type is ChannelType.MMS else event.channel_type
    about = {"channel_id": channel.id, "channel_type": channel_type}
    arrival = arrive(turn.session, found, **about, reopening=_reopening(turn.config, event))
    conversation = snoozes.wake(turn.session, arrival.conversation, turn.config, actor=Author.CONTACT)
    if conversation.owner != Owner.BOT and (conversation.waiting_since is None or arrival.reopened):
        sla.heard(turn.session, conversation, turn.config)
    here = replace(
        conversation,
        channel_id=channel.id,
        channel_type=channel_type,
        address_id=found.address_id,
        address=found.address,
        language=language_of(event, found.language or arrival.conversation.language),
    )
    return replace(arrival, conversation=here)


def _reopening(config: RunningConfig, event: MessageReceived) -> Reopening:
    """Who says thanks after the end, or leaves a heart, calls nobody back."""
    desk = config.business.desk
    nothing_more = event.kind is Kind.REACTION or (not event.media and is_farewell(event.text))
    to = "bot" if nothing_more else desk.reopen_to
    return Reopening(timedelta(hours=desk.reopen_hours), to, config.business.default_queue)
