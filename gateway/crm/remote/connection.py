"""Speaks with a CRM elsewhere: who we are, how fast we may ask, what its refusals mean, when to leave it alone.

One connection serves all threads of a process; a *talk* is one question of ours with the time that it may take.
"""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import structlog
from prometheus_client import Counter

from gateway.core.breaker import Breaker
from gateway.core.crm import CrmUnavailable, Remote
from gateway.core.errors import Unanswered
from gateway.core.exchange import Answer, Exchange
from gateway.core.own_services import target_of
from gateway.crm.remote.mapping import Auth, Busy, Limits
from gateway.crm.remote.values import as_text, dig

LARGEST_ANSWER = 2_000_000
"""Bytes: a page of fifty orders with all their fields has a tenth of it."""
LONGEST_REST = 900.0
"""Seconds: so long a CRM may ask us to be silent before we try all the same."""
CODES = ("0.errorCode", "errorCode", "category", "error", "error.title", "code")
"""Where they say in a word what is wrong; their sentences may hold what customers said, and stay out of our log."""
FORM = "application/x-www-form-urlencoded"

log = structlog.get_logger(__name__)
exchanges = Counter("rabta_crm_exchanges_total", "Exchanges with a CRM elsewhere", ["system", "outcome"])


class Connection:
    """What lasts between questions: the token, the pace, the breaker."""

    def __init__(
        self,
        remote: Remote,
        auth: Auth,
        limits: Limits,
        secrets: Mapping[str, str],
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.remote, self._auth, self._limits, self._secrets = remote, auth, limits, secrets
        self._now, self._sleep, self._lock = now, sleep, Lock()
        self._breaker = Breaker(now)
        self._token = ""
        self._next_at = 0.0
        self._silent_until = 0.0

    @property
    def secrets_wanted(self) -> tuple[str, ...]:
        """Names of the secrets without which nothing goes."""
        return tuple(name for name in (self._auth.user, self._auth.secret) if name)

    def talk(self, seconds: float) -> "Talk":
        """One question, answered or given up within ``seconds``."""
        return Talk(self, self._now() + seconds)

    def left(self, until: float) -> float:
        """Seconds until then.

        Raises:
            CrmUnavailable: there are none.
        """
        left = until - self._now()
        if left <= 0:
            raise CrmUnavailable("it took too long")
        return min(left, self.remote.timeout_seconds)

    def exchange(self, request: "Asked", until: float) -> Any:
        """The answer as JSON; a token that ran out is renewed once."""
        if not self._breaker.allows():
            raise CrmUnavailable("left alone for a while, for it failed again and again")
        self._wait_for_turn(until)
        token = self._credentials(until)
        answer = self._sent(request, token, until)
        if answer.status == 401 and self._auth.type == "client_credentials":
            self._forget(token)
            answer = self._sent(request, self._credentials(until), until)
        return self._read(answer)

    def _wait_for_turn(self, until: float) -> None:
        """Evenly spaced, and not at all while they want silence."""
        with self._lock:
            now = self._now()
            if now < self._silent_until:
                raise CrmUnavailable(f"it is busy, for {self._silent_until - now:.0f} s more")
            turn = max(now, self._next_at)
            if turn >= until:
                raise CrmUnavailable("too much to ask at once")
            self._next_at = turn + 1 / self._limits.requests_per_second
        if turn > now:
            self._sleep(turn - now)

    def _sent(self, request: "Asked", credentials: Mapping[str, str], until: float) -> Answer:
        body = None if request.body is None else json.dumps(request.body, ensure_ascii=False).encode()
        headers = {"Accept": "application/json", "Content-Type": "application/json", **credentials}
        headers |= {"Idempotency-Key": request.key} if request.key else {}
        return self._over_the_wire(request.method, request.url, headers, body, until)

    def _over_the_wire(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, until: float
    ) -> Answer:
        target = target_of(url)
        ours = {"Host": target.names[0], "Accept-Encoding": "identity", "User-Agent": "Rabta", **headers}
        exchange = Exchange(target, self.left(until), private=self.remote.private, largest=LARGEST_ANSWER)
        try:
            return exchange.run(method, {name: text.encode() for name, text in ours.items()}, body)
        except Unanswered as error:
            self._failed("unanswered")
            raise CrmUnavailable(error.why, again=error.again) from error

    def _credentials(self, until: float) -> Mapping[str, str]:
        auth = self._auth
        if auth.type == "client_credentials":
            return {"Authorization": f"Bearer {self._token or self._fetch_token(until)}"}
        secret = self._secret(auth.secret)
        if auth.type == "basic":
            pair = base64.b64encode(f"{self._secret(auth.user)}:{secret}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        return {auth.header: f"Bearer {secret}" if auth.type == "bearer" else secret}

    def _fetch_token(self, until: float) -> str:
        """OAuth 2.0 client credentials; two threads may both fetch one, which does no harm."""
        form = {"grant_type": "client_credentials", "client_id": self._secret(self._auth.user)}
        form |= {"client_secret": self._secret(self._auth.secret)}
        url = join(self.remote.base_url, self._auth.token_path)
        headers = {"Content-Type": FORM, "Accept": "application/json"}
        found = self._read(self._over_the_wire("POST", url, headers, urlencode(form).encode(), until))
        token = as_text(dig(found, "access_token"))
        if not token:
            raise CrmUnavailable("no token came for our client")
        with self._lock:
            self._token = token
        return token

    def _forget(self, credentials: Mapping[str, str]) -> None:
        with self._lock:
            if credentials.get("Authorization") == f"Bearer {self._token}":
                self._token = ""

    def _secret(self, name: str) -> str:
        if name not in self._secrets:
            raise CrmUnavailable(f"CRM_SECRET_{name} is not set", again=False)
        return self._secrets[name]

    def _read(self, answer: Answer) -> Any:
        value = _json(answer.body)
        if busy := next((one for one in self._limits.busy if _is(one, answer.status, value)), None):
            raise self._rests(busy, answer.headers)
        if not 200 <= answer.status < 300:
            raise self._refused(answer.status, value)
        if value is BROKEN:
            self._failed("no_json")
            raise CrmUnavailable("its answer is no JSON")
        self._breaker.worked()
        exchanges.labels(self.remote.name, "answered").inc()
        return value

    def _rests(self, busy: Busy, headers: Mapping[str, str]) -> CrmUnavailable:
        wait = headers.get("Retry-After", "")
        seconds = float(wait) if wait.isdecimal() and len(wait) < 7 else busy.rest_seconds
        with self._lock:
            self._silent_until = max(self._silent_until, self._now() + min(seconds, LONGEST_REST))
        exchanges.labels(self.remote.name, "busy").inc()
        log.warning("crm_busy", system=self.remote.name, seconds=seconds)
        return CrmUnavailable(f"it is busy, for {seconds:.0f} s")

    def _refused(self, status: int, value: Any) -> CrmUnavailable:
        code = next((text for path in CODES if (text := as_text(dig(value, path)))), "")
        why = f"it answered {status} {code[:60]}".strip()
        if status in (401, 403) or status >= 500:  # a key can be mended without us, a server mends itself
            self._failed("refused")
            return CrmUnavailable(why)
        exchanges.labels(self.remote.name, "refused").inc()
        return CrmUnavailable(why, again=status == 408)

    def _failed(self, outcome: str) -> None:
        self._breaker.failed()
        exchanges.labels(self.remote.name, outcome).inc()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it goes out; ``key`` lets them know it again."""

    method: str
    url: str
    body: Any = None
    key: str = ""


class Talk:
    """One question of ours, of as many exchanges as it takes."""

    def __init__(self, connection: Connection, until: float) -> None:
        self._connection, self._until = connection, until

    def ask(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: Any = None, key: str = ""
    ) -> Any:
        """Their answer as JSON; ``path`` may be an address of theirs, like that of a next page.

        Raises:
            CrmUnavailable: there is none.
        """
        url = join(self._connection.remote.base_url, path)
        if query:
            url += ("&" if "?" in url else "?") + urlencode(query)
        return self._connection.exchange(Asked(method, url, body, key), self._until)


def join(base_url: str, path: str) -> str:
    """An address below ``base_url``.

    Raises:
        CrmUnavailable: it leads to another host, and our key must not.
    """
    url = path if "://" in path else base_url.rstrip("/") + "/" + path.lstrip("/")
    if urlsplit(url)[:2] != urlsplit(base_url)[:2] or urljoin(url, "/") != urljoin(base_url, "/"):
        raise CrmUnavailable("it wants us to ask another host", again=False)
    return url


BROKEN = object()


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        return BROKEN


def _is(busy: Busy, status: int, value: Any) -> bool:
    return status == busy.status and (not busy.words or as_text(dig(value, busy.path)) in busy.words)
