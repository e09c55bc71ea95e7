"""What flows ask of other systems, as rows: written with the decision, claimed by who asks, settled with the answer.

The claim is committed before anybody is asked. Who brings the answer locks the contact first, as everywhere, and must
still have the claim: so an answer counts once, also where two have asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, delete, func, insert, literal_column, select, update
from sqlalchemy.orm import Session

from automation.flows.requests import PHRASE, Answered, Call, Phrase, Request, kind_of, payload_of
from gateway.core import clock
from gateway.core.words import Direction, Kind
from gateway.desk.opened import OpenConversation
from gateway.models.base import UtcDateTime
from gateway.models.contact import Contact
from gateway.models.conversation import FlowSession
from gateway.models.message import Message
from gateway.models.request import Request as Row
from gateway.models.tables import metadata
from gateway.models.wakes import wakes_of

LASTS = timedelta(seconds=15)
"""From the row's birth to the answer, retries included; then it has failed."""
MARGIN = timedelta(seconds=3)
ASKING_LASTS = timedelta(seconds=10)
"""How long whoever asks has the row alone; asking once takes less."""
LONGER: dict[str, timedelta] = {"call": timedelta(seconds=25)}
"""Kinds that may take longer to ask."""
RESTS = (timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4))
BROKE_RESTS = (1, 5, 30, 120)
TRIES = len(BROKE_RESTS) + 1

requests, contacts, places, messages = (
    metadata.tables[model.__tablename__] for model in (Row, Contact, FlowSession, Message)
)

OPEN = requests.c.state.in_([literal_column("'queued'"), literal_column("'running'")])
"""As the partial index spells it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that this process alone has, for a while."""

    id: int
    kind: str
    contact_id: int
    conversation_id: int
    ticket: str
    version: int
    payload: dict[str, Any]
    attempts: int
    """This time included."""
    claimed_by: str
    answer: dict[str, Any] | None
    """Known from an earlier time, when it could not be brought."""
    created_at: datetime
    deadline: datetime


def _moment(name: str) -> Any:
    return bindparam(name, type_=UtcDateTime())


_DUE = select(requests.c.id).where(OPEN, requests.c.due_at <= _moment("now")).order_by(requests.c.due_at, requests.c.id)
_UNTIL = {kind: _moment(f"until_{kind}") for kind in LONGER}
CLAIM = (
    update(requests)
    .where(requests.c.id.in_(_DUE.limit(bindparam("most")).with_for_update(skip_locked=True)), OPEN)
    .values(
        state="running",
        attempts=requests.c.attempts + 1,
        claimed_by=bindparam("who"),
        due_at=case(_UNTIL, value=requests.c.kind, else_=_moment("until")),
    )
    .returning(*(requests.c[name] for name in Asked.__slots__))
)
NEXT = select(requests.c.due_at).where(OPEN).order_by(requests.c.due_at, requests.c.id).limit(1)
LOCK = select(contacts.c.id).where(contacts.c.id == bindparam("contact")).with_for_update(key_share=True)
WHOSE = select(requests.c.contact_id).where(requests.c.id == bindparam("request"))
PLACE = select(places.c.slots).where(places.c.contact_id == bindparam("contact"))
HEARD_LAST = select(func.max(messages.c.id)).where(
    messages.c.conversation_id == bindparam("conversation"),
    messages.c.direction == Direction.INBOUND.value,
    messages.c.kind != Kind.REACTION.value,
)
CONVERSATION_OF = select(messages.c.conversation_id).where(messages.c.id == bindparam("message"))
ABOUT_MESSAGE = "message:"


def ticket_of(message_id: int) -> str:
    """Of a request that a message waits for, and no place in a flow."""
    return f"{ABOUT_MESSAGE}{message_id}"


def message_of(asked: Asked) -> int:
    """The message that a request is about."""
    return int(asked.ticket.removeprefix(ABOUT_MESSAGE))


def heard_last(session: Session, conversation_id: int) -> int | None:
    """The customer's newest message; a mere reaction is none."""
    return session.execute(HEARD_LAST, {"conversation": conversation_id}).scalar()


def begin(session: Session, conversation: OpenConversation, ticket: str, version: int, request: Request) -> None:
    """Write down what is to be asked, for whoever asks after the commit."""
    now = clock.now()
    wakes_of(session).requests = True
    session.execute(
        insert(requests),
        {
            "kind": kind_of(request),
            "contact_id": conversation.contact_id,
            "conversation_id": conversation.id,
            "ticket": ticket,
            "version": version,
            "payload": payload_of(request),
            "state": "queued",
            "outcome": "",
            "attempts": 0,
            "due_at": now,
            "created_at": now,
            "deadline": now + _lasts(request),
        },
    )


