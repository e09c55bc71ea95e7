"""What is to be said later: follow-ups, and what quiet hours put off; explained anew when its time has come."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.words import Author, Purpose, Refusal
from gateway.desk import facts, log, sends, timers
from gateway.desk.explain import explain
from gateway.desk.intended import Explanation, Intended, Rules
from gateway.desk.sends import Outgoing
from gateway.desk.timers import Fired, TimerKind
from gateway.models.contact import Address
from gateway.models.tables import metadata

addresses = metadata.tables[Address.__tablename__]
KEPT = ("purpose", "text", "template", "variables", "language", "channel_id", "others", "address_id", "urgent")


@dataclass(frozen=True, slots=True)
class Promise:
    """To say ``intended`` to a contact when it is time; files and options cannot be promised."""

    contact_id: int
    intended: Intended
    due_at: datetime
    conversation_id: int | None = None
    author_id: int | None = None
    client_key: str | None = None
    unless_heard: bool = False
    """Dropped if the contact writes first."""


def promise(session: Session, made: Promise) -> int:
    """Keep it as a timer; returns the timer's id.

    Raises:
        Conflict: too many wait for this contact already.
    """
    known = {name: value for name, value in asdict(made.intended).items() if name in KEPT}
    data = {"intended": known, "client_key": made.client_key, "unless_heard": made.unless_heard}
    kind = TimerKind.FOLLOW_UP if made.unless_heard else TimerKind.SEND_LATER
    row = timers.row_of(
        kind,
        made.contact_id,
        made.due_at,
        conversation_id=made.conversation_id,
        data=data,
        created_by=made.author_id,
    )
    timer_id = timers.set_one(session, row)
    _tell(session, f"{kind.value}_set", made.contact_id, made.conversation_id, None, {"timer_id": timer_id})
    return timer_id


def intended_of(data: Mapping[str, Any]) -> Intended:
    """What a promise's timer remembers."""
    return Intended(**(data["intended"] | {"purpose": Purpose(data["intended"]["purpose"])}))


def keep(session: Session, fired: Fired, config: facts.Config) -> str:
    """Say what was promised if it may be said now; returns what came of it."""
    if fired.data.get("unless_heard") and _heard_since(session, fired):
        return _drop(session, fired, "the customer wrote first")
    meant = intended_of(fired.data)
    now = clock.now()
    contact = facts.gather(session, [fired.contact_id]).get(fired.contact_id)
    if contact is None:
        return _drop(session, fired, "the contact is gone")
    rules = facts.rules(session, config, now, [meant.template] if meant.template else [])
    found = _best(explain(meant, contact, rules, now))
    if not found.allowed:
        return _drop(session, fired, found.reasons[0].refusal.value)
    if found.not_before is not None and found.not_before > now:
        timers.again(session, fired.id, found.not_before)
        return "put off"
    return _say(session, fired, found, rules)


def _best(found: Explanation) -> Explanation:
    """The nearest way that is allowed, where the first is not; never one that walks around a wish."""
    wished = any(reason.refusal in (Refusal.OPTED_OUT, Refusal.NOT_OPTED_IN) for reason in found.reasons)
    if found.allowed or wished or found.alternative is None:
        return found
    return found.alternative


def _say(session: Session, fired: Fired, found: Explanation, rules: Rules) -> str:
    outgoing = Outgoing(
        fired.contact_id,
        found,
        author_id=fired.created_by,
        conversation_id=fired.conversation_id,
        client_key=fired.data.get("client_key"),
    )
    message_id = sends.send(session, outgoing, rules.business)
    timers.settle(session, fired.id, f"message {message_id}")
    _tell(session, f"{fired.kind}_sent", fired.contact_id, fired.conversation_id, message_id, {"timer_id": fired.id})
    return "sent"


def _heard_since(session: Session, fired: Fired) -> bool:
    newest = select(func.max(addresses.c.last_inbound_at)).where(addresses.c.contact_id == fired.contact_id)
    heard: datetime | None = session.execute(newest).scalar()
    return heard is not None and heard > fired.created_at


def _drop(session: Session, fired: Fired, why: str) -> str:
    timers.settle(session, fired.id, why, dropped=True)
    data = {"timer_id": fired.id, "reason": why}
    _tell(session, f"{fired.kind}_dropped", fired.contact_id, fired.conversation_id, None, data)
    return why


def _tell(
    session: Session,
    kind: str,
    contact_id: int,
    conversation_id: int | None,
    message_id: int | None,
    data: Mapping[str, Any],
) -> None:
    log.write(
        session,
        kind,
        actor=Author.SYSTEM,
        contact_id=contact_id,
        conversation_id=conversation_id,
        message_id=message_id,
        data=data,
    )
