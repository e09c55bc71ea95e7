"""News of deliveries by callback or look-up: forward only, whatever order and however often they come."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import Action, Verdict
from gateway.core.events import StatusChanged
from gateway.core.words import RANK, Author, Status
from gateway.desk import consequences, failures, log, mirror, preparing
from gateway.models.message import Delivery, HeldStatus
from gateway.models.tables import metadata
from gateway.models.wakes import wakes_of

WORDS: Mapping[str, Status] = {
    "scheduled": Status.ACCEPTED,
    "accepted": Status.ACCEPTED,
    "queued": Status.ACCEPTED,
    "sending": Status.ACCEPTED,
    "sent": Status.SENT,
    "partially_delivered": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    "undelivered": Status.UNDELIVERED,
    "failed": Status.FAILED,
    "canceled": Status.CANCELED,
}
"""The provider's states in ours; until it says ``sent``, it has merely accepted."""
LOST = (Status.FAILED, Status.UNDELIVERED)
REACHED = (Status.DELIVERED, Status.READ)
PLAIN_FAILURE = Verdict(Action.FINAL)

deliveries, held = (metadata.tables[model.__tablename__] for model in (Delivery, HeldStatus))
FIND = select(
    *(deliveries.c[name] for name in ("id", "message_id", "contact_id", "conversation_id", "part", "channel_id")),
    *(
        deliveries.c[name]
        for name in ("channel_type", "state", "provider_id", "holds_until", "settled_at", "content_sid", "rung")
    ),
).with_for_update()
BY_TOKENS = FIND.add_columns(deliveries.c.token).where(deliveries.c.token.in_(bindparam("keys", expanding=True)))
IN_ORDER = BY_TOKENS.order_by(deliveries.c.id)  # as the sender locks them
BY_TOKEN = FIND.where(deliveries.c.token == bindparam("key"))
BY_PROVIDER_ID = FIND.where(
    deliveries.c.provider_id == bindparam("key"),
    or_(deliveries.c.account == bindparam("owner"), deliveries.c.account == ""),
)
MOVED = ("state", "provider_id", "error_code", "error_text", "holds_until", "settled_at")
MOVE = (
    update(deliveries).where(deliveries.c.id == bindparam("delivery")).values({name: bindparam(name) for name in MOVED})
)
HOLD = insert(held).inline()
HELD = (
    select(
        *(held.c[name] for name in ("id", "account", "external_id", "status", "error_code", "error_text", "verdict"))
    )
    .where(held.c.external_id.in_(bindparam("ids", expanding=True)), held.c.joined_at.is_(None))
    .order_by(held.c.id)
)
LOOK_AT_NEWEST = 1000
LATE = (
    select(held.c.external_id)
    .join(deliveries, (deliveries.c.provider_id == held.c.external_id) & (deliveries.c.account == held.c.account))
    .where(held.c.joined_at.is_(None), held.c.status.in_(WORDS))
    .where(held.c.id > select(func.max(held.c.id) - LOOK_AT_NEWEST).scalar_subquery())
    .distinct()
    .limit(64)
)
JOINED = update(held).where(held.c.id == bindparam("held")).values(joined_at=bindparam("now"))
CANCEL_NEWER = (
    update(deliveries)
    .where(
        deliveries.c.message_id == bindparam("message"),
        deliveries.c.id > bindparam("delivery"),
        or_(deliveries.c.part == bindparam("number"), deliveries.c.rung > bindparam("rung_reached")),
        deliveries.c.state == Status.QUEUED.value,
    )
    .values(state=Status.CANCELED.value, error_code="arrived_before", settled_at=bindparam("now"))
)


def advance(session: Session, change: StatusChanged) -> bool:
    """Apply a callback; False: it concerns nothing we know (yet) and was kept aside."""
    row = _find(session, change)
    state = WORDS.get(change.status)
    if row is None or state is None:
        _hold(session, change)
        return False
    if RANK[state] > RANK[Status(row.state)]:
        _move(session, row, state, change)
    elif state in LOST and row.state in REACHED:
        _tell(session, row, state, change, ignored=True)
    return True


def advance_all(session: Session, changes: Sequence[StatusChanged]) -> None:
    """Apply callbacks together: the usual step forward by one statement for all, whatever else by itself."""
    tokens = {change.delivery_token for change in changes if change.delivery_token}
    found = session.execute(IN_ORDER, {"keys": sorted(tokens)}).all() if tokens else ()
    rows = {row.token: row for row in found}
    usual: list[tuple[Any, Status, StatusChanged]] = []
    others: list[StatusChanged] = []
    seen: set[str | None] = set()
    for change in changes:
        row, state = rows.get(change.delivery_token), WORDS.get(change.status)
        if row is not None and state is not None and row.token not in seen and _is_usual(row, state):
            usual.append((row, state, change))
        else:
            others.append(change)
        seen.add(change.delivery_token)
    _move_all(session, usual)
    for change in others:
        advance(session, change)


