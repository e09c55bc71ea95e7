"""People who work here, their sessions, and tokens for programs."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base, BigId


class User(Base):
    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("email"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(String(200))
    """Lower case."""
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(12))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str] = mapped_column(String(16), default="en")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    skills: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """Of the queues whose conversations they are given; none: all."""
    languages: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """In which they write to customers; none: all."""
    capacity: Mapped[int | None]
    """Conversations they hold at once; null: as their queue says."""
    created_at: Mapped[datetime]


class Presence(Base):
    """Whether somebody is at the desk; no row: they never said."""

    __tablename__ = "presence"
    __table_args__ = (Index("ix_presence_seen", "seen_at"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    """As they said; whoever was not seen for 90 seconds is not there, whatever it says."""
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    vanished_at: Mapped[datetime | None]
    """When it was noticed that they are not there any more; null: they are, or said goodbye."""
    assigned_at: Mapped[datetime | None]
    """When they were last given a conversation."""


class UserSession(Base):
    """A login. The cookie holds the secret, the table only its hash."""

    __tablename__ = "user_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ApiToken(Base):
    __tablename__ = "api_tokens"
    __table_args__ = (UniqueConstraint("token_hash"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(12))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
