"""Asks an OpenAI-compatible service for words: once, twice where it was busy, never longer than it may take.

Nothing of what is said is logged here, and nothing is judged: that is ``automation.grounded.verdict``'s.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.core.breaker import Breaker
from gateway.core.language_model import LanguageModel
from gateway.language_model.errors import ModelFailed
from gateway.language_model.exchange import Exchanges

REST_SECONDS = 0.2
"""Before the second try, where the service does not say."""
LEAST_SECONDS = 0.1
"""Less is no time for a try."""
CHARACTERS_A_TOKEN = 3
"""Where the service does not count."""
LONGEST_CONTENT = 20_000

KEY_REFUSED = "key_refused"
STATUSES: Mapping[int, tuple[str, bool]] = {
    400: ("bad_request", False), 401: (KEY_REFUSED, False), 402: ("no_credit", False), 403: (KEY_REFUSED, False),
    404: ("not_found", False), 408: ("busy", True), 409: ("busy", True), 429: ("busy", True),
}  # fmt: skip
"""HTTP status → reason, and whether a second try may do; 3xx and 5xx stand below."""


@dataclass(frozen=True, slots=True)
class Said:
    """A model's words as they came, and what they cost."""

    content: str
    tokens: int


class ModelClient:
    """One service; safe between threads, but only in one process."""

    def __init__(self, key: str, breaker: Breaker | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
        self._exchanges, self._sleep = Exchanges(key), sleep
        self.breaker = breaker or Breaker()

    def ask(
        self,
        model: LanguageModel,
        messages: Sequence[Mapping[str, str]],
        seconds: float,
        may_again: Callable[[], bool] = lambda: True,
    ) -> Said:
        """The words of the model, within ``seconds`` in all; ``may_again`` is asked before a second try.

        Raises:
            ModelFailed: there are none.
        """
        until = time.monotonic() + seconds
        try:
            return self._once(model, messages, seconds)
        except ModelFailed as error:
            rest = error.rest_seconds or REST_SECONDS
            if not error.again or until - time.monotonic() - rest < LEAST_SECONDS or not may_again():
                raise
        self._sleep(rest)
        return self._once(model, messages, until - time.monotonic())

    def models(self, model: LanguageModel, seconds: float) -> int:
        """The status of a look at the service's list of models, for a self-test.

        Raises:
            ModelFailed: nobody answers.
        """
        return self._exchanges.get(f"{model.base_url}/models", seconds)[0]

    def close(self) -> None:
        """Give up the connections that are kept."""
        self._exchanges.close()

    def _once(self, model: LanguageModel, messages: Sequence[Mapping[str, str]], seconds: float) -> Said:
        try:
            said = self._said(model, messages, seconds)
        except ModelFailed as error:
            if error.ails:
                self.breaker.failed()
            raise
        self.breaker.worked()
        return said

    def _said(self, model: LanguageModel, messages: Sequence[Mapping[str, str]], seconds: float) -> Said:
        body = {**model.options, "model": model.model, "messages": list(messages)}
        status, headers, answer = self._exchanges.post(f"{model.base_url}/chat/completions", body, seconds)
        if status != 200:
            raise _refusal(status, headers)
        content, tokens = _read(answer)
        asked = sum(len(message["content"]) for message in messages)
        return Said(content, tokens or (asked + len(content)) // CHARACTERS_A_TOKEN)


def _refusal(status: int, headers: Mapping[str, str]) -> ModelFailed:
    if 300 <= status < 400:
        return ModelFailed("redirected")
    reason, again = STATUSES.get(status, ("server_error" if status >= 500 else "bad_request", status >= 500))
    wait = headers.get("Retry-After", "")
    return ModelFailed(reason, again=again, rest_seconds=float(wait) if wait.isdecimal() and len(wait) < 6 else 0.0)


def _read(answer: bytes) -> tuple[str, int]:
    """Content and tokens; a tool call or an empty message is no words."""
    try:
        found = json.loads(answer)
        content = found["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise ModelFailed("strange_answer") from error
    if not isinstance(content, str) or not content.strip():
        raise ModelFailed("no_words", ails=False)
    return content[:LONGEST_CONTENT], _tokens(found)


def _tokens(found: Mapping[str, Any]) -> int:
    usage = found.get("usage")
    total = usage.get("total_tokens") if isinstance(usage, dict) else 0
    return total if isinstance(total, int) and not isinstance(total, bool) and 0 < total < 10_000_000 else 0
