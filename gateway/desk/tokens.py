"""Bearer tokens for programs: made once, kept as hashes, bound to a role and perhaps to a user."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from gateway.core import clock
from gateway.core.errors import InvalidPayload, NotFound
from gateway.core.ids import new_token
from gateway.core.words import ROLE_RANK, Role
from gateway.models.user import ApiToken, User

USED_EVERY = timedelta(minutes=1)
"""How exact ``last_used_at`` is: a write per request would cost more than it tells."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a valid token speaks for."""

    token_id: int
    name: str
    role: Role
    user_id: int | None
    user_name: str | None
    last_used_at: datetime | None

    def may(self, role: Role) -> bool:
        return ROLE_RANK[self.role] >= ROLE_RANK[role]

    @property
    def use_is_news(self) -> bool:
        return self.last_used_at is None or clock.now() - self.last_used_at > USED_EVERY


@dataclass(frozen=True, slots=True)
class TokenRow:
    id: int
    name: str
    role: str
    email: str | None
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def create(
    session: Session, *, name: str, role: Role, email: str | None = None, secret: str | None = None
) -> tuple[int, str]:
    """A new token's id and its secret, which is never shown again.

    Raises:
        NotFound: no active user has this e-mail address.
        InvalidPayload: the token would be worth more than its user.
    """
    user_id = _user_for(session, email, role) if email else None
    secret = secret or f"rabta_{new_token(24)}"
    return _insert(session, name, role, user_id, secret), secret


def ensure(session: Session, secret: str) -> int:
    """The admin token of ``BOOTSTRAP_API_TOKEN``, made if missing; belongs to the first admin when there is one."""
    admin = session.scalar(select(User.id).where(User.role == Role.ADMIN, User.active).order_by(User.id).limit(1))
    known = session.execute(
        update(ApiToken)
        .where(ApiToken.token_hash == hash_of(secret))
        .values(user_id=admin, role=Role.ADMIN, revoked_at=None)
        .returning(ApiToken.id)
    ).scalar_one_or_none()
    return known or _insert(session, "bootstrap", Role.ADMIN, admin, secret)


def find(session: Session, secret: str) -> Bearer | None:
    """Who this secret speaks for; None if unknown, revoked, or its user is gone."""
    row = session.execute(
        select(ApiToken.id, ApiToken.name, ApiToken.role, ApiToken.user_id, User.name, ApiToken.last_used_at)
        .outerjoin(User, User.id == ApiToken.user_id)
        .where(
            ApiToken.token_hash == hash_of(secret),
            ApiToken.revoked_at.is_(None),
            ApiToken.user_id.is_(None) | User.active,
        )
    ).one_or_none()
    return row and Bearer(row[0], row[1], Role(row[2]), *row[3:])


def used(session: Session, token_id: int) -> None:
    """Note that the token was used now."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=clock.now()))


def revoke(session: Session, token_id: int) -> None:
    """End a token for good; ending it twice is no error.

    Raises:
        NotFound: no such token.
    """
    known = session.scalar(select(ApiToken.id).where(ApiToken.id == token_id))
    if known is None:
        raise NotFound(f"no token {token_id}")
    session.execute(
        update(ApiToken).where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None)).values(revoked_at=clock.now())
    )


def all_of(session: Session) -> list[TokenRow]:
    """Every token, without its secret."""
    rows = session.execute(
        select(
            ApiToken.id, ApiToken.name, ApiToken.role, User.email,
            ApiToken.created_at, ApiToken.last_used_at, ApiToken.revoked_at,
        )
        .outerjoin(User, User.id == ApiToken.user_id)
        .order_by(ApiToken.id)
    )  # fmt: skip
    return [TokenRow(*row) for row in rows]


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _user_for(session: Session, email: str, role: Role) -> int:
    row = session.execute(
        select(User.id, User.role).where(User.email == email.strip().lower(), User.active)
    ).one_or_none()
    if row is None:
        raise NotFound(f"no active user {email}")
    if ROLE_RANK[Role(row.role)] < ROLE_RANK[role]:
        raise InvalidPayload(f"{email} is {row.role}: a token of theirs cannot be {role}")
    found: int = row.id
    return found


def _insert(session: Session, name: str, role: Role, user_id: int | None, secret: str) -> int:
    return session.execute(
        insert(ApiToken)
        .values(name=name[:100], token_hash=hash_of(secret), role=role, user_id=user_id, created_at=clock.now())
        .returning(ApiToken.id)
    ).scalar_one()