def any_due(session: Session, overdue: timedelta = timedelta(0)) -> bool:
    """Whether something is to be asked, or was lost with who asked."""
    next_at = session.execute(NEXT).scalar()
    return next_at is not None and next_at <= clock.now() - overdue


def rests_seconds(session: Session) -> float | None:
    """Until the next one is due; None: nothing is open."""
    next_at = session.execute(NEXT).scalar()
    return None if next_at is None else (next_at - clock.now()).total_seconds()


def claim(session: Session, who: str, most: int) -> list[Asked]:
    """Take what is due, the most overdue first; ``who`` names this claim alone."""
    now = clock.now()
    until = {f"until_{kind}": now + lasts for kind, lasts in LONGER.items()}
    keys = {"who": who, "most": most, "now": now, "until": now + ASKING_LASTS, **until}
    return [Asked(*row) for row in session.execute(CLAIM, keys)]


def still_wanted(session: Session, asked: Asked) -> bool:
    """Whether the contact still stands where the answer is awaited, or wrote nothing since the message it is about."""
    if asked.kind == PHRASE:
        message_id = message_of(asked)
        conversation_id = session.execute(
            CONVERSATION_OF, {"message": message_id}
        ).scalar()  # others may have joined it
        return conversation_id is not None and heard_last(session, conversation_id) == message_id
    kept = session.execute(PLACE, {"contact": asked.contact_id}).scalar()
    return kept is not None and kept.get("ticket") == asked.ticket


def take(session: Session, asked: Asked, answered: Answered, why: str) -> int | None:
    """Settle it with its answer, if it is still ours; its contact, locked first, else None."""
    contact_id: int | None = session.execute(WHOSE, {"request": asked.id}).scalar()
    if contact_id is None:
        return None
    session.execute(LOCK, {"contact": contact_id})
    values = {"state": "failed" if why else "answered", "outcome": why[:200], "settled_at": clock.now()}
    return contact_id if _change(session, asked, **values, answer=answered.kept) else None


def drop(session: Session, request_id: int, why: str) -> None:
    """Nobody waits for the answer any more."""
    ended = {"state": "dropped", "outcome": why[:200], "settled_at": clock.now()}
    session.execute(update(requests).where(requests.c.id == request_id).values(ended))


def again(session: Session, asked: Asked, why: str, *, arrived: bool) -> None:
    """It had no answer: ask once more after a rest. ``arrived`` False: it surely did not reach the other side."""
    counted = asked.attempts if arrived else asked.attempts - 1
    due_at = clock.now() + rest_of(asked)
    _change(session, asked, state="queued", outcome=why[:200], due_at=due_at, attempts=counted, claimed_by=None)


def rest_of(asked: Asked) -> timedelta:
    """Before it is asked once more."""
    return RESTS[min(asked.attempts, len(RESTS)) - 1]


def broke(session: Session, asked: Asked, answered: Answered, error: str) -> bool:
    """The answer could not be brought: keep it for a later time, five times at most; True: that was the last."""
    if asked.attempts >= TRIES:
        _change(session, asked, state="failed", outcome=error[:200], settled_at=clock.now())
        return True
    due_at = clock.now() + timedelta(seconds=BROKE_RESTS[asked.attempts - 1])
    _change(session, asked, state="queued", outcome=error[:200], due_at=due_at, answer=answered.kept, claimed_by=None)
    return False


def free(session: Session, who: str) -> bool:
    """Take back what those had whose name begins with ``who``: they are dead. True: there was something."""
    theirs = OPEN & requests.c.claimed_by.startswith(who, autoescape=True)
    held = session.execute(update(requests).where(theirs).values(due_at=clock.now()).returning(requests.c.id)).all()
    return bool(held)


def forget(session: Session, before: datetime, most: int) -> bool:
    """Delete what was settled before then, ``most`` at once, for answers tell of people; False: there is no more."""
    old = select(requests.c.id).where(~OPEN, requests.c.created_at < before).order_by(requests.c.id).limit(most)
    return len(session.execute(delete(requests).where(requests.c.id.in_(old)).returning(requests.c.id)).all()) == most


def _lasts(request: Request) -> timedelta:
    if isinstance(request, Call):
        return max(LASTS, timedelta(seconds=request.timeout_seconds) + MARGIN)
    if isinstance(request, Phrase):
        return timedelta(seconds=request.timeout_seconds)
    return LASTS


def _change(session: Session, asked: Asked, **values: Any) -> bool:
    """Only while the claim holds; False: it lapsed, and somebody else has it."""
    mine = (requests.c.id == asked.id) & (requests.c.claimed_by == asked.claimed_by) & (requests.c.state == "running")
    found: Sequence[Any] = session.execute(update(requests).where(mine).values(values).returning(requests.c.id)).all()
    return bool(found)
