"""The delivery ladder: the same message on its next channel, where an error or the clock says so, each rung once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.business import Channel
from gateway.core.errors import Action, Verdict
from gateway.core.words import Author, ChannelType, Status
from gateway.desk import log, mirror, sends, timers
from gateway.desk.intended import Rung
from gateway.models.message import Delivery, Message
from gateway.models.tables import metadata
from gateway.models.wakes import wakes_of

GIVES_UP = timedelta(hours=24)
"""A ladder is for news: nothing goes on to the next channel a day later."""
LAST_WORDS = (Action.OPT_OUT,)
NO_MEND = frozenset({"opt_out", "loop", "withheld"})
"""Marks of errors that another channel would only walk around."""
UNDER_WAY = (Status.QUEUED, Status.SENDING, Status.UNCONFIRMED)
UNPROVEN = (Status.ACCEPTED, Status.SENT)

messages, deliveries = (metadata.tables[model.__tablename__] for model in (Message, Delivery))
OF_MESSAGE = (
    select(*(deliveries.c[name] for name in ("id", "rung", "state", "accepted_at", "channel_id")))
    .where(deliveries.c.message_id == bindparam("message"))
    .order_by(deliveries.c.id)
    .with_for_update()
)
MESSAGE = select(messages).where(messages.c.id == bindparam("message")).with_for_update()
CLIMB = (
    update(messages)
    .where(messages.c.id == bindparam("message"))
    .values({name: bindparam(f"new_{name}") for name in ("ladder", "channel_id", "channel_type", "address_id")})
    .values(address=bindparam("new_address"))
)
CALL_OFF = (
    update(deliveries)
    .where(deliveries.c.message_id == bindparam("message"), deliveries.c.rung < bindparam("rung_taken"))
    .where(deliveries.c.state == Status.QUEUED.value)
    .values(state=Status.CANCELED.value, error_code="next_rung", settled_at=bindparam("now"))
)
OVERTAKE = (
    update(deliveries)
    .where(deliveries.c.message_id == bindparam("message"), deliveries.c.rung < bindparam("rung_taken"))
    .where(deliveries.c.settled_at.is_(None), deliveries.c.state.in_(UNPROVEN))
    .values(settled_at=bindparam("now"))
)
"""One that is settled and not at its end was overtaken: its late proof of delivery is looked at (``statuses``)."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What the clock finds: ``next`` rung now, ``wait`` until a moment, or ``done``."""

    step: str
    until: datetime | None = None


def may_mend(verdict: Verdict) -> bool:
    """Whether another channel may succeed where this error ended the matter: never against a wish."""
    if verdict.action in LAST_WORDS or verdict.also & NO_MEND:
        return False
    return "flag" not in verdict.also or "channel" in verdict.also


def progress(states: Sequence[tuple[str, datetime | None]], after: timedelta, now: datetime) -> Progress:
    """How far the newest rung is, from the (state, accepted at) of its deliveries."""
    if any(state in UNDER_WAY for state, _ in states):
        return Progress("wait", now + after)
    if not states or any(state not in UNPROVEN for state, _ in states):
        return Progress("done")  # arrived, or failed: then the error has taken the rung or there is none
    ends = max(accepted_at or now for _, accepted_at in states) + after
    return Progress("next") if ends <= now else Progress("wait", ends)


def climb(session: Session, message_id: int, rung: int, because: str) -> bool:
    """Take the rung after ``rung``; False: it was taken already, or there is none."""
    newest = max((row.rung for row in _deliveries(session, message_id)), default=None)
    row = session.execute(MESSAGE, {"message": message_id}).mappings().first()
    message = dict(row) if row else {}
    if newest != rung or not message.get("ladder"):
        return False
    if message["created_at"] < clock.now() - GIVES_UP:
        return False
    first, *rest = message["ladder"]
    _take(session, message, Rung(**first), rest, rung + 1)
    _tell(session, message, rung + 1, because)
    return True


def look(session: Session, message_id: int, rung: int, after: timedelta) -> Progress:
    """What the clock does about a rung; with ``next`` it was taken."""
    rows = _deliveries(session, message_id)
    if max((row.rung for row in rows), default=None) != rung:
        return Progress("done")
    found = progress([(row.state, row.accepted_at) for row in rows if row.rung == rung], after, clock.now())
    if found.step == "next" and not climb(session, message_id, rung, "no_delivery"):
        return Progress("done")
    return found


def _deliveries(session: Session, message_id: int) -> Sequence[Any]:
    """Locked in the order in which the sender and callbacks lock them, before the message."""
    return session.execute(OF_MESSAGE, {"message": message_id}).all()


def _take(session: Session, message: dict[str, Any], rung: Rung, rest: list[dict[str, Any]], number: int) -> None:
    """Write the deliveries of a rung and, if more follow, the timer that looks after them."""
    place = {"channel_id": rung.channel_id, "channel_type": rung.channel_type, "address_id": rung.address_id}
    changed = place | {"address": rung.to, "ladder": rest}
    now = {"created_at": clock.now()}
    past = {"message": message["id"], "rung_taken": number, "now": clock.now()}
    session.execute(CALL_OFF, past)
    session.execute(OVERTAKE, past)
    session.execute(CLIMB, {"message": message["id"]} | {f"new_{name}": value for name, value in changed.items()})
    channel = Channel(rung.channel_id, "", ChannelType(rung.channel_type), rung.sender)
    rows = sends.delivery_rows(message | changed | now, message["id"], rung, channel, number)
    session.execute(insert(deliveries), rows)
    if rest:
        about = (message["id"], message["contact_id"], message["conversation_id"])
        timers.set_all(session, [sends.step_row(*about, number, int(rest[0]["after_seconds"]))])
    mirror.follow(session, [message["id"]])
    wakes_of(session).sends.add(message["contact_id"])


def _tell(session: Session, message: Mapping[str, Any], rung: int, because: str) -> None:
    log.write(
        session,
        "ladder_climbed",
        actor=Author.SYSTEM,
        contact_id=message["contact_id"],
        conversation_id=message["conversation_id"],
        message_id=message["id"],
        data={"rung": rung, "because": because, "channel_id": message["ladder"][0]["channel_id"]},
    )
