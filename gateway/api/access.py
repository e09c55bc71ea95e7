"""Who is asking: a bearer token, its role, and how often it may ask."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import current_app, g, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from gateway.core.errors import InvalidPayload
from gateway.core.words import Role
from gateway.desk import tokens
from gateway.desk.tokens import Bearer
from gateway.runtime import runtime_of

REQUESTS_PER_MINUTE = 6000
"""Of one token at one web process: far above any honest use, low enough to keep a runaway loop from the database."""

P = ParamSpec("P")
R = TypeVar("R")


class Throttle:
    """Counts requests by token within this process."""

    def __init__(self, per_minute: int) -> None:
        self._limit = RateLimitItemPerMinute(per_minute)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def check(self, token_id: int) -> None:
        """Count one request.

        Raises:
            TooManyRequests: too many within this minute.
        """
        if not self._limiter.hit(self._limit, str(token_id)):
            raise TooManyRequests(f"more than {self._limit.amount} requests a minute", retry_after=60)


def authenticate() -> None:
    """Find out who is asking, before anything else is looked at.

    Raises:
        Unauthorized: no valid bearer token.
        TooManyRequests: too many requests.
    """
    runtime = runtime_of(current_app)
    with runtime.database.read() as session:
        found = tokens.find(session, _secret())
    if found is None:
        raise Unauthorized("a valid bearer token is needed", www_authenticate=WWWAuthenticate("bearer"))
    throttle: Throttle = current_app.extensions["rabta_api_throttle"]
    throttle.check(found.token_id)
    g.bearer = found
    if found.use_is_news:
        with runtime.work() as session:
            tokens.used(session, found.token_id)


def bearer() -> Bearer:
    """Who is asking."""
    found: Bearer = g.bearer
    return found


def needs(role: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only tokens of this role or a higher one in."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not bearer().may(role):
                raise Forbidden(f"this needs the role {role}; the token's is {bearer().role}")
            return view(*args, **kwargs)

        return guarded

    return decorate


def person(named: int | str) -> int:
    """The user id that ``named`` (an id or ``"me"``) stands for.

    Raises:
        InvalidPayload: "me", and the token belongs to no user.
    """
    if isinstance(named, int):
        return named
    return me()


def me() -> int:
    """The user the token belongs to.

    Raises:
        InvalidPayload: it belongs to none.
    """
    user_id = bearer().user_id
    if user_id is None:
        raise InvalidPayload("this token belongs to no user: make one with `tokens create --user EMAIL`")
    return user_id


def _secret() -> str:
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer":
        return ""
    return authorization.token or ""
