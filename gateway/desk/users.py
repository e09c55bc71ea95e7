"""People who sign in at the desk: their passwords (argon2), roles, and server-side sessions.

A session is a row: the cookie holds a secret, the table its hash, so that ending the row ends the login everywhere.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from automation.schemas import LANGUAGE
from gateway.core import clock, ids
from gateway.core.errors import Conflict, InvalidPayload, NotFound
from gateway.core.words import ROLE_RANK, Role
from gateway.models.user import User, UserSession
from gateway.models.wakes import wakes_of

SESSION_COOKIE = "rabta_session"

IDLE = timedelta(hours=12)
"""A session not used for so long is over …"""
LONGEST = timedelta(days=7)
"""… and so is one this old, used or not."""
RENEW_AFTER = timedelta(hours=1)
"""Use pushes the end of a session out at most this often, so that reading pages rarely writes."""

PASSWORD_LENGTH = range(10, 201)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
SKILL = re.compile(r"[a-z][a-z0-9_]{0,63}")
WORDS_OF_ONE = 50
MOST_AT_ONCE = 1000

_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in."""

    id: int
    email: str
    name: str
    role: Role
    timezone: str
    locale: str
    active: bool = True
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    capacity: int | None = None

    def may(self, role: Role) -> bool:
        """Is this somebody of at least ``role``?"""
        return ROLE_RANK[self.role] >= ROLE_RANK[role]


ACCOUNT = (
    *(User.id, User.email, User.name, User.role, User.timezone, User.locale, User.active),
    *(User.skills, User.languages, User.capacity),
)


def create(
    session: Session, *, email: str, name: str, role: Role, password: str, timezone: str = "UTC", locale: str = "en"
) -> int:
    """A new user's id.

    Raises:
        InvalidPayload: unusable e-mail address, name, password or time zone.
        Conflict: the e-mail address is taken.
    """
    values = {
        "email": _email(email),
        "name": _name(name),
        "role": role,
        "password_hash": _hash(password),
        "timezone": _timezone(timezone),
        "locale": locale,
        "active": True,
        "created_at": clock.now(),
    }
    try:
        with session.begin_nested():
            return session.execute(insert(User).values(values).returning(User.id)).scalar_one()
    except IntegrityError as error:
        raise Conflict(f"{values['email']} is taken") from error


def listed(session: Session) -> Sequence[Account]:
    """All users, by e-mail address."""
    return [_account(row) for row in session.execute(select(*ACCOUNT).order_by(User.email))]


def agents(session: Session) -> Sequence[Account]:
    """Whom a conversation can be given to: the active ones, by name."""
    rows = session.execute(select(*ACCOUNT).where(User.active.is_(True)).order_by(User.name, User.id))
    return [_account(row) for row in rows]


def by_email(session: Session, email: str) -> Account:
    """The user with this address.

    Raises:
        NotFound: nobody has it.
    """
    row = session.execute(select(*ACCOUNT).where(User.email == _spelled(email))).first()
    if row is None:
        raise NotFound(f"no user {email!r}")
    return _account(row)


def verify_password(session: Session, email: str, password: str) -> Account | None:
    """The active user with this password; an unknown address costs the same time as a wrong password."""
    query = select(*ACCOUNT, User.password_hash).where(User.email == _spelled(email))
    row = session.execute(query).first()
    known = row is not None and row.active
    right = _matches(row.password_hash if row is not None else _nobody(), password)
    return _account(row) if row is not None and known and right else None


def set_password(session: Session, user_id: int, password: str) -> None:
    """A new password; every session of the user ends.

    Raises:
        InvalidPayload: too short or too long.
    """
    session.execute(update(User).where(User.id == user_id).values(password_hash=_hash(password)))
    end_sessions(session, user_id)


def set_work(
    session: Session,
    user_id: int,
    *,
    skills: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    capacity: int | None = None,
) -> None:
    """What they can do and how much at once; None leaves it as it is, nothing in a list means all, capacity 0: as the
    queue says.

    Raises:
        InvalidPayload: too many, or no words of that kind.
        NotFound: no such user.
    """
    values: dict[str, Any] = {}
    if skills is not None:
        values["skills"] = _words(skills, SKILL, "a skill like orders or vip_care")
    if languages is not None:
        values["languages"] = _words(languages, LANGUAGE, "a language code like en, ur or ur-Latn")
    if capacity is not None:
        if not 0 <= capacity <= MOST_AT_ONCE:
            raise InvalidPayload(f"somebody holds 1 to {MOST_AT_ONCE} conversations at once")
        values["capacity"] = capacity or None
    changed = update(User).where(User.id == user_id).values(values or {"id": user_id}).returning(User.id)
    if session.execute(changed).first() is None:
        raise NotFound(f"no user {user_id}")
    wakes_of(session).routing = True


