"""What follows from a provider's error besides the fate of one delivery: opt-outs, a page, another try."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import Action, Verdict
from gateway.core.ids import new_token
from gateway.core.words import Author, Owner, Status
from gateway.desk import consents, log, templates
from gateway.desk.attachments import PREPARED_WITHIN
from gateway.desk.consents import Wisher
from gateway.models.base import UtcDateTime
from gateway.models.conversation import Conversation
from gateway.models.log_entry import LogEntry
from gateway.models.message import Delivery, Message
from gateway.models.tables import metadata
from gateway.models.wakes import wakes_of

PAGE_AGAIN_AFTER = timedelta(minutes=10)
FRESH_TRY_SECONDS = {Action.RETRY: (60, 300), Action.LATER: (300, 900, 3600, 4 * 3600)}

messages, deliveries, event_log, conversations = (
    metadata.tables[model.__tablename__] for model in (Message, Delivery, LogEntry, Conversation)
)
REACHED = select(messages.c.address_id).where(messages.c.id == bindparam("message"))
PAGES = select(event_log.c.data).where(
    event_log.c.kind == "operator_paged", event_log.c.at > bindparam("since", type_=UtcDateTime())
)
TRIED = select(func.count(), func.max(deliveries.c.id)).where(
    deliveries.c.message_id == bindparam("message"), deliveries.c.part == bindparam("number")
)
COPIED = tuple(
    column
    for column in deliveries.c
    if column.name
    in ("message_id", "contact_id", "conversation_id", "part", "rung", "channel_id", "channel_type", "sender", "to")
    or column.name
    in ("account", "body", "media", "content_hash", "content_sid", "content_variables", "author", "epoch")
)
COPY = select(*COPIED).where(deliveries.c.id.in_(bindparam("ids", expanding=True))).order_by(deliveries.c.id)
BRAKE = (
    update(conversations)
    .where(conversations.c.id == bindparam("conversation"), conversations.c.owner == Owner.BOT)
    .values(braked_at=bindparam("now"))
)
INSERT = insert(deliveries).returning(deliveries.c.id)


class Subject(Protocol):
    """The delivery concerned."""

    @property
    def id(self) -> int: ...
    @property
    def message_id(self) -> int: ...
    @property
    def contact_id(self) -> int: ...
    @property
    def conversation_id(self) -> int | None: ...
    @property
    def part(self) -> int: ...
    @property
    def channel_id(self) -> str: ...
    @property
    def channel_type(self) -> str: ...
    @property
    def content_sid(self) -> str | None: ...


def bear(session: Session, subject: Subject, code: str, verdict: Verdict) -> None:
    """Note what the error says about the contact's address, the template and our own set-up."""
    if verdict.action is Action.OPT_OUT or "opt_out" in verdict.also:
        _opt_out(session, subject, code)
    if "loop" in verdict.also and subject.conversation_id is not None:
        _brake(session, subject, code)
    lost = subject.content_sid is not None and "content" in verdict.also
    if lost:
        templates.refused(session, subject.content_sid or "", code)
    if lost or verdict.action is Action.PAGE or verdict.also & {"page", "bug", "new"}:
        page(session, code, subject)


def page(session: Session, code: str, subject: Subject) -> None:
    """Call the operator over an error code, at most once in ten minutes."""
    paged: set[str] = session.info.setdefault("paged", set())
    recent = session.execute(PAGES, {"since": clock.now() - PAGE_AGAIN_AFTER}).scalars()
    if code in paged or any(data.get("code") == code for data in recent):
        return
    paged.add(code)
    log.write(
        session,
        "operator_paged",
        actor=Author.SYSTEM,
        contact_id=subject.contact_id,
        conversation_id=subject.conversation_id,
        message_id=subject.message_id,
        data={"code": code, "channel_id": subject.channel_id},
    )


def try_afresh(session: Session, subject: Subject, verdict: Verdict) -> bool:
    """A new delivery in place of one that a callback told failed, where the error passes; False: no more tries."""
    delays = FRESH_TRY_SECONDS.get(verdict.action, ())
    tried, newest = session.execute(TRIED, {"message": subject.message_id, "number": subject.part}).one()
    if newest != subject.id or tried >= min(verdict.tries, len(delays) + 1):
        return False
    copy(session, [subject.id], clock.now() + timedelta(seconds=delays[tried - 1]))
    return True


def copy(session: Session, delivery_ids: Sequence[int], due_at: datetime, **changes: Any) -> list[int]:
    """New deliveries of the same parts, due at ``due_at`` or when their files are ready; returns their ids."""
    fresh = {"state": Status.QUEUED.value, "attempts": 0, "looks": 0, "late": False, "created_at": clock.now()}
    copies = [{**row, **fresh, **changes} for row in session.execute(COPY, {"ids": list(delivery_ids)}).mappings()]
    return [_copied(session, row, due_at) for row in copies]


def _copied(session: Session, row: dict[str, Any], due_at: datetime) -> int:
    when: dict[str, Any] = {"due_at": due_at, "prepare_at": None}
    if any(file.get("why") for file in row["media"]):
        when = {"due_at": max(due_at, row["created_at"] + PREPARED_WITHIN), "prepare_at": row["created_at"]}
        wakes_of(session).files.add(row["message_id"])
    delivery_id: int = session.execute(INSERT, row | when | {"token": new_token()}).scalar_one()
    return delivery_id


def _opt_out(session: Session, subject: Subject, code: str) -> None:
    address_id = session.execute(REACHED, {"message": subject.message_id}).scalar()
    if address_id is not None:
        about = (address_id, subject.channel_id, subject.channel_type)
        wisher = Wisher(subject.contact_id, *about, subject.conversation_id)
        consents.record_error(session, wisher, code, subject.message_id)


def _brake(session: Session, subject: Subject, code: str) -> None:
    """The provider ended a loop: the bot keeps silent, and what is said next goes to people."""
    session.execute(BRAKE, {"conversation": subject.conversation_id, "now": clock.now()})
    log.write(
        session,
        "bot_gave_up",
        actor=Author.SYSTEM,
        contact_id=subject.contact_id,
        conversation_id=subject.conversation_id,
        message_id=subject.message_id,
        data={"reason": "loop", "code": code},
    )
