"""A flow goes on by itself: in the version it began with, where the contact stands, with what it waited for."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from automation.flows import engine
from automation.flows.model import Step, place_of
from automation.flows.requests import Answered
from gateway.config.running import RunningConfig
from gateway.core.words import Owner
from gateway.desk import contacts, impressions
from gateway.desk.opened import OpenConversation
from gateway.desk.places import Standing
from handlers.handing import closed_until
from handlers.situation import around

Published = Callable[[int], RunningConfig | None]
"""An older version of the config by its number; None: it can be used no more."""


def go_on(
    session: Session,
    conversation: OpenConversation,
    standing: Standing,
    answered: Answered,
    config: RunningConfig,
    published: Published,
) -> Step:
    """What comes of an answer at the place that waits for it."""
    began_with = config if standing.version == config.version else published(standing.version) or config
    place = place_of(standing.flow, standing.node, standing.kept, standing.version)
    contact = contacts.known(session, conversation.contact_id, conversation.address_id)
    language = conversation.language or config.business.default_language
    here = around(config, language, conversation.channel_type, contact, impressions.of(conversation))
    step = engine.resume(began_with.flows, place, answered, here)
    if not step.returns:
        return step
    version = step.returns[-1].version
    flows = (config if version == config.version else published(version) or config).flows
    waits, replies = engine.come_back(flows, step.returns, step.replies, here)
    return replace(step, place=waits, replies=replies, returns=())


def waits_for(standing: Standing, ticket: str) -> bool:
    """Whether the contact still stands where this is awaited."""
    return bool(standing.node) and standing.kept.get("ticket") == ticket


def may_speak(conversation: OpenConversation, config: RunningConfig, standing: Standing) -> bool:
    """The bot has it; or it waits for people who are not there at this hour, or by whose own flow this is asked."""
    if conversation.owner != Owner.QUEUE:
        return conversation.owner == Owner.BOT
    if standing.kept.get("handed"):
        return True
    return closed_until(config, conversation.queue, conversation.channel_id)[0]