def deactivate(session: Session, user_id: int) -> None:
    """The user can no longer sign in, every session ends, and who waits for them goes to others."""
    session.execute(update(User).where(User.id == user_id).values(active=False))
    end_sessions(session, user_id)
    wakes_of(session).routing = True


def activate(session: Session, user_id: int) -> None:
    """The user can sign in again."""
    session.execute(update(User).where(User.id == user_id).values(active=True))


def session_create(session: Session, user_id: int) -> str:
    """Sign in: the secret for the cookie."""
    token, now = ids.new_token(32), clock.now()
    values = {"token_hash": _digest(token), "user_id": user_id, "created_at": now, "expires_at": now + IDLE}
    session.execute(insert(UserSession).values(values))
    return token


def session_check(session: Session, token: str) -> Account | None:
    """Who is signed in with this secret, if anybody."""
    row = session.execute(
        select(*ACCOUNT)
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.token_hash == _digest(token),
            UserSession.ended_at.is_(None),
            UserSession.expires_at > clock.now(),
            User.active.is_(True),
        )
    ).first()
    return None if row is None else _account(row)


def session_is_due(session: Session, token: str) -> bool:
    """Has this session been used long enough that ``session_renew`` should push out its end?"""
    row = session.execute(
        select(UserSession.created_at, UserSession.expires_at).where(UserSession.token_hash == _digest(token))
    ).first()
    return row is not None and _renewed(row.created_at) - row.expires_at > RENEW_AFTER


def session_renew(session: Session, token: str) -> None:
    """Push out the end of a session that is in use, up to its longest life."""
    created = select(UserSession.created_at).where(UserSession.token_hash == _digest(token))
    row = session.execute(created).first()
    if row is not None:
        values = {"expires_at": _renewed(row.created_at)}
        session.execute(update(UserSession).where(UserSession.token_hash == _digest(token)).values(values))


def session_end(session: Session, token: str) -> None:
    """Sign out."""
    ended = update(UserSession).where(UserSession.token_hash == _digest(token), UserSession.ended_at.is_(None))
    session.execute(ended.values(ended_at=clock.now()))


def end_sessions(session: Session, user_id: int) -> None:
    """Sign the user out everywhere."""
    ended = update(UserSession).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
    session.execute(ended.values(ended_at=clock.now()))


def _renewed(created_at: datetime) -> datetime:
    return min(clock.now() + IDLE, created_at + LONGEST)


def _account(row: Row[*tuple[Any, ...]]) -> Account:
    stands = (row.id, row.email, row.name, Role(row.role), row.timezone, row.locale, row.active)
    return Account(*stands, tuple(row.skills), tuple(row.languages), row.capacity)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _hash(password: str) -> str:
    if len(password) not in PASSWORD_LENGTH:
        raise InvalidPayload(f"a password has {PASSWORD_LENGTH.start} to {PASSWORD_LENGTH.stop - 1} characters")
    return _hasher.hash(password)


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password[: PASSWORD_LENGTH.stop].encode(errors="replace"))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _hasher.hash(ids.new_token())


def _spelled(email: str) -> str:
    """As addresses are kept: lower case, and without what a database cannot compare."""
    return email.encode(errors="replace").decode().replace("\0", "").strip().lower()


def _email(email: str) -> str:
    email = _spelled(email)
    if len(email) > 200 or not EMAIL.fullmatch(email):
        raise InvalidPayload(f"{email!r} is no e-mail address")
    return email


def _name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= 100:
        raise InvalidPayload("a name has 1 to 100 characters")
    return name


def _timezone(name: str) -> str:
    if name not in available_timezones():
        raise InvalidPayload(f"{name!r} is no time zone (an example: Asia/Karachi)")
    return name


def _words(found: Sequence[str], form: re.Pattern[str], example: str) -> list[str]:
    words = list(dict.fromkeys(word.strip() for word in found if word.strip()))
    wrong = next((word for word in words if not form.fullmatch(word)), None)
    if wrong is not None or len(words) > WORDS_OF_ONE:
        raise InvalidPayload(f"{wrong!r} is not {example}" if wrong else f"at most {WORDS_OF_ONE}")
    return words
