"""Somebody called: who it is, and that they did. What they heard was decided while they waited (gateway/webhooks)."""

from gateway.core.errors import InvalidPayload
from gateway.core.events import CallReceived
from gateway.desk import calls, contacts
from handlers.turn import Turn


def call_received(turn: Turn) -> None:
    """Keep the call with its contact, if the number was shown, also where no channel names the number called."""
    event = turn.received.event
    if not isinstance(event, CallReceived):
        raise InvalidPayload(f"{type(event).__name__} is no call")
    business = turn.config.business
    channel = business.channel_of(event.sender, None, voice=True) or business.channel_of(event.sender, None)
    channel_id = channel.id if channel else ""
    contact_id = None
    if event.address is not None:
        contact_id = contacts.resolve(turn.session, [event.address], channel_id=channel_id).contact_id
    calls.begin(turn.session, event, channel_id=channel_id, contact_id=contact_id, at=turn.received.received_at)