def _is_usual(row: Any, state: Status) -> bool:
    """A step forward, nothing failed before or now, and the provider's id is known."""
    forward = RANK[state] > RANK[Status(row.state)]
    ordinary = state not in LOST and row.state not in LOST and not _overtaken(row)
    return forward and ordinary and row.provider_id is not None


def _overtaken(row: Any) -> bool:
    """A further rung was taken while it went on without proof of delivery."""
    return row.settled_at is not None and row.state in (Status.ACCEPTED, Status.SENT)


def _move_all(session: Session, moves: Sequence[tuple[Any, Status, StatusChanged]]) -> None:
    if not moves:
        return
    values = [_moved(row, state, change) for row, state, change in moves]
    session.execute(MOVE, values if len(values) > 1 else values[0])
    mirror.follow(session, [row.message_id for row, _, _ in moves])
    for row, state, change in moves:
        _tell(session, row, state, change)
        _let_followers_go(session, row)


def join_held(session: Session, provider_ids: Sequence[str]) -> None:
    """Apply callbacks that came before we knew these ids."""
    for row in session.execute(HELD, {"ids": list(provider_ids)}).all():
        if WORDS.get(row.status) and advance(session, _kept(row)):
            session.execute(JOINED, {"held": row.id, "now": clock.now()})


def held_too_late(session: Session) -> list[str]:
    """Ids of ours whose callback was being held just while their acceptance was written: neither saw the other."""
    return list(session.execute(LATE).scalars())


def _find(session: Session, change: StatusChanged) -> Any:
    """By our own word in the callback's URL, else by the provider's id."""
    found = None
    if change.delivery_token:
        found = session.execute(BY_TOKEN, {"key": change.delivery_token}).first()
    if found is None and change.external_id:
        found = session.execute(BY_PROVIDER_ID, {"key": change.external_id, "owner": change.account}).first()
    return found


def _hold(session: Session, change: StatusChanged) -> None:
    names = ("account", "external_id", "status", "error_code", "error_text")
    row = {name: getattr(change, name) for name in names} | {"received_at": clock.now()}
    session.execute(HOLD, row | {"verdict": change.verdict and change.verdict.as_data()})


def _kept(row: Any) -> StatusChanged:
    verdict = Verdict.from_data(row.verdict) if row.verdict else None
    told = (row.account, row.external_id, row.status, None, row.error_code, row.error_text)
    return StatusChanged(*told, verdict=verdict)


def _move(session: Session, row: Any, state: Status, change: StatusChanged) -> None:
    session.execute(MOVE, _moved(row, state, change))
    if state in REACHED and (row.state in LOST or _overtaken(row)):
        numbers = {"message": row.message_id, "number": row.part, "delivery": row.id, "rung_reached": row.rung}
        session.execute(CANCEL_NEWER, numbers | {"now": clock.now()})
    elif state in LOST:
        _suffer(session, row, change)
    _show(session, row, change)
    _tell(session, row, state, change)
    _let_followers_go(session, row)


def _moved(row: Any, state: Status, change: StatusChanged) -> dict[str, Any]:
    return {
        "delivery": row.id,
        "state": state.value,
        "provider_id": row.provider_id or change.external_id,
        "error_code": change.error_code,
        "error_text": change.error_text,
        "holds_until": row.holds_until if state is Status.ACCEPTED else None,
        "settled_at": clock.now() if RANK[state] > RANK[Status.SENT] else row.settled_at,
    }


def _let_followers_go(session: Session, row: Any) -> None:
    if row.holds_until or RANK[Status(row.state)] < RANK[Status.ACCEPTED]:
        wakes_of(session).sends.add(row.contact_id)  # what waited behind it may go


def _suffer(session: Session, row: Any, change: StatusChanged) -> None:
    verdict = change.verdict or PLAIN_FAILURE
    consequences.bear(session, row, change.error_code or "", verdict)
    code = change.error_code or ""
    failures.remember(session, row, code, verdict)
    if consequences.try_afresh(session, row, verdict):
        return
    if "link" in verdict.also and preparing.link_instead(session, row):
        return
    failures.go_on(session, row, code, verdict)


def _show(session: Session, row: Any, change: StatusChanged) -> None:
    if row.provider_id is None:
        shown = {"message": row.message_id, "owner": change.account, "provider_id": change.external_id}
        mirror.follow_accepted(session, [shown])
    else:
        mirror.follow(session, [row.message_id])


def _tell(session: Session, row: Any, state: Status, change: StatusChanged, ignored: bool = False) -> None:
    data = {"delivery_id": row.id, "from": row.state, "to": state.value, "error_code": change.error_code}
    log.write(
        session,
        "delivery_changed",
        actor=Author.SYSTEM,
        contact_id=row.contact_id,
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        data=data | ({"ignored": True} if ignored else {}),
    )
