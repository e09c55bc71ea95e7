"""Phone calls as rows: begun once, moved forward by what the provider tells of them, never back."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, select, update
from sqlalchemy.orm import Session

from gateway.core.events import CallReceived, CallStatusChanged
from gateway.desk import dialect, log
from gateway.models.call import Call
from gateway.models.tables import metadata

calls = metadata.tables[Call.__tablename__]

ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
ANSWERED = "in-progress"
UNKNOWN = "unknown"
STATUS_MAX = 20


def _once(statement: dialect.Insert) -> Any:
    return statement.on_conflict_do_nothing(index_elements=[calls.c.account, calls.c.external_id]).returning(calls.c.id)


BEGIN = dialect.both(calls, _once)
BEGUN = select(calls.c.id, calls.c.contact_id, calls.c.ended_at).where(
    calls.c.account == bindparam("account"), calls.c.external_id == bindparam("external_id")
)


def begin(session: Session, event: CallReceived, *, channel_id: str, contact_id: int | None, at: datetime) -> None:
    """A call arrived. A status that came first has made the row already: then only what was unknown is added."""
    data = {name: value for name, value in event.extra.items() if name != "Direction"}
    row = {
        "contact_id": contact_id,
        "channel_id": channel_id,
        "address": event.address.value if event.address else "",
        "direction": "inbound",
        "data": data,
    }
    if not _insert(session, event.account, event.external_id, ANSWERED, at, row):
        known = (calls.c.account == event.account) & (calls.c.external_id == event.external_id)
        session.execute(update(calls).where(known, calls.c.direction == UNKNOWN).values(row))
    found = _find(session, event.account, event.external_id)
    log.write(
        session,
        "call_received",
        actor="contact",
        contact_id=contact_id,
        call_id=found.id,
        data={"channel_id": channel_id, "withheld": event.address is None},
    )


def change(session: Session, event: CallStatusChanged, at: datetime) -> None:
    """A call's news; what comes after its end changes nothing but a duration not known yet."""
    status = event.status[:STATUS_MAX]
    ended = at if status in ENDED else None
    row = {"channel_id": "", "address": "", "direction": UNKNOWN, "data": {}}
    _insert(session, event.account, event.external_id, status, at, row)
    before = _find(session, event.account, event.external_id)
    over = calls.c.ended_at.is_not(None)
    values = {
        "status": case((over, calls.c.status), else_=status),
        "ended_at": case((over, calls.c.ended_at), else_=ended),
        "duration_seconds": case(
            (calls.c.duration_seconds.is_(None), event.duration_seconds), else_=calls.c.duration_seconds
        ),
    }
    session.execute(update(calls).where(calls.c.id == before.id).values(values))
    if ended and before.ended_at is None:
        _log_end(session, before, status, event.duration_seconds)


def _insert(session: Session, account: str, external_id: str, status: str, at: datetime, row: dict[str, Any]) -> bool:
    identity = {"account": account, "external_id": external_id, "status": status, "started_at": at}
    return session.execute(BEGIN[dialect.name_of(session)], identity | row).first() is not None


def _find(session: Session, account: str, external_id: str) -> Any:
    return session.execute(BEGUN, {"account": account, "external_id": external_id}).one()


def _log_end(session: Session, call: Any, status: str, duration_seconds: int | None) -> None:
    log.write(
        session,
        "call_ended",
        actor="system",
        contact_id=call.contact_id,
        call_id=call.id,
        data={"status": status, "duration_seconds": duration_seconds},
    )
