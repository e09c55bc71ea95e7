"""How calls to the provider ended: settled here, tried again where it helps, failed where it does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import uniform
from typing import Any

from sqlalchemy import and_, bindparam, case, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import Action, Conflict, NotFound, SendError
from gateway.core.replies import Accepted
from gateway.core.words import Author, Direction, Status
from gateway.desk import claims, consequences, failures, log, lookups, mirror, preparing, statuses
from gateway.desk.claims import Claimed, claim, give_back, shapes_wanted
from gateway.models.base import UtcDateTime
from gateway.models.message import Delivery, Message
from gateway.models.tables import metadata
from gateway.models.wakes import wakes_of

__all__ = ["Claimed", "Outcome", "claim", "due", "give_back", "mark_stale", "retry", "settle", "shapes_wanted"]

LOOK_AFTER = timedelta(seconds=60)
STALE_AFTER = timedelta(seconds=60)
TEXT_AFTER_FILE = timedelta(seconds=5)
RETRY_SECONDS = (2, 10, 30, 120)
LATER_SECONDS = (60, 300, 900, 3600)
RETRYABLE = (Status.FAILED, Status.UNDELIVERED, Status.EXPIRED, Status.CANCELED, Status.UNCONFIRMED)

messages, deliveries = (metadata.tables[model.__tablename__] for model in (Message, Delivery))
OPEN = deliveries.c.state.in_([claims.QUEUED, claims.SENDING, claims.UNCONFIRMED])
ACCEPT = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery"))
    .values(
        state=case((OPEN, Status.ACCEPTED.value), else_=deliveries.c.state),
        holds_until=case((OPEN, bindparam("holds", type_=UtcDateTime())), else_=None),
        provider_id=bindparam("provider_id"),
        account=bindparam("owner"),
        accepted_at=bindparam("at", type_=UtcDateTime()),
        claimed_by=None,
        error_code=case((OPEN, None), else_=deliveries.c.error_code),
        error_text=case((OPEN, None), else_=deliveries.c.error_text),
    )
)
STATES = select(deliveries.c.id, deliveries.c.state).where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
NOT_ACCEPTED = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery"), OPEN, deliveries.c.attempts == bindparam("tries"))
    .values({name: bindparam(name) for name in ("state", "due_at", "settled_at", "error_code", "error_text")})
    .values(claimed_by=None, looks=0)
    .returning(deliveries.c.id)
)
IS_STALE = and_(deliveries.c.state == claims.SENDING, deliveries.c.claimed_at < bindparam("long_ago"))
ANY_STALE = select(deliveries.c.id).where(IS_STALE).limit(1)
STALE = (
    update(deliveries)
    .where(IS_STALE)
    .values(state=Status.UNCONFIRMED.value, due_at=bindparam("now"), looks=0)
    .returning(*(deliveries.c[name] for name in ("id", "message_id", "contact_id", "conversation_id")))
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one call ended: the provider took the message, or said something else, or nothing."""

    delivery: Claimed
    account: str
    result: Accepted | SendError


def due(session: Session, most: int = 64, overdue: timedelta = timedelta(0)) -> list[int]:
    """Contacts with something to send or to look up that has been due for ``overdue``."""
    return sorted({*claims.due(session, most, overdue), *lookups.due(session, most)})


def any_stale(session: Session) -> bool:
    """Whether ``mark_stale`` has anything to do; spares the write transaction."""
    return session.execute(ANY_STALE, {"long_ago": clock.now() - STALE_AFTER}).first() is not None


