"""What customers ask: answers given and whether they helped, labelled messages, misses, and what the misses ask.

None of these rows bears a customer's words: they name messages, and go when these go.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base, BigId

MESSAGE, CONTACT, CONVERSATION = "messages.id", "contacts.id", "conversations.id"


class AnswerGiven(Base):
    """An answer of the FAQ as one customer got it."""

    __tablename__ = "answers_given"
    __table_args__ = (
        Index("ix_answers_given_at", "at"),
        Index("ix_answers_given_contact", "contact_id", "id"),
        Index("ix_answers_given_conversation", "conversation_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey(MESSAGE, ondelete="CASCADE"), index=True)
    """What they had asked; null: our own clock went on."""
    contact_id: Mapped[int] = mapped_column(ForeignKey(CONTACT, ondelete="CASCADE"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey(CONVERSATION, ondelete="CASCADE"))
    answer: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(16))
    channel_type: Mapped[str] = mapped_column(String(20))
    score: Mapped[float | None]
    """How sure the matcher was; null: they chose it."""
    asked: Mapped[bool] = mapped_column(default=False)
    """Whether we asked "did this help?"."""
    helped: Mapped[bool | None]
    helped_at: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]
    """When the same conversation went to a person soon after."""
    at: Mapped[datetime]


class Label(Base):
    """What a message asked, or (``fits`` false) did not: said by its sender or by one of us."""

    __tablename__ = "labels"
    __table_args__ = (UniqueConstraint("message_id", "target"), Index("ix_labels_at", "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey(MESSAGE, ondelete="CASCADE"))
    target: Mapped[str] = mapped_column(String(60))
    """``faq:hours``, ``flow:order_status``; empty: nothing that we answer."""
    fits: Mapped[bool] = mapped_column(default=True)
    source: Mapped[str] = mapped_column(String(10))
    """``feedback``, ``picked`` or ``person``."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class Miss(Base):
    """A message that the bot had no good answer to."""

    __tablename__ = "misses"
    __table_args__ = (
        UniqueConstraint("message_id"),
        Index("ix_misses_at", "at"),
        Index("ix_misses_contact", "contact_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey(MESSAGE, ondelete="CASCADE"))
    contact_id: Mapped[int] = mapped_column(ForeignKey(CONTACT, ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(16))
    """``not_understood``, ``did_you_mean``, ``not_helped`` or ``handoff``."""
    settled: Mapped[bool] = mapped_column(default=False)
    """It was made an answer, or put aside."""
    at: Mapped[datetime]


class QuestionRun(Base):
    """One grouping of the misses; one a day comes by itself, more when somebody asks."""

    __tablename__ = "question_runs"
    __table_args__ = (UniqueConstraint("day"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    day: Mapped[str | None] = mapped_column(String(10))
    """Of the business; null: somebody asked for it."""
    wanted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    wanted_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    messages: Mapped[int] = mapped_column(default=0)
    """Misses it looked at."""
    others: Mapped[int] = mapped_column(default=0)
    """Of these, how many are like too few others to make a question."""


class Question(Base):
    """What several misses ask alike."""

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_run", "run_id", "place"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("question_runs.id", ondelete="CASCADE"))
    place: Mapped[int]
    """The most asked first."""
    count: Mapped[int]
    contacts: Mapped[int]
    languages: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Language → how many."""
    reasons: Mapped[dict[str, Any]] = mapped_column(default=dict)
    examples: Mapped[list[Any]] = mapped_column(default=list)
    """Ids of messages, the most typical first."""
    members: Mapped[list[Any]] = mapped_column(default=list)
    """Ids of all its messages."""
    nearest: Mapped[str] = mapped_column(String(60), default="")
    """The answer there is that comes nearest."""
    nearest_score: Mapped[float] = mapped_column(default=0.0)
    state: Mapped[str] = mapped_column(String(10), default="open")
    """``open``, ``answered`` or ``dropped``."""
    answer: Mapped[str | None] = mapped_column(String(40))
    """What it became."""
    done_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    done_at: Mapped[datetime | None]


class Refit(Base):
    """Thresholds set anew with labelled messages; at most one a day for the same phrases."""

    __tablename__ = "refits"
    __table_args__ = (UniqueConstraint("digest", "day"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    """Of phrases, models and aim."""
    day: Mapped[str] = mapped_column(String(10))
    labels: Mapped[int] = mapped_column(default=0)
    last_label_id: Mapped[int] = mapped_column(BigId, default=0)
    wrong_before: Mapped[float | None]
    """Share of the labelled messages that the thresholds before answer wrongly."""
    wrong_after: Mapped[float | None]
    taken: Mapped[bool] = mapped_column(default=False)
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
