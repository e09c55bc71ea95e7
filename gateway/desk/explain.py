"""Whether and how something would go out, why not, and what would: the one place that knows (docs/adr/0007). Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from automation.scheduling.places import timezone_of
from gateway.core.business import Channel
from gateway.core.segments import Segments, count
from gateway.core.words import AddressKind, ChannelType, Purpose, Refusal
from gateway.desk.intended import AddressFacts, Explanation, Facts, Intended, Reason, Rules, Rung
from gateway.desk.ways import Way, all_ways, is_open, next_seconds, ways_of
from gateway.desk.wordings import TEXTING, Wording, wording_of

WE_BEGIN = frozenset({Purpose.NOTICE, Purpose.MARKETING, Purpose.FOLLOW_UP, Purpose.HANDOVER})
"""Counts against a sender's daily limit, and needs that nobody opted out."""
QUIETLY = frozenset({Purpose.NOTICE, Purpose.MARKETING, Purpose.FOLLOW_UP})
"""Waits until the contact's quiet hours are over."""
CHANNEL_NAMES = {ChannelType.WHATSAPP: "WhatsApp", ChannelType.SMS: "SMS", ChannelType.MMS: "MMS"}
NO_SEGMENTS = Segments("gsm7", 0, 0)


@dataclass(frozen=True, slots=True)
class _Case:
    """All that one explanation looks at."""

    intended: Intended
    facts: Facts
    rules: Rules
    now: datetime

    @property
    def begins(self) -> bool:
        return self.intended.purpose in WE_BEGIN


def explain(intended: Intended, facts: Facts, rules: Rules, now: datetime) -> Explanation:
    """The first way that is allowed, with what follows if it fails; else why not, and the nearest way that is."""
    case = _Case(intended, facts, rules, now)
    tried: list[Explanation] = []
    ways = ways_of(intended, facts, rules)
    for position, way in enumerate(ways):
        found = _on(case, way)
        if found.allowed:
            skipped = tuple(reason for before in tried for reason in before.reasons)
            rungs = _rungs(case, ways[position + 1 :]) if found.how != "parked" else ()
            return replace(found, reasons=skipped + found.reasons, rungs=rungs) if skipped or rungs else found
        tried.append(found)
        if any(reason.refusal is Refusal.OPTED_OUT for reason in found.reasons):
            break  # a wish is not walked around
    return replace(tried[0], alternative=_alternative(case, tried))


def _on(case: _Case, way: Way) -> Explanation:
    """How it stands with one way alone."""
    if way.channel is None or way.address is None:
        return _nowhere(case, way.channel)
    channel, address = way.channel, way.address
    wording = wording_of(case.intended, channel, case.facts, case.rules)
    refused = (*_refused(case, channel, address), *wording.problems)
    shut = not wording.content_sid and not is_open(channel, address, case.rules, case.now)
    how = "template" if wording.content_sid else "free"
    if shut:
        how, refused = _outside(case, channel, refused)
    not_before = _not_before(case, address) if case.intended.purpose in QUIETLY and not case.intended.urgent else None
    return _explained(case, channel, address, wording, how, refused, not_before, shut)


def _nowhere(case: _Case, channel: Channel | None) -> Explanation:
    if channel is None:
        wanted = case.intended.channel_id or ""
        words = f"There is no channel {wanted!r}." if wanted else "There is no channel to write by."
        reason = Reason(Refusal.CHANNEL_UNKNOWN, words, wanted)
    else:
        words = f"The contact has no address for {_name(channel)}."
        reason = Reason(Refusal.NO_ADDRESS, words, channel.id)
    type_ = channel.type.value if channel else None
    return Explanation(
        False,
        purpose=case.intended.purpose,
        channel_id=channel.id if channel else None,
        channel_type=type_,
        reasons=(reason,),
    )


def _refused(case: _Case, channel: Channel, address: AddressFacts) -> Iterator[Reason]:
    """What stands against this channel and address, whatever is said."""
    purpose = case.intended.purpose
    if channel.id in address.opted_out and _needs_consent(case, channel, address):
        yield Reason(Refusal.OPTED_OUT, f"The contact does not want messages here ({_name(channel)}).", channel.id)
    elif purpose is Purpose.MARKETING and _lacks_opt_in(case, channel, address):
        yield Reason(Refusal.NOT_OPTED_IN, "The contact has not agreed to offers and news.", channel.id)
    if channel.type in address.dead:
        code = address.dead[channel.type]
        yield Reason(Refusal.DEAD_ADDRESS, f"This address cannot be reached by {_name(channel)}.", code)
    if purpose is Purpose.MARKETING and _is_withheld(case, channel):
        yield Reason(Refusal.WITHHELD, f"{_name(channel)} holds marketing back from this contact for now.", channel.id)
    sender = case.rules.senders.get(channel.id)
    if case.begins and sender and sender.daily_limit is not None and sender.sent_today >= sender.daily_limit:
        words = f"The sender has reached its limit of {sender.daily_limit:,} messages today."
        yield Reason(Refusal.SENDER_LIMIT, words, channel.id)