def settle(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Write down how calls ended; callbacks that were faster are not undone."""
    accepted = [(outcome, outcome.result) for outcome in outcomes if isinstance(outcome.result, Accepted)]
    if accepted:
        _accept(session, accepted)
    for outcome in outcomes:
        if isinstance(outcome.result, SendError):
            refuse(session, outcome.delivery, outcome.result)


def refuse(session: Session, delivery: Claimed, error: SendError) -> None:
    """A call that did not end in a 2xx: try again later, look what became of it, or fail."""
    values = _after(delivery.attempts, error) | {"error_code": error.code[:20], "error_text": error.text}
    this_call = {"delivery": delivery.id, "tries": delivery.attempts}
    if session.execute(NOT_ACCEPTED, values | this_call).first() is None:
        return  # a callback was faster, or the next call was: how this one ended no longer counts
    failed = values["state"] == Status.FAILED
    linked = failed and "link" in error.also and preparing.link_instead(session, delivery)
    mirror.follow(session, [delivery.message_id])
    data = {"delivery_id": delivery.id, "from": "sending", "to": values["state"], "error_code": values["error_code"]}
    _tell(session, delivery, data)
    consequences.bear(session, delivery, error.code, error.verdict)
    if failed:
        failures.remember(session, delivery, error.code, error.verdict)
        if not linked:
            failures.go_on(session, delivery, error.code, error.verdict)
        wakes_of(session).sends.add(delivery.contact_id)


def mark_stale(session: Session) -> int:
    """Calls begun long ago by a process that never told how they ended: from now on unconfirmed, to be looked up."""
    now = clock.now()
    rows = session.execute(STALE, {"long_ago": now - STALE_AFTER, "now": now}).all()
    mirror.follow(session, [row.message_id for row in rows])
    for row in rows:
        _tell(session, row, {"delivery_id": row.id, "from": "sending", "to": "unconfirmed", "error_code": None})
        wakes_of(session).sends.add(row.contact_id)
    return len(rows)


def retry(session: Session, message_id: int, actor_id: int | None) -> None:
    """Send the failed parts of a message again, as a person asked: new deliveries, no longer fenced.

    Raises:
        NotFound: no such message of ours.
        Conflict: nothing of it failed.
    """
    failed = _failed_parts(session, message_id)
    gave_up = update(deliveries).where(
        deliveries.c.id.in_([row.id for row in failed]), deliveries.c.state == Status.UNCONFIRMED.value
    )
    session.execute(gave_up.values(state=Status.FAILED.value, settled_at=clock.now()))
    fresh = consequences.copy(session, [row.id for row in failed], clock.now(), epoch=None, author=Author.AGENT.value)
    mirror.follow(session, [message_id])
    for row, delivery_id in zip(failed, fresh, strict=True):
        data = {"delivery_id": delivery_id, "from": row.state, "to": "queued", "reason": "retried"}
        _tell(session, row, data, actor=Author.AGENT, actor_id=actor_id)
    wakes_of(session).sends.add(failed[0].contact_id)


def _accept(session: Session, accepted: Sequence[tuple[Outcome, Accepted]]) -> None:
    accepted = sorted(accepted, key=lambda pair: pair[0].delivery.id)
    rows = [_accepted_row(outcome, result) for outcome, result in accepted]
    session.execute(ACCEPT, rows if len(rows) > 1 else rows[0])
    mirror.follow_accepted(session, [_shown_row(outcome, result) for outcome, result in accepted])
    found = session.execute(STATES, {"ids": [outcome.delivery.id for outcome, _ in accepted]})
    states = {row.id: row.state for row in found}
    told = [outcome.delivery for outcome, _ in accepted if states.get(outcome.delivery.id) == Status.ACCEPTED]
    log.write_all(
        session,
        "delivery_changed",
        actor=Author.SYSTEM,
        facts=[
            _about(delivery, {"delivery_id": delivery.id, "from": "sending", "to": "accepted", "error_code": None})
            for delivery in told
        ],
    )
    statuses.join_held(session, [result.external_id for _, result in accepted])


def _accepted_row(outcome: Outcome, result: Accepted) -> dict[str, Any]:
    now = clock.now()
    return {
        "delivery": outcome.delivery.id,
        "provider_id": result.external_id,
        "owner": outcome.account,
        "at": now,
        "holds": now + TEXT_AFTER_FILE if outcome.delivery.media else None,
    }


def _shown_row(outcome: Outcome, result: Accepted) -> dict[str, Any]:
    return {"message": outcome.delivery.message_id, "owner": outcome.account, "provider_id": result.external_id}


def _after(attempts: int, error: SendError) -> dict[str, Any]:
    """State and next moment after a failed call."""
    now = clock.now()
    if error.action is Action.UNKNOWN:
        return {"state": Status.UNCONFIRMED.value, "due_at": now + LOOK_AFTER, "settled_at": None}
    if error.action in (Action.RETRY, Action.LATER) and attempts < error.verdict.tries:
        return {"state": Status.QUEUED.value, "due_at": now + backoff(attempts, error), "settled_at": None}
    return {"state": Status.FAILED.value, "due_at": now, "settled_at": now}


def backoff(attempts: int, error: SendError) -> timedelta:
    """Delay after ``attempts`` calls (from 1): 2 s to 2 min, or minutes to an hour where the provider is congested.

    ±10 %, and never shorter than the provider asked.
    """
    steps = LATER_SECONDS if error.action is Action.LATER else RETRY_SECONDS
    delay = steps[min(attempts, len(steps)) - 1] * uniform(0.9, 1.1)
    return timedelta(seconds=max(delay, error.retry_after or 0.0))


def _failed_parts(session: Session, message_id: int) -> Sequence[Any]:
    kind = select(messages.c.direction).where(messages.c.id == message_id)
    if session.execute(kind).scalar() != Direction.OUTBOUND:
        raise NotFound(f"no message {message_id} of ours")
    newer = deliveries.alias()
    replaced = select(newer.c.id).where(
        newer.c.message_id == message_id, newer.c.part == deliveries.c.part, newer.c.id > deliveries.c.id
    )
    newest = select(deliveries).where(deliveries.c.message_id == message_id, ~replaced.exists())
    rows = session.execute(newest.order_by(deliveries.c.id).with_for_update()).all()
    failed = [row for row in rows if row.state in RETRYABLE]
    if not failed:
        raise Conflict("nothing of this message failed")
    return failed


def _tell(
    session: Session, about: Any, data: dict[str, Any], actor: str = Author.SYSTEM, actor_id: int | None = None
) -> None:
    log.write_all(session, "delivery_changed", actor=actor, actor_id=actor_id, facts=[_about(about, data)])


def _about(delivery: Any, data: dict[str, Any]) -> dict[str, Any]:
    known = {name: getattr(delivery, name) for name in ("contact_id", "conversation_id", "message_id")}
    return known | {"data": data}
