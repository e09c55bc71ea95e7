"""Calls whose answer was lost: what the provider lists decides, before anything is sent again (docs/adr/0004)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, literal_column, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import Action, Verdict
from gateway.core.events import StatusChanged
from gateway.core.replies import FoundMessage
from gateway.core.words import Author, Status
from gateway.desk import consequences, failures, log, mirror, statuses, templates
from gateway.desk.parts import Part, columns_of
from gateway.models.message import Delivery
from gateway.models.tables import metadata
from gateway.models.wakes import wakes_of

LOOKS = 2
LOOK_EVERY = timedelta(seconds=60)
CLOCKS_DIFFER = timedelta(seconds=10)
CALL_LASTS = timedelta(seconds=30)
MOST_ATTEMPTS = 5
A_PERSON_DECIDES = timedelta(days=3650)
NEVER_THERE = Verdict(Action.FINAL)

deliveries = metadata.tables[Delivery.__tablename__]
UNCONFIRMED = deliveries.c.state == literal_column("'unconfirmed'")


@dataclass(frozen=True, slots=True)
class Unsure(Part):
    """A delivery that the provider may have."""

    content_sid: str | None
    content_variables: dict[str, str] | None
    attempts: int
    looks: int
    claimed_at: datetime | None
    created_at: datetime


CHOSEN = (
    select(deliveries.c.id)
    .where(UNCONFIRMED, deliveries.c.due_at <= bindparam("now"))
    .order_by(deliveries.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
TAKE = (
    update(deliveries)
    .where(deliveries.c.id.in_(CHOSEN.scalar_subquery()))
    .values(due_at=bindparam("again"))
    .returning(*columns_of(Unsure))
)
DUE = (
    select(deliveries.c.contact_id).where(UNCONFIRMED, deliveries.c.due_at <= bindparam("now")).limit(bindparam("most"))
)
OURS = select(deliveries.c.provider_id).where(deliveries.c.provider_id.in_(bindparam("ids", expanding=True)))
DECIDE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery"), UNCONFIRMED)
    .values({name: bindparam(name) for name in ("state", "looks", "due_at", "settled_at", "error_code")})
    .returning(deliveries.c.id)
)


def due(session: Session, most: int = 64) -> list[int]:
    """Contacts with a delivery to look up now."""
    return sorted(set(session.execute(DUE, {"now": clock.now(), "most": most}).scalars()))


def take(session: Session, most: int = 8) -> list[Unsure]:
    """Deliveries to look up now; others come to them again only after a minute."""
    now = clock.now()
    rows = session.execute(TAKE, {"now": now, "again": now + LOOK_EVERY, "most": most}).all()
    return [Unsure(*row) for row in rows]


def decide(session: Session, unsure: Unsure, account: str, found: Sequence[FoundMessage]) -> None:
    """One record fits: it is ours. None in two looks: send again. Several: a person decides."""
    known, texts = _ours(session, found), _possible_texts(session, unsure)
    fitting = [record for record in found if record.external_id not in known and fits(unsure, record, texts)]
    if len(fitting) == 1:
        _bind(session, unsure, account, fitting[0])
    elif fitting:
        _leave_to_a_person(session, unsure)
    else:
        _not_found(session, unsure)


def fits(unsure: Unsure, record: FoundMessage, texts: Collection[str]) -> bool:
    """Whether a record of the provider may be the outcome of this call: by time of creation and by text."""
    began = unsure.claimed_at or unsure.created_at
    created = datetime.fromtimestamp(record.created_at, began.tzinfo)
    in_time = began - CLOCKS_DIFFER <= created <= began + CALL_LASTS
    return in_time and _squeezed(record.text) in texts


def _possible_texts(session: Session, unsure: Unsure) -> Collection[str]:
    """A content message is listed with the words it was filled with, or without any.

    A template's are those the provider approved, which need not be the config's of today.
    """
    if unsure.content_sid is None and unsure.content_variables is None:
        return {_squeezed(unsure.body)}
    variables = unsure.content_variables or {}
    filled = templates.shown(session, unsure.content_sid, variables) if unsure.content_sid else variables.get("1")
    return {_squeezed(unsure.body), _squeezed(filled or ""), ""}


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _ours(session: Session, found: Sequence[FoundMessage]) -> set[str]:
    ids = [record.external_id for record in found]
    return {known for known in session.execute(OURS, {"ids": ids}).scalars() if known} if ids else set()


def _bind(session: Session, unsure: Unsure, account: str, record: FoundMessage) -> None:
    change = StatusChanged(
        account, record.external_id, record.status, unsure.token, record.error_code, verdict=record.verdict
    )
    if not statuses.advance(session, change):
        statuses.advance(session, StatusChanged(account, record.external_id, "accepted", unsure.token))
    statuses.join_held(session, [record.external_id])


def _leave_to_a_person(session: Session, unsure: Unsure) -> None:
    _write(session, unsure, Status.UNCONFIRMED, due_at=clock.now() + A_PERSON_DECIDES, error_code="ambiguous")
    consequences.page(session, "ambiguous", unsure)


def _not_found(session: Session, unsure: Unsure) -> None:
    if unsure.looks + 1 < LOOKS:
        _write(session, unsure, Status.UNCONFIRMED, due_at=clock.now() + LOOK_EVERY)
        return
    state = Status.QUEUED if unsure.attempts < MOST_ATTEMPTS else Status.FAILED
    settled_at = clock.now() if state is Status.FAILED else None
    if _write(session, unsure, state, due_at=clock.now(), error_code="not_found", settled_at=settled_at):
        mirror.follow(session, [unsure.message_id])
        _tell(session, unsure, state)
        if state is Status.FAILED:
            failures.go_on(session, unsure, "not_found", NEVER_THERE)
        wakes_of(session).sends.add(unsure.contact_id)


def _write(
    session: Session,
    unsure: Unsure,
    state: Status,
    *,
    due_at: datetime,
    error_code: str | None = None,
    settled_at: datetime | None = None,
) -> bool:
    """False: a callback settled it meanwhile."""
    values = {"delivery": unsure.id, "state": state.value, "looks": unsure.looks + 1, "due_at": due_at}
    more: dict[str, Any] = {"error_code": error_code, "settled_at": settled_at}
    return session.execute(DECIDE, values | more).first() is not None


def _tell(session: Session, unsure: Unsure, state: Status) -> None:
    log.write(
        session,
        "delivery_changed",
        actor=Author.SYSTEM,
        contact_id=unsure.contact_id,
        conversation_id=unsure.conversation_id,
        message_id=unsure.message_id,
        data={"delivery_id": unsure.id, "from": "unconfirmed", "to": state.value, "error_code": "not_found"},
    )
