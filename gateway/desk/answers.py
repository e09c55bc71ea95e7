"""Answers of the FAQ as customers got them, whether they helped, and what messages turned out to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, delete, func, insert, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.desk import dialect
from gateway.desk.opened import OpenConversation
from gateway.models.conversation import Conversation
from gateway.models.question import AnswerGiven, Label, Miss
from gateway.models.tables import metadata

SOON = timedelta(hours=1)
"""Who goes to a person this soon after an answer was not served by it."""
MEANT_WITHIN = timedelta(hours=24)

given, labels, misses, conversations = (
    metadata.tables[model.__tablename__] for model in (AnswerGiven, Label, Miss, Conversation)
)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer given: what it was, to which message, and how it was taken."""

    id: int
    message_id: int | None
    answer: str
    language: str
    channel_type: str
    score: float | None
    helped: bool | None


_COLUMNS = tuple(given.c[name] for name in Given.__slots__)
_SAME = (labels.c.message_id, labels.c.target)
PUT_LABEL = dialect.both(
    labels,
    lambda statement: statement.on_conflict_do_update(
        index_elements=_SAME, set_={name: statement.excluded[name] for name in ("fits", "source", "by_id", "at")}
    ),
)
PUT_MISS = dialect.both(
    misses,
    lambda statement: statement.on_conflict_do_update(
        index_elements=[misses.c.message_id], set_={"reason": statement.excluded.reason}
    ),
)
UNSURE = (
    select(misses.c.message_id)
    .where(misses.c.contact_id == bindparam("contact"), misses.c.at > bindparam("since"))
    .where(misses.c.reason.in_(("did_you_mean", "not_helped")))
    .order_by(misses.c.id.desc())
    .limit(1)
)


def give(
    session: Session,
    conversation: OpenConversation,
    message_id: int | None,
    answers: Sequence[str],
    *,
    language: str,
    score: float | None,
    asked: bool,
) -> None:
    """Keep that these were given; ``asked``: we asked whether the last one helped."""
    about = {"message_id": message_id, "contact_id": conversation.contact_id, "conversation_id": conversation.id}
    how = {"language": language, "channel_type": conversation.channel_type, "score": score, "at": clock.now()}
    last = len(answers) - 1
    rows = [about | how | {"answer": answer, "asked": asked and place == last} for place, answer in enumerate(answers)]
    session.execute(insert(given), rows)


def judge(session: Session, contact_id: int, answer: str, helped: bool) -> Given | None:
    """A customer says whether an answer helped them; None: they were never asked. The last word counts."""
    theirs = (given.c.contact_id == contact_id) & (given.c.answer == answer) & given.c.asked
    row = session.execute(select(*_COLUMNS).where(theirs).order_by(given.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    found = Given(*row)
    session.execute(update(given).where(given.c.id == found.id).values(helped=helped, helped_at=clock.now()))
    if found.message_id is not None:
        label(session, found.message_id, f"faq:{answer}", fits=helped, source="feedback")
    return found


def hand_over(session: Session, conversation_id: int) -> Given | None:
    """The conversation goes to a person: the answer given shortly before, if any."""
    recent = (given.c.conversation_id == conversation_id) & (given.c.at > clock.now() - SOON)
    row = session.execute(select(*_COLUMNS).where(recent).order_by(given.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    found = Given(*row)
    session.execute(update(given).where(given.c.id == found.id).values(handed_over_at=clock.now()))
    return found


def label(
    session: Session, message_id: int, target: str, *, fits: bool = True, source: str, by_id: int | None = None
) -> None:
    """Keep what a message asks (``faq:hours``, ``flow:…``, empty: nothing of ours), or that it is not that."""
    row = {"message_id": message_id, "target": target, "fits": fits, "source": source, "by_id": by_id}
    session.execute(PUT_LABEL[dialect.name_of(session)], row | {"at": clock.now()})


def miss(session: Session, message_id: int, contact_id: int, *, language: str, reason: str) -> None:
    """Keep that a message had no good answer."""
    row = {"message_id": message_id, "contact_id": contact_id, "language": language, "reason": reason}
    session.execute(PUT_MISS[dialect.name_of(session)], row | {"settled": False, "at": clock.now()})


def meant(session: Session, contact_id: int, target: str) -> None:
    """They picked what they had meant: the message that we were unsure about is no miss any more."""
    keys = {"contact": contact_id, "since": clock.now() - MEANT_WITHIN}
    message_id = session.execute(UNSURE, keys).scalar()
    if message_id is not None:
        label(session, message_id, target, source="picked")
        session.execute(delete(misses).where(misses.c.message_id == message_id))


def remember(session: Session, conversation_id: int, asked: dict[str, object]) -> None:
    """Keep what a conversation was asked about answers."""
    session.execute(update(conversations).where(conversations.c.id == conversation_id).values(asked=asked))


@dataclass(frozen=True, slots=True)
class Figures:
    """How one answer did in one language."""

    answer: str
    language: str
    given: int
    asked: int
    helped: int
    not_helped: int
    handed_over: int


def figures(session: Session, since: datetime, until: datetime) -> list[Figures]:
    """By answer and language, for what was given from ``since`` on and before ``until``; the most given first."""
    columns = (
        func.count(),
        *(func.coalesce(func.sum(case((holds, 1), else_=0)), 0) for holds in (
            given.c.asked, given.c.helped.is_(True), given.c.helped.is_(False), given.c.handed_over_at.is_not(None)
        )),
    )  # fmt: skip
    some = select(given.c.answer, given.c.language, *columns).where(given.c.at >= since, given.c.at < until)
    order = (func.count().desc(), given.c.answer, given.c.language)
    rows = session.execute(some.group_by(given.c.answer, given.c.language).order_by(*order)).all()
    return [Figures(row[0], row[1], *(int(number) for number in row[2:])) for row in rows]


def forget(session: Session, before: datetime, most: int) -> bool:
    """Delete what was given before then, ``most`` at once; True: there is more."""
    old = select(given.c.id).where(given.c.at < before).order_by(given.c.id).limit(most)
    return len(session.execute(delete(given).where(given.c.id.in_(old)).returning(given.c.id)).all()) == most
