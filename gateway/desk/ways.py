"""The ways to a contact for something that is meant to be said: channel and address, in the order they are tried."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.core.business import Channel
from gateway.core.sending_rules import WHATSAPP_THEN_SMS
from gateway.core.words import AddressKind, ChannelType, Purpose
from gateway.desk.intended import AddressFacts, Facts, Intended, Rules
from gateway.desk.windows import LENGTH

KINDS: dict[ChannelType, tuple[AddressKind, ...]] = {
    ChannelType.WHATSAPP: (AddressKind.PHONE, AddressKind.BSUID),
    ChannelType.SMS: (AddressKind.PHONE,),
    ChannelType.MMS: (AddressKind.PHONE,),
    ChannelType.RCS: (AddressKind.PHONE,),
    ChannelType.MESSENGER: (AddressKind.PSID,),
    ChannelType.WEBCHAT: (AddressKind.PSID,),
}
"""Which addresses a type of channel can write to; one that is not here cannot write."""
ANSWERING = frozenset({Purpose.REPLY, Purpose.CONFIRMATION, Purpose.FOLLOW_UP})
"""Said where the contact wrote last; anything else begins where the ladder does."""


@dataclass(frozen=True, slots=True)
class Way:
    """``channel`` None: there is none to begin with; ``address`` None: the contact has none for it."""

    channel: Channel | None
    address: AddressFacts | None


def ways_of(intended: Intended, facts: Facts, rules: Rules) -> list[Way]:
    """At least one way, the first to be tried first; each type of channel once."""
    channels = list(_channels(intended, facts, rules))
    return [_way(channel, intended, facts) for channel in channels] or [Way(None, None)]


def all_ways(intended: Intended, facts: Facts, rules: Rules) -> list[Way]:
    """Every connected sender that could reach the contact, most expected first: where else to look."""
    expected = [way.channel for way in ways_of(intended, facts, rules)]
    rest = [channel for channel in rules.business.channels if channel.type in KINDS and channel not in expected]
    ways = [_way(channel, intended, facts) for channel in (*expected, *rest) if channel]
    return [way for way in ways if way.address]


def is_open(channel: Channel, address: AddressFacts, rules: Rules, now: datetime) -> bool:
    """Whether we may write freely; channels without windows are always open."""
    length = LENGTH.get(channel.type)
    if length is None:
        return True
    last = address.windows.get(channel.id)
    return last is not None and last + length - rules.sending.window_margin > now


def next_seconds(purpose: Purpose, rules: Rules) -> int:
    """How long a rung may stay without proof of delivery before the next is taken."""
    ladder = rules.sending.ladders.get(purpose)
    return ladder.after_seconds if ladder else 0


def _channels(intended: Intended, facts: Facts, rules: Rules) -> Iterator[Channel]:
    if intended.channel_id is not None and not intended.others:
        yield from (channel for channel in rules.business.channels if channel.id == intended.channel_id)
        return
    first = intended.channel_id or (facts.last_channel_id if intended.purpose in ANSWERING else None)
    begin = rules.business.channel(first) if first else None
    if begin and begin.type in KINDS:
        yield begin
    for channel_type in _types(intended.purpose, rules, begin):
        if channel := _of_type(channel_type, facts, rules):
            yield channel


def _types(purpose: Purpose, rules: Rules, begin: Channel | None) -> Sequence[ChannelType]:
    """Types that follow ``begin``; without a ladder the first that reaches the contact is the only one."""
    ladder = rules.sending.ladders.get(purpose)
    if ladder is None:
        return () if begin else WHATSAPP_THEN_SMS
    return [channel_type for channel_type in ladder.channels if begin is None or channel_type != begin.type]


def _of_type(channel_type: ChannelType, facts: Facts, rules: Rules) -> Channel | None:
    """Our sender of a type: where they wrote last, else the first."""
    ours = [channel for channel in rules.business.channels if channel.type is channel_type]
    return next((channel for channel in ours if channel.id == facts.last_channel_id), ours[0] if ours else None)


def _way(channel: Channel, intended: Intended, facts: Facts) -> Way:
    kinds = KINDS.get(channel.type, ())
    fitting = [a for a in facts.addresses if a.kind in kinds and intended.address_id in (None, a.id)]
    if channel.type is ChannelType.MESSENGER:  # an id of the page that was written to, unknown to any other
        fitting = [address for address in fitting if channel.id in address.windows]
    if len(fitting) > 1:
        fitting.sort(key=lambda address: _worse(address, channel))
    return Way(channel, fitting[0] if fitting else None)


def _worse(address: AddressFacts, channel: Channel) -> tuple[bool, float]:
    """The address that is not dead and was heard from last comes first; else as they stand."""
    last = address.windows.get(channel.id)
    return channel.type in address.dead, -last.timestamp() if last else 0.0