def _needs_consent(case: _Case, channel: Channel, address: AddressFacts) -> bool:
    """Who writes to us is answered, but not by SMS, where the carrier keeps the wish."""
    return case.begins or channel.type in TEXTING or not is_open(channel, address, case.rules, case.now)


def _lacks_opt_in(case: _Case, channel: Channel, address: AddressFacts) -> bool:
    return case.rules.sending.opt_in_required and channel.id not in address.opted_in


def _is_withheld(case: _Case, channel: Channel) -> bool:
    until = case.facts.withheld_until
    return channel.type is ChannelType.WHATSAPP and until is not None and until > case.now


def _outside(case: _Case, channel: Channel, refused: tuple[Reason, ...]) -> tuple[str, tuple[Reason, ...]]:
    """Free text outside the session window: a reply waits for the customer, anything else cannot go."""
    if case.intended.purpose is Purpose.REPLY:
        return "parked", refused
    words = f"The contact has not written on {_name(channel)} within 24 hours: only a template may go."
    return "free", (*refused, Reason(Refusal.WINDOW_CLOSED, words, channel.id))


def _not_before(case: _Case, address: AddressFacts) -> datetime | None:
    if case.rules.quiet is None:
        return None
    at = case.rules.quiet.next_allowed(case.now, _timezone(case, address))
    return at if at > case.now else None


def _timezone(case: _Case, address: AddressFacts) -> str:
    if case.facts.timezone:
        return case.facts.timezone
    return timezone_of(address.value if address.kind == AddressKind.PHONE else None, case.rules.business.timezone)


def _explained(
    case: _Case,
    channel: Channel,
    address: AddressFacts,
    wording: Wording,
    how: str,
    refused: tuple[Reason, ...],
    not_before: datetime | None,
    shut: bool,
) -> Explanation:
    size = count(wording.text) if channel.type in TEXTING else NO_SEGMENTS
    return Explanation(
        allowed=not refused,
        how="" if refused else how,
        purpose=case.intended.purpose,
        channel_id=channel.id,
        channel_type=channel.type.value,
        address_id=address.id,
        to=address.value,
        language=wording.language,
        text=wording.text,
        template=case.intended.template,
        content_sid=wording.content_sid,
        content_variables=wording.content_variables,
        reasons=refused or (*wording.remarks, *_remarks(shut, not_before)),
        characters=len(wording.text),
        segments=size.segments,
        encoding=size.encoding if size.segments else "",
        cost_class=case.rules.sending.cost_of(channel.type, wording.category),
        not_before=None if refused else not_before,
    )


def _remarks(shut: bool, not_before: datetime | None) -> Iterator[Reason]:
    if shut:
        yield Reason(Refusal.WINDOW_CLOSED, "It waits until the contact writes again; they are told that it does.")
    if not_before:
        words = "It is night or a holiday where the contact is: it goes out afterwards."
        yield Reason(Refusal.QUIET_HOURS, words, not_before.isoformat())


def _rungs(case: _Case, ways: Sequence[Way]) -> tuple[Rung, ...]:
    """What may follow on other channels, in order."""
    following = [(way.channel, _on(case, way)) for way in ways if way.channel and way.address]
    seconds = next_seconds(case.intended.purpose, case.rules)
    return tuple(
        _rung(channel, found, seconds) for channel, found in following if found.allowed and found.how != "parked"
    )


def _rung(channel: Channel, found: Explanation, seconds: int) -> Rung:
    return Rung(
        channel_id=channel.id,
        channel_type=channel.type.value,
        sender=channel.address,
        address_id=found.address_id or 0,
        to=found.to,
        text=found.text,
        content_sid=found.content_sid,
        content_variables=found.content_variables,
        after_seconds=seconds,
    )


def _alternative(case: _Case, tried: Sequence[Explanation]) -> Explanation | None:
    """Another sender or address; else this one tomorrow, if only its limit stood against it."""
    anywhere = replace(case.intended, address_id=None, others=True)
    known = {(found.channel_id, found.address_id) for found in tried}
    for way in all_ways(anywhere, case.facts, case.rules):
        if way.channel and way.address and (way.channel.id, way.address.id) not in known:
            found = _on(case, way)
            if found.allowed:
                return found
    return _tomorrow(case, tried[0])


def _tomorrow(case: _Case, refused: Explanation) -> Explanation | None:
    sender = case.rules.senders.get(refused.channel_id or "")
    only_the_limit = {reason.refusal for reason in refused.reasons} == {Refusal.SENDER_LIMIT}
    if not only_the_limit or sender is None or sender.next_day is None:
        return None
    how = "template" if refused.content_sid else "free"
    return replace(refused, allowed=True, how=how, reasons=(), not_before=sender.next_day)


def _name(channel: Channel) -> str:
    return CHANNEL_NAMES.get(channel.type, channel.type.value)
